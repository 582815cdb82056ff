/// One movement of goods, before it is a fact.
struct MovementDraft {
  var kind: MovementKind
  var warehouse: String
  var sku: String
  var lot = ""
  var condition = Condition.good
  /// More than zero.
  var quantity: Quantity
  /// Empty: from outside the warehouse.
  var fromBin: String
  /// Empty: out of the warehouse.
  var toBin: String
  var reason = ""
  var line: RecordID?

  func key(at bin: String) -> StockKey {
    StockKey(warehouse: warehouse, bin: bin, sku: sku, lot: lot, condition: condition)
  }
}

/// The one way stock changes: facts are written once, balances, levels and count adjustments follow.
///
/// On hand is a pure function of the set of facts, so any order of arrival gives the same number (#3, #4,
/// #7, #8): a fact that happened before a count changes that count's adjustment and not the balance.
enum StockLedger {
  /// Writes a movement, and what follows from it.
  ///
  /// - Throws: `.refused` with `NOT_PERMITTED`, `UNKNOWN_WAREHOUSE`, `UNKNOWN_SKU` or `BAD_QUANTITY`, in
  ///   this order; never because there is too little stock: a fact stands (P1).
  @discardableResult
  static func record(_ draft: MovementDraft, in trade: Trade) throws(Interruption) -> Movement {
    try prepare(draft, in: trade)
    try trade.checkStockPlace(draft.warehouse)
    let product = try trade.checkProduct(draft.sku)
    try trade.checkQuantity(draft.quantity, of: product, .aboveZero)
    let movement = makeMovement(draft, in: trade)
    let taken = draft.fromBin.isEmpty ? .zero : try book(movement, at: draft.fromBin, in: trade)
    let brought = draft.toBin.isEmpty ? .zero : try book(movement, at: draft.toBin, in: trade)
    trade.put(movement)
    try raiseLevel(of: movement.key(at: ""), by: taken + brought, in: trade)
    // Looked at last: what left a bin it was not in may have been found in the other.
    if taken < .zero { try StockExceptions.lookAt(movement.key(at: draft.fromBin), in: trade) }
    try Lots.keep(draft.lot, of: draft.sku, at: draft.warehouse, in: trade)
    return movement
  }

  /// The bin named, or the SKU's only bin with stock, staging aside, else `MAIN`.
  static func bin(
    _ named: String?, sku: String, warehouse: String, in trade: Trade
  ) throws(Interruption) -> String {
    if let named, !named.isEmpty { return named }
    let bins = try stockedBins(sku: sku, warehouse: warehouse, in: trade)
    return bins.count == 1 ? bins[0] : BinColumns.main
  }

  /// The bins other than staging that hold some of a product, or lack some.
  static func stockedBins(
    sku: String, warehouse: String, in trade: Trade
  ) throws(Interruption) -> [String] {
    var bins: [String] = []
    for stock in try trade.all(stock(of: sku, at: warehouse)).map({ Stock($0) })
    where stock.onHand != .zero && stock.bin != BinColumns.staging && !bins.contains(stock.bin) {
      bins.append(stock.bin)
    }
    return bins
  }

  /// The balances of a product at a warehouse.
  static func stock(of sku: String, at warehouse: String) -> RowRange {
    RowRange(StockColumns.self, "stock_of_product", [warehouse, sku])
  }

  private static func prepare(_ draft: MovementDraft, in trade: Trade) throws(Interruption) {
    var needs = trade.stockNeeds(draft.warehouse, draft.sku)
    for bin in [draft.fromBin, draft.toBin] where !bin.isEmpty {
      needs += draft.key(at: bin).needs
    }
    if !draft.lot.isEmpty { needs.append(.row(RowKey(LotColumns.self, draft.sku, draft.lot))) }
    try trade.prepare(needs)
    let from = draft.kind == .opening ? nil : try CountLedger.nearest(in: trade)
    try trade.prepare(
      [draft.fromBin, draft.toBin].filter { !$0.isEmpty }.map {
        .range(draft.key(at: $0).observations(from: from))
      })
  }

  private static func makeMovement(_ draft: MovementDraft, in trade: Trade) -> Movement {
    var movement = Movement()
    movement.id = trade.derivedID("movement")
    movement.warehouse = draft.warehouse
    movement.sku = draft.sku
    movement.lot = draft.lot
    movement.condition = draft.condition
    movement.quantity = draft.quantity
    movement.fromBin = draft.fromBin
    movement.toBin = draft.toBin
    movement.kind = draft.kind
    movement.reason = draft.reason
    movement.line = draft.line
    movement.occurredAt = trade.occurredAt
    movement.recordedAt = trade.recordedAt
    movement.month =
      CivilDate(trade.entry.isFinal ? trade.entry.receivedAt : trade.recordedAt).monthText
    movement.device = trade.operation.id.device
    movement.operation = trade.operation.id.number
    movement.actor = trade.operation.actor
    return movement
  }

  /// Books a movement at one of its two bins.
  ///
  /// - Returns: what it changed there after all.
  private static func book(
    _ movement: Movement, at bin: String, in trade: Trade
  ) throws(Interruption) -> Quantity {
    let key = movement.key(at: bin)
    let effect = movement.effect(on: bin)
    let place = FactPlace(movement)
    let window = try CountLedger.window(in: trade)
    let observations = try trade.observations(
      of: key, from: place.isOpening ? nil : try CountLedger.nearest(in: trade))
    let change = try CountLedger.absorb(
      effect, of: key, at: place, into: observations, in: trade)
    try raiseStock(of: key, by: change, in: trade)
    for observation in observations
    where CountLedger.isTooNear(observation, to: movement, within: window, in: trade) {
      try StockExceptions.nearCount(key, in: trade)
      break
    }
    return change
  }

  static func raiseStock(
    of key: StockKey, by change: Quantity, in trade: Trade
  ) throws(Interruption) {
    if try trade.find(BinColumns.self, key.warehouse, key.bin) == nil {
      var bin = Bin()
      bin.warehouse = key.warehouse
      bin.code = key.bin
      bin.isActive = true
      trade.put(bin)
    }
    var stock = try trade.stock(of: key)
    stock.onHand += change
    if PlantedBug.isPlanted(.movementBookedTwice) { stock.onHand += change }
    trade.put(stock)
  }

  static func raiseLevel(
    of key: StockKey, by net: Quantity, in trade: Trade
  ) throws(Interruption) {
    var level = try trade.find(StockLevelColumns.self, key.warehouse, key.sku) ?? StockLevel()
    guard net != .zero else { return }
    level.warehouse = key.warehouse
    level.sku = key.sku
    level.onHand += net
    if key.condition != .good { level.unavailable += net }
    trade.put(level)
    trade.touchLevel(key.warehouse, key.sku)
  }
}

extension Trade {
  /// The balance of a stock key; a new one of nothing when there was none.
  func stock(of key: StockKey) throws(Interruption) -> Stock {
    if let stock = try find(
      StockColumns.self, key.warehouse, key.bin, key.sku, key.lot, key.condition)
    {
      return stock
    }
    var stock = Stock()
    stock.warehouse = key.warehouse
    stock.bin = key.bin
    stock.sku = key.sku
    stock.lot = key.lot
    stock.condition = key.condition
    return stock
  }
}
