public import TradeRules
import TradeTables

extension ReplicaView {
  /// Every supplier in sight, in order of their codes.
  public func suppliers() throws -> [Supplier] { try all(SupplierColumns.self) }

  public func supplier(_ code: String) throws -> Supplier? {
    try find(SupplierColumns.self, RowKey(SupplierColumns.self, EnteredText.normalised(code)))
  }
}
