/// What a customer may owe, and whether headquarters has stopped them: apart from the customer's record,
/// since not everybody who sees a customer may see it.
public struct CreditColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 80
  public static let name = "customer_credit"
  public static let reach = Reach<Self>.following { _ in [.hq] }
  public let customer = Column<RecordID>(1, .key)
  /// Minor units of the customer's currency; nil = no limit.
  public let limitMinor = Column<Int64?>(2)
  /// Stopped by headquarters, whatever the customer's own status says (#47).
  public let isBlocked = Column<Bool>(3)
}
public typealias Credit = Record<CreditColumns>

/// The check that an order passes when it is submitted.
enum CreditCheck {
  /// What puts a customer's order on hold: `CUSTOMER_BLOCKED`, or `CREDIT_LIMIT` when this order and what the
  /// customer has ordered and not paid would exceed the limit.
  ///
  /// Only orders of the limit's currency, the customer's, count. A device that cannot see the credit guesses
  /// that nothing is against it: the centre answers.
  static func holds(for order: Order, in trade: Trade) throws(Interruption) -> [Code] {
    let customer = try trade.ifVisible { () throws(Interruption) in
      try trade.find(CustomerColumns.self, order.customer)
    }
    let credit = try trade.ifVisible { () throws(Interruption) in
      try trade.find(CreditColumns.self, order.customer)
    }
    if customer?.status == .blocked || credit?.isBlocked ?? false { return [.customerBlocked] }
    guard let limit = credit?.limitMinor, order.currency == customer?.currency else { return [] }
    let owed = try owedMinor(besides: order, in: trade)
    let (sum, overflow) = owed.addingReportingOverflow(order.totalMinor)
    return overflow || sum > limit ? [.creditLimit] : []
  }

  /// What the customer's other accepted orders of the same currency come to, less what was paid for each;
  /// saturates.
  private static func owedMinor(besides order: Order, in trade: Trade) throws(Interruption) -> Int64 {
    var owed: Int64 = 0
    let others = try trade.all(OrderColumns.self, "sales_order_customer", order.customer).filter { other in
      other.id != order.id && other.currency == order.currency
        && (other.state == .accepted || other.state == .closed)
    }
    // All accounts in one go: the whole decision begins again after each.
    try trade.prepare(others.map { RowKey(OrderAccountColumns.self, $0.id) })
    for other in others {
      let account = try Accounts.find(other, in: trade)
      let kept = (account?.paidMinor ?? 0) - (account?.refundedMinor ?? 0)
      let (sum, overflow) = owed.addingReportingOverflow(max(0, OrderTotals.dueMinor(of: other) - kept))
      owed = overflow ? .max : sum
    }
    return owed
  }
}

extension SetCredit {
  /// Sets a customer's limit, takes it away, stops the customer or lets them buy again. Orders that are on
  /// hold stay so until somebody releases them. Refuses `UNKNOWN_CUSTOMER`, `BAD_VALUE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard let customer = try Aliases.find(form.id, in: trade) else {
      throw .refused(Refusal(.unknownCustomer, form.code))
    }
    try trade.check((form.limitMinor ?? 0) >= 0, "limit")
    let hasChange = form.limitMinor != nil || form.isUnlimited == true || form.isBlocked != nil
    try trade.check(hasChange, "limit or block")
    var credit = try trade.find(CreditColumns.self, customer.id) ?? Credit()
    credit.customer = customer.id
    if let limit = form.limitMinor { credit.limitMinor = limit }
    if form.isUnlimited == true { credit.limitMinor = nil }
    if let isBlocked = form.isBlocked { credit.isBlocked = isBlocked }
    trade.put(credit)
    // Not even that there is a limit is for those who see the customer.
    trade.tell(kind.rawValue, of: customer.code, places: [.hq])
    return Verdict(.applied, record: customer.code)
  }
}
