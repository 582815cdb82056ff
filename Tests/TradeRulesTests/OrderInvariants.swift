import Testing

@testable import TradeRules

/// What must hold of orders and stock after every operation, whatever happened.
struct OrderInvariants {
  let bench: RuleBench
  let orders: [RecordID: Order]
  let lines: [OrderLine]
  let promises: [Allocation]
  let staged: [Staged]

  init(_ bench: RuleBench) {
    self.bench = bench
    orders = Dictionary(uniqueKeysWithValues: bench.all(OrderColumns.self).map { ($0.id, $0) })
    lines = bench.all(OrderLineColumns.self)
    promises = bench.all(AllocationColumns.self)
    staged = bench.all(StagedColumns.self)
  }

  func check(_ story: Comment) {
    for line in lines {
      checkCounters(of: line, story)
      checkPutBacks(of: line, story)
      checkPlaces(of: line, story)
    }
    for order in orders.values {
      let own = lines.filter { $0.order == order.id }
      #expect(order.totalMinor == OrderTotals.totalMinor(of: order, own, exponent: 2), story)
    }
    for level in bench.all(StockLevelColumns.self) {
      checkSums(of: level, story)
      checkPromises(of: level, story)
    }
  }

  private func checkCounters(of line: OrderLine, _ story: Comment) {
    let isAccepted = orders[line.order]?.state == .accepted
    let promisable = isAccepted ? line.open : .zero
    #expect(.zero <= line.delivered && line.delivered <= line.shipped, story)
    #expect(line.delivered == min(line.handedOver, line.shipped), story)
    #expect(line.shipped <= line.picked, story)
    #expect(.zero <= line.packed, story)
    #expect(.zero <= line.returned && line.returned <= line.shipped, story)
    #expect(.zero <= line.cancelled && line.cancelled <= line.ordered, story)
    #expect(.zero <= line.allocated && line.allocated <= promisable, story)
    #expect(line.allocated + line.backordered == promisable, story)
    #expect(line.waitingAt.isEmpty == (line.backordered == .zero), story)
    #expect(line.allocated == promises.filter { $0.line == line.id }.sum(\.quantity), story)
    #expect(line.picked - line.shipped == staged.filter { $0.line == line.id }.sum(\.quantity), story)
  }

  /// Every exception has its task: what is picked beyond a promise, and nothing else, is to be put back.
  private func checkPutBacks(of line: OrderLine, _ story: Comment) {
    var surplus = Quantity.zero
    for warehouse in ["W1", "W2"] {
      let picked = staged.filter { $0.line == line.id && $0.warehouse == warehouse }.sum(\.quantity)
      let promised = promises.filter { $0.line == line.id && $0.warehouse == warehouse }.sum(\.quantity)
      let tasks = bench.all(TaskColumns.self)
        .filter { $0.kind == .putBack && $0.isOpen && $0.line == line.id && $0.warehouse == warehouse }
      #expect(tasks.sum(\.quantity) == max(.zero, picked - promised), story)
      surplus += max(.zero, picked - promised)
    }
    let wanted = line.isRemoved ? line.shipped : max(line.shipped, line.ordered - line.cancelled)
    #expect(line.picked <= wanted + surplus, story)
  }

  /// Whoever sees an order sees all that belongs to it.
  private func checkPlaces(of line: OrderLine, _ story: Comment) {
    guard let order = orders[line.order] else {
      Issue.record("a line without an order")
      return
    }
    let places = TableDescription.of(OrderColumns.self).buckets(of: order.row)
    #expect(TableDescription.of(OrderLineColumns.self).buckets(of: line.row) == places, story)
    for promise in promises where promise.line == line.id {
      #expect(TableDescription.of(AllocationColumns.self).buckets(of: promise.row) == places, story)
      #expect(promise.openAt == (promise.quantity > .zero ? promise.warehouse : ""), story)
    }
    for goods in staged where goods.line == line.id {
      #expect(TableDescription.of(StagedColumns.self).buckets(of: goods.row) == places, story)
    }
  }

  /// On hand is the sum of facts; what is promised is the sum of promises.
  private func checkSums(of level: StockLevel, _ story: Comment) {
    let stock = bench.all(StockColumns.self).filter { $0.warehouse == level.warehouse && $0.sku == level.sku }
    #expect(level.onHand == stock.sum(\.onHand), story)
    var facts = Quantity.zero
    for movement in bench.all(MovementColumns.self)
    where movement.warehouse == level.warehouse && movement.sku == level.sku {
      if !movement.toBin.isEmpty { facts += movement.quantity }
      if !movement.fromBin.isEmpty { facts -= movement.quantity }
    }
    let counted = bench.all(ObservationColumns.self)
      .filter { $0.warehouse == level.warehouse && $0.sku == level.sku }
    for observation in counted {
      facts += bench.find(CountAdjustmentColumns.self, observation.id)?.quantity ?? .zero
    }
    #expect(level.onHand == facts, story)
    let own = promises.filter { $0.warehouse == level.warehouse && $0.sku == level.sku }
    #expect(level.allocated == own.sum(\.quantity), story)
    #expect(level.available == level.onHand - level.unavailable - level.allocated - level.setAside, story)
  }

  /// Nobody waits for what is free, and nothing is promised that is neither there nor picked.
  private func checkPromises(of level: StockLevel, _ story: Comment) {
    if level.available > .zero {
      let waiting = lines.filter { line in
        guard let order = orders[line.order] else { return false }
        return line.sku == level.sku && [level.warehouse, "*"].contains(line.waitingAt)
          && order.holds.isEmpty && !order.shipComplete
      }
      #expect(waiting.isEmpty, story)
    }
    guard level.available < .zero else { return }
    for promise in promises where promise.warehouse == level.warehouse && promise.sku == level.sku {
      let picked = staged.filter { $0.line == promise.line && $0.warehouse == promise.warehouse }
      #expect(promise.quantity <= picked.sum(\.quantity), story)
    }
  }
}

extension Sequence {
  fileprivate func sum(_ quantity: (Element) -> Quantity) -> Quantity {
    reduce(.zero) { $0 + quantity($1) }
  }
}
