import GRDB
import ReplicaStore
import TradeRules
import TradeTables

import struct Foundation.Data

/// What a person sees on a device: its rows, with the device's own guesses on top.
struct Sight {
  let store: ReplicaStore

  /// One of the records that meet a condition; nil when none does.
  ///
  /// - Parameter condition: SQL of the simulator's own.
  func some<C: TableColumns>(
    _: C.Type, where condition: String = "1", _ arguments: StatementArguments = [], using random: inout Random
  ) throws -> TradeRules.Record<C>? {
    try store.read { db in
      let keys = try keys(of: .of(C.self), where: condition, arguments, in: db)
      guard let key = random.pick(keys) else { return nil }
      return try TradeTables.row(key, in: db).map { TradeRules.Record<C>($0) }
    }
  }

  func find<C: TableColumns>(_: C.Type, _ parts: any ColumnValue...) throws -> TradeRules.Record<C>? {
    let key = RowKey(C.self, parts: parts)
    return try store.read { db in try TradeTables.row(key, in: db) }.map { TradeRules.Record<C>($0) }
  }

  private func keys(
    of table: TableDescription, where condition: String, _ arguments: StatementArguments, in db: Database
  ) throws -> [RowKey] {
    let columns = table.keyColumns.map { "\"\($0.sqlName)\"" }.joined(separator: ", ")
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns) FROM \(table.name) WHERE \(condition) ORDER BY \(columns)")
    return try GRDB.Row.fetchAll(statement, arguments: arguments).map { found in
      var row = TradeRules.Row(values: table.emptyValues)
      for column in table.keyColumns {
        row.values[column.number - 1] =
          switch column.kind {
          case .integer: .integer(found[column.sqlName])
          case .text, .personal: .text(found[column.sqlName])
          case .blob: .blob(Array(found[column.sqlName] as Data))
          case .id: .id(RecordID(bytes: Array(found[column.sqlName] as Data)) ?? .none)
          }
      }
      return table.key(of: row)
    }
  }
}
