/// What follows for an order when a person settles a disagreement about one of its lines.
enum OrderConflicts {
  /// Lets promises, tasks and the total follow the quantity that was chosen, which is written already; zero
  /// means that the line is removed (#38). When nothing is undecided any more the order is no longer held
  /// for it, and a submitted one that nothing else holds is accepted (#36).
  ///
  /// - Throws: `.refused` with `BAD_QUANTITY` for a quantity the product cannot have, `ORDER_CLOSED` for more than
  ///   a closed order delivered.
  static func resolved(_ conflict: Conflict, in trade: Trade) throws(Interruption) {
    guard conflict.table == Int64(OrderLineColumns.number),
      let line = try trade.find(
        OrderLineColumns.self, key: RowKey(table: OrderLineColumns.number, bytes: conflict.recordKey)),
      var sheet = try OrderSheet.find(line.order, in: trade),
      let index = sheet.lines.firstIndex(where: { $0.id == line.id })
    else { return }
    try trade.checkQuantity(line.ordered, of: try trade.checkProduct(line.sku), .zeroOrMore)
    if sheet.order.state == .closed, !sheet.isCancelled, !line.isRemoved, line.ordered > line.shipped {
      throw .refused(Refusal(.orderClosed, sheet.order.number))
    }
    try release(&sheet, index, from: conflict, in: trade)
    if sheet.isCancelled {
      try stayCancelled(&sheet, index, in: trade)
    } else {
      try follow(&sheet, index, in: trade)
    }
  }

  /// A cancelled order comes to what was shipped of it, whichever quantity somebody wanted.
  private static func stayCancelled(
    _ sheet: inout OrderSheet, _ index: Int, in trade: Trade
  ) throws(Interruption) {
    let line = sheet.lines[index]
    sheet.lines[index].ordered = max(line.ordered, line.shipped)
    sheet.lines[index].cancelled = sheet.lines[index].ordered - line.shipped
    try sheet.total(in: trade)
    try sheet.save(in: trade)
  }

  private static func follow(
    _ sheet: inout OrderSheet, _ index: Int, in trade: Trade
  ) throws(Interruption) {
    let line = sheet.lines[index]
    if line.isRemoved {
      try sheet.ask(in: trade)
    } else {
      _ = try sheet.amend(index, to: line.ordered, isSettled: true, in: trade)
    }
    if sheet.order.state == .submitted, sheet.order.holds.isEmpty { try sheet.accept(in: trade) }
  }

  /// Drops the hold once no line of the order has two quantities any more.
  private static func release(
    _ sheet: inout OrderSheet, _ index: Int, from conflict: Conflict, in trade: Trade
  ) throws(Interruption) {
    var isUndecided = false
    for line in sheet.lines {
      let hasOthers = try LineMeeting.openConflicts(of: line, in: trade)
        .contains { $0.code == Code.confirmLine.rawValue && $0.id != conflict.id }
      if hasOthers { isUndecided = true }
      if line.id == sheet.lines[index].id, !hasOthers {
        try LineTasks.closeConfirmations(of: line, in: trade)
      }
    }
    if !isUndecided { sheet.order.holds.remove(Code.confirmLine.rawValue) }
  }
}
