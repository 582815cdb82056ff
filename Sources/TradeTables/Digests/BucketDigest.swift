import Crypto
public import SyncProtocol
public import TradeRules

/// The hash of one row: the first 16 bytes of the SHA-256 of its canonical bytes.
public struct RowHash: Hashable, Sendable {
  let number: UInt128
}

/// The digest of a set of rows: the sum of their hashes modulo 2^128. The order in which rows come and go does
/// not matter, and a row that changed costs one subtraction and one addition.
///
/// It shows that two stores differ, not that a disk forgot: an incremental digest never reads a row again.
public struct BucketDigest: Hashable, Sendable {
  fileprivate(set) var sum: UInt128

  /// The digest of no rows.
  public static let zero = BucketDigest(sum: 0)

  private init(sum: UInt128) { self.sum = sum }

  /// The digest of 16 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    sum = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// 16 bytes, most significant first.
  public var bytes: [UInt8] { withUnsafeBytes(of: sum.bigEndian) { Array($0) } }

  public mutating func add(_ row: RowHash) { sum &+= row.number }
  public mutating func subtract(_ row: RowHash) { sum &-= row.number }
  /// Adds all rows of another set.
  public mutating func add(_ other: BucketDigest) { sum &+= other.sum }
}

/// Hashes rows one after the other, using one buffer for all of them.
public struct RowHasher: Sendable {
  private var buffer: [UInt8] = []

  public init() { buffer.reserveCapacity(1024) }

  /// The hash of a row as bucket digests have it, with texts about persons.
  public mutating func hash(_ row: Row, of table: TableDescription) -> RowHash {
    buffer.removeAll(keepingCapacity: true)
    CanonicalRow.append(row, of: table, as: .text, to: &buffer)
    return hashOfBuffer()
  }

  /// The same where the key is at hand.
  package mutating func hash(_ row: Row, at key: RowKey, of table: TableDescription) -> RowHash {
    buffer.removeAll(keepingCapacity: true)
    CanonicalRow.append(row, at: key, of: table, as: .text, to: &buffer)
    return hashOfBuffer()
  }

  /// The same of a row of a received batch, without making it.
  public mutating func hash(_ row: Int, of batch: RowBatchReader) -> RowHash {
    buffer.removeAll(keepingCapacity: true)
    CanonicalRow.append(row, of: batch, to: &buffer)
    return hashOfBuffer()
  }

  private func hashOfBuffer() -> RowHash {
    let hash = buffer.withUnsafeBytes { SHA256.hash(data: $0) }
    return RowHash(number: hash.withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
  }
}

/// The hash of what one decision changed: SHA-256 over its rows in order of table and key, each as the length
/// of its canonical bytes (4 bytes, most significant first) and these bytes, with commitments in the place of
/// texts about persons. It is part of the log's chain and holds after an erasure (G28).
public enum EffectsHash {
  /// - Parameter changes: in any order, each row once, stamped with the version of the entry.
  /// - Returns: 32 bytes.
  public static func of(_ changes: [Change]) throws(UnknownTable) -> [UInt8] {
    var hasher = SHA256()
    var buffer: [UInt8] = []
    let isInOrder = zip(changes, changes.dropFirst()).allSatisfy { $0.key < $1.key }
    for change in isInOrder ? changes : changes.sorted(by: { $0.key < $1.key }) {
      guard let table = TableDescription.numbered(change.key.table) else {
        throw UnknownTable(number: change.key.table)
      }
      buffer.removeAll(keepingCapacity: true)
      CanonicalRow.append(change.after, at: change.key, of: table, as: .commitment, to: &buffer)
      withUnsafeBytes(of: UInt32(buffer.count).bigEndian) { hasher.update(bufferPointer: $0) }
      buffer.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }
    return Array(hasher.finalize())
  }
}
