import GRDB
public import TradeRules
import TradeTables

extension CentralQueries {
  /// The settings that somebody has set; the others are as `Settings.standard` says.
  public func settings() throws -> [Settings: Int64] {
    let rows = try database.read { db in
      try TradeTables.scan(TableDescription.of(SettingColumns.self), limit: .max, in: db).map { Setting($0) }
    }
    return rows.reduce(into: [:]) { amounts, row in
      if let setting = Settings(rawValue: row.name) { amounts[setting] = row.amount }
    }
  }
}
