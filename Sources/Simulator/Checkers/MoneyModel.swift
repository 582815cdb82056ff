import GRDB
import TradeRules
import TradeTables

/// What must hold of money at the centre, whatever happened: it comes from payments alone, and none of it is lost
/// (P1, #59, #61).
struct MoneyModel {
  private var orders: [RecordID: Order] = [:]
  private var payments: [Payment] = []
  private var accounts: [RecordID: OrderAccount] = [:]
  private var credits: [CustomerAccount] = []

  init(_ db: Database) throws {
    try TradeTables.visit(.of(OrderColumns.self), in: db) { row in
      let order = Order(row)
      orders[order.id] = order
    }
    try TradeTables.visit(.of(PaymentColumns.self), in: db) { payments.append(Payment($0)) }
    try TradeTables.visit(.of(OrderAccountColumns.self), in: db) { row in
      let account = OrderAccount(row)
      accounts[account.order] = account
    }
    try TradeTables.visit(.of(CustomerAccountColumns.self), in: db) { credits.append(CustomerAccount($0)) }
  }

  /// How many payments were looked at.
  var count: Int { payments.count }

  func check() throws {
    let byOrder = Dictionary(grouping: payments, by: \.order)
    for id in Set(byOrder.keys).union(accounts.keys).sorted() {
      guard let order = orders[id] else { throw Finding("money", "payments of \(id), which is no order") }
      try check(order, byOrder[id] ?? [])
    }
    try checkCredits()
    try checkTwins()
  }

  /// Payments less refunds are what the order is paid with and what it is overpaid.
  private func check(_ order: Order, _ payments: [Payment]) throws {
    func sum(_ kind: PaymentKind) -> Int64 {
      payments.filter { $0.kind == kind }.reduce(0) { $0 + $1.orderMinor }
    }
    guard let account = accounts[order.id] else {
      throw Finding("money", "\(order.number) has payments and no account")
    }
    let (paid, refunded) = (sum(.payment), sum(.refund))
    guard account.paidMinor == paid, account.refundedMinor == refunded else {
      throw Finding(
        "money",
        "\(order.number): paid \(account.paidMinor), refunded \(account.refundedMinor), and its payments say "
          + "\(paid) and \(refunded)")
    }
    let isOver = [.cancelled, .rejected].contains(order.state)
    let allocated = min(paid - refunded, isOver ? 0 : order.totalMinor)
    guard paid - refunded == allocated + account.creditMinor, account.creditMinor >= 0 else {
      throw Finding(
        "money",
        "\(order.number) (\(order.state)): \(paid) - \(refunded) is not \(allocated) and \(account.creditMinor) of credit"
      )
    }
    for payment in payments where payment.rate == Ratio(trillionths: 0) && payment.orderMinor != 0 {
      throw Finding("money", "\(order.number): \(payment.operation) is worth something without a rate")
    }
    let places = TableDescription.of(OrderAccountColumns.self).buckets(of: account.row)
    guard places == order.moneyPlaces else {
      throw Finding("money", "\(order.number): its account is in other buckets")
    }
  }

  /// What customers have to their credit is what their orders are overpaid, less what they paid with it, more what
  /// was given back to it.
  private func checkCredits() throws {
    /// By customer and currency.
    var expected: [String: Int64] = [:]
    for account in accounts.values {
      guard let order = orders[account.order] else { continue }
      expected["\(order.customer) \(order.currency)", default: 0] += account.creditMinor
    }
    for payment in payments where payment.method == .credit {
      let amount = payment.kind == .payment ? -payment.amountMinor : payment.amountMinor
      expected["\(payment.customer) \(payment.currency)", default: 0] += amount
    }
    var found: [String: Int64] = [:]
    for account in credits { found["\(account.customer) \(account.currency)"] = account.creditMinor }
    for purse in Set(expected.keys).union(found.keys).sorted()
    where expected[purse] ?? 0 != found[purse] ?? 0 {
      throw Finding(
        "money", "\(purse): \(found[purse] ?? 0) of credit, and it should be \(expected[purse] ?? 0)")
    }
  }

  /// The same payment told twice is one.
  private func checkTwins() throws {
    var seen: Set<String> = []
    for payment in payments where !payment.reference.isEmpty {
      let twin = [
        payment.reference, payment.order.description, payment.kind.rawValue, "\(payment.amountMinor)",
        payment.currency,
      ].joined(separator: " ")
      guard seen.insert(twin).inserted else { throw Finding("money", "booked twice: \(twin)") }
    }
  }
}
