extension SubmitOrder {
  /// Submits a draft; unless something puts it on hold it is accepted and promised stock at once.
  ///
  /// A submission wins over a deletion of the draft, whichever arrives first: the deleter is told (#39).
  /// On hold (`CONFIRM_LINE`, `CUSTOMER_BLOCKED`, `CREDIT_LIMIT`, `PRICE_BELOW_FLOOR`, `PRICE_REVIEW`,
  /// `POSSIBLE_DUPLICATE`, `ON_HOLD`) it stays submitted and nothing is allocated but what was sold from a
  /// quota. The answer is `applied` with the codes of what holds it, or with
  /// those of `OrderSheet.stockCodes`. Refuses `ALREADY_SUBMITTED`, `ORDER_CANCELLED`, `ORDER_CLOSED`,
  /// `ORDER_EMPTY`, in this order.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    if sheet.order.state == .submitted || sheet.order.state == .accepted {
      throw .refused(Refusal(.alreadySubmitted, sheet.order.number))
    }
    try sheet.checkAlive()
    guard sheet.lines.contains(where: { !$0.isRemoved }) else {
      throw .refused(Refusal(.orderEmpty, sheet.order.number))
    }
    reviveDeleted(&sheet, in: trade)
    sheet.order.state = .submitted
    sheet.order.submittedAt = trade.occurredAt
    sheet.order.submittedBy = trade.operation.id.description
    let quotaCodes = try sheet.cover(form.covers, in: trade)
    sheet.holdForPrices()
    for hold in try CreditCheck.holds(for: sheet.order, in: trade) {
      sheet.order.holds.insert(hold.rawValue)
    }
    if try RecentOrders.remember(sheet, in: trade) {
      sheet.order.holds.insert(Code.possibleDuplicate.rawValue)
      sheet.note(.possibleDuplicate)
    }
    let holds = sheet.order.holds.words.map { Code(rawValue: $0) }
    if holds.isEmpty { try sheet.accept(in: trade) } else { try sheet.save(in: trade) }
    try sheet.reportOversold(quotaCodes, in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number, PersonalText(holds.map(\.rawValue).joined(separator: " ")),
      places: sheet.places)
    return sheet.verdict(holds + quotaCodes + sheet.stockCodes())
  }

  private static func reviveDeleted(_ sheet: inout OrderSheet, in trade: Trade) {
    guard sheet.order.isDeleted else { return }
    sheet.order.isDeleted = false
    if let deleter = OperationID(sheet.order.deletedBy) {
      trade.notify(deleter, .alreadySubmitted, record: sheet.order.number)
    }
    sheet.order.deletedBy = ""
  }
}

extension DeleteOrder {
  /// Deletes a draft: it is kept, marked, so that a submission of another device can win (#39). Refuses
  /// `ALREADY_SUBMITTED`, `ORDER_CANCELLED`, `ORDER_CLOSED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    if sheet.order.state == .submitted || sheet.order.state == .accepted {
      throw .refused(Refusal(.alreadySubmitted, sheet.order.number))
    }
    try sheet.checkAlive()
    guard !sheet.order.isDeleted else { return Verdict(.applied, record: sheet.order.number) }
    sheet.order.isDeleted = true
    sheet.order.deletedBy = trade.operation.id.description
    try sheet.save(in: trade)
    trade.tell(kind.rawValue, of: sheet.order.number, places: sheet.places)
    return Verdict(.applied, record: sheet.order.number)
  }
}
