/// What looks wrong about stock becomes work for somebody at the place; the fact itself stands (P1).
enum StockExceptions {
  /// Looks at a bin from which something was taken, more perhaps than the books say was there.
  ///
  /// When the product's other bins hold what is missing, it lies in the wrong place (#17); otherwise the
  /// books are wrong (#10).
  static func lookAt(_ key: StockKey, in trade: Trade) throws(Interruption) {
    let balance = try trade.stock(of: key).onHand
    guard balance < .zero else { return }
    trade.flag(.negativeBin)
    guard try !isOpen(.negativeBin, key, in: trade) else { return }
    var elsewhere = balance
    for stock in try trade.all(StockColumns.self, "stock_of_product", key.warehouse, key.sku)
    where stock.bin != key.bin && stock.bin != BinColumns.staging && stock.lot == key.lot {
      elsewhere += stock.onHand
    }
    try open(elsewhere < .zero ? .recount : .relocate, .negativeBin, key, in: trade)
  }

  /// A count and a movement are closer than the clocks are exact (#5).
  static func nearCount(_ key: StockKey, in trade: Trade) throws(Interruption) {
    trade.flag(.countNearMovement)
    guard try !isOpen(.countNearMovement, key, in: trade) else { return }
    try open(.recount, .countNearMovement, key, in: trade)
  }

  /// The same correction was recorded on another device within the hour (#9).
  static func twins(of movement: Movement, in trade: Trade) throws(Interruption) {
    let hour: Int64 = 3_600_000
    let bin = movement.fromBin.isEmpty ? movement.toBin : movement.fromBin
    let key = movement.key(at: bin)
    let near = try trade.movements(of: key, from: movement.occurredAt.advanced(byMilliseconds: -hour))
    let hasTwin = near.contains { other in
      other.device != movement.device && other.kind == movement.kind
        && other.reason == movement.reason && other.effect(on: bin) == movement.effect(on: bin)
        && other.occurredAt.milliseconds(since: movement.occurredAt) <= hour
    }
    guard hasTwin else { return }
    trade.flag(.possibleDuplicateAdjustment)
    try open(.reviewAdjustment, .possibleDuplicateAdjustment, key, movement.quantity, in: trade)
  }

  private static func isOpen(
    _ code: Code, _ key: StockKey, in trade: Trade
  ) throws(Interruption) -> Bool {
    try trade.all(TaskColumns.self, "task_of_stock", key.warehouse, key.sku, key.bin, true)
      .contains { $0.code == code.rawValue }
  }

  private static func open(
    _ kind: TaskKind, _ code: Code, _ key: StockKey, _ quantity: Quantity = .zero, in trade: Trade
  ) throws(Interruption) {
    try trade.openTask(
      kind, code, record: key.sku, owner: .warehouse, warehouse: key.warehouse, sku: key.sku,
      quantity: quantity, bin: key.bin)
  }
}
