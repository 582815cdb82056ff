import GRDB
public import TradeRules
import TradeTables

/// What one warehouse has of one product.
public struct StockSheet: Sendable {
  public let level: StockLevel
  /// What of `setAside` is this device's own unsold quota.
  public let mine: Quantity
  /// Where it lies, in order of bins and lots; empty balances are left out.
  public let places: [StockPlace]
}

/// The balance of one bin, lot and condition.
public struct StockPlace: Sendable {
  public let stock: Stock
  /// A plain date, or empty.
  public let expiry: String
}

extension ReplicaView {
  /// What each warehouse in sight has of a product, in order of their codes.
  public func stock(of sku: String, warehouse: String? = nil) throws -> [StockSheet] {
    let levels = try all(StockLevelColumns.self, "stock_level_of_product", sku)
      .filter { warehouse == nil || $0.warehouse == warehouse }
    return try levels.map { level in
      let places = try all(StockColumns.self, "stock_of_product", level.warehouse, sku)
        .filter { $0.onHand != .zero }
        .map { StockPlace(stock: $0, expiry: try expiry(of: $0.lot, of: sku)) }
      return StockSheet(level: level, mine: try ownQuota(of: sku, at: level.warehouse), places: places)
    }
  }

  /// The bin that a fact is about when nobody names one: the product's only bin, staging aside, else `MAIN`. What
  /// this device sees is what its user sees, so that the fact says it from the start.
  ///
  /// - Parameter isCount: a count over several bins says nothing about any of them.
  /// - Returns: nil where the device does not see the warehouse's stock, and for such a count: the rules have
  ///   the answer.
  public func meantBin(of sku: String, at warehouse: String, isCount: Bool = false) throws -> String? {
    guard state.grants.contains(.stock(warehouse)) else { return nil }
    let bins = Set(
      try all(StockColumns.self, "stock_of_product", warehouse, sku)
        .filter { $0.onHand != .zero && $0.bin != BinColumns.staging }.map(\.bin))
    if isCount, bins.count > 1 { return nil }
    return bins.count == 1 ? bins.first : BinColumns.main
  }

  /// The lots of a product that lie in a bin, the first to expire first, those that never do last; empty for goods
  /// without a lot.
  public func lots(of sku: String, at warehouse: String, in bin: String) throws -> [StockPlace] {
    try all(StockColumns.self, "stock_of_product", warehouse, sku)
      .filter { $0.bin == bin && $0.condition == .good && $0.onHand > .zero }
      .map { StockPlace(stock: $0, expiry: try expiry(of: $0.lot, of: sku)) }
      .sorted { one, other in
        guard one.expiry.isEmpty == other.expiry.isEmpty else { return other.expiry.isEmpty }
        return (one.expiry, one.stock.lot) < (other.expiry, other.stock.lot)
      }
  }

  /// The lot that is taken when nobody names one: of those that have so much, the first to expire; else the only
  /// one there is. Nil where there is none to tell, or the device does not see the warehouse's stock.
  public func meantLot(
    of sku: String, at warehouse: String, in bin: String?, _ quantity: Quantity
  ) throws -> String? {
    guard let bin, state.grants.contains(.stock(warehouse)) else { return nil }
    let lots = try lots(of: sku, at: warehouse, in: bin)
    let enough = lots.first { $0.stock.onHand >= quantity }
    let lot = (enough ?? (lots.count == 1 ? lots.first : nil))?.stock.lot
    return lot.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Every level in sight, in order of warehouses and SKUs, without the places.
  public func stockLevels(warehouse: String? = nil) throws -> [StockSheet] {
    var mine: [String: [String: Quantity]] = [:]
    for quota in try quotas() { mine[quota.warehouse, default: [:]][quota.sku] = quota.free }
    return try all(StockLevelColumns.self).filter { warehouse == nil || $0.warehouse == warehouse }
      .map { StockSheet(level: $0, mine: mine[$0.warehouse]?[$0.sku] ?? .zero, places: []) }
  }

  private func expiry(of lot: String, of sku: String) throws -> String {
    if lot.isEmpty { return "" }
    return try find(LotColumns.self, RowKey(LotColumns.self, sku, lot))?.expiry ?? ""
  }

  /// The warehouse of a code in any case; nil when there is none.
  public func warehouse(_ code: String) throws -> Warehouse? {
    let code = EnteredText.normalised(code)
    for spelling in [code, code.uppercased()] {
      if let found = try find(WarehouseColumns.self, RowKey(WarehouseColumns.self, spelling)) { return found }
    }
    return nil
  }

  /// The warehouses this device works for, as its own record names them, in order.
  public func ownWarehouses() throws -> [String] {
    try find(DeviceColumns.self, RowKey(DeviceColumns.self, state.device))?.warehouses.words ?? []
  }

  /// Bins that begin so, in order; for completion.
  public func bins(beginning text: String, limit: Int) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT code FROM bin WHERE is_active AND substr(lower(code), 1, length(:text)) = lower(:text)
        ORDER BY code LIMIT :limit
        """, arguments: ["text": text, "limit": limit])
  }
}
