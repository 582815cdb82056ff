/// Keeps promises of stock to orders equal to what is there.
///
/// For every (warehouse, SKU) that an operation touched: what became available goes to the orders that wait
/// for it, the oldest accepted first; what is missing is taken from the latest promises first (#11). A
/// level's `allocated` is at all times the sum of its open allocations.
enum Promises {
  /// Serves backorders where stock rose and shrinks promises where it fell, for every level touched.
  static func settle(_ trade: Trade) throws(Interruption) {
    guard !trade.touchedLevels.isEmpty else { return }
    var desk = PromiseDesk()
    try desk.settle(in: trade)
    try desk.save(in: trade)
  }

  /// The same, with an order whose changes are not written yet; the caller writes it.
  static func settle(_ trade: Trade, with sheet: inout OrderSheet) throws(Interruption) {
    guard !trade.touchedLevels.isEmpty else { return }
    var desk = PromiseDesk(sheet)
    try desk.settle(in: trade)
    sheet = desk.sheets.removeFirst()
    try desk.save(in: trade)
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
    var level: StockLevel
    do throws(Interruption) {
      level = try trade.find(StockLevelColumns.self, warehouse, sku) ?? StockLevel()
    } catch {
      // A replica that does not hold this warehouse's levels guesses its order and leaves the level alone.
      if case .unknown = error, !trade.entry.isFinal { return }
      throw error
    }
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
}

/// The orders that one settlement has taken up: each is read once, changed as often as needed, written once.
struct PromiseDesk {
  var sheets: [OrderSheet] = []
  private var places: [RecordID: Int] = [:]

  init() {}

  init(_ sheet: OrderSheet) {
    sheets = [sheet]
    places = [sheet.order.id: 0]
  }

  mutating func settle(in trade: Trade) throws(Interruption) {
    let keys = trade.takeTouchedLevels()
    // An order or an import touches many: what they need is asked for at once.
    if keys.count > 1 { try trade.prepare(keys.flatMap(PromiseDesk.waitingNeeds)) }
    var free: [Trade.LevelKey] = []
    for key in keys {
      let available = try Promises.available(key, in: trade)
      if available > .zero { free.append(key) }
      if available < .zero { try shrink(key, by: -available, in: trade) }
    }
    if !PlantedBug.isPlanted(.backorderNotServed) { try serve(free, in: trade) }
  }

  mutating func save(in trade: Trade) throws(Interruption) {
    for index in sheets.indices { try sheets[index].save(in: trade) }
  }

  /// Takes up an order; nil where a replica cannot see it.
  private mutating func take(_ order: RecordID, in trade: Trade) throws(Interruption) -> Int? {
    if let place = places[order] { return place }
    let found = try trade.ifVisible { () throws(Interruption) in try OrderSheet.find(order, in: trade) }
    guard let found else { return nil }
    places[order] = sheets.count
    sheets.append(found)
    return sheets.count - 1
  }

  // MARK: Serving

  /// Serves the oldest accepted order first, whichever of the levels it waits at: one that ships complete takes
  /// from several at once, and overtakes nobody who waits for one of them.
  private mutating func serve(_ keys: [Trade.LevelKey], in trade: Trade) throws(Interruption) {
    var waiting: [(line: OrderLine, key: Trade.LevelKey)] = []
    for key in keys { waiting += try self.waiting(key, in: trade).map { ($0, key) } }
    if keys.count > 1 { waiting.sort { PromiseDesk.isEarlier($0.line, $1.line) } }
    for (line, key) in waiting {
      let available = try Promises.available(key, in: trade)
      guard available > .zero else {
        if keys.count == 1 { return }
        continue
      }
      guard let place = try take(line.order, in: trade),
        let index = sheets[place].lines.firstIndex(where: { $0.id == line.id })
      else { continue }
      let stillWaits = sheets[place].lines[index].backordered > .zero
      guard stillWaits, sheets[place].mayBeServed, sheets[place].waits(index, at: key) else { continue }
      if sheets[place].order.shipComplete {
        try sheets[place].grantAll(in: trade)
      } else {
        let wanted = sheets[place].lines[index].backordered
        let granted = PlantedBug.isPlanted(.promisedBeyondStock) ? wanted : min(available, wanted)
        try sheets[place].grant(granted, to: index, at: key.warehouse, in: trade)
      }
    }
  }

  private static func isEarlier(_ one: OrderLine, _ other: OrderLine) -> Bool {
    (one.acceptedVersion, one.order, one.line, one.id)
      < (other.acceptedVersion, other.order, other.line, other.id)
  }

  private static func waitingNeeds(_ key: Trade.LevelKey) -> [Need] {
    let level = Need.row(RowKey(StockLevelColumns.self, key.warehouse, key.sku))
    return [level]
      + [key.warehouse, OrderSheet.anywhere].map { place in
        .range(RowRange(OrderLineColumns.self, "order_line_waiting", [place, key.sku]))
      }
  }

  /// The lines that wait for a product at a warehouse or anywhere, the oldest accepted first.
  private func waiting(
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
    // Of an order that was taken up already the desk knows better than the store.
    var lines = ((here ?? []) + (anywhere ?? [])).filter { places[$0.order] == nil }
    for sheet in sheets {
      for index in sheet.lines.indices where sheet.lines[index].backordered > .zero {
        if sheet.waits(index, at: key) { lines.append(sheet.lines[index]) }
      }
    }
    return lines.count < 2 ? lines : lines.sorted(by: PromiseDesk.isEarlier)
  }

  // MARK: Shrinking

  private mutating func shrink(
    _ key: Trade.LevelKey, by missing: Quantity, in trade: Trade
  ) throws(Interruption) {
    var missing = missing
    for promise in try latestPromises(key, in: trade) {
      guard missing > .zero else { return }
      guard let place = try take(promise.order, in: trade),
        let index = sheets[place].lines.firstIndex(where: { $0.id == promise.line })
      else { continue }
      let at = PromisePlace(line: promise.line, warehouse: promise.warehouse)
      let loose = sheets[place].promised(at: at) - sheets[place].firm(at: at)
      let cut = min(missing, loose)
      guard cut > .zero else { continue }
      missing -= cut
      try sheets[place].reduce(by: cut, index, at: promise.warehouse, in: trade)
    }
  }

  private func latestPromises(
    _ key: Trade.LevelKey, in trade: Trade
  ) throws(Interruption) -> [Allocation] {
    var promises = try trade.all(AllocationColumns.self, "allocation_open", key.warehouse, key.sku)
      .filter { places[$0.order] == nil }
    for sheet in sheets {
      promises += sheet.promises.filter { $0.openAt == key.warehouse && $0.sku == key.sku }
    }
    return promises.sorted { ($0.promisedVersion, $0.line) > ($1.promisedVersion, $1.line) }
  }
}
