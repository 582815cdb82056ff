import Foundation
import GRDB
import TradeRules
import TradeTables

/// Every bucket's digest is the sum over its rows as they are on the disk now: what the disk forgot shows
/// (G23).
enum DigestCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("digests")
    let actual = try TradeTables.digests(in: db)
    let stored = try ChangeIndex(db)
    let buckets = Set(actual.byBucket.keys).union(stored.states.keys).subtracting([ChangeIndex.everything])
    result.examine(Int64(buckets.count + 1))
    for bucket in buckets.sorted() where actual[bucket] != stored.digest(of: bucket) {
      result.fault("bucket \(bucket) has other rows than its digest")
    }
    result.expect(
      actual.all == stored.digest(of: ChangeIndex.everything), "all rows together differ from their digest")
    return result
  }
}

/// Every row is listed in exactly the buckets its own columns name, since the version that changed it (G15).
enum MembershipCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("membership")
    for table in TableDescription.all where !table.isCentreOnly && table.commonBucket == nil {
      var expected: Int64 = 0
      try TradeTables.visit(table, in: db) { row in
        let key = table.key(of: row)
        for bucket in table.buckets(of: row) {
          expected += 1
          result.expect(
            try version(of: key, in: bucket, db) == row.version,
            "\(table.name) \(key.hexadecimal) is not listed in \(bucket) as of version \(row.version)")
        }
      }
      result.examine(expected)
      let listed = try Int64.fetchOne(
        db, sql: "SELECT count(*) FROM member WHERE table_no = ? AND has_left = 0", arguments: [table.number])
      result.expect(listed == expected, "\(table.name): \(listed ?? 0) listings for \(expected) memberships")
    }
    return result
  }

  /// The version of a listing; nil when the row is not listed or has left.
  private static func version(of key: RowKey, in bucket: Bucket, _ db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT version FROM member WHERE bucket = ? AND table_no = ? AND key = ? AND has_left = 0
        """)
    return try Int64.fetchOne(statement, arguments: [bucket.name, key.table, Data(key.bytes)])
  }
}
