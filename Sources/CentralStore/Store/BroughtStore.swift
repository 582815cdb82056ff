import GRDB
import TradeRules

import struct Foundation.Data

/// Which work of some device another one brought in.
enum BroughtStore {
  /// Once is enough: a group that brings the same work twice brings it.
  static func append(_ work: BroughtWork, at version: Int64, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO brought (device, number, hash, version) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      arguments: [work.device, work.number, Data(work.hash), version])
  }

  static func contains(_ work: BroughtWork, in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM brought WHERE device = ? AND number = ? AND hash = ?")
    return try Int.fetchOne(statement, arguments: [work.device, work.number, Data(work.hash)]) != nil
  }

  /// Whether it was brought in, or its device sent it itself.
  static func isKnown(_ work: BroughtWork, in db: Database) throws -> Bool {
    if try contains(work, in: db) { return true }
    let id = OperationID(device: work.device, number: work.number)
    return try LogStore.chainHash(of: id, in: db) == work.hash
  }
}
