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

  /// How it is known; nil: nobody has heard of it.
  static func standing(of work: BroughtWork, in db: Database) throws -> KnownWork? {
    if try contains(work, in: db) { return .doneOver }
    let id = OperationID(device: work.device, number: work.number)
    guard try LogStore.chainHash(of: id, in: db) == work.hash else { return nil }
    let released = try db.cachedStatement(sql: "SELECT 1 FROM released_work WHERE device = ? AND last = ?")
    return try Int.fetchOne(released, arguments: [work.device, work.number]) == nil ? .sent : .doneOver
  }
}
