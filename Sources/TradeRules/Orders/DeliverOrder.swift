extension DeliverOrder {
  /// Books goods handed over: a fact (P1). When everything ordered is delivered or cancelled the order is
  /// closed.
  ///
  /// Without lines it delivers what is shipped and not delivered yet; refuses `NOTHING_SHIPPED` when nothing
  /// is shipped and `ALREADY_DELIVERED` when all of it is delivered. Lines given are facts: what was handed
  /// over beyond what the books say was shipped counts as soon as the shipment arrives, and until then the
  /// warehouse is asked for it (`DELIVERED_BEFORE_SHIPPED`). Refuses `BAD_QUANTITY` for more than any line can have.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    var codes: [Code] = []
    for item in try items(of: form, sheet, in: trade) {
      let line = sheet.lines[item.index]
      _ = try trade.sum(line.handedOver, item.quantity, of: line)
      sheet.deliver(item.quantity, of: item.index)
      let early = sheet.lines[item.index].handedOver - sheet.lines[item.index].shipped
      guard early > .zero else { continue }
      if !codes.contains(.deliveredBeforeShipped) { codes.append(.deliveredBeforeShipped) }
      try askForShipment(early, of: sheet.lines[item.index], sheet.order, in: trade)
    }
    try sheet.save(in: trade)
    trade.tell(kind.rawValue, of: sheet.order.number, places: sheet.places)
    return Verdict(.applied, codes, record: sheet.order.number)
  }

  private static func items(
    of form: Filled<Self>, _ sheet: OrderSheet, in trade: Trade
  ) throws(Interruption) -> [ShippedItem] {
    var items: [ShippedItem] = []
    for entry in form.lines {
      let index = try sheet.requireLine(entry.line, in: trade)
      try trade.checkQuantity(
        entry.quantity, of: try trade.checkProduct(sheet.lines[index].sku), .aboveZero)
      items.append(ShippedItem(index: index, quantity: entry.quantity))
    }
    guard items.isEmpty else { return items }
    for (index, line) in sheet.lines.enumerated() where line.shipped > line.delivered {
      items.append(ShippedItem(index: index, quantity: line.shipped - line.delivered))
    }
    guard items.isEmpty else { return items }
    let isDelivered = sheet.lines.contains { $0.delivered > .zero }
    throw .refused(Refusal(isDelivered ? .alreadyDelivered : .nothingShipped, sheet.order.number))
  }

  /// The warehouse has to say when it shipped; one open task a line.
  private static func askForShipment(
    _ quantity: Quantity, of line: OrderLine, _ order: Order, in trade: Trade
  ) throws(Interruption) {
    let warehouse = order.warehouse.isEmpty ? order.warehouses.words.first ?? "" : order.warehouse
    for var task in try LineTasks.open(.reviewDelivery, of: line, order, in: trade) {
      task.quantity = quantity
      return trade.put(task)
    }
    var task = try trade.openTask(
      .reviewDelivery, .deliveredBeforeShipped, record: order.number,
      owner: warehouse.isEmpty ? .admin : .warehouse, warehouse: warehouse, sku: line.sku,
      quantity: quantity)
    task.line = line.id
    trade.put(task)
  }
}

extension OrderSheet {
  /// So much more of a line is with the customer.
  mutating func deliver(_ quantity: Quantity, of index: Int) {
    lines[index].handedOver += quantity
    fitDelivered(index)
  }

  /// A shipment that arrives after the news that its goods were delivered.
  mutating func meetDelivery(_ index: Int, _ before: OrderLine, in trade: Trade) throws(Interruption) {
    fitDelivered(index)
    guard before.handedOver > before.shipped, lines[index].handedOver <= lines[index].shipped else { return }
    for var task in try LineTasks.open(.reviewDelivery, of: lines[index], order, in: trade) {
      task.isOpen = false
      trade.put(task)
    }
  }

  /// Delivered is what was handed over, as far as it was shipped.
  mutating func fitDelivered(_ index: Int) {
    let delivered = min(lines[index].handedOver, lines[index].shipped)
    if lines[index].delivered != delivered { lines[index].delivered = delivered }
  }

  /// Closes an accepted order of which everything is delivered or cancelled. One whose quantities somebody
  /// has to confirm stays open until then.
  mutating func closeIfDone() {
    guard order.state == .accepted, !order.holds.contains(Code.confirmLine.rawValue) else { return }
    let wanted = lines.filter { !$0.isRemoved || $0.shipped > .zero }
    guard wanted.contains(where: { $0.delivered > .zero }),
      wanted.allSatisfy({ $0.open == .zero && $0.delivered == $0.shipped && $0.allocated == .zero })
    else { return }
    order.state = .closed
    order.holds = []
  }
}
