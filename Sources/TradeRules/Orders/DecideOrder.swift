extension AcceptOrder {
  /// Accepts a submitted order, lifting every hold it is under, and promises it stock.
  ///
  /// Refuses, in this order: `ORDER_CANCELLED`, `ORDER_CLOSED`, `ORDER_REJECTED`, `NOT_SUBMITTED`,
  /// `ALREADY_ACCEPTED`, `CONFIRM_LINE` while two quantities of a line are undecided (#36), `NOT_PERMITTED` when
  /// one of its holds is not this role's to lift.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.requireSubmitted(form.order, called: form.number, in: trade)
    guard !sheet.order.holds.contains(Code.confirmLine.rawValue) else {
      throw .refused(Refusal(.confirmLine, sheet.order.number))
    }
    try Permissions.checkMayLift(sheet.order.holds, in: trade)
    sheet.order.holds = []
    trade.tell(kind.rawValue, of: sheet.order.number, places: sheet.places)
    try sheet.accept(in: trade)
    return sheet.verdict(sheet.stockCodes())
  }
}

extension RejectOrder {
  /// Refuses a submitted order for good; its author is told. What was shipped of it already is to be recalled, as
  /// what is shipped by somebody who has not heard. Refuses as `AcceptOrder` does.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.requireSubmitted(form.order, called: form.number, in: trade)
    sheet.order.state = .rejected
    sheet.order.holds = []
    sheet.order.cancelledBy = trade.operation.id.description
    sheet.order.cancelledAt = trade.recordedAt
    sheet.order.cancelledVersion = trade.entry.version
    for index in sheet.lines.indices { try sheet.rebalance(index, in: trade) }
    var codes: [Code] = []
    for (warehouse, quantity) in try Shipments.left(of: sheet, in: trade) {
      codes += try sheet.recall(quantity, to: warehouse, in: trade)
    }
    try RecentOrders.forget(sheet.order, in: trade)
    try sheet.save(in: trade)
    trade.notify(sheet.author, .orderRejected, record: sheet.order.number)
    trade.tell(
      kind.rawValue, of: sheet.order.number, form.reason ?? PersonalText(""), places: sheet.places)
    return Verdict(.applied, codes.uniqued(), record: sheet.order.number)
  }
}

extension OrderSheet {
  /// An order that waits for headquarters to decide.
  fileprivate static func requireSubmitted(
    _ id: RecordID, called number: String, in trade: Trade
  ) throws(Interruption) -> OrderSheet {
    let sheet = try require(id, called: number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    switch sheet.order.state {
    case .submitted: return sheet
    case .accepted: throw .refused(Refusal(.alreadyAccepted, sheet.order.number))
    default: throw .refused(Refusal(.notSubmitted, sheet.order.number))
    }
  }
}

extension ChargeOrder {
  /// Sets freight and fees; the total follows. What an agent may say of an order they may charge for.
  ///
  /// Refuses `NOT_PERMITTED`, `ORDER_CANCELLED`, `ORDER_CLOSED`, `ORDER_REJECTED`, then `BAD_VALUE` for an
  /// amount below zero or too large, and when neither is given.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    guard form.freightMinor != nil || form.feesMinor != nil else {
      throw .refused(Refusal(.badValue, "freight or fees"))
    }
    if let freight = form.freightMinor { sheet.order.freightMinor = freight }
    if let fees = form.feesMinor { sheet.order.feesMinor = fees }
    try sheet.checkCharges()
    try sheet.total(in: trade)
    try sheet.save(in: trade)
    trade.tell(kind.rawValue, of: sheet.order.number, places: sheet.places)
    return Verdict(.applied, record: sheet.order.number)
  }
}

extension OrderSheet {
  /// Refuses `BAD_VALUE` for charges below zero, or larger than any invoice.
  func checkCharges() throws(Interruption) {
    let bounds = 0...OrderTotals.amountMax
    guard bounds.contains(order.freightMinor), bounds.contains(order.feesMinor) else {
      throw .refused(Refusal(.badValue, "freight and fees are zero or more"))
    }
  }
}
