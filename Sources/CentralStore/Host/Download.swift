import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// What one replica still has to be sent: a leg for each bucket it may have.
///
/// A leg is a snapshot in key order, then deltas in order of versions until nothing is newer. When no leg is
/// behind the head, the head is a checkpoint for this replica.
struct Download {
  struct Leg {
    let bucket: Bucket
    var position: Position
  }

  indirect enum Position: Hashable {
    /// The bucket as it was when version `base` was the head, from after a key on.
    case snapshot(base: Int64, after: RowKey?)
    /// What changed after `through`; `after` is the last row sent of the rest.
    case delta(through: Int64, after: ChangePlace?)
    /// Single rows that the replica lacks, as they are now; the leg goes on as it would have without them.
    case rows([RowKey], then: Position)
  }

  /// A place among the changes of a bucket: version, then table, then key.
  struct ChangePlace: Hashable {
    var version: Int64
    var key: RowKey
  }

  private(set) var legs: [Leg]
  /// Whether it goes on behind a cursor that the replica showed.
  let isResumed: Bool

  init(legs: [Leg], isResumed: Bool = false) {
    self.legs = legs
    self.isResumed = isResumed
  }

  /// What changed in buckets that were sent up to a version.
  init(of buckets: [Bucket], changedAfter version: Int64) {
    self.init(legs: buckets.map { Leg(bucket: $0, position: .delta(through: version, after: nil)) })
  }

  /// One page of rows of one bucket.
  struct Piece {
    let bucket: Bucket
    let isSnapshot: Bool
    /// It is the first page of a snapshot.
    var opensSnapshot = false
    /// Where to go on after this page.
    let next: Position
    /// The bucket has nothing newer after this page.
    let isLast: Bool
    let body: PageBody

    /// The first page of a snapshot says even when it is empty that the bucket is.
    var saysNothing: Bool { body.bytes.isEmpty && !opensSnapshot }
  }

  /// The same with single rows of some buckets before the rest, and some buckets whole.
  func mending(_ rows: [Bucket: [RowKey]], whole: Set<Bucket>) -> Download {
    Download(
      legs: legs.map { leg in
        // What left since the pages that the replica has stored follows the whole bucket.
        if whole.contains(leg.bucket), case .delta(let through, _) = leg.position {
          return Leg(bucket: leg.bucket, position: .snapshot(base: through, after: nil))
        }
        guard let keys = rows[leg.bucket], !keys.isEmpty else { return leg }
        return Leg(bucket: leg.bucket, position: .rows(keys, then: leg.position))
      }, isResumed: isResumed)
  }

  /// Takes in granted buckets that came to be since the download was planned, such as a new month's ledger.
  ///
  /// - Returns: whether there are any.
  mutating func include(_ granted: [Bucket]) -> Bool {
    let known = Set(legs.map(\.bucket))
    let new = granted.filter { !known.contains($0) }
    legs += new.map { Leg(bucket: $0, position: .delta(through: 0, after: nil)) }
    return !new.isEmpty
  }

  /// Reads the next page, or nil when nothing is newer than what was sent: then the head is a checkpoint, unless
  /// a bucket waits to be sent whole.
  ///
  /// - Parameter takesWhole: whether pages of whole buckets may be sent.
  mutating func nextPiece(
    from store: CentralStore, limits: SyncLimits, cache: inout PageCache, takesWhole: Bool
  ) throws -> Piece? {
    for index in legs.indices {
      let horizon = store.index.horizon(of: legs[index].bucket)
      if case .delta = legs[index].position, !legs[index].position.isWithin(horizon) {
        legs[index].position = .snapshot(base: horizon, after: nil)
      }
      if legs[index].isSnapshot, !takesWhole { continue }
      if let piece = try DownloadReader(store, limits).piece(for: legs[index], cache: &cache) {
        legs[index].position = piece.next
        return piece
      }
    }
    return nil
  }

  /// Whether a bucket is still to be sent whole.
  var hasWhole: Bool { legs.contains(where: \.isSnapshot) }
}

extension Download {
  /// How far all legs have come, as bytes a replica keeps and shows after a reconnect. They mean something to
  /// the centre alone. Empty while single rows are under way: whoever loses the link then compares anew.
  var cursor: [UInt8] {
    if legs.contains(where: \.isMending) { return [] }
    var bytes: [UInt8] = []
    var (lastName, lastPosition): ([UInt8], [UInt8]) = ([], [])
    for leg in legs {
      let (name, position) = (Array(leg.bucket.name.utf8), leg.position.bytes)
      // Neighbours have most of their names in common, and most have come as far: a thousand months of ledgers
      // fit a page (`WireLimits.cursorBytesMax`).
      let shared = min(zip(name, lastName).prefix { $0 == $1 }.count, 255)
      bytes.append(UInt8(shared))
      bytes.appendChunk(Array(name[shared...]))
      bytes.appendChunk(position == lastPosition ? [] : position)
      (lastName, lastPosition) = (name, position)
    }
    return bytes
  }

  /// Nil for bytes that no centre made.
  init?(cursor: [UInt8]) {
    var reader = ChunkReader(cursor)
    var legs: [Leg] = []
    var name: [UInt8] = []
    while !reader.isAtEnd {
      guard let shared = reader.byte(), shared <= name.count, let rest = reader.chunk(),
        let bytes = reader.chunk(),
        let position = bytes.isEmpty ? legs.last?.position : Position(bytes: bytes)
      else { return nil }
      name = name.prefix(Int(shared)) + rest
      guard name.count <= WireLimits.bucketBytesMax else { return nil }
      legs.append(Leg(bucket: Bucket(String(decoding: name, as: UTF8.self)), position: position))
    }
    guard !legs.isEmpty else { return nil }
    self.init(legs: legs, isResumed: true)
  }
}

extension Download.Position {
  /// Whether all that left the bucket since is known, where what left up to `horizon` is forgotten.
  func isWithin(_ horizon: Int64) -> Bool {
    switch self {
    case .snapshot(let base, _): base >= horizon
    // Whoever has nothing of the bucket misses nothing.
    case .delta(0, nil): true
    case .delta(let through, let after): max(through, (after?.version ?? 0) - 1) >= horizon
    case .rows(_, let then): then.isWithin(horizon)
    }
  }
}

extension Download.Leg {
  var isSnapshot: Bool { if case .snapshot = position { true } else { false } }

  fileprivate var isMending: Bool { if case .rows = position { true } else { false } }
}

extension Download.Position {
  fileprivate var bytes: [UInt8] {
    switch self {
    case .snapshot(let base, let after): [1] + number(base) + key(after)
    case .delta(let through, let after): [2] + number(through) + number(after?.version ?? 0) + key(after?.key)
    case .rows(_, let then): then.bytes
    }
  }

  fileprivate init?(bytes: [UInt8]) {
    var reader = ChunkReader(bytes)
    switch reader.byte() {
    case 1:
      guard let base = reader.number(), base >= 0 else { return nil }
      self = .snapshot(base: base, after: reader.key())
    case 2:
      guard let through = reader.number(), let version = reader.number(), through >= 0, version >= 0 else {
        return nil
      }
      self = .delta(through: through, after: reader.key().map { .init(version: version, key: $0) })
    default: return nil
    }
  }

  private func number(_ number: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendVarint(number.zigZag)
    return bytes
  }

  private func key(_ key: RowKey?) -> [UInt8] { key.map { [$0.table] + $0.bytes } ?? [] }
}

/// Takes numbers, chunks and keys off the front of bytes.
private struct ChunkReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8? { rest.popFirst() }

  mutating func varint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }

  mutating func number() -> Int64? { varint().map(Int64.init(zigZag:)) }

  mutating func chunk() -> [UInt8]? {
    guard let length = varint(), length <= UInt64(rest.count) else { return nil }
    defer { rest = rest.dropFirst(Int(length)) }
    return Array(rest.prefix(Int(length)))
  }

  /// The key that the rest is; nil when there is none or it is no key of ours.
  mutating func key() -> RowKey? {
    guard let table = rest.popFirst() else { return nil }
    let key = RowKey(table: table, bytes: Array(rest))
    return TableDescription.numbered(table)?.keyValues(of: key) == nil ? nil : key
  }
}
