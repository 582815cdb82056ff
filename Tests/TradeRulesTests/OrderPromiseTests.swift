import Testing

@testable import TradeRules

@Suite("Orders: who is promised the stock")
struct OrderPromiseTests {
  @Test("#1: two agents sell 4 each of 5 offline: 5 are promised, 3 wait, never 8")
  func twoAgentsOneShelf() {
    let bench = RuleBench.trading(5)
    let (first, firstForm) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 4)])
    let (second, secondForm) = bench.newOrder("SO-B-1", of: "C-BEN", [("CHAI", 4)])
    let recorded = [
      bench.record("A", firstForm), bench.record("A", first.submit), bench.record("B", secondForm),
      bench.record("B", second.submit),
    ]
    let verdicts = recorded.map { bench.decide($0) }
    #expect(verdicts[1] == Verdict(.applied, record: "SO-A-1"))
    #expect(verdicts[3] == Verdict(.applied, [.allocationShort], record: "SO-B-1"))
    #expect(bench.line(first).allocated == 4)
    #expect(bench.line(second).allocated == 1)
    #expect(bench.line(second).backordered == 3)
    #expect(bench.level("W1", "CHAI").allocated == 5)
    #expect(bench.order(second).state == .accepted)
    #expect(bench.order(second).codes.contains("ALLOCATION_SHORT"))
  }

  @Test("#1: an order that ships complete or not at all takes nothing while it falls short")
  func shipCompleteWaits() {
    let bench = RuleBench.trading(5)
    _ = bench.accepted("A", [("CHAI", 4)])
    let second = bench.draft("B", [("CHAI", 4)], shipComplete: true)
    let verdict = bench.does("B", second.submit)
    #expect(verdict == Verdict(.applied, [.shipCompleteWait], record: "SO-B-1"))
    #expect(bench.order(second).state == .accepted)
    #expect(bench.order(second).holds == ["SHIP_COMPLETE_WAIT"])
    #expect(bench.line(second).allocated == .zero)
    #expect(bench.level("W1", "CHAI").available == 1)
    bench.does("P", Filled<ReceiveStock>.of(3))
    #expect(bench.line(second).allocated == 4)
    #expect(bench.order(second).holds.isEmpty)
    #expect(bench.level("W1", "CHAI").available == .zero)
  }

  @Test("an order that ships complete takes the rest as soon as somebody picks what was missing")
  func shipCompletePicked() {
    let bench = RuleBench.trading(5, mate: 5)
    let order = bench.accepted("A", [("CHAI", 8), ("MATE", 4)], shipComplete: true)
    #expect(bench.line(order, 1).allocated == .zero)
    // Not all of it yet.
    bench.does("P", order.pick(7))
    #expect(bench.order(order).holds == ["SHIP_COMPLETE_WAIT"])
    #expect(bench.line(order, 1).allocated == .zero)
    bench.does("P", order.pick(1))
    #expect(bench.line(order, 1).allocated == 4)
    #expect(bench.order(order).holds.isEmpty)
  }

  @Test("an order that ships complete is off hold when all that was missing is picked")
  func shipCompleteAllPicked() {
    let bench = RuleBench.trading(5)
    let order = bench.accepted("A", [("CHAI", 8)], shipComplete: true)
    bench.does("P", order.pick(8))
    #expect(bench.line(order).backordered == .zero)
    #expect(bench.order(order).holds.isEmpty)
  }

  @Test("an order that ships complete takes what there is once somebody releases it")
  func shipCompleteReleased() {
    let bench = RuleBench.trading(5)
    let order = bench.accepted("A", [("CHAI", 8)], shipComplete: true)
    #expect(bench.line(order).allocated == .zero)
    let verdict = bench.does("P", order.release)
    #expect(verdict == Verdict(.applied, [.allocationShort], record: "SO-A-1"))
    #expect(bench.line(order).allocated == 5)
    #expect(bench.line(order).backordered == 3)
  }

  @Test(
    "one that ships complete overtakes nobody: an older order has what a cancellation frees of its product")
  func shipCompleteOvertakesNobody() {
    let bench = RuleBench.trading(10, mate: 5)
    let first = bench.accepted("A", [("CHAI", 6), ("MATE", 5)])
    let older = bench.accepted("A", [("MATE", 3)], number: "SO-A-2")
    let complete = bench.accepted("B", [("CHAI", 7), ("MATE", 5)], shipComplete: true)
    bench.does("A", first.cancel)
    #expect(bench.line(older).allocated == 3)
    #expect(bench.line(complete).allocated == .zero && bench.line(complete, 1).allocated == .zero)
    #expect(bench.order(complete).holds == ["SHIP_COMPLETE_WAIT"])
  }

  @Test("one that ships complete and waits for a product from anywhere gets it from whoever has it")
  func shipCompleteFromAnywhere() {
    let bench = RuleBench.trading(5)
    bench.addProduct("MILK")
    bench.addPrice("MILK", 10_000)
    let first = bench.accepted("A", [("CHAI", 5)])
    let (complete, form) = bench.newOrder(
      "SO-HQ-1", of: "C-ANA", [("CHAI", 4), ("MILK", 2)], shipComplete: true)
    bench.does("HQ", form)
    bench.does("HQ", complete.submit)
    bench.addStock("W2", "MILK", 2)
    #expect(bench.order(complete).holds == ["SHIP_COMPLETE_WAIT"])
    bench.does("A", first.cancel)
    #expect(bench.line(complete).allocated == 4)
    #expect(bench.line(complete, 1).allocated == 2)
    #expect(bench.order(complete).holds.isEmpty)
  }

  @Test("#2: two lines of one product on one order share the stock: 3 + 3 of 5 is 5, never 6")
  func linesShareStock() {
    let bench = RuleBench.trading(5)
    let order = bench.accepted("A", [("CHAI", 3), ("CHAI", 3)])
    #expect(bench.line(order, 0).allocated + bench.line(order, 1).allocated == 5)
    #expect(bench.line(order, 0).backordered + bench.line(order, 1).backordered == 1)
    #expect(bench.level("W1", "CHAI").allocated == 5)
    let complete = bench.accepted("B", [("CHAI", 3), ("CHAI", 3)], shipComplete: true)
    bench.does("P", Filled<ReceiveStock>.of(6))
    // One of the six goes to the older order, so the other still falls short by one.
    #expect(bench.line(order, 1).backordered == .zero)
    #expect(bench.line(complete, 0).allocated == .zero)
    bench.does("P", Filled<ReceiveStock>.of(1))
    #expect(bench.line(complete, 0).allocated + bench.line(complete, 1).allocated == 6)
  }

  @Test("what arrives goes to the oldest accepted order first")
  func oldestFirst() {
    let bench = RuleBench.trading(0)
    let first = bench.accepted("A", [("CHAI", 4)])
    let second = bench.accepted("B", [("CHAI", 4)])
    #expect(bench.line(first).backordered == 4)
    bench.does("P", Filled<ReceiveStock>.of(6))
    #expect(bench.line(first).allocated == 4)
    #expect(bench.line(second).allocated == 2)
    #expect(bench.line(second).backordered == 2)
    #expect(!bench.order(first).codes.contains("ALLOCATION_SHORT"))
  }

  @Test("#11: a count that finds less takes from the latest promise first, and its agent is told")
  func countShrinksPromises() {
    let bench = RuleBench.trading(12)
    let first = bench.accepted("A", [("CHAI", 4)])
    let second = bench.accepted("B", [("CHAI", 6)])
    let submission = bench.order(second).submittedBy
    bench.does("P", Filled<CountStock>.of(7))
    #expect(bench.level("W1", "CHAI").onHand == 7)
    #expect(bench.line(first).allocated == 4)
    #expect(bench.line(second).allocated == 3)
    #expect(bench.line(second).backordered == 3)
    #expect(bench.level("W1", "CHAI").available == .zero)
    #expect(bench.notices("A").isEmpty)
    let notice = bench.notices("B").first
    #expect(notice?.code == "ALLOCATION_REDUCED")
    #expect(notice?.quantity == 3)
    #expect(notice.map { "B/\($0.operation)" } == submission)
  }

  @Test("#11: what is picked is never taken back, whatever the count says")
  func countSparesPicked() {
    let bench = RuleBench.trading(12)
    let first = bench.accepted("A", [("CHAI", 6)])
    let second = bench.accepted("B", [("CHAI", 6)])
    bench.does("P", second.pick(5))
    bench.does("P", Filled<CountStock>.of(0))
    // Five in staging are the second's; nothing else is left.
    #expect(bench.line(second).allocated == 5)
    #expect(bench.line(first).allocated == .zero)
    #expect(bench.level("W1", "CHAI").available == .zero)
  }

  @Test("an order on hold keeps its promise and gets nothing more until it is released")
  func onHold() {
    let bench = RuleBench.trading(2)
    let order = bench.accepted("A", [("CHAI", 4)])
    bench.does("HQ", order.hold)
    bench.does("P", Filled<ReceiveStock>.of(5))
    #expect(bench.line(order).allocated == 2)
    bench.does("HQ", order.release)
    #expect(bench.line(order).allocated == 4)
    #expect(bench.does("HQ", order.release).codes == [.notOnHold])
  }

  @Test("what came in anywhere while an order was on hold is promised to it when it is released")
  func onHoldForAnywhere() {
    let bench = RuleBench.trading(2)
    let order = bench.accepted("HQ", [("MATE", 4)])
    #expect(bench.line(order).waitingAt == "*")
    bench.does("HQ", order.hold)
    bench.addStock("W2", "MATE", 5)
    #expect(bench.line(order).allocated == .zero)
    bench.does("HQ", order.release)
    #expect(bench.line(order).allocated == 4)
    #expect(bench.level("W2", "MATE").available == 1)
  }

  @Test("an order of nobody's warehouse is served where most of the product is")
  func servedWhereStockIs() {
    let bench = RuleBench.trading(3)
    bench.addStock("W2", "CHAI", 9)
    let (order, form) = bench.newOrder("SO-HQ-1", of: "C-ANA", [("CHAI", 5), ("MATE", 1)])
    bench.does("HQ", form)
    bench.does("HQ", order.submit)
    #expect(bench.order(order).warehouses == ["W2"])
    #expect(bench.line(order).allocated == 5)
    // Nobody ever had MATE: whoever gets some serves it.
    #expect(bench.line(order, 1).backordered == 1)
    bench.does("P", Filled<ReceiveStock>.of(1, sku: "MATE"))
    #expect(bench.line(order, 1).allocated == 1)
    #expect(bench.order(order).warehouses == ["W1", "W2"])
    #expect(bench.line(order).warehouses == ["W1", "W2"])
  }

  @Test("#48: of an archived product what is on hand is promised, and nothing waits")
  func archivedProduct() {
    let bench = RuleBench.trading(3)
    let order = bench.draft("A", [("CHAI", 5)])
    bench.does(
      "centre",
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.status = "archived"
      })
    let verdict = bench.does("A", order.submit)
    #expect(verdict == Verdict(.partly, [.productDiscontinued], record: "SO-A-1"))
    #expect(bench.line(order).allocated == 3)
    #expect(bench.line(order).backordered == .zero)
    bench.does("P", Filled<ReceiveStock>.of(5))
    #expect(bench.line(order).allocated == 3)
  }

  @Test("a replica that cannot see the stock guesses nothing: the order stays submitted")
  func guessWithoutStock() {
    let bench = RuleBench.trading(5)
    bench.addDevice("C", .agent, agent: "ANA")
    let order = bench.draft("A", [("CHAI", 4)])
    let blind = bench.replica(of: "C")
    #expect(blind.does("C", order.submit).outcome == .applied)
    #expect(blind.order(order).state == .submitted)
    #expect(blind.line(order).allocated == .zero)
    let seeing = bench.replica(of: "A")
    #expect(seeing.does("A", order.submit).outcome == .applied)
    #expect(seeing.order(order).state == .accepted)
    #expect(seeing.line(order).allocated == 4)
  }
}
