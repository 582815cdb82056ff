import GRDB
import TradeRules
import TradeTables

/// Whether what is at the centre and what it answered go together.
enum AnswerModel {
  static func check(_ db: Database) throws {
    try checkEffects(db)
    try checkCreations(db)
    try checkNotices(db)
    try checkHeld(db)
  }

  /// Every fact is of an operation that was applied (G4): what was refused has no effects.
  private static func checkEffects(_ db: Database) throws {
    for table in ["movement", "observation"] {
      let stray = try GRDB.Row.fetchOne(
        db,
        sql: """
          SELECT device, operation FROM \(table) WHERE device <> 'centre' AND NOT EXISTS (
            SELECT 1 FROM answer WHERE answer.device = \(table).device AND answer.number = \(table).operation
              AND answer.outcome IN ('applied', 'partly')) LIMIT 1
          """)
      if let stray {
        let id = OperationID(device: stray["device"], number: stray["operation"])
        throw Finding("effects", "a row of \(table) is of \(id), which was not applied")
      }
    }
  }

  /// Each device has as many orders as it was told that it made.
  private static func checkCreations(_ db: Database) throws {
    let stray = try GRDB.Row.fetchOne(
      db,
      sql: """
        SELECT device, sum(made) AS made, sum(told) AS told FROM (
          SELECT device, 1 AS made, 0 AS told FROM sales_order
          UNION ALL
          SELECT device, 0, 1 FROM answer WHERE kind = 'order.create' AND outcome IN ('applied', 'partly'))
        WHERE device <> 'centre' GROUP BY device HAVING sum(made) <> sum(told) LIMIT 1
        """)
    guard let stray else { return }
    let (device, made, told) = (stray["device"] as String, stray["made"] as Int, stray["told"] as Int)
    throw Finding("effects", "\(device) has \(made) orders and was told of \(told)")
  }

  /// Whoever was promised goods and then not hears of each time.
  private static func checkNotices(_ db: Database) throws {
    let silent = try GRDB.Row.fetchOne(
      db,
      sql: """
        SELECT record, sum(cut) AS cut, sum(told) AS told FROM (
          SELECT record, 1 AS cut, 0 AS told FROM event WHERE code = 'ALLOCATION_REDUCED'
          UNION ALL
          SELECT record, 0, 1 FROM notice WHERE code = 'ALLOCATION_REDUCED')
        GROUP BY record HAVING sum(cut) <> sum(told) LIMIT 1
        """)
    guard let silent else { return }
    let (record, cut, told) = (silent["record"] as String, silent["cut"] as Int, silent["told"] as Int)
    throw Finding("notices", "promises to \(record) were cut \(cut) times, its author was told \(told) times")
  }

  /// Nobody waits for a record that is there (#70).
  private static func checkHeld(_ db: Database) throws {
    let waiting = try GRDB.Row.fetchAll(
      db, sql: "SELECT device, number, waiting_for FROM held WHERE waiting_for <> '' ORDER BY device, number")
    for row in waiting {
      let digits = Array((row["waiting_for"] as String).utf8)
      let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
      }
      guard let table = bytes.first else { continue }
      let key = RowKey(table: table, bytes: Array(bytes.dropFirst()))
      guard try TradeTables.row(key, in: db) == nil else {
        let id = OperationID(device: row["device"], number: row["number"])
        throw Finding("held", "\(id) waits for a record that is there")
      }
    }
  }
}
