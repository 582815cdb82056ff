import Testing

@testable import TradeRules

@Suite("What headquarters decides about orders")
struct OrderDecisionTests {
  @Test("an order on hold is accepted with one word, and gets its stock")
  func accept() {
    let bench = RuleBench.trading(10)
    let order = bench.draft("A", [("CHAI", 10)])
    bench.does("HQ", order.hold)
    bench.does("A", order.submit)
    #expect(bench.order(order).state == .submitted)
    #expect(bench.openTasks(.onHold).map(\.owner) == [.agent])
    #expect(bench.does("P", order.accept).codes == [.notPermitted])
    #expect(bench.does("HQ", order.accept) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.order(order).state == .accepted)
    #expect(bench.line(order).allocated == 10)
    #expect(bench.openTasks(.onHold).isEmpty)
    #expect(bench.does("HQ", order.accept).codes == [.alreadyAccepted])
    #expect(bench.does("HQ", order.reject).codes == [.alreadyAccepted])
  }

  @Test("a rejected order is over: its author is told, and amendments are refused")
  func reject() {
    let bench = RuleBench.trading(10)
    let order = bench.draft("A", [("CHAI", 10)])
    #expect(bench.does("HQ", order.reject).codes == [.notSubmitted])
    bench.does("A", order.hold)
    bench.does("A", order.submit)
    bench.syncAll()
    #expect(bench.does("HQ", order.reject).outcome == .applied)
    #expect(bench.order(order).state == .rejected)
    #expect(bench.notices("A").map(\.code) == ["ORDER_REJECTED"])
    #expect(bench.openTasks(.onHold).isEmpty)
    #expect(bench.does("A", order.set(4, seen: 10)).codes == [.orderRejected])
    #expect(bench.level("W1", "CHAI").available == 10)
  }

  @Test("freight and fees are part of the total; of what is cancelled nothing is left to pay")
  func charges() {
    let bench = RuleBench.trading(10, mate: 10)
    let order = bench.draft("A", [("MATE", 3)])
    #expect(bench.does("A", order.charge(freight: 1250, fees: 99)).outcome == .applied)
    // 3 × 3.3333 = 9.9999, rounded to 10.00.
    #expect(bench.order(order).totalMinor == 1000 + 1250 + 99)
    bench.does("A", order.charge(fees: 0))
    #expect(bench.order(order).totalMinor == 1000 + 1250)
    #expect(bench.does("A", order.charge(freight: -1)).codes == [.badValue])
    #expect(bench.does("A", order.charge()).codes == [.badValue])
    bench.does("A", order.cancel)
    #expect(bench.order(order).totalMinor == 0)
    OrderInvariants(bench).check("charged and cancelled")
  }
}

@Suite("Tax in an order's total")
struct OrderTaxTests {
  @Test("each line is taxed by its product's class in the customer's country, rounded on its own")
  func taxed() {
    let bench = RuleBench.trading(100, mate: 100)
    bench.tax("STANDARD", "DE", "19")
    bench.tax("STANDARD", "ES", "21")
    bench.classify("MATE", "STANDARD")
    let customer = bench.customer("C-ANA")
    bench.does(
      "centre",
      Filled<EditCustomer> {
        $0.id = customer.id
        $0.code = customer.code
        $0.country = "DE"
        $0.countrySeen = customer.country
      })
    bench.syncAll()
    let order = bench.accepted("A", [("MATE", 3), ("CHAI", 2), ("MATE", 1)])
    // 3 × 3.3333 = 10.00 and 1.90 of tax; 2 × 12.50 untaxed; 3.33 and 0.63 of tax (0.6327).
    #expect(bench.order(order).taxMinor == 190 + 63)
    #expect(bench.order(order).totalMinor == 1000 + 2500 + 333 + 190 + 63)
    // The rate an order was taken at stays, whatever comes later.
    bench.now = bench.now.advanced(byMilliseconds: 3_600_000)
    bench.tax("STANDARD", "DE", "25")
    bench.does("A", order.set(6, seen: 3, line: 0))
    #expect(bench.order(order).taxMinor == 380 + 63)
    OrderInvariants(bench).check("taxed")
  }
}

extension RuleBench {
  fileprivate func tax(_ taxClass: String, _ place: String, _ percent: String) {
    does(
      "centre",
      Filled<SetTaxRate> {
        $0.taxClass = taxClass
        $0.jurisdiction = place
        $0.percent = Percent(decimal: percent) ?? .zero
      })
  }

  fileprivate func classify(_ sku: String, _ taxClass: String) {
    does(
      "centre",
      Filled<EditProduct> {
        $0.sku = sku
        $0.taxClass = taxClass
        $0.taxClassSeen = ""
      })
  }
}

@Suite("Headquarters splits a line")
struct OrderSplittingTests {
  @Test("#28: 7 of 10 picked short, 3 served from another warehouse: 7 and 3, nothing backordered")
  func split() {
    var order = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      bench.addStock("W2", "CHAI", 5)
      order = bench.accepted("A", [("CHAI", 10)])
      return [
        [bench.record("P", order.pick(7))], [bench.record("HQ", order.allocate(3, from: "W2"))],
      ]
    } check: { bench, _ in
      let promises = bench.all(AllocationColumns.self).map { "\($0.warehouse) \($0.quantity.text)" }
      #expect(promises.sorted() == ["W1 7", "W2 3"])
      #expect(bench.line(order).allocated == 10)
      #expect(bench.line(order).backordered == .zero)
      #expect(bench.order(order).warehouses == ["W1", "W2"])
      #expect(bench.level("W1", "CHAI").available == 3)
      #expect(bench.level("W2", "CHAI").available == 2)
      OrderInvariants(bench).check("split")
    }
  }

  @Test("a backorder is served from where there is stock, as far as it goes")
  func backorder() {
    let bench = RuleBench.trading(4)
    let order = bench.accepted("A", [("CHAI", 10)])
    #expect(bench.line(order).backordered == 6)
    #expect(bench.does("HQ", order.allocate(6, from: "W2")).codes == [.allocationShort])
    bench.addStock("W2", "CHAI", 5)
    let verdict = bench.does("HQ", order.allocate(6, from: "W2"))
    #expect(verdict == Verdict(.partly, [.allocationShort], record: "SO-A-1"))
    #expect(bench.line(order).allocated == 9)
    #expect(bench.line(order).backordered == 1)
    #expect(bench.line(order).waitingAt == "W1")
    OrderInvariants(bench).check("served from W2")
  }

  @Test("what is picked is not taken away, and only what is accepted is split")
  func refusals() {
    let bench = RuleBench.trading(10)
    bench.addStock("W2", "CHAI", 10)
    let draft = bench.draft("A", [("CHAI", 1)], number: "SO-A-2")
    #expect(bench.does("HQ", draft.allocate(1, from: "W2")).codes == [.notAccepted])
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(8))
    #expect(bench.does("HQ", order.allocate(3, from: "W2")).codes == [.badQuantity])
    #expect(bench.does("HQ", order.allocate(2, from: "W9")).codes == [.unknownWarehouse])
    #expect(bench.does("A", order.allocate(2, from: "W2")).codes == [.notPermitted])
    #expect(bench.does("HQ", order.allocate(2, from: "W2")).outcome == .applied)
  }

  @Test("what a warehouse no longer has to give serves those who wait there")
  func freed() {
    let bench = RuleBench.trading(10)
    bench.addStock("W2", "CHAI", 10)
    let first = bench.accepted("A", [("CHAI", 10)])
    let second = bench.accepted("B", [("CHAI", 4)])
    #expect(bench.line(second).backordered == 4)
    bench.does("HQ", first.allocate(4, from: "W2"))
    #expect(bench.line(second).allocated == 4)
    OrderInvariants(bench).check("freed")
  }
}

@Suite("Orders entered twice")
struct OrderDuplicateTests {
  @Test("#41: the same order keyed again on the phone is on hold until somebody says it is meant")
  func entered() {
    let bench = RuleBench.trading(100, mate: 100)
    let lines: [(sku: String, quantity: Quantity)] = [("CHAI", 10), ("MATE", 5)]
    let first = bench.accepted("A", lines, number: "SO-A-1")
    let second = bench.draft("A2", lines, number: "SO-A2-1")
    #expect(
      bench.does("A2", second.submit) == Verdict(.applied, [.possibleDuplicate], record: "SO-A2-1"))
    #expect(bench.order(first).state == .accepted)
    #expect(bench.order(second).state == .submitted)
    #expect(bench.line(second).allocated == .zero)
    #expect(bench.openTasks(.possibleDuplicate).map(\.record) == ["SO-A2-1"])
    bench.syncAll()
    #expect(bench.does("A", second.release).outcome == .applied)
    #expect(bench.line(second).allocated == 10)
    #expect(bench.openTasks(.possibleDuplicate).isEmpty)
  }

  @Test("#41: four of five lines alike is a twin, three of five is not; another customer's never is")
  func alike() {
    let bench = RuleBench.trading(1000, mate: 100)
    func lines(_ quantities: Int64...) -> [(sku: String, quantity: Quantity)] {
      quantities.map { ("CHAI", Quantity($0)) }
    }
    bench.accepted("A", lines(1, 2, 3, 4, 5), number: "SO-A-1")
    #expect(bench.order(bench.accepted("B", lines(1, 2, 3, 4, 5))).state == .accepted)
    #expect(bench.order(bench.accepted("A", lines(1, 2, 3, 8, 9), number: "SO-A-2")).state == .accepted)
    #expect(bench.order(bench.accepted("A", lines(1, 2, 3, 4, 7), number: "SO-A-3")).state == .submitted)
    #expect(bench.order(bench.accepted("A", lines(1, 2, 3), number: "SO-A-4")).state == .accepted)
  }

  @Test("#41: a day later, after a cancellation, or when nobody wants to be asked, it is a new order")
  func notAlike() {
    let bench = RuleBench.trading(1000)
    let first = bench.accepted("A", [("CHAI", 3)], number: "SO-A-1")
    bench.does("A", first.cancel)
    #expect(bench.order(bench.accepted("A", [("CHAI", 3)], number: "SO-A-2")).state == .accepted)
    bench.now = bench.now.advanced(byMilliseconds: 24 * 3_600_000 + 1)
    #expect(bench.order(bench.accepted("A", [("CHAI", 3)], number: "SO-A-3")).state == .accepted)
    bench.does(
      "centre",
      Filled<ChangeSetting> {
        $0.name = "duplicateOrderMilliseconds"
        $0.amount = 0
      })
    #expect(bench.order(bench.accepted("A", [("CHAI", 3)], number: "SO-A-4")).state == .accepted)
  }

  @Test("of a customer who orders all day the last eight orders are remembered, and no more")
  func bounded() {
    let bench = RuleBench.trading(1000)
    for number in 1...20 {
      bench.now = bench.now.advanced(byMilliseconds: 60_000)
      bench.accepted("A", [("CHAI", Quantity(Int64(number)))], number: "SO-A-\(number)")
    }
    #expect(bench.all(RecentOrderColumns.self).count == 8)
    #expect(bench.order(bench.accepted("A", [("CHAI", 1)], number: "SO-A-21")).state == .accepted)
    #expect(bench.order(bench.accepted("A", [("CHAI", 20)], number: "SO-A-22")).state == .submitted)
  }
}
