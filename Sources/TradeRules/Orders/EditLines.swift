extension AddOrderLine {
  /// Adds a line to a draft, or as an amendment to an order that was submitted: then it is promised stock
  /// like a new order, unless its price holds the order.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    let prices = try PriceBook([form.sku], for: sheet.order, in: trade)
    let entry = Filled<OrderLineEntry> {
      ($0.id, $0.sku, $0.quantity) = (form.line, form.sku, form.quantity)
      ($0.price, $0.pack) = (form.price, form.pack)
    }
    try sheet.add(entry, prices, in: trade)
    var quotaCodes: [Code] = []
    if sheet.order.state != .draft {
      // Whoever lifted a hold has looked at the other lines.
      sheet.holdForPrices(of: sheet.lines.filter { $0.id == form.line })
      quotaCodes = try sheet.cover(form.covers, in: trade)
    }
    try sheet.total(in: trade)
    try sheet.ask(in: trade)
    try sheet.reportOversold(quotaCodes, in: trade)
    trade.tell(kind.rawValue, of: sheet.order.number, PersonalText(form.sku), places: sheet.places)
    let added = sheet.lines.filter { $0.id == form.line }
    return sheet.verdict(sheet.priceCodes(of: added) + quotaCodes + sheet.stockCodes(of: added))
  }
}

extension SetOrderLine {
  /// Sets a line's quantity: an edit of a draft, an amendment after the submission.
  ///
  /// Two devices that set one line without seeing each other leave the later recording standing and a
  /// conflict `CONFIRM_LINE`, which holds the order (#36, P4). An edit stands against a removal the author
  /// had not seen (#38, `LINE_KEPT`). Of an amendment a raise asks for stock (#31) and a cut takes what is
  /// not shipped: what is picked too much is put back (#29, `ACCEPTED_PUTBACK`), what is shipped stays and
  /// leaves a return to draft (#30, `LINE_SHIPPED`: `partly`, or `rejected` when there was nothing to cut).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    if let verdict = try sheet.offerReturn(form.line, form.quantity, in: trade) { return verdict }
    try sheet.checkAlive()
    let index = try sheet.requireLine(form.line, in: trade)
    let product = try trade.checkProduct(sheet.lines[index].sku)
    try trade.checkQuantity(form.quantity, of: product, .aboveZero)
    let meeting = try LineMeeting(form.quantitySeen, of: sheet, index, in: trade)
    if sheet.lines[index].isRemoved {
      guard let removal = try meeting.unseenRemoval(in: trade) else {
        throw .refused(Refusal(.unknownLine, "line \(sheet.lines[index].line) was removed"))
      }
      return try revive(form, &sheet, index, meeting, removal, in: trade)
    }
    // What it comes to there already, since no less than is shipped is ordered, is no disagreement.
    let reachable = max(form.quantity, sheet.lines[index].shipped)
    guard let other = try meeting.unseenEdit(in: trade), sheet.lines[index].ordered != reachable else {
      return try sheet.amend(index, to: form.quantity, covering: form.covers, in: trade)
    }
    return try settle(form, &sheet, index, meeting, other, in: trade)
  }

  private static func revive(
    _ form: Filled<Self>, _ sheet: inout OrderSheet, _ index: Int, _ meeting: LineMeeting,
    _ removal: Rival, in trade: Trade
  ) throws(Interruption) -> Verdict {
    sheet.lines[index].isRemoved = false
    var verdict = try sheet.amend(index, to: form.quantity, covering: form.covers, in: trade)
    // A replica cannot know who removed it; the centre opens the conflict.
    guard trade.entry.isFinal else { return verdict }
    let conflict = try meeting.keep(
      .lineKept, mine: form.quantity, theirs: .zero, minesStands: true, against: removal, sheet.places,
      in: trade)
    trade.notify(removal.operation, .lineKept, record: sheet.order.number)
    verdict.codes.insert(.lineKept, at: 0)
    verdict.conflicts.append(conflict)
    return verdict
  }

  private static func settle(
    _ form: Filled<Self>, _ sheet: inout OrderSheet, _ index: Int, _ meeting: LineMeeting, _ other: Rival,
    in trade: Trade
  ) throws(Interruption) -> Verdict {
    let wins = other.isOlder(than: trade)
    let theirs = sheet.lines[index].ordered
    let conflict = try meeting.keep(
      .confirmLine, mine: form.quantity, theirs: theirs, minesStands: wins, against: other, sheet.places,
      in: trade)
    sheet.order.holds.insert(Code.confirmLine.rawValue)
    try LineTasks.askToConfirm(sheet.lines[index], of: sheet.order, in: trade)
    guard wins else {
      try sheet.save(in: trade)
      return Verdict(.partly, [.confirmLine], record: sheet.order.number, conflicts: [conflict])
    }
    trade.notify(other.operation, .confirmLine, record: sheet.order.number)
    var verdict = try sheet.amend(index, to: form.quantity, covering: form.covers, in: trade)
    verdict.codes.insert(.confirmLine, at: 0)
    verdict.conflicts.append(conflict)
    return verdict
  }
}

extension RemoveOrderLine {
  /// Removes a line; what of it is shipped stays, as with a cut to nothing.
  ///
  /// An edit the author had not seen stands against the removal, and a conflict says so (#38): `partly`
  /// with `LINE_KEPT`. Removing what is removed already changes nothing.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    if let verdict = try sheet.offerReturn(form.line, .zero, in: trade) { return verdict }
    try sheet.checkAlive()
    let index = try sheet.requireLine(form.line, in: trade)
    if sheet.lines[index].isRemoved { return Verdict(.applied, record: sheet.order.number) }
    let meeting = try LineMeeting(sheet.lines[index].ordered, of: sheet, index, in: trade)
    guard trade.entry.isFinal, let edit = try meeting.unseenEdit(in: trade) else {
      return try sheet.amend(index, to: .zero, in: trade)
    }
    let conflict = try meeting.keep(
      .lineKept, mine: .zero, theirs: sheet.lines[index].ordered, minesStands: false, against: edit,
      sheet.places, in: trade)
    return Verdict(.partly, [.lineKept], record: sheet.order.number, conflicts: [conflict])
  }
}
