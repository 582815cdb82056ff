public import GRDB

extension TradeDatabase {
  /// Reads in one consistent view.
  ///
  /// A queue reads on the connection that writes. Its own `read` switches `PRAGMA query_only` on and off, and
  /// each switch makes SQLite compile every prepared statement anew; a plain deferred transaction gives the
  /// same view and leaves them alone.
  ///
  /// - Parameter body: MUST NOT write.
  public static func read<T>(
    _ database: some DatabaseReader, _ body: (Database) throws -> T
  ) throws -> T {
    guard let queue = database as? DatabaseQueue else { return try database.read(body) }
    return try queue.inDatabase { db in
      try db.beginTransaction(.deferred)
      do {
        let result = try body(db)
        try db.commit()
        return result
      } catch {
        // What went wrong is told; the view is given up either way.
        if db.isInsideTransaction { try? db.rollback() }
        throw error
      }
    }
  }
}
