import Testing

@testable import TradeRules

@Suite("Sums of money and goods have bounds, and stay exact within them")
struct MoneyBoundsTests {
  private static let most = OrderTotals.amountMax

  private func create(
    _ bench: RuleBench, _ quantity: Quantity, price: Int64, number: String = "SO-A-1"
  ) -> (order: OrderHandle, verdict: Verdict) {
    let (handle, form) = bench.newOrder(number, of: "C-ANA", [("CHAI", quantity)], prices: [price])
    return (handle, bench.does("A", form))
  }

  private func account(_ bench: RuleBench, _ order: OrderHandle) -> OrderAccount? {
    bench.find(OrderAccountColumns.self, order.id)
  }

  @Test("an order whose total no payment could reach is refused; the largest can be refunded and cancelled")
  func totals() {
    let bench = RuleBench.trading(5)
    // 100 at 922337203685477.5807: as many cents as 64 bits hold, and a refund of two more ended the process.
    #expect(create(bench, 100, price: .max).verdict.codes == [.badValue])
    #expect(create(bench, 100, price: UnitPrice.max.tenThousandths + 1).verdict.codes == [.badValue])
    #expect(create(bench, 101, price: UnitPrice.max.tenThousandths).verdict.codes == [.badValue])
    let (order, verdict) = create(bench, 100, price: UnitPrice.max.tenThousandths)
    #expect(verdict.codes == [.priceManual])
    #expect(bench.order(order).totalMinor == Self.most)
    #expect(bench.does("A", order.charge(freight: 1)).codes == [.badValue])
    bench.does("A", order.submit)
    #expect(bench.does("A", order.refund(bench.newID(), 2, .cash)).codes == [.refundExceedsCaptured])
    #expect(account(bench, order)?.refundedMinor == 2)
    #expect(bench.does("A", order.cancel).outcome == .applied)
    #expect(account(bench, order)?.creditMinor == 0)
  }

  @Test("a listed price has the same bound as one by hand")
  func listedPrices() {
    let bench = RuleBench.trading(5)
    #expect(bench.addPrice("CHAI", UnitPrice.max.tenThousandths + 1, from: .day(hour: 9)).outcome == .partly)
    #expect(bench.addPrice("CHAI", UnitPrice.max.tenThousandths, from: .day(hour: 9)).outcome == .applied)
  }

  @Test("payments add up to ten times the largest total; the next one is refused, and the sum stays exact")
  func payments() {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 16)])
    for _ in 0..<10 { #expect(bench.does("A", order.pay(bench.newID(), Self.most)).outcome == .applied) }
    #expect(bench.does("A", order.pay(bench.newID(), 1)).codes == [.badValue])
    #expect(account(bench, order)?.paidMinor == OrderTotals.accountMax)
    #expect(bench.all(PaymentColumns.self).count == 10)
    for _ in 0..<10 { bench.does("A", order.refund(bench.newID(), Self.most, .cash)) }
    #expect(bench.does("A", order.refund(bench.newID(), 1, .cash)).codes == [.badValue])
    #expect(account(bench, order)?.creditMinor == 0)
  }

  @Test("however often one operation names a line, no more is packed or handed over than a line can have")
  func goods() {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 10)])
    var pack = order.pack(bench.newID(), [0: .max])
    pack.lines = pack.lines + pack.lines
    #expect(bench.does("P", pack).codes == [.badQuantity])
    #expect(bench.line(order).packed == .zero)
    #expect(bench.does("P", order.pack(bench.newID(), [0: .max])).codes == [.pickedShort])
    #expect(bench.does("P", order.pack(bench.newID(), [0: 1])).codes == [.badQuantity])
    var delivery = order.deliver([0: .max])
    delivery.lines = delivery.lines + delivery.lines
    #expect(bench.does("P", delivery).codes == [.badQuantity])
    #expect(bench.does("P", order.deliver([0: .max])).codes == [.deliveredBeforeShipped])
    #expect(bench.does("P", order.deliver([0: 1])).codes == [.badQuantity])
    #expect(bench.line(order).handedOver == .max)
  }

  @Test("every setting has bounds, and its standard is within them", arguments: Settings.allCases)
  func settings(setting: Settings) {
    let bench = RuleBench.trading(20)
    func set(_ amount: Int64) -> [Code] {
      bench.does("centre", Filled<ChangeSetting> { ($0.name, $0.amount) = (setting.rawValue, amount) }).codes
    }
    #expect(setting.bounds.contains(setting.standard))
    #expect(set(-1) == [.badValue])
    #expect(set(setting.bounds.upperBound + 1) == [.badValue])
    #expect(set(.max) == [.badValue])
    #expect(set(setting.bounds.upperBound) == [])
    // Whatever reads it goes on: an order that is like another one, at a price by hand.
    bench.accepted("A", [("CHAI", 1)], number: "SO-A-1")
    bench.accepted("A", [("CHAI", 1)], number: "SO-A-2")
    #expect(bench.does("P", Filled<CountStock>.of(3)).outcome == .applied)
  }

  @Test(
    "whatever prices, charges, payments and refunds say, accounts are the sums of what stands",
    arguments: 1...20)
  func extremes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let amounts: [Int64] = [
      .min, -1, 0, 1, 2, 9_999, Self.most - 1, Self.most, Self.most + 1, OrderTotals.accountMax, .max - 1,
      .max,
    ]
    let prices = amounts + [UnitPrice.max.tenThousandths / 100, UnitPrice.max.tenThousandths]
    func pick(_ numbers: [Int64]) -> Int64 { numbers.randomElement(using: &random) ?? 0 }
    let bench = RuleBench.trading(20)
    var orders: [OrderHandle] = []
    for number in 1...80 {
      let order = orders.randomElement(using: &random)
      switch (Int.random(in: 0..<8, using: &random), order) {
      case (0...1, _), (_, nil):
        let quantity = [Quantity(1), Quantity(100), .max].randomElement(using: &random) ?? 1
        let (made, verdict) = create(bench, quantity, price: pick(prices), number: "SO-A-\(number)")
        if verdict.outcome == .applied { orders.append(made) }
      case (2, let order?): bench.does("A", order.submit)
      case (3, let order?): bench.does("A", order.charge(freight: pick(amounts), fees: pick(amounts)))
      case (4, let order?): bench.does("HQ", order.cancel)
      case (5, let order?): bench.does("HQ", order.refund(bench.newID(), pick(amounts), .cash))
      case (6, let order?): bench.does("HQ", order.pay(bench.newID(), pick(amounts), .credit))
      case (_, let order?): bench.does("HQ", order.pay(bench.newID(), pick(amounts)))
      }
      for device in ["A", "HQ"] { bench.sync(device) }
    }
    expectExactAccounts(bench)
  }

  private func expectExactAccounts(_ bench: RuleBench) {
    var credit: Int64 = 0
    for order in bench.all(OrderColumns.self) {
      #expect((0...Self.most).contains(order.totalMinor))
      let account = bench.find(OrderAccountColumns.self, order.id)
      func sum(_ kind: PaymentKind) -> Int64 {
        bench.all(PaymentColumns.self).filter { $0.order == order.id && $0.kind == kind }
          .reduce(0) { $0 + $1.orderMinor }
      }
      let (paid, refunded) = (sum(.payment), sum(.refund))
      #expect(account?.paidMinor ?? 0 == paid && account?.refundedMinor ?? 0 == refunded)
      let kept = max(0, paid - refunded - OrderTotals.dueMinor(of: order))
      #expect(account?.creditMinor ?? 0 == kept)
      credit += kept
    }
    for payment in bench.all(PaymentColumns.self) where payment.method == .credit {
      credit -= payment.amountMinor
    }
    #expect(bench.all(CustomerAccountColumns.self).reduce(0) { $0 + $1.creditMinor } == credit)
  }
}
