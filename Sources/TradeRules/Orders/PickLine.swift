extension PickLine {
  /// Books goods taken from a bin to staging for a line: a fact, whatever state the order is in (P1).
  ///
  /// The promise of that warehouse rises to what was picked, as far as the line is open (#10). What is picked
  /// beyond that has to be put back: `OVER_PICKED` (#27), or `PUT_BACK` when the order was cancelled or
  /// rejected. Waits for an order or line that has not arrived. Refuses as a movement of stock does, but for the
  /// lot and the bin right after the place.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    let index = try sheet.requireLine(form.line, in: trade)
    try trade.checkStockPlace(form.warehouse)
    try trade.checkLabels(lot: form.lot, bin: form.bin)
    let bin = try StockLedger.bin(
      form.bin, sku: sheet.lines[index].sku, warehouse: form.warehouse, in: trade)
    guard bin != BinColumns.staging else { throw .refused(Refusal(.badValue, "picked goods are in staging")) }
    try sheet.pick(
      form.quantity, of: index, lot: form.lot ?? "", from: bin, at: form.warehouse, in: trade)
    let isOver = sheet.order.state == .cancelled || sheet.order.state == .rejected
    let code: Code = isOver ? .putBack : .overPicked
    let surplus = try sheet.rebalance(index, code, in: trade)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number,
      PersonalText("line \(sheet.lines[index].line): \(form.quantity.text)"), places: sheet.places)
    return Verdict(.applied, surplus > .zero ? [code] : [], record: sheet.order.number)
  }
}

extension PutBackLine {
  /// Books goods put back from staging: a fact. It closes put-back tasks as far as it goes.
  ///
  /// More than was picked stands in the stock ledger all the same; the answer says `PICKED_SHORT`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    let index = try sheet.requireLine(form.line, in: trade)
    try trade.checkStockPlace(form.warehouse)
    try trade.checkLabels(lot: form.lot, bin: form.bin)
    guard form.bin != BinColumns.staging, !form.bin.isEmpty else {
      throw .refused(Refusal(.badValue, "a bin other than staging"))
    }
    let short = try sheet.unstage(
      form.quantity, of: index, lot: form.lot, as: .putBack, to: form.bin, at: form.warehouse, in: trade)
    sheet.lines[index].picked -= form.quantity - short
    sheet.lines[index].packed = min(sheet.lines[index].packed, sheet.lines[index].picked)
    try sheet.rebalance(index, in: trade)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number,
      PersonalText("line \(sheet.lines[index].line): \(form.quantity.text)"), places: sheet.places)
    return Verdict(.applied, short > .zero ? [.pickedShort] : [], record: sheet.order.number)
  }
}
