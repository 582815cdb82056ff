import GRDBSQLite

/// SQLite's extended codes of failing disks, which C writes as expressions that Swift cannot see
/// (https://sqlite.org/rescode.html).
enum DiskCode {
  static let read = SQLITE_IOERR | 1 << 8
  static let shortRead = SQLITE_IOERR | 2 << 8
  static let write = SQLITE_IOERR | 3 << 8
  static let fsync = SQLITE_IOERR | 4 << 8
  static let truncate = SQLITE_IOERR | 6 << 8
  static let fstat = SQLITE_IOERR | 7 << 8
  static let delete = SQLITE_IOERR | 10 << 8
  static let access = SQLITE_IOERR | 13 << 8
  static let checkReservedLock = SQLITE_IOERR | 14 << 8
  static let lock = SQLITE_IOERR | 15 << 8
  static let shmLock = SQLITE_IOERR | 20 << 8
  static let shmMap = SQLITE_IOERR | 21 << 8
  static let deleteNoEntry = SQLITE_IOERR | 23 << 8
}
