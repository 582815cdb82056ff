public import TradeRules

/// What was paid for an order, and what the customer has to their credit.
public struct PaymentReading: Sendable {
  public let order: Order
  /// In order of when they happened.
  public let payments: [Payment]
  /// Nil before the first payment.
  public let account: OrderAccount?
  /// Decimals of the order's currency.
  public let exponent: Int64
  /// What the customer has to their credit in the order's currency, minor units.
  public let customerCreditMinor: Int64
  /// Whether this device sees them; a warehouse does not.
  public let areVisible: Bool
  public var state: PaymentState { PaymentState.of(order, account) }
}

extension ReplicaView {
  public func payments(of order: Order) throws -> PaymentReading {
    let payments = try all(PaymentColumns.self, "payment_order", order.id)
    let key = RowKey(CustomerAccountColumns.self, order.customer, order.currency)
    return PaymentReading(
      order: order, payments: payments.sorted { ($0.at, $0.id) < ($1.at, $1.id) },
      account: try account(of: order), exponent: try exponent(of: order.currency),
      customerCreditMinor: try find(CustomerAccountColumns.self, key)?.creditMinor ?? 0,
      areVisible: seesMoney(of: order))
  }

  /// Whether this device may know what was paid for an order.
  func seesMoney(of order: Order) -> Bool { state.grants.meet(order.moneyPlaces) }

  func account(of order: Order) throws -> OrderAccount? {
    try find(OrderAccountColumns.self, RowKey(OrderAccountColumns.self, order.id))
  }
}
