extension HoldOrder {
  /// Puts an order on hold: what it was promised it keeps, but it gets nothing more until released, and a
  /// draft or submitted order is not accepted. Refuses `ORDER_CANCELLED`, `ORDER_CLOSED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    sheet.order.holds.insert(Code.onHold.rawValue)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number, form.reason ?? PersonalText(""), places: sheet.places)
    return Verdict(.applied, record: sheet.order.number)
  }
}

extension ReleaseOrder {
  /// Takes an order off hold. A submitted one is accepted and promised stock; one that waits to ship
  /// complete takes what there is.
  ///
  /// Refuses, in this order: `ORDER_CANCELLED`, `ORDER_CLOSED`, `NOT_ON_HOLD`, `CONFIRM_LINE` while two
  /// quantities of a line are undecided (#36), `NOT_PERMITTED` when one of its holds is not this role's
  /// to lift (`Permissions.lifters`).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    try check(sheet.order, in: trade)
    if sheet.order.holds.contains(Code.shipCompleteWait.rawValue) { sheet.order.shipComplete = false }
    sheet.order.holds = []
    trade.tell(kind.rawValue, of: sheet.order.number, places: sheet.places)
    switch sheet.order.state {
    case .submitted: try sheet.accept(in: trade)
    default: try sheet.ask(in: trade)
    }
    return sheet.verdict(sheet.stockCodes())
  }

  private static func check(_ order: Order, in trade: Trade) throws(Interruption) {
    guard !order.holds.isEmpty else { throw .refused(Refusal(.notOnHold, order.number)) }
    guard !order.holds.contains(Code.confirmLine.rawValue) else {
      throw .refused(Refusal(.confirmLine, order.number))
    }
    try Permissions.checkMayLift(order.holds, in: trade)
  }
}
