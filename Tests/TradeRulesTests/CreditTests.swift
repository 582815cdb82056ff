import Testing

@testable import TradeRules

@Suite("Customers: what they may owe")
struct CreditTests {
  private func credit(
    _ bench: RuleBench, _ code: String, limit: Int64? = nil, blocked: Bool? = nil
  ) -> Filled<SetCredit> {
    Filled {
      ($0.id, $0.code) = (bench.customer(code).id, code)
      ($0.limitMinor, $0.isBlocked) = (limit, blocked)
    }
  }

  @Test("#47: beyond what the customer may owe an order is on hold; those in their way count, others do not")
  func creditLimit() {
    let bench = RuleBench.trading(100)
    #expect(bench.does("HQ", credit(bench, "C-ANA", limit: 10_000)).outcome == .applied)
    // Five at 12.50 are 62.50, four more are 50.00, 112.50 in all.
    let first = bench.accepted("A", [("CHAI", 5)])
    #expect(bench.order(first).state == .accepted)
    let second = bench.draft("A", [("CHAI", 4)], number: "SO-A-2")
    #expect(bench.does("A", second.submit).codes == [.creditLimit])
    #expect(bench.order(second).state == .submitted)
    #expect(bench.line(second).allocated == .zero)
    #expect(bench.does("P", second.release).codes == [.notPermitted])
    #expect(bench.does("HQ", second.release).outcome == .applied)
    #expect(bench.line(second).allocated == 4)
    let third = bench.draft("B", [("CHAI", 9)], number: "SO-B-3")
    #expect(bench.does("B", third.submit).codes == [])
  }

  @Test("G26 what a customer's many orders come to is asked for in as few goes as what one comes to")
  func manyOrders() {
    let bench = RuleBench.trading(10_000)
    bench.does("HQ", credit(bench, "C-ANA", limit: 100_000_000))
    func submit(_ number: Int64) -> Int {
      // Another day's, so that nobody takes it for an order entered twice.
      bench.now = bench.now.advanced(byMilliseconds: 2 * 86_400_000)
      let order = bench.draft("A", [("CHAI", Quantity(number))], number: "SO-A-\(number)")
      #expect(bench.does("A", order.submit).codes == [])
      #expect(bench.order(order).state == .accepted)
      return bench.readings
    }
    _ = submit(1)
    let few = submit(2)
    for number in 3...39 { _ = submit(Int64(number)) }
    #expect(submit(40) == few)
  }

  @Test("#47 G15: what a customer may owe is kept where agents do not see it, and they guess nothing of it")
  func creditIsApart() {
    let bench = RuleBench.trading(100)
    bench.does("HQ", credit(bench, "C-ANA", limit: 0, blocked: true))
    let phone = bench.replica(of: "A")
    #expect(phone.all(CreditColumns.self).isEmpty)
    #expect(phone.customer("C-ANA").status == .active)
    let order = bench.draft("A", [("CHAI", 1)])
    #expect(bench.replica(of: "A").does("A", order.submit).codes == [])
    #expect(bench.does("A", order.submit).codes == [.customerBlocked])
    #expect(bench.does("A", credit(bench, "C-ANA", blocked: false)).codes == [.notPermitted])
  }
}
