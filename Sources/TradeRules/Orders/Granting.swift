/// What a settlement of promises does to one order.
extension OrderSheet {
  /// An order that somebody holds keeps what it has and gets nothing more.
  var mayBeServed: Bool {
    order.state == .accepted
      && (order.holds.isEmpty || order.holds == [Code.shipCompleteWait.rawValue])
  }

  /// Whether a line that waits may be served from a level.
  func waits(_ index: Int, at key: Trade.LevelKey) -> Bool {
    let place = lines[index].waitingAt
    return lines[index].sku == key.sku && (place == key.warehouse || place == OrderSheet.anywhere)
  }

  mutating func grant(
    _ quantity: Quantity, to index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let place = lines[index].waitingAt == OrderSheet.anywhere ? warehouse : lines[index].waitingAt
    let promised = promised(at: PromisePlace(line: lines[index].id, warehouse: place))
    try promise(promised + quantity, of: index, at: place, in: trade)
    lines[index].backordered -= quantity
    lines[index].waitingAt = lines[index].backordered > .zero ? place : ""
  }

  /// Serves an order that ships complete or not at all: everything it waits for, or nothing.
  mutating func grantAll(in trade: Trade) throws(Interruption) {
    guard let sources = try sources(in: trade) else { return }
    for (index, warehouse) in sources {
      try grant(lines[index].backordered, to: index, at: warehouse, in: trade)
    }
    order.holds.remove(Code.shipCompleteWait.rawValue)
  }

  /// Where everything that the order still waits for would come from, lines of one product together (#2); nil
  /// where stock does not cover it. What waits anywhere comes from where most is left, the lower code on a tie.
  private func sources(in trade: Trade) throws(Interruption) -> [(index: Int, warehouse: String)]? {
    var taken: [Trade.LevelKey: Quantity] = [:]
    var sources: [(index: Int, warehouse: String)] = []
    for index in lines.indices where lines[index].backordered > .zero {
      let line = lines[index]
      var best: (key: Trade.LevelKey, left: Quantity)?
      for warehouse in try warehouses(toServe: line, in: trade) {
        let key = Trade.LevelKey(warehouse: warehouse, sku: line.sku)
        let left = try Promises.available(key, in: trade) - taken[key, default: .zero]
        if left > best?.left ?? Quantity(thousandths: .min) { best = (key, left) }
      }
      guard let best, best.left >= line.backordered else { return nil }
      taken[best.key, default: .zero] += line.backordered
      sources.append((index, best.key.warehouse))
    }
    return sources
  }

  private func warehouses(toServe line: OrderLine, in trade: Trade) throws(Interruption) -> [String] {
    guard line.waitingAt == OrderSheet.anywhere else { return [line.waitingAt] }
    let levels = try trade.ifVisible { () throws(Interruption) in
      try trade.all(StockLevelColumns.self, "stock_level_of_product", line.sku)
    }
    return (levels ?? []).map(\.warehouse).sorted()
  }

  /// Takes back a part of a promise: the line waits for it again, and the order's author hears of it.
  mutating func reduce(
    by cut: Quantity, _ index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let place = PromisePlace(line: lines[index].id, warehouse: warehouse)
    try promise(promised(at: place) - cut, of: index, at: warehouse, in: trade)
    lines[index].backordered = short(index)
    if lines[index].waitingAt.isEmpty { lines[index].waitingAt = warehouse }
    if order.shipComplete { order.holds.insert(Code.shipCompleteWait.rawValue) }
    note(.allocationReduced)
    trade.notify(author, .allocationReduced, record: order.number, quantity: cut)
    trade.tell(Code.allocationReduced.rawValue, of: order.number, places: places)
  }

  /// The operation by which the order was submitted.
  var author: OperationID {
    OperationID(order.submittedBy) ?? OperationID(device: order.device, number: 0)
  }
}
