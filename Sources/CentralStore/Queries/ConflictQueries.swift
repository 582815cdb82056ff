import GRDB
public import TradeRules
import TradeTables

extension CentralQueries {
  /// Conflicts in the order in which they were opened.
  public func conflicts(onlyOpen: Bool) throws -> [Conflict] {
    try database.read { db in
      let ids = try GRDB.Row.fetchAll(
        db, sql: "SELECT id FROM conflict WHERE state = 'open' OR NOT ? ORDER BY opened_at, id",
        arguments: [onlyOpen])
      let keys = try ids.compactMap { RecordID(bytes: LogStore.bytes(try $0.cell("id"))) }
        .map { RowKey(ConflictColumns.self, $0) }
      let rows = try TradeTables.rows(keys, in: db)
      return keys.compactMap { rows[$0].map { Conflict($0) } }
    }
  }

  /// One conflict; nil when none has the id.
  public func conflict(_ id: RecordID) throws -> Conflict? {
    try database.read { db in
      try TradeTables.row(RowKey(ConflictColumns.self, id), in: db).map { Conflict($0) }
    }
  }
}
