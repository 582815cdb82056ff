import Foundation
import GRDB
import TradeRules
import TradeTables

/// The digests of the buckets a replica holds, over confirmed rows, kept up to date row by row.
struct BucketDigests {
  /// The bucket of all rows, for devices that hold everything.
  static let everything = Bucket("*")

  private let grants: Grants
  private var sums: [Bucket: BucketDigest] = [:]
  private var hasher = RowHasher()

  init(_ db: Database, grants: Grants) throws {
    self.grants = grants
    for row in try GRDB.Row.fetchAll(db, sql: "SELECT name, digest FROM bucket") {
      sums[Bucket(row["name"])] = BucketDigest(bytes: Array(row["digest"] as Data))
    }
  }

  func digest(of bucket: Bucket) -> BucketDigest { sums[bucket] ?? .zero }

  mutating func add(_ row: TradeRules.Row, in table: TableDescription) {
    let hash = hasher.hash(row, in: table)
    for bucket in held(table.buckets(of: row)) { sums[bucket, default: .zero].add(hash) }
  }

  mutating func subtract(_ row: TradeRules.Row, in table: TableDescription) {
    let hash = hasher.hash(row, in: table)
    for bucket in held(table.buckets(of: row)) { sums[bucket, default: .zero].subtract(hash) }
  }

  mutating func forget(_ buckets: [Bucket]) { for bucket in buckets { sums[bucket] = nil } }

  func store(in db: Database) throws {
    try db.execute(sql: "DELETE FROM bucket")
    let statement = try db.cachedStatement(sql: "INSERT INTO bucket (name, digest) VALUES (?, ?)")
    for (bucket, digest) in sums.sorted(by: { $0.key < $1.key }) {
      try statement.execute(arguments: [bucket.name, Data(digest.bytes)])
    }
  }

  /// The keys of a table's rows in a bucket, by the rows' own columns.
  static func keys(of table: TableDescription, in bucket: Bucket, _ db: Database) throws -> [RowKey] {
    var keys: [RowKey] = []
    var after: RowKey?
    while true {
      let rows = try TradeTables.scan(table, after: after, limit: 1_000, in: db)
      guard let last = rows.last else { return keys }
      after = table.key(of: last)
      keys += rows.filter { bucket == everything || table.buckets(of: $0).contains(bucket) }.map(table.key)
    }
  }

  private func held(_ buckets: [Bucket]) -> [Bucket] {
    grants.everything ? [BucketDigests.everything] : buckets.filter(grants.contains)
  }
}
