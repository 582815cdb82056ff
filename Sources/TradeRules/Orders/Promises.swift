/// Keeps promises of stock to orders equal to what is there.
///
/// For every (warehouse, SKU) that an operation touched: what became available goes to the orders that wait
/// for it, the oldest accepted first; what is missing is taken from the latest promises first (#11). A
/// level's `allocated` is at all times the sum of its open allocations.
enum Promises {
  /// Serves backorders where stock rose and shrinks promises where it fell, for every level touched.
  static func settle(_ trade: Trade) throws(Interruption) {
    let keys = trade.takeTouchedLevels()
    // An import touches hundreds: what they need is asked for at once.
    if keys.count > 1 { try trade.prepare(keys.flatMap(waitingNeeds)) }
    for key in keys {
      let available = try available(key, in: trade)
      if available > .zero { try serve(key, in: trade) }
      if available < .zero { try shrink(key, by: -available, in: trade) }
    }
  }

  /// What nobody was promised; nothing where a replica cannot see.
  static func available(_ key: Trade.LevelKey, in trade: Trade) throws(Interruption) -> Quantity {
    try trade.ifVisible { () throws(Interruption) in
      try trade.find(StockLevelColumns.self, key.warehouse, key.sku)
    }?.available ?? .zero
  }

  static func raiseAllocated(
    _ warehouse: String, _ sku: String, by change: Quantity, in trade: Trade
  ) throws(Interruption) {
    // A replica that does not hold this warehouse's levels guesses its order and leaves the level alone.
    guard try canSee(warehouse, sku, in: trade) else { return }
    var level = try trade.find(StockLevelColumns.self, warehouse, sku) ?? StockLevel()
    level.warehouse = warehouse
    level.sku = sku
    level.allocated += change
    trade.put(level)
  }

  /// Whether this program holds a warehouse's levels, so that a missing one means no stock.
  static func canSee(
    _ warehouse: String, _ sku: String, in trade: Trade
  ) throws(Interruption) -> Bool {
    do throws(Interruption) {
      _ = try trade.find(StockLevelColumns.self, warehouse, sku)
      return true
    } catch {
      if case .unknown = error, !trade.entry.isFinal { return false }
      throw error
    }
  }

  // MARK: Serving

  private static func serve(_ key: Trade.LevelKey, in trade: Trade) throws(Interruption) {
    for line in try waiting(key, in: trade) {
      let available = try available(key, in: trade)
      guard available > .zero else { return }
      guard
        let found = try trade.ifVisible({ () throws(Interruption) in
          try OrderSheet.find(line.order, in: trade)
        }), let index = found.lines.firstIndex(where: { $0.id == line.id })
      else { continue }
      var sheet = found
      guard sheet.mayBeServed, sheet.lines[index].backordered > .zero else { continue }
      if sheet.order.shipComplete {
        guard try sheet.canBeCovered(at: key, in: trade) else { continue }
        for index in sheet.lines.indices where sheet.lines[index].backordered > .zero {
          try sheet.grant(sheet.lines[index].backordered, to: index, at: key.warehouse, in: trade)
        }
        sheet.order.holds.remove(Code.shipCompleteWait.rawValue)
      } else {
        let granted = min(available, sheet.lines[index].backordered)
        try sheet.grant(granted, to: index, at: key.warehouse, in: trade)
      }
      try sheet.save(in: trade)
    }
  }

  private static func waitingNeeds(_ key: Trade.LevelKey) -> [Need] {
    [key.warehouse, OrderSheet.anywhere].map { place in
      .range(RowRange(OrderLineColumns.self, "order_line_waiting", [place, key.sku]))
    }
  }

  /// The lines that wait for a product at a warehouse or anywhere, the oldest accepted first.
  private static func waiting(
    _ key: Trade.LevelKey, in trade: Trade
  ) throws(Interruption) -> [OrderLine] {
    var readings = Readings()
    let here = try readings.gather { () throws(Interruption) in
      try trade.all(OrderLineColumns.self, "order_line_waiting", key.warehouse, key.sku)
    }
    let anywhere = try readings.gather { () throws(Interruption) in
      try trade.all(OrderLineColumns.self, "order_line_waiting", OrderSheet.anywhere, key.sku)
    }
    try readings.finish()
    return ((here ?? []) + (anywhere ?? [])).sorted {
      ($0.acceptedVersion, $0.order, $0.line, $0.id) < ($1.acceptedVersion, $1.order, $1.line, $1.id)
    }
  }

  // MARK: Shrinking

  private static func shrink(
    _ key: Trade.LevelKey, by missing: Quantity, in trade: Trade
  ) throws(Interruption) {
    var missing = missing
    let latestFirst = try trade.all(AllocationColumns.self, "allocation_open", key.warehouse, key.sku)
      .sorted { ($0.promisedVersion, $0.line) > ($1.promisedVersion, $1.line) }
    for promise in latestFirst {
      guard missing > .zero else { return }
      guard
        let found = try trade.ifVisible({ () throws(Interruption) in
          try OrderSheet.find(promise.order, in: trade)
        }), let index = found.lines.firstIndex(where: { $0.id == promise.line })
      else { continue }
      var sheet = found
      let place = PromisePlace(line: promise.line, warehouse: promise.warehouse)
      // What is picked is in the picker's hands, whatever the books say.
      let loose = sheet.promised(at: place) - sheet.stagedQuantity(at: place)
      let cut = min(missing, loose)
      guard cut > .zero else { continue }
      missing -= cut
      try sheet.reduce(by: cut, index, at: promise.warehouse, in: trade)
      try sheet.save(in: trade)
    }
  }
}

extension OrderSheet {
  /// An order that somebody holds keeps what it has and gets nothing more.
  fileprivate var mayBeServed: Bool {
    order.state == .accepted
      && order.holds.words.allSatisfy { $0 == Code.shipCompleteWait.rawValue }
  }

  fileprivate mutating func grant(
    _ quantity: Quantity, to index: Int, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    let place = lines[index].waitingAt == OrderSheet.anywhere ? warehouse : lines[index].waitingAt
    let promised = promised(at: PromisePlace(line: lines[index].id, warehouse: place))
    try promise(promised + quantity, of: index, at: place, in: trade)
    lines[index].backordered -= quantity
    lines[index].waitingAt = lines[index].backordered > .zero ? place : ""
  }

  /// Whether stock covers everything the order still waits for, lines of one product together (#2).
  fileprivate func canBeCovered(
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
  fileprivate mutating func reduce(
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
