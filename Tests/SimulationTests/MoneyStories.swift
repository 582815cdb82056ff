import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("Money, through the real hosts")
struct MoneyStories {
  /// An order of 200.00 EUR that everybody has seen.
  private func order(_ shop: Shop) throws -> PlacedOrder {
    let order = try shop.ana.orders(("CHAI", 16))
    try shop.settle()
    return order
  }

  @Test(
    "#37 submitted and paid on one device, edited as a draft on the other: submitted, paid, amended",
    arguments: Arrival.allCases)
  func staleDraft(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try shop.ana.drafts(("CHAI", 16))
    try shop.settle()
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.ana.submits(order)
    try shop.ana.pays(20_000, for: order)
    let edit = try shop.anasPhone.sets(order, to: 20)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.line(order).ordered == 20)
    #expect(try shop.centre.line(order).allocated == 20)
    #expect(try shop.centre.account(order)?.paidMinor == 20_000)
    #expect(try shop.anasPhone.books.account(order)?.paidMinor == 20_000)
    #expect(try shop.centre.answer(to: edit.id)?.outcome == .applied)
    try shop.expectAllIsWell()
  }

  @Test("#45 the rate moves between order and payment: the order stays, the difference is recorded")
  func rateMoves() throws {
    let shop = try Shop([("CHAI", 100)])
    try shop.note(rate: "0.9", at: .at(0))
    try shop.waitUntil(8)
    let order = try order(shop)
    try shop.waitUntil(12)
    try shop.note(rate: "0.95", at: .at(12))
    try shop.settle()
    try shop.cutOff(shop.ana)
    try shop.waitUntil(13)
    try shop.ana.pays(10_000, for: order, currency: "USD")
    try shop.reconnect(shop.ana)

    let payment = try #require(try shop.centre.all(PaymentColumns.self).first)
    #expect(payment.orderMinor == 9_500)
    #expect(payment.differenceMinor == 500)
    #expect(try shop.ana.books.order(order)?.totalMinor == 20_000)
    try shop.expectAllIsWell()
  }

  @Test("#59 paid in cash offline and by bank: 400 of 200, the rest is credit", arguments: Arrival.allCases)
  func paidTwice(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try order(shop)
    try shop.cutOff(shop.ana, shop.headquarters)
    try shop.ana.pays(20_000, for: order)
    try shop.headquarters.pays(20_000, for: order, by: .bank, reference: "TX-1")
    try shop.reconnect([shop.ana, shop.headquarters], arrival)

    for books in [shop.centre, shop.ana.books, shop.headquarters.books] {
      #expect(try books.account(order)?.paidMinor == 40_000)
      #expect(try books.account(order)?.creditMinor == 20_000)
      #expect(try books.all(CustomerAccountColumns.self).map(\.creditMinor) == [20_000])
      #expect(try books.all(PaymentColumns.self).map(\.kind) == [.payment, .payment])
    }
    #expect(try shop.headquarters.books.openTasks(.overpaid).map(\.record) == [order.number])
    try shop.expectAllIsWell()
  }

  @Test(
    "one transfer recorded by two people with its reference is one payment", arguments: Arrival.allCases)
  func samePayment(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try order(shop)
    try shop.cutOff(shop.ana, shop.headquarters)
    let agents = try shop.ana.pays(20_000, for: order, by: .bank, reference: "TX-1")
    let offices = try shop.headquarters.pays(20_000, for: order, by: .bank, reference: "TX-1")
    try shop.reconnect([shop.ana, shop.headquarters], arrival)

    #expect(try shop.centre.account(order)?.paidMinor == 20_000)
    #expect(try shop.centre.all(PaymentColumns.self).count == 1)
    let second = arrival == .asTold ? offices : agents
    #expect(try shop.centre.answer(to: second.id)?.outcome == .applied)
    #expect(try shop.centre.answer(to: second.id)?.codes == ["PAYMENT_KNOWN"])
    try shop.expectAllIsWell()
  }

  @Test(
    "#61 refunded by headquarters and in cash by the agent: cash stands, what is unpaid is capped",
    arguments: Arrival.allCases)
  func refundedTwice(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try order(shop)
    try shop.ana.pays(20_000, for: order)
    try shop.settle()
    try shop.cutOff(shop.ana, shop.headquarters)
    let cash = try shop.ana.refunds(20_000, of: order, by: .cash)
    let transfer = try shop.headquarters.refunds(20_000, of: order, by: .bank)
    try shop.reconnect([shop.ana, shop.headquarters], arrival)

    let toAgent = try #require(try shop.ana.books.answer(to: cash.id))
    let toOffice = try #require(try shop.headquarters.books.answer(to: transfer.id))
    #expect(toAgent.outcome == .applied)
    switch arrival {
    case .asTold:
      #expect(toAgent.codes == [])
      #expect(toOffice.outcome == .rejected)
      #expect(toOffice.codes == ["REFUND_EXCEEDS_CAPTURED"])
      #expect(try shop.centre.account(order)?.refundedMinor == 20_000)
    case .reversed:
      #expect(toOffice.outcome == .applied)
      #expect(toAgent.codes == ["REFUND_EXCEEDS_CAPTURED"])
      #expect(try shop.headquarters.books.openTasks(.refundExceedsCaptured).count == 1)
    }
    try shop.expectAllIsWell()
  }
}

extension Shop {
  /// Notes at the centre what a dollar is in euros.
  fileprivate func note(rate: String, at moment: Instant) throws {
    try decide(
      Filled<SetExchangeRate> {
        $0.from = "USD"
        $0.to = "EUR"
        $0.asOf = moment
        $0.ratio = Ratio(decimal: rate) ?? .one
      })
  }
}

extension Books {
  fileprivate func account(_ placed: PlacedOrder) throws -> OrderAccount? {
    try find(OrderAccountColumns.self, key: RowKey(OrderAccountColumns.self, placed.id))
  }
}

extension Person {
  @discardableResult
  fileprivate func pays(
    _ amountMinor: Int64, for order: PlacedOrder, by method: PaymentMethod = .cash, currency: String? = nil,
    reference: String? = nil
  ) throws -> Recorded {
    try record(
      Filled<RecordPayment> {
        $0.id = newID()
        $0.order = order.id
        $0.number = order.number
        $0.method = method
        $0.amountMinor = amountMinor
        $0.currency = currency
        $0.reference = reference
      })
  }

  @discardableResult
  fileprivate func refunds(
    _ amountMinor: Int64, of order: PlacedOrder, by method: PaymentMethod
  ) throws -> Recorded {
    try record(
      Filled<RefundPayment> {
        $0.id = newID()
        $0.order = order.id
        $0.number = order.number
        $0.method = method
        $0.amountMinor = amountMinor
        $0.isPaidOut = method == .cash
      })
  }
}
