import GRDB
import Schema
public import TradeTables

/// The centre's tables and their versions.
enum CentralSchema {
  static let format = StoreFormat(.centre, version: 1)

  static func upgrade(_ db: Database, from version: Int) throws {
    if version < 1 {
      try db.execute(sql: Schema.trade)
      try db.execute(sql: Schema.indexes)
      try db.execute(sql: Schema.versions)
      try db.execute(sql: Schema.centre)
    }
  }
}

extension CentralStore {
  /// Opens the store in a file, making it when `create` is given and there is none.
  ///
  /// - Throws: `StoreFault` when the file is another program's, newer than this program, in use or damaged.
  public static func open(at path: String, create: Bool, options: StoreOptions = .centre) throws
    -> CentralStore
  {
    func open(create: Bool) throws -> any DatabaseWriter {
      try TradeDatabase.openPool(
        at: path, as: CentralSchema.format, create: create, options: options, upgrade: CentralSchema.upgrade)
    }
    return try CentralStore(open(create: create)) { try open(create: false) }
  }

  /// A new store in memory, with the tables and checks of one on disk.
  public static func inMemory() throws -> CentralStore {
    try CentralStore(TradeDatabase.inMemory(as: CentralSchema.format, upgrade: CentralSchema.upgrade))
  }
}
