import GRDB
public import TradeRules
import TradeTables

/// What a copy of the store says of itself.
public struct BackupFacts: Hashable, Sendable {
  public var epoch: RecordID
  /// The last entry of its log.
  public var head: LogEnd
  /// Of its tables.
  public var schemaVersion: Int
}

extension CentralQueries {
  /// Writes the store as it is at one moment into a new file, or an empty one, while its owner goes on deciding.
  ///
  /// The copy has no free pages: nothing that was deleted is in it (https://sqlite.org/lang_vacuum.html,
  /// "VACUUM INTO"). It is not on the disk before somebody syncs it.
  ///
  /// - Throws: `StoreFault`; a file may then be left.
  public func copy(to path: String) throws {
    try StoreFault.explaining("copy the store to \(path)") {
      // A reader of a pool opens its files read-only; the statement makes an exception for the file it writes.
      try database.unsafeRead { db in try db.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    }
  }

  /// Questions to a closed store, or to one that another process has open. The file is not changed.
  ///
  /// - Throws: `StoreFault` for a file that is no centre's store or cannot be read.
  public static func reading(_ path: String) throws -> CentralQueries {
    CentralQueries(
      try TradeDatabase.openReadOnly(at: path, as: CentralSchema.format, options: .centre))
  }

  public func facts() throws -> BackupFacts {
    try StoreFault.explaining("read the store") {
      try database.read { db in
        BackupFacts(
          epoch: try Epochs.fetch(in: db).current, head: try LogStore.head(in: db),
          schemaVersion: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
      }
    }
  }

  /// The hash of an entry of the log, which covers all before it; nil when the log does not go that far.
  public func logHash(at version: Int64) throws -> [UInt8]? {
    try database.read { db in try LogStore.entry(version, in: db)?.hash }
  }
}

extension CentralStore {
  /// Copies the whole store into a new one, as it is now; whoever takes that one reopens it.
  package func copy(to other: CentralStore) throws { try database.backup(to: other.database) }

  /// The tables that this program writes.
  public static var schemaVersion: Int { CentralSchema.format.version }
}
