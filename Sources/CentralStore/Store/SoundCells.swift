import GRDB
import TradeTables

extension GRDB.Row {
  /// A cell of a type that the schema promises and a damaged file may break.
  ///
  /// - Throws: `StoreFault` for a damaged file. GRDB's own conversion would end the process.
  func cell<Value: DatabaseValueConvertible>(_ name: String) throws -> Value {
    // A column's name lies in the file as well.
    guard hasColumn(name), let value = Value.fromDatabaseValue(self[name]) else {
      throw StoreFault(.corrupt, doing: "read the store", detail: "\(name) is not of its type")
    }
    return value
  }
}
