import Foundation
import GRDB
import TradeRules

/// Values as SQLite's statements take and give them.
extension RowKey {
  var data: Data { Data(bytes) }
}

extension RecordID {
  var data: Data { Data(bytes) }

  /// The id in a blob of 16 bytes.
  init(_ data: Data) { self = RecordID(bytes: Array(data)) ?? .none }
}

/// GRDB has a class of the same name, which nobody here means.
typealias Record<C: TableColumns> = TradeRules.Record<C>
