extension ReceiveStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let expiry = form.expiry ?? ""
    try trade.checkStock(form.warehouse, form.sku, form.quantity, .aboveZero, lot: form.lot, form.bin)
    try trade.check(expiry.isEmpty || CivilDate(expiry) != nil, "expiry")
    // Only a lot has an expiry; without one the date would be lost.
    try trade.check(expiry.isEmpty || !(form.lot ?? "").isEmpty, "lot")
    let bin = try StockLedger.bin(form.bin, sku: form.sku, warehouse: form.warehouse, in: trade)
    var draft = MovementDraft(
      kind: .receive, warehouse: form.warehouse, sku: form.sku, quantity: form.quantity, fromBin: "",
      toBin: bin)
    draft.lot = form.lot ?? ""
    draft.reason = form.note ?? ""
    try StockLedger.record(draft, in: trade)
    let conflict = try Lots.keep(
      draft.lot, of: form.sku, expiry: expiry, at: form.warehouse, in: trade)
    return Verdict(.applied, conflicts: conflict.map { [$0] } ?? [])
  }
}

extension MoveStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkStock(
      form.warehouse, form.sku, form.quantity, .aboveZero, lot: form.lot, form.fromBin)
    try trade.check(Names.isLabel(form.fromBin), "fromBin")
    try trade.check(Names.isLabel(form.toBin) && form.toBin != form.fromBin, "toBin")
    try trade.checkIsNotStaging(form.toBin)
    var draft = MovementDraft(
      kind: .move, warehouse: form.warehouse, sku: form.sku, quantity: form.quantity,
      fromBin: form.fromBin, toBin: form.toBin)
    draft.lot = form.lot ?? ""
    try StockLedger.record(draft, in: trade)
    return Verdict(.applied)
  }
}

extension AdjustStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkStock(form.warehouse, form.sku, form.delta, .notZero, lot: form.lot, form.bin)
    try trade.check(!form.reason.isEmpty, "reason")
    let bin = try StockLedger.bin(form.bin, sku: form.sku, warehouse: form.warehouse, in: trade)
    let isMore = form.delta > .zero
    var draft = MovementDraft(
      kind: .adjust, warehouse: form.warehouse, sku: form.sku,
      quantity: isMore ? form.delta : -form.delta, fromBin: isMore ? "" : bin, toBin: isMore ? bin : "")
    draft.lot = form.lot ?? ""
    draft.reason = form.reason
    let movement = try StockLedger.record(draft, in: trade)
    try StockExceptions.twins(of: movement, in: trade)
    return Verdict(.applied)
  }
}

extension ScrapStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkStock(form.warehouse, form.sku, form.quantity, .aboveZero, lot: form.lot, form.bin)
    try trade.check(!form.reason.isEmpty, "reason")
    let bin = try StockLedger.bin(form.bin, sku: form.sku, warehouse: form.warehouse, in: trade)
    var draft = MovementDraft(
      kind: .scrap, warehouse: form.warehouse, sku: form.sku, quantity: form.quantity, fromBin: bin,
      toBin: "")
    draft.lot = form.lot ?? ""
    draft.reason = form.reason
    let movement = try StockLedger.record(draft, in: trade)
    try StockExceptions.twins(of: movement, in: trade)
    return Verdict(.applied)
  }
}

extension CountStock {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkStock(
      form.warehouse, form.sku, form.quantity, .zeroOrMore, lot: form.lot, form.bin, mayBeStaging: true)
    let lot = form.lot ?? ""
    let key = StockKey(
      warehouse: form.warehouse, bin: try countedBin(form, in: trade), sku: form.sku, lot: lot)
    // Less than nothing is there when more was put back than was picked: only a count mends that.
    if key.bin == BinColumns.staging, try trade.stock(of: key).onHand >= .zero {
      try trade.checkIsNotStaging(key.bin)
    }
    try CountLedger.observe(form.quantity, of: key, in: trade)
    try Lots.keep(lot, of: form.sku, at: form.warehouse, in: trade)
    return Verdict(.applied)
  }

  /// A count says how much there is at one place; over several bins it would say nothing about any.
  private static func countedBin(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> String {
    if let bin = form.bin, !bin.isEmpty { return bin }
    let bins = try StockLedger.stockedBins(sku: form.sku, warehouse: form.warehouse, in: trade)
    guard bins.count <= 1 else {
      throw .refused(Refusal(.binRequired, bins.joined(separator: ", ")))
    }
    return bins.first ?? BinColumns.main
  }
}

extension SetStockMinimum {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkStock(form.warehouse, form.sku, form.quantity, .zeroOrMore, lot: nil, "")
    try trade.putMinimum(form.quantity, of: form.sku, at: form.warehouse)
    return Verdict(.applied)
  }
}

extension Trade {
  /// Keeps the least a warehouse should have of a product; the last one said stands.
  func putMinimum(
    _ quantity: Quantity, of sku: String, at warehouse: String
  ) throws(Interruption) {
    var minimum = try find(StockMinimumColumns.self, warehouse, sku) ?? StockMinimum()
    minimum.warehouse = warehouse
    minimum.sku = sku
    minimum.quantity = quantity
    put(minimum)
  }
}

extension Trade {
  /// The checks of every operation on stock, in the order in which they refuse: place, product, quantity,
  /// then lot and bin.
  fileprivate func checkStock(
    _ warehouse: String, _ sku: String, _ quantity: Quantity, _ bound: QuantityBound, lot: String?,
    _ bin: String?, mayBeStaging: Bool = false
  ) throws(Interruption) {
    var needs = stockNeeds(warehouse, sku)
    if bin == nil { needs.append(.range(StockLedger.stock(of: sku, at: warehouse))) }
    try prepare(needs)
    try checkStockPlace(warehouse)
    let product = try checkProduct(sku)
    try checkQuantity(quantity, of: product, bound)
    try checkLabels(lot: lot, bin: bin)
    if let bin, !mayBeStaging { try checkIsNotStaging(bin) }
  }

  /// Refuses staging with `BAD_VALUE`: what is there was picked for a line, and leaves it with that line.
  fileprivate func checkIsNotStaging(_ bin: String) throws(Interruption) {
    guard bin != BinColumns.staging else { throw .refused(Refusal(.badValue, "picked goods are in staging")) }
  }
}
