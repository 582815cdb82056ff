/// How one line's promises, backorder and put-back work follow from its counters.
///
/// Kept for every line: picked − shipped = what is staged for it; allocated = the sum of its promises;
/// allocated + backordered ≤ what is open; at each warehouse the promise covers what is staged there, as far
/// as anything is open; the rest is surplus, which somebody has to put back.
extension OrderSheet {
  /// Waits at whichever warehouse gets the product first.
  static let anywhere = "*"

  /// What of a line may be promised: nothing before the order is accepted or after it is cancelled, but for
  /// what was sold from a quota, which the submission itself has spent.
  func promisable(_ index: Int) -> Quantity {
    switch order.state {
    case .accepted: lines[index].open
    case .submitted: min(lines[index].open, covered(index))
    default: .zero
    }
  }

  /// What of it may be promised at one place: before the acceptance what a quota covers there. Who picks elsewhere
  /// meanwhile does not move the quota's goods.
  private func most(at place: PromisePlace) -> Quantity {
    order.state == .submitted ? fromQuota(at: place) : Quantity(thousandths: .max)
  }

  /// Brings a line in line with its counters after they changed.
  ///
  /// - Parameter code: of the put-back task, should more have to be put back than before.
  /// - Returns: how much more has to be put back.
  @discardableResult
  mutating func rebalance(
    _ index: Int, _ code: Code = .putBack, in trade: Trade
  ) throws(Interruption) -> Quantity {
    try fitPromises(index, in: trade)
    try wait(index, in: trade)
    lookAgain(in: trade)
    return try followUp(index, code, in: trade)
  }

  /// Of an order that ships complete one line got what was missing, so the others may be served, or nothing
  /// waits any more.
  private mutating func lookAgain(in trade: Trade) {
    guard order.holds.contains(Code.shipCompleteWait.rawValue) else { return }
    let waiting = lines.filter { $0.backordered > .zero }
    for line in waiting { trade.touchLevel(line.waitingAt, line.sku) }
    if waiting.isEmpty { order.holds.remove(Code.shipCompleteWait.rawValue) }
  }

  /// Opens and closes put-back tasks as a line's surplus grew or shrank.
  @discardableResult
  mutating func followUp(
    _ index: Int, _ code: Code = .putBack, in trade: Trade
  ) throws(Interruption) -> Quantity {
    var growth = Quantity.zero
    for warehouse in warehouses(of: index).sorted() {
      let place = PromisePlace(line: lines[index].id, warehouse: warehouse)
      let change = surplusGrowth(at: place)
      try PutBacks.follow(change, of: lines[index], of: order, at: warehouse, code, in: trade)
      if change > .zero { growth += change }
    }
    return growth
  }

  /// Where a line is promised or picked, the oldest promise first.
  private func warehouses(of index: Int) -> [String] {
    let line = lines[index].id
    var warehouses: [String] = []
    for promise in promises where promise.line == line { warehouses.append(promise.warehouse) }
    for goods in staged where goods.line == line && !warehouses.contains(goods.warehouse) {
      warehouses.append(goods.warehouse)
    }
    return warehouses
  }

  /// Raises promises to what is picked and cuts them to what is open; the oldest keep theirs.
  mutating func fitPromises(_ index: Int, in trade: Trade) throws(Interruption) {
    let places = warehouses(of: index).map { PromisePlace(line: lines[index].id, warehouse: $0) }
    var rest = promisable(index)
    var fitted = [Quantity](repeating: .zero, count: places.count)
    func take(_ wanted: (PromisePlace, Quantity) -> Quantity) {
      for (position, place) in places.enumerated() {
        let room = min(rest, most(at: place) - fitted[position])
        let taken = min(max(.zero, wanted(place, fitted[position])), room)
        fitted[position] += taken
        rest -= taken
      }
    }
    // First what is picked under a promise, then what else is picked, then what is only promised.
    take { place, _ in min(stagedQuantity(at: place), promised(at: place)) }
    take { place, taken in stagedQuantity(at: place) - taken }
    take { place, taken in promised(at: place) - taken }
    for (position, place) in places.enumerated() where fitted[position] != promised(at: place) {
      try promise(fitted[position], of: index, at: place.warehouse, in: trade)
      trade.touchLevel(place.warehouse, lines[index].sku)
    }
  }

  /// Sets the promise of a warehouse to a line; its stock level follows.
  mutating func promise(
    _ quantity: Quantity, of index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let line = lines[index]
    let known = promises.firstIndex { $0.line == line.id && $0.warehouse == warehouse }
    var promise = known.map { promises[$0] } ?? Allocation()
    let change = quantity - promise.quantity
    guard change != .zero else { return }
    promise.line = line.id
    promise.warehouse = warehouse
    promise.order = order.id
    promise.sku = line.sku
    promise.quantity = quantity
    promise.fromQuota = min(promise.fromQuota, quantity)
    promise.openAt = quantity > .zero ? warehouse : ""
    if change > .zero { promise.promisedVersion = trade.place }
    if let known { promises[known] = promise } else { promises.append(promise) }
    lines[index].allocated += change
    involve(warehouse)
    try Promises.raiseAllocated(warehouse, line.sku, by: change, in: trade)
  }

  /// Backorders what is open and not promised.
  func short(_ index: Int) -> Quantity { promisable(index) - lines[index].allocated }

  /// Lets the rest of a line wait for stock, unless its product is archived: then nothing more comes (#48).
  private mutating func wait(_ index: Int, in trade: Trade) throws(Interruption) {
    guard short(index) > .zero, try !isDiscontinued(lines[index].sku, in: trade) else {
      stopWaiting(index)
      return
    }
    try startWaiting(index, in: trade)
  }

  mutating func startWaiting(_ index: Int, in trade: Trade) throws(Interruption) {
    lines[index].backordered = short(index)
    if lines[index].waitingAt.isEmpty {
      lines[index].waitingAt = try warehouse(for: index, in: trade)
    } else if lines[index].waitingAt == OrderSheet.anywhere {
      // Goods may have come while the order was on hold and nobody looked.
      let place = try warehouse(for: index, in: trade)
      let key = Trade.LevelKey(warehouse: place, sku: lines[index].sku)
      if try Promises.available(key, in: trade) > .zero { lines[index].waitingAt = place }
    }
    if lines[index].waitingAt != OrderSheet.anywhere { involve(lines[index].waitingAt) }
  }

  mutating func stopWaiting(_ index: Int) {
    guard lines[index].backordered != .zero || !lines[index].waitingAt.isEmpty else { return }
    lines[index].backordered = .zero
    lines[index].waitingAt = ""
  }

  func isDiscontinued(_ sku: String, in trade: Trade) throws(Interruption) -> Bool {
    try trade.find(ProductColumns.self, sku)?.status == .archived
  }

  /// Where a line is served, one warehouse a line: the order's, which was the customer's or the device's
  /// first when nobody asked for one; else where the line has a promise already; else where most of the
  /// product is available, the lower code on a tie; else anywhere.
  func warehouse(for index: Int, in trade: Trade) throws(Interruption) -> String {
    if !order.warehouse.isEmpty { return order.warehouse }
    let line = lines[index]
    if let promise = promises.first(where: { $0.line == line.id && $0.quantity > .zero }) {
      return promise.warehouse
    }
    let levels = try trade.all(StockLevelColumns.self, "stock_level_of_product", line.sku)
      .sorted { $0.warehouse < $1.warehouse }
    var best: StockLevel?
    for level in levels where level.available > best?.available ?? Quantity(thousandths: .min) {
      best = level
    }
    return best?.warehouse ?? OrderSheet.anywhere
  }
}
