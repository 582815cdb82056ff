/// One order with its lines, promises and picked goods: read together, changed together, written together.
struct OrderSheet {
  var order: Order
  /// In order of their numbers; latecomers of two devices may share one until the ids decide.
  var lines: [OrderLine]
  /// Oldest first.
  var promises: [Allocation]
  var staged: [Staged]
  /// The rows as they are stored; what is equal to its copy here need not be written.
  private var stored: StoredRows
  /// What had to be put back when the sheet was read, or when it was last looked at.
  private var surplusBefore: [PromisePlace: Quantity] = [:]

  /// A new order without lines.
  init(_ order: Order) {
    self.order = order
    lines = []
    promises = []
    staged = []
    stored = StoredRows(order: nil, lines: [], promises: [], staged: [])
  }

  private init(_ order: Order, _ lines: [OrderLine], _ promises: [Allocation], _ staged: [Staged]) {
    self.order = order
    self.lines = lines.sorted { ($0.line, $0.id) < ($1.line, $1.id) }
    self.promises = promises.sorted {
      ($0.promisedVersion, $0.warehouse, $0.line) < ($1.promisedVersion, $1.warehouse, $1.line)
    }
    self.staged = staged
    stored = StoredRows(order: order, lines: self.lines, promises: self.promises, staged: staged)
    for goods in staged {
      let place = PromisePlace(line: goods.line, warehouse: goods.warehouse)
      surplusBefore[place] = surplus(at: place)
    }
  }

  /// The order with an id; nil when there is none.
  static func find(_ id: RecordID, in trade: Trade) throws(Interruption) -> OrderSheet? {
    var readings = Readings()
    let order = try readings.gather { () throws(Interruption) in try trade.find(OrderColumns.self, id) }
    let lines = try readings.gather { () throws(Interruption) in
      try trade.all(OrderLineColumns.self, "order_line_order", id)
    }
    let promises = try readings.gather { () throws(Interruption) in
      try trade.all(AllocationColumns.self, "allocation_order", id)
    }
    let staged = try readings.gather { () throws(Interruption) in
      try trade.all(StagedColumns.self, "staged_order", id)
    }
    try readings.finish()
    return order.map { OrderSheet($0, lines ?? [], promises ?? [], staged ?? []) }
  }

  /// The order an operation names. The centre waits for one that has not arrived (#70).
  static func require(
    _ id: RecordID, called number: String, in trade: Trade
  ) throws(Interruption) -> OrderSheet {
    if let sheet = try find(id, in: trade) { return sheet }
    guard trade.entry.isFinal else { throw .refused(Refusal(.unknownOrder, number)) }
    throw try trade.missing(RowKey(OrderColumns.self, id), called: number)
  }

  /// The position of the line an operation names. The centre waits for one that has not arrived.
  func requireLine(_ id: RecordID, in trade: Trade) throws(Interruption) -> Int {
    if let index = lines.firstIndex(where: { $0.id == id }) { return index }
    guard trade.entry.isFinal else { throw .refused(Refusal(.unknownLine, order.number)) }
    throw try trade.missing(RowKey(OrderLineColumns.self, id), called: order.number)
  }

  /// Who sees the order and what belongs to it.
  var places: [Bucket] {
    orderBuckets(
      agent: order.agent, territory: order.territory, warehouses: order.warehouses, device: order.device)
  }

  /// Refuses a wish about an order that the device may not even see (G19).
  func checkScope(in trade: Trade) throws(Interruption) {
    guard trade.mayChange(places) else { throw .refused(Refusal(.notPermitted, order.number)) }
  }

  /// Whether the order was cancelled, wholly or but for what was shipped before.
  var isCancelled: Bool { order.state == .cancelled || lines.contains { $0.cancelled > .zero } }

  /// Refuses every change of an order that is over.
  func checkAlive() throws(Interruption) {
    if isCancelled { throw .refused(Refusal(.orderCancelled, order.number)) }
    if order.state == .closed { throw .refused(Refusal(.orderClosed, order.number)) }
    if order.state == .rejected { throw .refused(Refusal(.orderRejected, order.number)) }
  }

  /// Makes a warehouse one of those that have to do with the order.
  mutating func involve(_ warehouse: String) {
    guard !order.warehouses.contains(warehouse) else { return }
    order.warehouses = WordList((order.warehouses.words + [warehouse]).sorted())
  }

  /// Sums lines, charges and tax up; `BAD_VALUE` when the sum is below zero or larger than any payment.
  mutating func total(in trade: Trade) throws(Interruption) {
    let exponent = try trade.find(CurrencyColumns.self, order.currency)?.exponent ?? 2
    guard let total = OrderTotals.totalMinor(of: order, lines, exponent: exponent),
      (0...OrderTotals.amountMax).contains(total),
      let tax = OrderTotals.taxMinor(of: lines, exponent: exponent)
    else { throw .refused(Refusal(.badValue, "the total is too large")) }
    order.taxMinor = tax
    order.totalMinor = total
  }

  /// Writes what changed. Whoever sees the order sees all that belongs to it, so its buckets are copied.
  mutating func save(in trade: Trade) throws(Interruption) {
    closeIfDone()
    explain()
    try HoldTasks.follow(order, heldBefore: stored.order?.holds ?? [], in: trade)
    if let before = stored.order { try Accounts.follow(order, before: before, in: trade) }
    let moved = stored.order.flatMap { $0.isSeen(like: order) ? nil : $0 }
    if stored.order != order { trade.put(order) }
    put(&lines, stored.lines, in: trade)
    put(&promises, stored.promises, in: trade)
    put(&staged, stored.staged, in: trade)
    stored = StoredRows(order: order, lines: lines, promises: promises, staged: staged)
    if let before = moved {
      try Shipments.show(self, movedFrom: before, in: trade)
      if lines.contains(where: { $0.packed > .zero }) { try Packages.show(order, in: trade) }
    }
  }

  private func put<C: PlacedColumns>(
    _ records: inout [Record<C>], _ stored: [Record<C>], in trade: Trade
  ) {
    for index in records.indices {
      records[index].follow(order)
      if index < stored.count, stored[index] == records[index] { continue }
      trade.put(records[index])
    }
  }

  /// Keeps the codes that follow from lines and holds.
  private mutating func explain() {
    let isShort = lines.contains { $0.backordered > .zero }
    note(.allocationShort, isShort && !order.holds.contains(Code.shipCompleteWait.rawValue))
    for code: Code in [.priceManual, .priceBelowFloor, .priceVersionOld, .priceReview] {
      note(code, lines.contains { !$0.isRemoved && $0.priceCode == code.rawValue })
    }
  }

  /// Adds a code to the order's explanation, or takes it away.
  mutating func note(_ code: Code, _ holds: Bool = true) {
    if holds == order.codes.contains(code.rawValue) { return }
    if holds { order.codes.insert(code.rawValue) } else { order.codes.remove(code.rawValue) }
  }

  /// What of the goods picked at a place the line cannot ship.
  func surplus(at place: PromisePlace) -> Quantity {
    max(.zero, stagedQuantity(at: place) - promised(at: place))
  }

  /// How much more has to be put back at a place than when this was last asked; negative when less.
  mutating func surplusGrowth(at place: PromisePlace) -> Quantity {
    let now = surplus(at: place)
    defer { surplusBefore[place] = now }
    return now - (surplusBefore[place] ?? .zero)
  }

  func stagedQuantity(at place: PromisePlace) -> Quantity {
    staged.reduce(.zero) { sum, goods in
      goods.line == place.line && goods.warehouse == place.warehouse ? sum + goods.quantity : sum
    }
  }

  func promised(at place: PromisePlace) -> Quantity {
    promises.first { $0.line == place.line && $0.warehouse == place.warehouse }?.quantity ?? .zero
  }
}

extension Record where Columns == OrderColumns {
  /// Whether the same people see both.
  fileprivate func isSeen(like other: Order) -> Bool {
    self.warehouses == other.warehouses && self.agent == other.agent && self.territory == other.territory
  }
}

private struct StoredRows {
  var order: Order?
  var lines: [OrderLine]
  var promises: [Allocation]
  var staged: [Staged]
}

/// Where something of a line is promised or picked.
struct PromisePlace: Hashable {
  let line: RecordID
  let warehouse: String
}
