import GRDB
import TradeRules
import TradeTables

/// What must hold of orders, their lines and promises at the centre, whatever happened.
struct OrderModel {
  private var orders: [RecordID: Order] = [:]
  private var lines: [OrderLine] = []
  private var promises: [RecordID: [Allocation]] = [:]
  private var staged: [RecordID: [Staged]] = [:]
  private var levels: [StockLevel] = []
  /// Unspent quota by warehouse and SKU.
  private var unspent: [String: Quantity] = [:]

  init(_ db: Database) throws {
    try TradeTables.visit(.of(OrderColumns.self), in: db) { row in
      let order = Order(row)
      orders[order.id] = order
    }
    try TradeTables.visit(.of(OrderLineColumns.self), in: db) { lines.append(OrderLine($0)) }
    try TradeTables.visit(.of(AllocationColumns.self), in: db) { row in
      let promise = Allocation(row)
      promises[promise.line, default: []].append(promise)
    }
    try TradeTables.visit(.of(StagedColumns.self), in: db) { row in
      let goods = Staged(row)
      staged[goods.line, default: []].append(goods)
    }
    try TradeTables.visit(.of(StockLevelColumns.self), in: db) { levels.append(StockLevel($0)) }
    try TradeTables.visit(.of(QuotaColumns.self), in: db) { row in
      let quota = Quota(row)
      unspent["\(quota.warehouse) \(quota.sku)", default: .zero] += quota.free
    }
  }

  func check() throws {
    for line in lines {
      guard let order = orders[line.order] else { throw Finding("orders", "line \(line.id) has no order") }
      try checkCounters(of: line, order)
      try checkSums(of: line, order)
      try checkPlaces(of: line, order)
    }
    for order in orders.values.sorted(by: { $0.id < $1.id }) {
      let own = lines.filter { $0.order == order.id }
      try expect(
        order.totalMinor == OrderTotals.totalMinor(of: order, own, exponent: 2), order,
        "its total is not that of its lines and charges"
      )
    }
    for level in levels { try check(level) }
  }

  private func expect(_ holds: Bool, _ order: Order, _ message: @autoclosure () -> String) throws {
    if !holds { throw Finding("orders", "\(order.number) (\(order.state)): \(message())") }
  }

  private func checkCounters(of line: OrderLine, _ order: Order) throws {
    // A submission has spent the quota it was sold from even where something holds the order.
    let fromQuota = (promises[line.id] ?? []).reduce(Quantity.zero) { $0 + $1.fromQuota }
    let promisable =
      order.state == .accepted ? line.open : order.state == .submitted ? min(line.open, fromQuota) : .zero
    let counters = """
      line \(line.line) of \(line.sku): ordered \(line.ordered.thousandths) cancelled \(line.cancelled.thousandths) \
      allocated \(line.allocated.thousandths) backordered \(line.backordered.thousandths) \
      picked \(line.picked.thousandths) shipped \(line.shipped.thousandths)
      """
    try expect(.zero <= line.delivered && line.delivered <= line.shipped, order, counters)
    try expect(line.shipped <= line.picked, order, "shipped more than picked: \(counters)")
    try expect(
      line.delivered == min(line.handedOver, line.shipped), order,
      "delivered \(line.delivered.thousandths) of \(line.handedOver.thousandths) handed over: \(counters)")
    try expect(.zero <= line.cancelled && line.cancelled <= line.ordered, order, counters)
    try expect(
      .zero <= line.allocated && line.allocated <= promisable, order, "promised too much: \(counters)")
    try expect(line.allocated + line.backordered <= promisable, order, "waits for too much: \(counters)")
    try expect(line.waitingAt.isEmpty == (line.backordered == .zero), order, "waits for nothing: \(counters)")
  }

  private func checkSums(of line: OrderLine, _ order: Order) throws {
    let promised = (promises[line.id] ?? []).reduce(Quantity.zero) { $0 + $1.quantity }
    try expect(line.allocated == promised, order, "line \(line.line) is promised \(promised) by allocations")
    let ready = (staged[line.id] ?? []).reduce(Quantity.zero) { $0 + $1.quantity }
    try expect(line.picked - line.shipped == ready, order, "line \(line.line) has \(ready) staged")
  }

  /// Whoever sees an order sees all that belongs to it (G15).
  private func checkPlaces(of line: OrderLine, _ order: Order) throws {
    let places = TableDescription.of(OrderColumns.self).buckets(of: order.row)
    try expect(
      TableDescription.of(OrderLineColumns.self).buckets(of: line.row) == places, order,
      "line \(line.line) is in other buckets")
    for promise in promises[line.id] ?? [] {
      try expect(
        TableDescription.of(AllocationColumns.self).buckets(of: promise.row) == places, order,
        "a promise to line \(line.line) is in other buckets")
      try expect(
        promise.openAt == (promise.quantity > .zero ? promise.warehouse : ""), order,
        "a promise to line \(line.line) is open at \(promise.openAt)")
    }
    for goods in staged[line.id] ?? [] {
      try expect(
        TableDescription.of(StagedColumns.self).buckets(of: goods.row) == places, order,
        "goods for line \(line.line) are in other buckets")
    }
  }

  /// Allocations are the level's; nobody waits for what is free, and nothing is promised that is neither there
  /// nor picked.
  private func check(_ level: StockLevel) throws {
    let name = "\(level.warehouse) \(level.sku)"
    let here = promises.values.joined().filter { $0.warehouse == level.warehouse && $0.sku == level.sku }
    let promised = here.reduce(Quantity.zero) { $0 + $1.quantity }
    guard level.allocated == promised else {
      throw Finding("promises", "\(name) has \(level.allocated) allocated and \(promised) promised")
    }
    guard level.setAside == unspent[name] ?? .zero else {
      throw Finding("quotas", "\(name) has \(level.setAside) set aside, quotas \(unspent[name] ?? .zero)")
    }
    if level.available > .zero {
      let waiting = lines.first { line in
        guard let order = orders[line.order] else { return false }
        return line.sku == level.sku && [level.warehouse, "*"].contains(line.waitingAt) && order.holds.isEmpty
          && !order.shipComplete
      }
      if let waiting {
        throw Finding("promises", "\(name) has \(level.available) free and \(waiting.id) waits")
      }
    }
    guard level.available < .zero else { return }
    for promise in here {
      let picked = (staged[promise.line] ?? []).filter { $0.warehouse == promise.warehouse }
        .reduce(Quantity.zero) { $0 + $1.quantity }
      guard promise.quantity <= max(picked, promise.fromQuota) else {
        throw Finding("promises", "\(name) lacks \(-level.available) and \(promise.line) is promised some")
      }
    }
  }
}
