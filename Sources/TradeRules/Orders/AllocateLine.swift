extension AllocateLine {
  /// Promises so much of a line from a warehouse, first of what is backordered, then taken over from the
  /// latest promises of other warehouses that nobody has picked: the line splits (#28).
  ///
  /// Only what is available there is promised: the answer is `partly` with `ALLOCATION_SHORT` when that is
  /// less, `rejected` when it is nothing. Refuses, in this order: `ORDER_CANCELLED`, `ORDER_CLOSED`,
  /// `ORDER_REJECTED`, `NOT_ACCEPTED`, `UNKNOWN_LINE`, `UNKNOWN_WAREHOUSE`, `BAD_QUANTITY` (also for more
  /// than the line has open and unpicked elsewhere).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    guard sheet.order.state == .accepted else {
      throw .refused(Refusal(.notAccepted, sheet.order.number))
    }
    let index = try sheet.requireLine(form.line, in: trade)
    let line = sheet.lines[index]
    if line.isRemoved { throw .refused(Refusal(.unknownLine, "line \(line.line) was removed")) }
    guard try trade.find(WarehouseColumns.self, form.warehouse) != nil else {
      throw .refused(Refusal(.unknownWarehouse, form.warehouse))
    }
    try trade.checkQuantity(form.quantity, of: try trade.checkProduct(line.sku), .aboveZero)
    guard form.quantity <= sheet.movable(index, to: form.warehouse) else {
      throw .refused(Refusal(.badQuantity, "line \(line.line) has less open that is not picked"))
    }
    let key = Trade.LevelKey(warehouse: form.warehouse, sku: line.sku)
    let quantity = min(form.quantity, max(.zero, try Promises.available(key, in: trade)))
    guard quantity > .zero else {
      throw .refused(Refusal(.allocationShort, "\(form.warehouse) has none of \(line.sku)"))
    }
    try sheet.move(quantity, of: index, to: form.warehouse, in: trade)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number,
      PersonalText("line \(line.line): \(quantity.text) from \(form.warehouse)"), places: sheet.places)
    let isShort = quantity < form.quantity
    return Verdict(
      isShort ? .partly : .applied, isShort ? [.allocationShort] : [], record: sheet.order.number)
  }
}

extension OrderSheet {
  /// What of a line another warehouse could take over: its backorder, and promises nobody has picked.
  fileprivate func movable(_ index: Int, to warehouse: String) -> Quantity {
    loosePromises(of: index, besides: warehouse).reduce(short(index)) { $0 + $1.loose }
  }

  /// What is promised elsewhere, neither picked nor sold from a quota, the latest promise first.
  private func loosePromises(
    of index: Int, besides warehouse: String
  ) -> [(warehouse: String, loose: Quantity)] {
    promises.reversed().compactMap { promise in
      guard promise.line == lines[index].id, promise.warehouse != warehouse else { return nil }
      let place = PromisePlace(line: promise.line, warehouse: promise.warehouse)
      let loose = max(.zero, promise.quantity - firm(at: place))
      return loose > .zero ? (promise.warehouse, loose) : nil
    }
  }

  fileprivate mutating func move(
    _ quantity: Quantity, of index: Int, to warehouse: String, in trade: Trade
  ) throws(Interruption) {
    var rest = quantity - min(quantity, short(index))
    for other in loosePromises(of: index, besides: warehouse) where rest > .zero {
      let taken = min(rest, other.loose)
      rest -= taken
      let there = PromisePlace(line: lines[index].id, warehouse: other.warehouse)
      try promise(promised(at: there) - taken, of: index, at: other.warehouse, in: trade)
      trade.touchLevel(other.warehouse, lines[index].sku)
    }
    let here = PromisePlace(line: lines[index].id, warehouse: warehouse)
    try promise(promised(at: here) + quantity, of: index, at: warehouse, in: trade)
    try rebalance(index, in: trade)
  }
}
