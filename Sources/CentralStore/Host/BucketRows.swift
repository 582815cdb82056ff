import GRDB
import TradeRules
import TradeTables

import struct Foundation.Data

/// The rows of a bucket in order of table and key.
enum BucketRows {
  /// The tables that can have rows in a bucket, by number.
  static func tables(of bucket: Bucket) -> [TableDescription] {
    TableDescription.all.filter { table in
      if table.isCentreOnly { return false }
      if bucket == ChangeIndex.everything { return true }
      return table.commonBucket.map { $0 == bucket } ?? true
    }
  }

  /// At most `limit` rows of one table, those after a key where one is given.
  static func read(
    _ bucket: Bucket, in table: TableDescription, after: RowKey?, limit: Int, _ db: Database
  ) throws -> [TradeRules.Row] {
    if bucket == ChangeIndex.everything || table.commonBucket == bucket {
      return try TradeTables.scan(table, after: after, limit: limit, in: db)
    }
    let statement = try db.cachedStatement(
      sql: """
        SELECT key FROM member WHERE bucket = ? AND table_no = ? AND key > ? AND has_left = 0
        ORDER BY key LIMIT ?
        """)
    let keys = try GRDB.Row.fetchAll(
      statement, arguments: [bucket.name, table.number, Data(after?.bytes ?? []), limit]
    ).map { RowKey(table: table.number, bytes: Array(try $0.cell("key") as Data)) }
    let found = try TradeTables.rows(keys, in: db)
    return keys.compactMap { found[$0] }
  }

  /// Whether a row is in a bucket, by its own columns.
  static func has(_ bucket: Bucket, _ row: TradeRules.Row, of table: TableDescription) -> Bool {
    bucket == ChangeIndex.everything || table.buckets(of: row).contains(bucket)
  }
}

/// A walk over a bucket from end to end, some rows at a time: between two steps others are served and rows may
/// change.
struct BucketWalk {
  let bucket: Bucket
  /// The last row visited; nil before the first.
  private(set) var last: RowKey?
  private(set) var isComplete = false

  init(_ bucket: Bucket) { self.bucket = bucket }

  /// Whether the walk is past a key.
  func hasPassed(_ key: RowKey) -> Bool { isComplete || last.map { key <= $0 } ?? false }

  /// Visits at most `limit` rows.
  ///
  /// - Returns: how many there were.
  mutating func step(
    _ limit: Int, in db: Database, _ body: (RowKey, TradeRules.Row, TableDescription) -> Void
  ) throws -> Int {
    var count = 0
    for table in BucketRows.tables(of: bucket) where table.number >= (last?.table ?? 0) {
      while count < limit {
        let start = last?.table == table.number ? last : nil
        let rows = try BucketRows.read(bucket, in: table, after: start, limit: limit - count, db)
        if rows.isEmpty { break }
        for row in rows {
          let key = table.key(of: row)
          body(key, row, table)
          last = key
        }
        count += rows.count
      }
      if count >= limit { return count }
    }
    isComplete = true
    return count
  }
}
