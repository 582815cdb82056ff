public import GRDB
import TradeTables

/// What people and programs ask of the centre's store. Each method is one consistent view.
///
/// Safe to use from any thread while the store's owner decides: it reads on connections of its own.
public struct CentralQueries: Sendable {
  let database: any DatabaseReader

  public init(_ database: any DatabaseReader) { self.database = database }
}

extension CentralStore {
  public var queries: CentralQueries { CentralQueries(database) }

  /// Copies the write-ahead log into the file. The store's owner alone may call it, between commits: one
  /// connection writes and checkpoints.
  ///
  /// - Parameter truncating: also shortens the log's file to nothing.
  /// - Throws: `StoreFault`, `busy` when a reader is in the way, which passes.
  public func checkpointLog(truncating: Bool) throws {
    try TradeDatabase.checkpoint(database, truncating ? .truncate : .passive)
  }

  /// Closes the file. Nothing may be asked of the store afterwards.
  public func close() throws { try database.close() }
}

extension CentralHost {
  /// The devices that have proved themselves on a connection that is still open, sorted.
  public var onlineDevices: [String] { connections.values.compactMap(\.device).sorted() }
}
