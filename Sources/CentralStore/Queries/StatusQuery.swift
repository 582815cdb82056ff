import GRDB
public import TradeRules

/// The state of sync at a glance, as far as the store knows it.
public struct CentralStatus: Sendable {
  public var epoch: RecordID
  /// The log's last version.
  public var head: Int64
  /// Devices that have spent their code.
  public var enrolled: Int64
  /// Of those in use, those whose last sync is longer ago than `staleAfterMilliseconds`, or never was.
  public var stale: Int64
  public var openConflicts: Int64
  /// Operations that wait for a record.
  public var held: Int64
  /// Answers that ever refused; what was done again or given up since, its device alone knows.
  public var rejected: Int64
  public var openTasks: Int64
  /// Devices whose rows differed from the centre's within a day, and were mended.
  public var mended: Int64
  /// Pages of the database file.
  public var storeBytes: Int64

  /// A day: a device in daily use syncs more often.
  public static let staleAfterMilliseconds: Int64 = 24 * 3_600_000
}

extension CentralQueries {
  public func status(at now: Instant) throws -> CentralStatus {
    try database.read { db in
      func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
        try Int64.fetchOne(db, sql: sql, arguments: arguments) ?? 0
      }
      let staleSince = now.advanced(byMilliseconds: -CentralStatus.staleAfterMilliseconds).milliseconds
      return CentralStatus(
        epoch: try Epochs.fetch(in: db).current, head: try LogStore.head(in: db).version,
        enrolled: try count("SELECT count(*) FROM device WHERE state <> 'invited'"),
        stale: try count(
          """
          SELECT count(*) FROM device LEFT JOIN device_session ON device_session.device = device.code
          WHERE device.state = 'active' AND coalesce(device_session.last_sync_at, 0) < ?
          """, [staleSince]),
        openConflicts: try count("SELECT count(*) FROM conflict WHERE state = 'open'"),
        held: try count("SELECT count(*) FROM held WHERE waiting_for <> ''"),
        rejected: try count("SELECT count(*) FROM answer WHERE outcome = 'rejected'"),
        openTasks: try count("SELECT count(*) FROM task WHERE is_open = 1"),
        mended: try count(
          "SELECT count(*) FROM device_session WHERE coalesce(last_mend_at, 0) >= ?", [staleSince]),
        storeBytes: try count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    }
  }
}
