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
    try goodPlaces(of: sku, at: warehouse).filter { $0.stock.bin == bin }
  }

  /// Where goods of a product lie, staging aside, the first to expire first, those that never do last.
  private func goodPlaces(of sku: String, at warehouse: String) throws -> [StockPlace] {
    try all(StockColumns.self, "stock_of_product", warehouse, sku)
      .filter { $0.bin != BinColumns.staging && $0.condition == .good && $0.onHand > .zero }
      .map { StockPlace(stock: $0, expiry: try expiry(of: $0.lot, of: sku)) }
      .sorted { one, other in
        guard one.expiry.isEmpty == other.expiry.isEmpty else { return other.expiry.isEmpty }
        return (one.expiry, one.stock.lot, one.stock.bin) < (other.expiry, other.stock.lot, other.stock.bin)
      }
  }

  /// The bin and lot that goods are taken from when not both are named: of the places that have so much the only one, or
  /// for a pick the first to expire; where none has so much, the only one there is. Where there is none to tell, as
  /// `meantBin` says. Nothing new is said where the device does not see the warehouse's stock.
  ///
  /// - Parameters:
  ///   - quantity: zero for goods that are put there.
  ///   - firstToExpire: whether an expiry decides between several.
  /// - Throws: `BIN_REQUIRED` while it may be one bin or another; `BAD_VALUE` for several lots of one, all of them named.
  public func meantPlace(
    of sku: String, at warehouse: String, bin: String?, lot: String?, taking quantity: Quantity,
    firstToExpire: Bool = false
  ) throws -> (bin: String?, lot: String?) {
    guard state.grants.contains(.stock(warehouse)) else { return (bin, lot) }
    let known = try goodPlaces(of: sku, at: warehouse)
      .filter { ($0.stock.bin == bin || bin == nil) && ($0.stock.lot == lot || lot == nil) }
    var places = known.filter { $0.stock.onHand >= quantity }
    if firstToExpire, let first = places.first { places.removeAll { $0.expiry != first.expiry } }
    if places.isEmpty { places = known }
    guard let place = places.first else { return (try bin ?? meantBin(of: sku, at: warehouse), lot) }
    let bins = Set(places.map(\.stock.bin)).sorted()
    guard bins.count == 1 else { throw Refusal(.binRequired, bins.joined(separator: ", ")) }
    let lots = Set(places.map(\.stock.lot)).sorted()
    let hasEnough = place.stock.onHand >= quantity
    if lots.count == 1 || firstToExpire && hasEnough {
      return (place.stock.bin, lot ?? place.stock.lot.named)
    }
    // Nobody knows which lots were taken; a pick says so, and goods without a lot are taken as such.
    guard firstToExpire || lots.first == "" || lot != nil else {
      let names = lots.joined(separator: ", ")
      throw Refusal(
        .badValue, "\(sku) lies in \(place.stock.bin) in several lots, name one with --lot: \(names)")
    }
    return (place.stock.bin, lot)
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

extension String {
  /// Nil for a name that is empty.
  fileprivate var named: String? { isEmpty ? nil : self }
}
