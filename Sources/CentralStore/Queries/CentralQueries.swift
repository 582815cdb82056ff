import GRDB
import TradeTables

/// What people and programs ask of the centre's store. Each method is one consistent view.
///
/// Safe to use from any thread while the store's owner decides: it reads on connections of its own.
public struct CentralQueries: Sendable {
  let database: GatedReader

  init(_ database: any DatabaseReader, _ gate: ReadingGate = ReadingGate()) {
    self.database = GatedReader(database: database, gate: gate)
  }
}

extension CentralStore {
  public var queries: CentralQueries { CentralQueries(database, gate) }

  /// Copies the write-ahead log into the file. The store's owner alone may call it, between commits: one
  /// connection writes and checkpoints.
  ///
  /// - Parameter truncating: also shortens the log's file to nothing.
  /// - Throws: `StoreFault`, at once and not after a wait: `busy` when a reader is in the way, which passes.
  public func checkpointLog(truncating: Bool) throws {
    try StoreFault.explaining("checkpoint the store") {
      try database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer {
          // The timeout is a setting of the connection: setting it touches no file.
          try? db.execute(sql: "PRAGMA busy_timeout = \(StoreOptions.centre.busyTimeoutSeconds * 1_000)")
        }
        _ = try db.checkpoint(truncating ? .truncate : .passive)
      }
    }
  }

  /// Closes the file. Whoever reads it on another thread comes to an end first, and finds it busy from then on.
  public func close() throws {
    gate.close { database.interrupt() }
    try database.close()
  }
}
