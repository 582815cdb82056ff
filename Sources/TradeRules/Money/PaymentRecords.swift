public struct PaymentKind: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Money came in.
  public static let payment: PaymentKind = "payment"
  /// Money goes out.
  public static let refund: PaymentKind = "refund"
}

public struct PaymentMethod: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let cash: PaymentMethod = "cash"
  public static let card: PaymentMethod = "card"
  public static let bank: PaymentMethod = "bank"
  /// From, or to, what the customer has to their credit.
  public static let credit: PaymentMethod = "credit"
  public static let known: [PaymentMethod] = [cash, card, bank, credit]
}

/// Money that came in or went out for an order: a fact, never changed. Whose it is and who sees it follows the
/// order.
///
/// Warehouses see the orders they pick and none of their money.
public struct PaymentColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 70
  public static let name = "payment"
  public static let reach = Reach<Self>.following { payment in
    moneyBuckets(agent: payment.agent, territory: payment.territory, device: payment.device)
  }
  public static let indexes = [
    Index("payment_order", equal: ["order"]), Index("payment_reference", equal: ["reference"]),
  ]
  public let id = Column<RecordID>(1, .key)
  public let order = Column<RecordID>(2)
  public let customer = Column<RecordID>(3)
  public let kind = Column<PaymentKind>(4)
  public let method = Column<PaymentMethod>(5)
  /// Minor units of `currency`, above zero.
  public let amountMinor = Column<Int64>(6)
  public let currency = Column<String>(7)
  /// How much of the order's currency one unit was; zero when nobody knew (`RATE_MISSING`).
  public let rate = Column<Ratio>(8)
  /// The amount in minor units of the order's currency, by that rate.
  public let orderMinor = Column<Int64>(9)
  /// What that is more, or less, than by the rate of the day of the order (#45).
  public let differenceMinor = Column<Int64>(10)
  public let reference = Column<String>(11)
  public let reason = Column<PersonalText>(12)
  /// The customer has it: false for a refund that somebody still has to pay.
  public let isPaidOut = Column<Bool>(13)
  /// When it happened.
  public let at = Column<Instant>(14)
  /// The operation that recorded it, `A7/42`.
  public let operation = Column<String>(15)
  public let actor = Column<String>(16)
  /// Copied from the order.
  public let agent = Column<String?>(17)
  public let territory = Column<String?>(18)
  public let device = Column<String>(19)
}
public typealias Payment = Record<PaymentColumns>

/// What was paid for one order, in minor units of its currency: the sums of its payments and refunds. There
/// is none before the first of them.
public struct OrderAccountColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 71
  public static let name = "order_account"
  public static let reach = Reach<Self>.following { account in
    moneyBuckets(agent: account.agent, territory: account.territory, device: account.device)
  }
  public let order = Column<RecordID>(1, .key)
  public let paidMinor = Column<Int64>(2)
  public let refundedMinor = Column<Int64>(3)
  /// What was paid beyond what the order costs: it is the customer's credit.
  public let creditMinor = Column<Int64>(4)
  /// Copied from the order.
  public let agent = Column<String?>(5)
  public let territory = Column<String?>(6)
  public let device = Column<String>(7)
}
public typealias OrderAccount = Record<OrderAccountColumns>

/// What a customer has to their credit in one currency: overpaid orders, less what was paid with it.
public struct CustomerAccountColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 72
  public static let name = "customer_account"
  public static let reach = Reach<Self>.following { account in
    moneyBuckets(agent: account.agent, territory: account.territory, device: account.device)
  }
  public static let indexes = [Index("customer_account_of", equal: ["customer"])]
  public let customer = Column<RecordID>(1, .key)
  public let currency = Column<String>(2, .key)
  /// Below zero when credit was used that later fell away.
  public let creditMinor = Column<Int64>(3)
  /// Copied from the customer's last order.
  public let agent = Column<String?>(4)
  public let territory = Column<String?>(5)
  public let device = Column<String>(6)
}
public typealias CustomerAccount = Record<CustomerAccountColumns>

/// Who sees an order's money: whoever sees the order, warehouses aside.
public func moneyBuckets(agent: String?, territory: String?, device: String) -> [Bucket] {
  orderBuckets(agent: agent, territory: territory, warehouses: [], device: device)
}

extension Record where Columns == OrderColumns {
  /// The buckets of what was paid for the order: not those of its warehouses.
  public var moneyPlaces: [Bucket] {
    moneyBuckets(agent: self.agent, territory: self.territory, device: self.device)
  }
}

/// How far an order is paid: derived, never stored.
public struct PaymentState: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let unpaid: PaymentState = "unpaid"
  public static let partPaid: PaymentState = "part paid"
  public static let paid: PaymentState = "paid"
  public static let partRefunded: PaymentState = "part refunded"
  public static let refunded: PaymentState = "refunded"

  /// - Parameter account: nil before the first payment.
  public static func of(_ order: Order, _ account: OrderAccount?) -> PaymentState {
    guard let account, account.paidMinor > 0 else { return .unpaid }
    let kept = account.paidMinor - account.refundedMinor
    if kept <= 0 { return .refunded }
    let due = OrderTotals.dueMinor(of: order)
    if account.refundedMinor > 0, kept < due || due == 0 { return .partRefunded }
    return kept >= due ? .paid : .partPaid
  }
}

extension OrderTotals {
  /// What the customer owes for an order: nothing when it was cancelled whole or rejected.
  public static func dueMinor(of order: Order) -> Int64 {
    order.state == .cancelled || order.state == .rejected ? 0 : order.totalMinor
  }
}
