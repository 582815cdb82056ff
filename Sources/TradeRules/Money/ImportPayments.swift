extension ImportPayments {
  private static let entry = FormDescription(PaymentEntry.self)

  /// Books the payments of a file, keyed by their references: one that was imported, or that somebody
  /// recorded, is not booked again; one that says something else than before is refused, since facts do not
  /// change.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("payment", rows.map(\.reference))
        + rows.flatMap { row -> [Need] in
          [
            .range(RowRange(OrderColumns.self, "sales_order_number", [row.order])),
            .range(RowRange(PaymentColumns.self, "payment_reference", [row.reference])),
          ]
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func take(_ row: Filled<PaymentEntry>, in trade: Trade) throws(Interruption) -> RowOutcome {
    try trade.check(Names.isLabel(row.reference), "reference")
    let imported = try ImportedRow("payment", row.reference, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    guard imported.last == nil else {
      throw .refused(Refusal(.codeTaken, "\(row.reference) was imported with other values"))
    }
    let orders = try trade.all(OrderColumns.self, "sales_order_number", row.order)
    guard let order = orders.first else { throw .refused(Refusal(.unknownOrder, row.order)) }
    guard orders.count == 1 else { throw .refused(Refusal(.ambiguousKey, row.order)) }
    let draft = PaymentDraft(
      id: trade.derivedID("payment"), method: row.method, amountMinor: try amountMinor(of: row, in: trade),
      currency: row.currency, reference: row.reference, at: row.at ?? trade.occurredAt)
    try Payments.check(draft, in: trade)
    guard try Payments.twin(of: draft, for: order, in: trade) == nil else {
      imported.keep(in: trade)
      return .unchanged
    }
    let payment = try Payments.payment(draft, for: order, in: trade)
    _ = try Payments.book(payment, for: order, in: trade)
    imported.keep(in: trade)
    return .created
  }

  private static func amountMinor(
    of row: Filled<PaymentEntry>, in trade: Trade
  ) throws(Interruption) -> Int64 {
    guard let currency = try trade.find(CurrencyColumns.self, row.currency) else {
      throw .refused(Refusal(.unknownCurrency, row.currency))
    }
    let step = (currency.exponent..<4).reduce(Int64(1)) { power, _ in power * 10 }
    try trade.check(row.amount.tenThousandths % step == 0, "amount")
    return row.amount.tenThousandths / step
  }
}
