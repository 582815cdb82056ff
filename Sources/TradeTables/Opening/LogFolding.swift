import GRDB
import GRDBSQLite

extension TradeDatabase {
  /// Copies the write-ahead log beside a file into it, and asks nothing of the file's tables: they may be
  /// damaged.
  ///
  /// - Throws: `StoreFault`.
  public static func foldLog(at path: String) throws {
    try StoreFault.explaining("copy the log into \(path)") {
      var connection: OpaquePointer?
      defer { sqlite3_close(connection) }
      var code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil)
      // A field of the header can be read without the schema; reading it opens the log.
      if code == SQLITE_OK { code = sqlite3_exec(connection, "PRAGMA user_version", nil, nil, nil) }
      if code == SQLITE_OK {
        code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
      }
      guard code == SQLITE_OK else {
        let message = sqlite3_errmsg(connection).map { String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
      }
    }
  }
}
