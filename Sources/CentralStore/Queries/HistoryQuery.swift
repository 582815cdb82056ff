import GRDB
public import TradeRules
import TradeTables

extension CentralQueries {
  /// The life of an order, a product or a customer, oldest first.
  public func history(of record: NamedRecord) throws -> [EventSentences.Moment] {
    try database.read { db in
      let events = try TradeTables.rows(RowRange(EventColumns.self, "event_record", [record.name]), in: db)
      let isProduct = record.kind == .product
      return EventSentences.moments(
        events: events.map { Event($0) },
        conflicts: try rows(
          ConflictColumns.self, "SELECT id FROM conflict WHERE record = ? ORDER BY id", record.name, in: db),
        refusals: try refusals(record.name, in: db),
        movements: isProduct
          ? try rows(
            MovementColumns.self, "SELECT id FROM movement WHERE sku = ? ORDER BY id", record.name, in: db)
          : [],
        observations: isProduct
          ? try rows(
            ObservationColumns.self, "SELECT id FROM observation WHERE sku = ? ORDER BY id", record.name,
            in: db)
          : [])
    }
  }

  /// What to call the author of something: a device's user by the device's name.
  public func person(_ actor: String, on device: String) throws -> String {
    let row = try database.read { db in try TradeTables.row(RowKey(DeviceColumns.self, device), in: db) }
    return EventSentences.person(actor, on: device, called: row.map { Device($0).name } ?? "")
  }

  /// Records whose key is an id, found by a query for the ids.
  private func rows<C: TableColumns>(
    _: C.Type, _ sql: String, _ name: String, in db: Database
  ) throws -> [TradeRules.Record<C>] {
    let keys = try GRDB.Row.fetchAll(db, sql: sql, arguments: [name])
      .compactMap { RecordID(bytes: LogStore.bytes(try $0.cell("id"))) }.map { RowKey(C.self, $0) }
    let rows = try TradeTables.rows(keys, in: db)
    return keys.compactMap { rows[$0].map { TradeRules.Record<C>($0) } }
  }

  private func refusals(_ name: String, in db: Database) throws -> [Answer] {
    let found = try GRDB.Row.fetchAll(
      db,
      sql: """
        SELECT device, number FROM answer WHERE record = ? AND outcome IN ('rejected', 'quarantined')
        ORDER BY device, number
        """, arguments: [name])
    return try found.compactMap { row in
      let key = RowKey(AnswerColumns.self, try row.cell("device") as String, try row.cell("number") as Int64)
      return try TradeTables.row(key, in: db).map { Answer($0) }
    }
  }
}
