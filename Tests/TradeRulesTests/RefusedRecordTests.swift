import Testing

@testable import TradeRules

@Suite("What was recorded for something that was refused")
struct RefusedRecordTests {
  @Test("an order is refused: what was recorded on top of it is refused too, before and after")
  func dependants() {
    let bench = RuleBench.trading(10)
    let (order, form) = bench.newOrder("SO-A-1", of: "C-BEN", [("CHAI", 4)])
    let create = bench.record("A", form)
    let early = bench.record("A2", order.submit)
    #expect(bench.decide(early).outcome == .held)
    #expect(bench.decide(create) == Verdict(.rejected, [.notPermitted], record: "SO-A-1"))
    #expect(bench.answers[early.id] == Verdict(.rejected, [.dependsOnRefused], record: "SO-A-1"))
    #expect(bench.held.isEmpty)
    #expect(bench.does("A", order.set(2, seen: 4)).codes == [.dependsOnRefused])
    #expect(bench.does("A", order.pay(bench.newID(), 100)).codes == [.dependsOnRefused])
    #expect(bench.all(OrderColumns.self).isEmpty)
  }

  @Test("what would have been made on top is refused with it, and what waits for that as well")
  func cascade() {
    let bench = RuleBench.trading(10)
    let id = bench.newID()
    let customer = bench.record(
      "A",
      Filled<CreateCustomer> {
        $0.id = id
        $0.code = "C-BEN"
        $0.name = PersonalText("Another")
        $0.currency = "EUR"
      })
    var (order, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 4)])
    form.customer = id
    let create = bench.record("A", form)
    let submit = bench.record("A", order.submit)
    #expect(bench.decide(create).outcome == .held)
    #expect(bench.decide(submit).outcome == .held)
    #expect(bench.decide(customer).codes == [.codeTaken])
    #expect(bench.answers[create.id]?.codes == [.dependsOnRefused])
    #expect(bench.answers[submit.id]?.codes == [.dependsOnRefused])
  }

  @Test("made after all, it is what later work finds; what nobody refused is still waited for")
  func madeAfterAll() {
    let bench = RuleBench.trading(10)
    let (order, form) = bench.newOrder("SO-A-1", of: "C-BEN", [("CHAI", 4)])
    bench.does("A", form)
    #expect(bench.does("A", order.submit).codes == [.dependsOnRefused])
    bench.does("HQ", form)
    #expect(bench.does("HQ", order.submit).outcome == .applied)
    let other = bench.newOrder("SO-A-2", of: "C-ANA", [("CHAI", 4)]).handle
    #expect(bench.does("A", other.submit).outcome == .held)
  }
}
