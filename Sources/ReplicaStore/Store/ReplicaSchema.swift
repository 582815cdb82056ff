import GRDB
import Schema
public import TradeTables

/// A replica's tables and their versions.
enum ReplicaSchema {
  static let format = StoreFormat(.replica, version: 1)

  static func upgrade(_ db: Database, from version: Int) throws {
    if version < 1 {
      try db.execute(sql: Schema.trade)
      try db.execute(sql: Schema.replica)
      try db.execute(sql: Schema.base)
    }
  }
}

extension ReplicaStore {
  /// Opens the replica in a file, for reading and writing.
  ///
  /// - Parameter create: whether a file that is not there becomes a new replica.
  /// - Throws: `StoreFault` when the file is another program's, newer than this program, or damaged;
  ///   `ReplicaFault.busy` when another program keeps the writers' lock.
  public static func open(
    at path: String, create: Bool, options: StoreOptions = .replica
  ) throws -> ReplicaStore {
    try open(at: path, create: create, options: options, under: ReplicaLock.writers(of: path))
  }

  /// The same under a lock that may be held already.
  static func open(
    at path: String, create: Bool, options: StoreOptions = .replica, under lock: ReplicaLock
  ) throws -> ReplicaStore {
    let database = try lock.held {
      try TradeDatabase.openQueue(
        at: path, as: ReplicaSchema.format, create: create, options: options, upgrade: ReplicaSchema.upgrade)
    }
    let room = DiskRoom(of: path)
    return ReplicaStore(database, lock: lock) { try? room.free() }
  }

  /// Opens the replica in a file that nobody else can have open; takes no lock.
  package static func openAlone(
    at path: String, create: Bool, options: StoreOptions = .replica
  ) throws -> ReplicaStore {
    ReplicaStore(
      try TradeDatabase.openQueue(
        at: path, as: ReplicaSchema.format, create: create, options: options, upgrade: ReplicaSchema.upgrade),
      lock: nil)
  }

  /// Opens the replica in a file to read from; takes no lock.
  public static func openReadOnly(at path: String) throws -> ReplicaStore {
    ReplicaStore(try TradeDatabase.openReadOnly(at: path, as: ReplicaSchema.format), lock: nil)
  }

  /// A new replica in memory, with the tables and checks of one on disk.
  public static func inMemory() throws -> ReplicaStore {
    ReplicaStore(
      try TradeDatabase.inMemory(as: ReplicaSchema.format, upgrade: ReplicaSchema.upgrade), lock: nil)
  }
}
