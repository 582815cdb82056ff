import GRDB
import TradeRules

import struct Foundation.Data

/// Forgetting which rows left a bucket long ago: without an end to it the list would only grow.
extension CentralStore {
  /// How many are forgotten in one transaction: it takes some milliseconds.
  static let forgottenAtOnce = 1_000

  /// Forgets which rows left their buckets long enough ago.
  ///
  /// - Returns: how many there were; as many as are forgotten at once when there are more.
  func forget(at now: Instant) throws -> Int {
    let retention =
      try find(SettingColumns.self, Settings.retentionMilliseconds.rawValue)?.amount
      ?? Settings.retentionMilliseconds.standard
    guard retention > 0 else { return 0 }
    let until = now.advanced(byMilliseconds: -retention)
    guard let version = try read({ db in try LogStore.lastVersion(receivedBy: until, in: db) }) else {
      return 0
    }
    return try change { index, db in try index.forget(through: version, limit: Self.forgottenAtOnce, in: db) }
  }
}

extension ChangeIndex {
  /// Forgets what left at or before a version, the oldest first, and notes in each bucket up to where.
  mutating func forget(through version: Int64, limit: Int, in db: Database) throws -> Int {
    let rows = try GRDB.Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT bucket, table_no, key, version FROM member
          WHERE has_left = 1 AND version <= ? ORDER BY version LIMIT ?
          """), arguments: [version, limit])
    let delete = try db.cachedStatement(
      sql: "DELETE FROM member WHERE bucket = ? AND table_no = ? AND key = ?")
    var horizons: [Bucket: Int64] = [:]
    for row in rows {
      let (bucket, table, key): (String, Int64, Data) = try (
        row.cell("bucket"), row.cell("table_no"), row.cell("key")
      )
      try delete.execute(arguments: [bucket, table, key])
      horizons[Bucket(bucket)] = try row.cell("version")
    }
    let update = try db.cachedStatement(sql: "UPDATE bucket SET horizon = ? WHERE name = ?")
    for (bucket, horizon) in horizons.sorted(by: { $0.key < $1.key }) {
      try update.execute(arguments: [horizon, bucket.name])
      raise(horizon, of: bucket)
    }
    return rows.count
  }

  private mutating func raise(_ horizon: Int64, of bucket: Bucket) {
    guard var state = states[bucket] else { return }
    state.horizon = max(state.horizon, horizon)
    set(state, of: bucket)
  }
}
