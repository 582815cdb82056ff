extension ShipOrder {
  /// Books goods that left for the customer: a fact, whatever state the order is in (P1, P5).
  ///
  /// Without lines it ships what is picked, never more than the lines have open. Lines given are facts: more
  /// than was picked means a pick that nobody recorded, so that is booked too (`PICKED_SHORT`), and more than
  /// was ordered stands with a return to draft (`OVER_SHIPPED`). Refuses `PICKED_SHORT` only where nothing
  /// can have left, because the warehouse never had the product, and `NOTHING_PICKED` when there is nothing
  /// to ship.
  ///
  /// On a cancelled order (#32, #33): shipped before the cancellation, the order is accepted again and the
  /// canceller is told `CANCEL_REJECTED_SHIPPED`; shipped after it, `SHIPPED_AFTER_CANCEL` asks somebody to
  /// recall the goods. A device that had seen the cancellation has nothing left to ship unless it names
  /// lines (#34). A rejection is final: whatever leaves all the same is to be recalled.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try trade.checkStockPlace(form.warehouse)
    let items = try items(of: form, sheet, in: trade)
    guard !items.isEmpty else {
      throw .refused(Refusal(whyNothing(sheet.order), sheet.order.number))
    }
    var codes: [Code] = []
    var uncancelled = Quantity.zero
    var open = Quantity.zero
    for item in items {
      let before = sheet.lines[item.index]
      codes += try sheet.ship(item.quantity, of: item.index, at: form.warehouse, in: trade)
      uncancelled += before.cancelled - sheet.lines[item.index].cancelled
      open += before.open - sheet.lines[item.index].open
    }
    if sheet.order.state == .rejected {
      codes += try sheet.recall(open, to: form.warehouse, in: trade)
    } else if uncancelled > .zero || sheet.order.state == .cancelled {
      codes += try meetCancellation(uncancelled, of: items, &sheet, form.warehouse, in: trade)
    }
    try sheet.total(in: trade)
    try sheet.save(in: trade)
    let shipment = try Shipments.record(form, sheet, items, in: trade)
    try Packages.leave(with: shipment, from: form.warehouse, sheet, in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number, PersonalText(form.shipmentNumber), places: sheet.places)
    return Verdict(.applied, codes.uniqued(), record: sheet.order.number)
  }

  /// What to tell whom nothing is left to ship.
  private static func whyNothing(_ order: Order) -> Code {
    switch order.state {
    case .cancelled: .orderCancelled
    case .rejected: .orderRejected
    default: .nothingPicked
    }
  }

  /// What leaves: the lines given, else all that is picked at the warehouse and may be shipped.
  private static func items(
    of form: Filled<Self>, _ sheet: OrderSheet, in trade: Trade
  ) throws(Interruption) -> [ShippedItem] {
    var items: [ShippedItem] = []
    for entry in form.lines {
      let index = try sheet.requireLine(entry.line, in: trade)
      try checkCanHaveLeft(entry.quantity, of: index, sheet, form.warehouse, in: trade)
      if let known = items.firstIndex(where: { $0.index == index }) {
        items[known].quantity += entry.quantity
      } else {
        items.append(ShippedItem(index: index, quantity: entry.quantity))
      }
    }
    guard form.lines.isEmpty else { return items }
    let knowsOfEnd = sheet.order.isEndKnown(to: trade)
    if sheet.order.state == .rejected, knowsOfEnd { return [] }
    for (index, line) in sheet.lines.enumerated() {
      let place = PromisePlace(line: line.id, warehouse: form.warehouse)
      var shippable = line.open
      // Who had not seen the cancellation shipped what was ordered.
      if !line.isRemoved, !knowsOfEnd { shippable = max(.zero, line.ordered - line.shipped) }
      let quantity = min(shippable, sheet.stagedQuantity(at: place))
      if quantity > .zero { items.append(ShippedItem(index: index, quantity: quantity)) }
    }
    return items
  }

  private static func checkCanHaveLeft(
    _ quantity: Quantity, of index: Int, _ sheet: OrderSheet, _ warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let line = sheet.lines[index]
    let product = try trade.checkProduct(line.sku)
    try trade.checkQuantity(quantity, of: product, .aboveZero)
    let place = PromisePlace(line: line.id, warehouse: warehouse)
    guard sheet.stagedQuantity(at: place) == .zero,
      try Promises.canSee(warehouse, line.sku, in: trade),
      try trade.find(StockLevelColumns.self, warehouse, line.sku) == nil
    else { return }
    throw .refused(Refusal(.pickedShort, "\(warehouse) never had \(line.sku)"))
  }

  /// Goods of a cancelled order left: which came first? Of what was cancelled they may be nothing: a surplus,
  /// or a line that was removed.
  private static func meetCancellation(
    _ quantity: Quantity, of items: [ShippedItem], _ sheet: inout OrderSheet, _ warehouse: String,
    in trade: Trade
  ) throws(Interruption) -> [Code] {
    if let cancelledAt = sheet.order.cancelledAt, trade.occurredAt <= cancelledAt {
      let isOver = sheet.order.state == .cancelled || sheet.order.state == .closed
      if isOver { sheet.order.state = .accepted }
      if let canceller = OperationID(sheet.order.cancelledBy) {
        let gone = quantity > .zero ? quantity : items.reduce(.zero) { $0 + $1.quantity }
        trade.notify(canceller, .cancelRejectedShipped, record: sheet.order.number, quantity: gone)
      }
      return []
    }
    return try sheet.recall(quantity, to: warehouse, in: trade)
  }
}

/// So much of one line of a sheet.
struct ShippedItem {
  let index: Int
  var quantity: Quantity
}

extension OrderSheet {
  /// Asks a warehouse to call back what left though nobody wants it any more.
  mutating func recall(
    _ quantity: Quantity, to warehouse: String, in trade: Trade
  ) throws(Interruption) -> [Code] {
    // A surplus has a task of its own.
    guard quantity > .zero else { return [] }
    note(.shippedAfterCancel)
    try trade.openTask(
      .shippedAfterCancel, .shippedAfterCancel, record: order.number, owner: .warehouse, warehouse: warehouse,
      agent: order.agent, quantity: quantity)
    return [.shippedAfterCancel]
  }

  /// Ships goods of a line: out of staging, out of the promise, out of what is open.
  fileprivate mutating func ship(
    _ quantity: Quantity, of index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) -> [Code] {
    var codes: [Code] = []
    let place = PromisePlace(line: lines[index].id, warehouse: warehouse)
    let missing = quantity - stagedQuantity(at: place)
    if missing > .zero {
      let bin = try StockLedger.bin(nil, sku: lines[index].sku, warehouse: warehouse, in: trade)
      try pick(missing, of: index, lot: "", from: bin, at: warehouse, in: trade)
      codes.append(.pickedShort)
    }
    _ = try unstage(quantity, of: index, lot: nil, as: .ship, to: "", at: warehouse, in: trade)
    let before = lines[index]
    lines[index].shipped += quantity
    try meetDelivery(index, before, in: trade)
    let ordered = before.isRemoved ? Quantity.zero : before.ordered
    lines[index].cancelled = min(before.cancelled, max(.zero, ordered - lines[index].shipped))
    let promised = promised(at: place)
    try promise(max(.zero, promised - quantity), of: index, at: warehouse, in: trade)
    let surplus = lines[index].shipped - max(ordered, before.shipped)
    if surplus > .zero {
      codes.append(.overShipped)
      try LineTasks.draftReturn(of: surplus, lines[index], of: order, .overShipped, in: trade)
    }
    try rebalance(index, in: trade)
    return codes
  }
}

extension Record where Columns == OrderColumns {
  /// Whether the author of an operation had seen that the order is rejected, or cancelled wholly or in part.
  fileprivate func isEndKnown(to trade: Trade) -> Bool {
    guard let canceller = OperationID(self.cancelledBy) else { return true }
    return canceller.device == trade.operation.id.device
      || self.cancelledVersion <= trade.operation.basedOnVersion
  }
}

extension [Code] {
  /// Each code once, in order of first appearance.
  func uniqued() -> [Code] {
    reduce(into: []) { codes, code in if !codes.contains(code) { codes.append(code) } }
  }
}
