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
  mutating func grantAll(at served: Trade.LevelKey, in trade: Trade) throws(Interruption) {
    guard try canBeCovered(at: served, in: trade) else { return }
    for index in lines.indices where lines[index].backordered > .zero {
      try grant(lines[index].backordered, to: index, at: served.warehouse, in: trade)
    }
    order.holds.remove(Code.shipCompleteWait.rawValue)
  }

  /// Whether stock covers everything the order still waits for, lines of one product together (#2).
  private func canBeCovered(
    at served: Trade.LevelKey, in trade: Trade
  ) throws(Interruption) -> Bool {
    var demands: [(key: Trade.LevelKey, quantity: Quantity)] = []
    for line in lines where line.backordered > .zero {
      let isAnywhere = line.waitingAt == OrderSheet.anywhere
      let key = Trade.LevelKey(
        warehouse: isAnywhere ? served.warehouse : line.waitingAt, sku: line.sku)
      if let known = demands.firstIndex(where: { $0.key == key }) {
        demands[known].quantity += line.backordered
      } else {
        demands.append((key, line.backordered))
      }
    }
    for demand in demands where try Promises.available(demand.key, in: trade) < demand.quantity {
      return false
    }
    return true
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
