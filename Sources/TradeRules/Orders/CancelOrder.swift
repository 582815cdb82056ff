extension CancelOrder {
  /// Cancels what is not shipped: promises are released, picked goods are to be put back (#34).
  ///
  /// What is shipped wins over a cancellation in both orders of arrival (#32): a shipped order refuses
  /// `CANCEL_REJECTED_SHIPPED`; of one shipped in part the rest is cancelled and the answer is `partly` with
  /// that code. When the shipment arrives later, `ShipOrder` repairs the order. Also refuses
  /// `ORDER_CANCELLED`, `ORDER_CLOSED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    let isShipped = sheet.lines.contains { $0.shipped > .zero }
    let isUnderWay = sheet.order.state == .accepted || sheet.order.state == .closed
    if isUnderWay, isShipped, !sheet.lines.contains(where: { $0.open > .zero }) {
      throw .refused(Refusal(.cancelRejectedShipped, sheet.order.number))
    }
    try sheet.checkAlive()
    if !isShipped { sheet.order.state = .cancelled }
    sheet.order.holds = []
    sheet.order.cancelledBy = trade.operation.id.description
    sheet.order.cancelledAt = trade.recordedAt
    sheet.order.cancelledVersion = trade.entry.version
    for index in sheet.lines.indices where !sheet.lines[index].isRemoved {
      sheet.lines[index].cancelled += sheet.lines[index].open
      try sheet.rebalance(index, in: trade)
    }
    try RecentOrders.forget(sheet.order, in: trade)
    try sheet.total(in: trade)
    try sheet.save(in: trade)
    trade.tell(
      kind.rawValue, of: sheet.order.number, form.reason ?? PersonalText(""), places: sheet.places)
    return Verdict(
      isShipped ? .partly : .applied, isShipped ? [.cancelRejectedShipped] : [],
      record: sheet.order.number)
  }
}
