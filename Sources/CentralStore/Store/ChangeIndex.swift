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
  }

  private(set) var states: [Bucket: State]

  init(_ db: Database) throws {
    states = [:]
    let rows = try GRDB.Row.fetchCursor(db, sql: "SELECT name, version, digest FROM bucket")
    while let row = try rows.next() {
      guard let digest = BucketDigest(bytes: Array(row["digest"] as Data)) else { continue }
      states[Bucket(row["name"])] = State(version: row["version"], digest: digest)
    }
  }

  /// The version of a bucket's last change; 0 for one that never had a row.
  func version(of bucket: Bucket) -> Int64 { states[bucket]?.version ?? 0 }
  func digest(of bucket: Bucket) -> BucketDigest { states[bucket]?.digest ?? .zero }

  /// The buckets that exist and are granted, sorted.
  func buckets(grantedBy grants: Grants) -> [Bucket] {
    if grants.everything { return [ChangeIndex.everything] }
    let byPrefix = states.keys.filter { bucket in grants.prefixes.contains { bucket.name.hasPrefix($0) } }
    return Set(grants.exact + byPrefix).sorted()
  }

  /// Takes in the net changes of a commit and writes what changed.
  ///
  /// - Returns: each change with the buckets it concerns, in the order given.
  mutating func apply(_ changes: [Change], in db: Database) throws -> [IndexedChange] {
    var touched: Set<Bucket> = []
    var hasher = RowHasher()
    var indexed: [IndexedChange] = []
    indexed.reserveCapacity(changes.count)
    for change in changes {
      guard let table = TableDescription.numbered(change.key.table), !table.isCentreOnly else { continue }
      let before = change.before.map(table.buckets) ?? []
      let after = table.buckets(of: change.after)
      let oldHash = change.before.map { hasher.hash($0, of: table) }
      let newHash = hasher.hash(change.after, of: table)
      for bucket in before + [ChangeIndex.everything] {
        if let oldHash { update(bucket, change.after.version) { $0.subtract(oldHash) } }
      }
      for bucket in after + [ChangeIndex.everything] {
        update(bucket, change.after.version) { $0.add(newHash) }
      }
      touched.formUnion(before)
      touched.formUnion(after)
      touched.insert(ChangeIndex.everything)
      let left = before.filter { !after.contains($0) }
      if table.commonBucket == nil { try list(change, after: after, left: left, in: db) }
      indexed.append(
        IndexedChange(table: table, key: change.key, row: change.after, buckets: after, left: left))
    }
    for bucket in touched.sorted() { try store(bucket, in: db) }
    return indexed
  }

  private mutating func update(_ bucket: Bucket, _ version: Int64, _ change: (inout BucketDigest) -> Void) {
    var state = states[bucket] ?? State(version: 0, digest: .zero)
    state.version = max(state.version, version)
    change(&state.digest)
    states[bucket] = state
  }

  private func list(_ change: Change, after: [Bucket], left: [Bucket], in db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO member (bucket, table_no, key, version, has_left) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (bucket, table_no, key) DO UPDATE SET version = excluded.version,
          has_left = excluded.has_left
        """)
    let key = Data(change.key.bytes)
    for bucket in after {
      try statement.execute(arguments: [bucket.name, change.key.table, key, change.after.version, 0])
    }
    for bucket in left {
      try statement.execute(arguments: [bucket.name, change.key.table, key, change.after.version, 1])
    }
  }

  private func store(_ bucket: Bucket, in db: Database) throws {
    guard let state = states[bucket] else { return }
    try db.cachedStatement(
      sql: """
        INSERT INTO bucket (name, version, digest) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET version = excluded.version, digest = excluded.digest
        """
    ).execute(arguments: [bucket.name, state.version, Data(state.digest.bytes)])
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
}
