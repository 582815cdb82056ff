/// Money as it is booked, whoever tells of it: a person or a file.
struct PaymentDraft {
  var id: RecordID
  var kind = PaymentKind.payment
  var method: PaymentMethod
  var amountMinor: Int64
  /// Empty = the order's.
  var currency: String
  var rate: Ratio?
  var reference: String
  var reason = PersonalText("")
  var isPaidOut = true
  var at: Instant
}

enum Payments {
  /// The order that money is for. The centre waits for one that has not arrived.
  ///
  /// - Throws: `.refused` with `NOT_PERMITTED` when the device cannot see the order.
  static func requireOrder(
    _ id: RecordID, called number: String, in trade: Trade
  ) throws(Interruption) -> Order {
    guard let order = try trade.find(OrderColumns.self, id) else {
      guard trade.entry.isFinal else { throw .refused(Refusal(.unknownOrder, number)) }
      throw try trade.missing(RowKey(OrderColumns.self, id), called: number)
    }
    guard trade.mayChange(places(of: order)) else { throw .refused(Refusal(.notPermitted, order.number)) }
    return order
  }

  static func places(of order: Order) -> [Bucket] {
    order.moneyPlaces
  }

  /// Another booking of the same money: same reference, order, kind, amount and currency.
  static func twin(
    of draft: PaymentDraft, for order: Order, in trade: Trade
  ) throws(Interruption) -> Payment? {
    guard !draft.reference.isEmpty else { return nil }
    return try trade.all(PaymentColumns.self, "payment_reference", draft.reference).first {
      $0.order == order.id && $0.kind == draft.kind && $0.amountMinor == draft.amountMinor
        && $0.currency == (draft.currency.isEmpty ? order.currency : draft.currency)
    }
  }

  /// Refuses what cannot be money: `BAD_VALUE` for the amount, method, rate or reference, `CODE_TAKEN`.
  static func check(_ draft: PaymentDraft, in trade: Trade) throws(Interruption) {
    try trade.check((1...OrderTotals.amountMax).contains(draft.amountMinor), "amount")
    try trade.check(PaymentMethod.known.contains(draft.method), "method")
    try trade.check(draft.reference.isEmpty || Names.isLabel(draft.reference), "reference")
    try trade.check(draft.rate.map { $0 > Ratio(trillionths: 0) } ?? true, "rate")
    let known = try trade.ifVisible { () throws(Interruption) in
      try trade.find(PaymentColumns.self, draft.id)
    }
    guard known == nil, draft.id != .none else { throw .refused(Refusal(.codeTaken, "the payment's id")) }
  }

  /// The payment as it will stand, in both currencies.
  ///
  /// - Returns: with rate zero where nobody knows one.
  /// - Throws: `.refused` with `UNKNOWN_CURRENCY`, `BAD_VALUE` when the amount does not fit.
  static func payment(
    _ draft: PaymentDraft, for order: Order, in trade: Trade
  ) throws(Interruption) -> Payment {
    let currency = draft.currency.isEmpty ? order.currency : draft.currency
    guard let own = try trade.find(CurrencyColumns.self, currency) else {
      throw .refused(Refusal(.unknownCurrency, currency))
    }
    let exponent = try trade.find(CurrencyColumns.self, order.currency)?.exponent ?? 2
    func inOrderCurrency(_ rate: Ratio?) throws(Interruption) -> Int64? {
      guard let rate else { return nil }
      let amount = rate.amountMinor(for: draft.amountMinor, exponent: own.exponent, otherExponent: exponent)
      guard let amount, amount <= OrderTotals.amountMax else { throw .refused(Refusal(.badValue, "rate")) }
      return amount
    }
    var rate = currency == order.currency ? .one : draft.rate
    if rate == nil {
      rate = try trade.exchangeRate(from: currency, to: order.currency, at: draft.at)?.ratio
    }
    let then = try trade.exchangeRate(from: currency, to: order.currency, at: order.orderedAt)?.ratio
    var payment = Payment()
    payment.rate = rate ?? Ratio(trillionths: 0)
    payment.orderMinor = try inOrderCurrency(rate) ?? 0
    if rate != nil, let usual = try inOrderCurrency(then) {
      payment.differenceMinor = payment.orderMinor - usual
    }
    payment.currency = currency
    fill(&payment, from: draft, for: order, in: trade)
    return payment
  }

  private static func fill(
    _ payment: inout Payment, from draft: PaymentDraft, for order: Order, in trade: Trade
  ) {
    payment.id = draft.id
    payment.order = order.id
    payment.customer = order.customer
    payment.kind = draft.kind
    payment.method = draft.method
    payment.amountMinor = draft.amountMinor
    payment.reference = draft.reference
    payment.reason = draft.reason
    payment.isPaidOut = draft.isPaidOut
    payment.at = draft.at
    payment.operation = trade.operation.id.description
    payment.actor = trade.operation.actor
    payment.agent = order.agent
    payment.territory = order.territory
    payment.device = order.device
  }

  /// Writes a payment down and lets the accounts follow.
  ///
  /// - Returns: what there is to say about it besides.
  static func book(_ payment: Payment, for order: Order, in trade: Trade) throws(Interruption) -> [Code] {
    var codes: [Code] = []
    if try isReused(payment, in: trade) { codes.append(.referenceReused) }
    if payment.rate == Ratio(trillionths: 0) { codes.append(.rateMissing) }
    trade.put(payment)
    let isIncoming = payment.kind == .payment
    if payment.method == .credit {
      try Accounts.changeCredit(
        isIncoming ? -payment.amountMinor : payment.amountMinor, to: order, in: payment.currency, in: trade)
    }
    let overpaid = try Accounts.book(
      paid: isIncoming ? payment.orderMinor : 0, refunded: isIncoming ? 0 : payment.orderMinor, for: order,
      in: trade)
    if isIncoming, overpaid > 0 { codes.append(.overpaid) }
    for code in codes where code != .overpaid {
      try trade.openTask(.reviewPayment, code, record: order.number, owner: .admin)
    }
    try tell(payment, of: order, in: trade)
    return codes
  }

  /// One reference on two payments: somebody has to look which is true.
  private static func isReused(_ payment: Payment, in trade: Trade) throws(Interruption) -> Bool {
    guard !payment.reference.isEmpty else { return false }
    return try trade.all(PaymentColumns.self, "payment_reference", payment.reference)
      .contains { $0.method == payment.method && $0.kind == payment.kind }
  }

  private static func tell(_ payment: Payment, of order: Order, in trade: Trade) throws(Interruption) {
    let exponent = try trade.find(CurrencyColumns.self, payment.currency)?.exponent ?? 2
    let amount = Decimals.text(payment.amountMinor, decimals: Int(exponent), showing: Int(exponent))
    let kind = payment.kind == .payment ? RecordPayment.kind : RefundPayment.kind
    trade.tell(
      kind.rawValue, of: order.number, PersonalText("\(amount) \(payment.currency) by \(payment.method)"),
      places: places(of: order))
  }
}
