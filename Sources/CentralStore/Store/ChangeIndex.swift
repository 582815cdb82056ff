import GRDB
import TradeRules
import TradeTables

import struct Foundation.Data

/// Keeps, for every bucket, which rows it has since when, and its digest.
///
/// Digests and last versions of the buckets in use stay in memory; the tables are written in the same
/// transaction as the rows.
struct ChangeIndex {
  /// The bucket of all rows, for those who hold everything.
  static let everything = Bucket("*")

  struct State: Hashable {
    var version: Int64
    var digest: BucketDigest
    /// Up to which version it is forgotten what left.
    var horizon: Int64 = 0
  }

  private(set) var states: [Bucket: State]

  init(_ db: Database) throws {
    states = [:]
    let rows = try GRDB.Row.fetchCursor(db, sql: "SELECT name, version, digest, horizon FROM bucket")
    while let row = try rows.next() {
      guard let digest = BucketDigest(bytes: Array(try row.cell("digest") as Data)) else { continue }
      states[Bucket(try row.cell("name"))] = State(
        version: try row.cell("version"), digest: digest, horizon: try row.cell("horizon"))
    }
  }

  /// The version of a bucket's last change; 0 for one that never had a row.
  func version(of bucket: Bucket) -> Int64 { states[bucket]?.version ?? 0 }
  /// Whoever holds the bucket as of an older version cannot be told what left it.
  func horizon(of bucket: Bucket) -> Int64 { states[bucket]?.horizon ?? 0 }
  func digest(of bucket: Bucket) -> BucketDigest { states[bucket]?.digest ?? .zero }

  /// The buckets that exist and are granted, sorted.
  func buckets(grantedBy grants: Grants) -> [Bucket] {
    if grants.everything { return [ChangeIndex.everything] }
    let byPrefix = states.keys.filter { bucket in grants.prefixes.contains { bucket.name.hasPrefix($0) } }
    return Set(grants.exact + byPrefix).sorted()
  }

  mutating func set(_ state: State, of bucket: Bucket) { states[bucket] = state }

  /// Takes in the net changes of a commit and writes what changed.
  ///
  /// - Parameter changes: in order of table and key.
  /// - Returns: each change with the buckets it concerns, in the order given.
  mutating func apply(_ changes: [Change], in db: Database) throws -> [IndexedChange] {
    var tally = BucketTally(self)
    var hasher = RowHasher()
    var indexed: [IndexedChange] = []
    indexed.reserveCapacity(changes.count)
    for change in changes {
      guard let table = TableDescription.numbered(change.key.table), !table.isCentreOnly else { continue }
      let after = table.buckets(of: change.after)
      let before = change.before.map(table.buckets) ?? []
      let left = before == after ? [] : before.filter { !after.contains($0) }
      let oldHash = change.before.map { hasher.hash($0, at: change.key, of: table) }
      if let oldHash { tally.take(oldHash, from: before, change.after.version) }
      let hash = hasher.hash(change.after, at: change.key, of: table)
      tally.add(hash, to: after, change.after.version)
      if table.commonBucket == nil { tally.list(indexed.count, after, left) }
      indexed.append(
        IndexedChange(
          table: table, key: change.key, row: change.after, buckets: after, left: left, hash: hash,
          oldHash: oldHash, oldBuckets: before))
    }
    try tally.store(listing: indexed, in: db)
    for (bucket, state) in tally.states { states[bucket] = state }
    return indexed
  }
}

/// What one commit does to the buckets it touches, and which rows have to be listed in which.
private struct BucketTally {
  private struct Touched {
    let bucket: Bucket
    var state: ChangeIndex.State
    /// Positions among the commit's changes; the rows that are in the bucket now, and those that left it.
    var listed: [(change: Int, hasLeft: Bool)] = []
  }

  private let index: ChangeIndex
  private var places: [Bucket: Int] = [:]
  private var touched: [Touched] = []

  init(_ index: ChangeIndex) { self.index = index }

  var states: [(Bucket, ChangeIndex.State)] { touched.map { ($0.bucket, $0.state) } }

  mutating func take(_ hash: RowHash, from buckets: [Bucket], _ version: Int64) {
    for bucket in buckets { update(bucket, version) { $0.subtract(hash) } }
    update(ChangeIndex.everything, version) { $0.subtract(hash) }
  }

  mutating func add(_ hash: RowHash, to buckets: [Bucket], _ version: Int64) {
    for bucket in buckets { update(bucket, version) { $0.add(hash) } }
    update(ChangeIndex.everything, version) { $0.add(hash) }
  }

  mutating func list(_ change: Int, _ buckets: [Bucket], _ left: [Bucket]) {
    for bucket in buckets { touched[place(of: bucket)].listed.append((change, false)) }
    for bucket in left { touched[place(of: bucket)].listed.append((change, true)) }
  }

  private mutating func update(
    _ bucket: Bucket, _ version: Int64, _ change: (inout BucketDigest) -> Void
  ) {
    let place = place(of: bucket)
    touched[place].state.version = max(touched[place].state.version, version)
    change(&touched[place].state.digest)
  }

  private mutating func place(of bucket: Bucket) -> Int {
    if let place = places[bucket] { return place }
    let state = index.states[bucket] ?? ChangeIndex.State(version: 0, digest: .zero)
    places[bucket] = touched.count
    touched.append(Touched(bucket: bucket, state: state))
    return touched.count - 1
  }

  /// Writes bucket after bucket and in each row after row, in the order of the tables' keys.
  func store(listing changes: [IndexedChange], in db: Database) throws {
    let member = try RawStatement(
      """
      INSERT INTO member (bucket, table_no, key, version, has_left) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (bucket, table_no, key) DO UPDATE SET version = excluded.version,
        has_left = excluded.has_left
      """, in: db)
    let bucket = try RawStatement(
      """
      INSERT INTO bucket (name, version, digest) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET version = excluded.version, digest = excluded.digest
      """, in: db)
    for touched in touched.sorted(by: { $0.bucket < $1.bucket }) {
      try member.bindText(copying: touched.bucket.name, at: 0)
      for (position, hasLeft) in touched.listed {
        let change = changes[position]
        try member.bind(Int64(change.key.table), at: 1)
        try member.bind(change.row.version, at: 3)
        try member.bind(hasLeft ? 1 : 0, at: 4)
        try change.key.bytes.withUnsafeBytes { key in
          try member.bindBlob(unowned: key, at: 2)
          try member.run()
        }
      }
      try bucket.bindText(copying: touched.bucket.name, at: 0)
      try bucket.bind(touched.state.version, at: 1)
      try bucket.bindBlob(copying: touched.state.digest.bytes, at: 2)
      try bucket.run()
    }
  }
}

/// A changed row and whom it concerns.
struct IndexedChange {
  let table: TableDescription
  let key: RowKey
  let row: TradeRules.Row
  let buckets: [Bucket]
  /// Buckets the row left with this change.
  let left: [Bucket]
  let hash: RowHash
  /// Of the row as it was; nil when it is new.
  let oldHash: RowHash?
  let oldBuckets: [Bucket]
}
