/// The sums that payments come to, and the credit that follows from them.
enum Accounts {
  /// Adds money to an order's account, and lets the customer's credit follow.
  ///
  /// - Returns: how much of the order is overpaid now, minor units.
  /// - Throws: `.refused` with `BAD_VALUE` for more than can be paid for an order. Money that came in is a fact (P1),
  ///   and yet a sum that stood still at its bound would lose some of it without a word: the books stay exact.
  static func book(
    paid: Int64 = 0, refunded: Int64 = 0, for order: Order, in trade: Trade
  ) throws(Interruption) -> Int64 {
    var account = try find(order, in: trade) ?? OrderAccount()
    account.order = order.id
    account.agent = order.agent
    account.territory = order.territory
    account.device = order.device
    account.paidMinor += paid
    account.refundedMinor += refunded
    try trade.check(max(account.paidMinor, account.refundedMinor) <= OrderTotals.accountMax, "amount")
    try settle(&account, of: order, in: trade)
    return account.creditMinor
  }

  /// Lets the credit follow when what an order costs has changed.
  static func follow(_ order: Order, before: Order, in trade: Trade) throws(Interruption) {
    guard OrderTotals.dueMinor(of: order) != OrderTotals.dueMinor(of: before) else { return }
    guard var account = try find(order, in: trade) else { return }
    try settle(&account, of: order, in: trade)
  }

  /// What was paid for an order; nil before the first payment, and where a replica cannot see it.
  static func find(_ order: Order, in trade: Trade) throws(Interruption) -> OrderAccount? {
    try trade.ifVisible { () throws(Interruption) in try trade.find(OrderAccountColumns.self, order.id) }
  }

  private static func settle(
    _ account: inout OrderAccount, of order: Order, in trade: Trade
  ) throws(Interruption) {
    let kept = account.paidMinor - account.refundedMinor
    let credit = max(0, kept - OrderTotals.dueMinor(of: order))
    let change = credit - account.creditMinor
    account.creditMinor = credit
    trade.put(account)
    guard change != 0 else { return }
    try changeCredit(change, to: order, in: order.currency, in: trade)
    if credit == change {
      try trade.openTask(.reviewPayment, .overpaid, record: order.number, owner: .admin)
    } else if credit == 0 {
      try closeTasks(.overpaid, of: order, in: trade)
    }
  }

  /// Changes what the customer of an order has to their credit.
  static func changeCredit(
    _ change: Int64, to order: Order, in currency: String, in trade: Trade
  ) throws(Interruption) {
    let found = try trade.ifVisible { () throws(Interruption) in
      try trade.find(CustomerAccountColumns.self, order.customer, currency)
    }
    var account = found ?? CustomerAccount()
    account.customer = order.customer
    account.currency = currency
    account.creditMinor = try sum(account.creditMinor, change, in: trade)
    account.agent = order.agent
    account.territory = order.territory
    account.device = order.device
    trade.put(account)
  }

  /// What two sums of credit come to; `BAD_VALUE` when that does not fit.
  static func sum(_ one: Int64, _ other: Int64, in trade: Trade) throws(Interruption) -> Int64 {
    let (sum, overflow) = one.addingReportingOverflow(other)
    try trade.check(!overflow, "amount")
    return sum
  }

  private static func closeTasks(_ code: Code, of order: Order, in trade: Trade) throws(Interruption) {
    for var task in try trade.all(TaskColumns.self, "task_of_record", order.number, true)
    where task.kind == .reviewPayment && task.code == code.rawValue {
      task.isOpen = false
      trade.put(task)
    }
  }
}
