extension RecordPayment {
  /// Books money that came in: a fact, whatever state the order is in (P1).
  ///
  /// The same reference, amount and currency for the same order is the same payment, however often it is told
  /// (`PAYMENT_KNOWN`); one reference on different payments stands with a task (`REFERENCE_REUSED`). Of
  /// another currency than the order's the rate is kept, with the difference to the rate of the order's day
  /// (#45); where none is known the money stands apart with a task (`RATE_MISSING`). What is paid beyond the
  /// total becomes the customer's credit, with a task and no automatic refund (`OVERPAID`, #59).
  ///
  /// Refuses, in this order: `NOT_PERMITTED`, `BAD_VALUE`, `CODE_TAKEN`, `UNKNOWN_CURRENCY`, and
  /// `CREDIT_SHORT` for a payment by credit that the customer does not have: that is a wish.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let order = try Payments.requireOrder(form.order, called: form.number, in: trade)
    let draft = PaymentDraft(
      id: form.id, method: form.method, amountMinor: form.amountMinor, currency: form.currency ?? "",
      rate: form.rate, reference: form.reference ?? "", at: trade.occurredAt)
    try Payments.check(draft, in: trade)
    if try Payments.twin(of: draft, for: order, in: trade) != nil {
      return Verdict(.applied, [.paymentKnown], record: order.number)
    }
    let payment = try Payments.payment(draft, for: order, in: trade)
    if payment.method == .credit { try checkCredit(payment, in: trade) }
    return Verdict(.applied, try Payments.book(payment, for: order, in: trade), record: order.number)
  }

  private static func checkCredit(_ payment: Payment, in trade: Trade) throws(Interruption) {
    let account = try trade.ifVisible { () throws(Interruption) in
      try trade.find(CustomerAccountColumns.self, payment.customer, payment.currency)
    }
    guard account?.creditMinor ?? 0 >= payment.amountMinor else {
      throw .refused(Refusal(.creditShort, payment.currency))
    }
  }
}

extension RefundPayment {
  /// Gives money back, at most what came in (#61). Cash, and whatever else is paid out already, is a fact:
  /// beyond that it stands with a task (`REFUND_EXCEEDS_CAPTURED`); what is still to be paid, or goes to the
  /// customer's credit, is refused.
  ///
  /// A reference names a refund as it does a payment. By credit the customer has it on their account. Refuses
  /// as `RecordPayment` does, then `REFUND_EXCEEDS_CAPTURED`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let order = try Payments.requireOrder(form.order, called: form.number, in: trade)
    let draft = PaymentDraft(
      id: form.id, kind: .refund, method: form.method, amountMinor: form.amountMinor,
      currency: form.currency ?? "", rate: form.rate, reference: form.reference ?? "",
      reason: form.reason ?? PersonalText(""), isPaidOut: form.isPaidOut || form.method == .cash,
      at: trade.occurredAt)
    try Payments.check(draft, in: trade)
    if try Payments.twin(of: draft, for: order, in: trade) != nil {
      return Verdict(.applied, [.paymentKnown], record: order.number)
    }
    let refund = try Payments.payment(draft, for: order, in: trade)
    let account = try Accounts.find(order, in: trade)
    let captured = (account?.paidMinor ?? 0) - (account?.refundedMinor ?? 0)
    let exceeds = refund.orderMinor > captured
    // Credit is money only here: nothing has left that would have to be told.
    guard !exceeds || (refund.isPaidOut && refund.method != .credit) else {
      throw .refused(Refusal(.refundExceedsCaptured, order.number))
    }
    var codes = try Payments.book(refund, for: order, in: trade)
    if exceeds {
      codes.append(.refundExceedsCaptured)
      try trade.openTask(.reviewPayment, .refundExceedsCaptured, record: order.number, owner: .admin)
    }
    return Verdict(.applied, codes, record: order.number)
  }
}
