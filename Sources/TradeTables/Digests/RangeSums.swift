import Crypto
public import TradeRules

/// The ranges into which a bucket is divided to find out where two stores differ: a row is in the range that the
/// first bits of its key's hash number. The hash spreads keys evenly however they are made, and both sides find the
/// same ranges without agreeing on where they begin (docs/PROTOCOL.md, "Ranges").
public enum KeyRange {
  /// Bits of the finest ranges: with a million rows some 15 in each.
  public static let finestBits = 16
  /// Bits that one step adds: each range has sixteen parts.
  public static let stepBits = 4

  /// The finest range of a key: the first 16 bits of the SHA-256 of the table's number and the key's bytes.
  public static func number(of key: RowKey) -> UInt32 {
    var hasher = SHA256()
    withUnsafeBytes(of: key.table) { hasher.update(bufferPointer: $0) }
    key.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return hasher.finalize().withUnsafeBytes { UInt32($0[0]) << 8 | UInt32($0[1]) }
  }

  /// The range of fewer bits that a finest range is part of.
  public static func number(_ finest: UInt32, bits: Int) -> UInt32 { finest >> UInt32(finestBits - bits) }

  /// How fine ranges must be for some 16 rows in each.
  public static func bits(rows: Int) -> Int {
    switch rows {
    case ...256: 0
    case ...4_096: 8
    case ...65_536: 12
    default: finestBits
    }
  }
}

extension RowHash {
  /// The last 8 of its 16 bytes: what ranges are summed and compared by.
  public var short: UInt64 { UInt64(truncatingIfNeeded: number) }
}

extension BucketDigest {
  /// The last 8 of its 16 bytes: the sum of the short hashes of its rows.
  public var short: UInt64 { UInt64(truncatingIfNeeded: sum) }
}

/// The sums of a bucket's short row hashes by range, modulo 2^64: half a megabyte, whatever the bucket holds.
public struct RangeSums: Sendable {
  private var finest = [UInt64](repeating: 0, count: 1 << KeyRange.finestBits)
  public private(set) var rows = 0
  private var total: UInt64 = 0

  public init() {}

  public mutating func add(_ hash: RowHash, at key: RowKey) {
    finest[Int(KeyRange.number(of: key))] &+= hash.short
    total &+= hash.short
    rows += 1
  }

  public mutating func subtract(_ hash: RowHash, at key: RowKey) {
    finest[Int(KeyRange.number(of: key))] &-= hash.short
    total &-= hash.short
    rows -= 1
  }

  /// Whether these are the sums of the rows that a bucket's digest is of.
  public func agree(with digest: BucketDigest) -> Bool { total == digest.short }

  /// The sums of the sixteen parts of each of some ranges, in order.
  ///
  /// - Parameters:
  ///   - bits: of the parts.
  ///   - ranges: numbers of `bits` − 4; nil = all of them.
  public func parts(bits: Int, of ranges: [UInt32]?) -> [UInt64] {
    let wanted = ranges ?? Array(0..<UInt32(1) << UInt32(bits - KeyRange.stepBits))
    let width = 1 << (KeyRange.finestBits - bits)
    return wanted.flatMap { range in
      (0..<16).map { part in
        let start = ((Int(range) << KeyRange.stepBits) + part) * width
        return finest[start..<start + width].reduce(0, &+)
      }
    }
  }
}
