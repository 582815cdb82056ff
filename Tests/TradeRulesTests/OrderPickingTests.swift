import Testing

@testable import TradeRules

@Suite("Picking and shipping: facts stand")
struct OrderPickingTests {
  @Test("#26: two pickers on different lines: both count, and the order is picked when all lines are")
  func twoPickers() {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10, mate: 5)
      handle = bench.accepted("A", [("CHAI", 10), ("MATE", 5)])
      return [
        [bench.record("P", handle.pick(10, line: 0))], [bench.record("Q", handle.pick(5, line: 1))],
      ]
    } check: { bench, _ in
      #expect(bench.line(handle, 0).picked == 10)
      #expect(bench.line(handle, 1).picked == 5)
      #expect(bench.fulfilment(handle) == .picked)
    }
    let bench = RuleBench.trading(10, mate: 5)
    let order = bench.accepted("A", [("CHAI", 10), ("MATE", 5)])
    bench.does("P", order.pick(10, line: 0))
    #expect(bench.fulfilment(order) == .picking)
  }

  @Test("#27: two pickers take 10 and 6 for one line of 10: 16 picked, 10 leave, 6 are put back")
  func sameLineTwice() throws {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 10)])
    #expect(bench.does("P", order.pick(10)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.does("Q", order.pick(6)) == Verdict(.applied, [.overPicked], record: "SO-A-1"))
    #expect(bench.line(order).picked == 16)
    #expect(bench.line(order).allocated == 10)
    let task = try #require(bench.openTasks(.overPicked).first)
    #expect(task.quantity == 6)
    #expect(task.device == "Q")
    #expect(task.warehouse == "W1")
    bench.does("P", order.ship(bench.newID()))
    #expect(bench.line(order).shipped == 10)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == 6)
    bench.does("Q", order.putBack(6))
    #expect(bench.openTasks(.overPicked).isEmpty)
    #expect(bench.level("W1", "CHAI").available == 10)
  }

  @Test("a bin or a lot that cannot be one is refused, after a warehouse that is not the picker's")
  func labels() {
    let bench = RuleBench.trading(20)
    bench.addDevice("Z", .warehouse, warehouses: ["W2"])
    bench.sync("Z")
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(4))
    for label in [String(repeating: "B", count: 41), " B", "B\u{0}", String(repeating: "B", count: 60_000)] {
      #expect(bench.does("P", order.pick(1, bin: label)).codes == [.badValue])
      #expect(bench.does("P", order.pick(1, lot: label)).codes == [.badValue])
      #expect(bench.does("P", order.putBack(1, bin: label)).codes == [.badValue])
      var back = order.putBack(1)
      back.lot = label
      #expect(bench.does("P", back).codes == [.badValue])
      #expect(bench.does("Z", order.pick(1, bin: label)).codes == [.notPermitted])
      #expect(bench.does("Z", order.putBack(1, bin: label)).codes == [.notPermitted])
    }
    #expect(bench.line(order).picked == 4)
    #expect(Set(bench.all(StockColumns.self).map(\.bin)) == ["MAIN", BinColumns.staging])
    #expect(bench.does("P", order.pick(1, bin: "B-01", lot: "L 1")).outcome == .applied)
  }

  @Test("#10: the books say 8, the picker takes 10: accepted, shown negative, and somebody counts")
  func moreThanTheBooksSay() {
    let bench = RuleBench.trading(8)
    let order = bench.accepted("A", [("CHAI", 10)])
    #expect(bench.line(order).backordered == 2)
    #expect(bench.does("P", order.pick(10)).outcome == .applied)
    #expect(bench.onHand("W1", "CHAI") == -2)
    #expect(bench.level("W1", "CHAI").available == -2)
    #expect(bench.line(order).allocated == 10)
    #expect(bench.line(order).backordered == .zero)
    #expect(bench.openTasks(.negativeBin).map(\.kind) == [.recount])
    let next = bench.accepted("B", [("CHAI", 1)])
    #expect(bench.line(next).allocated == .zero)
  }

  @Test("a pick for one order beyond the shelf's promise takes it from the latest promise of another")
  func picksBeforePromises() {
    let bench = RuleBench.trading(8)
    let first = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", Filled<ReceiveStock>.of(4))
    let second = bench.accepted("B", [("CHAI", 2)])
    #expect(bench.line(second).allocated == 2)
    bench.does("A", first.set(12, seen: 10))
    #expect(bench.line(first).backordered == 2)
    bench.does("P", first.pick(12))
    #expect(bench.line(first).allocated == 12)
    #expect(bench.line(second).allocated == .zero)
    #expect(bench.notices("B").map(\.code) == ["ALLOCATION_REDUCED"])
    #expect(bench.level("W1", "CHAI").available == .zero)
  }

  @Test("a shipment consumes promise and stock, and has its papers")
  func shipped() throws {
    let bench = RuleBench.trading(10, mate: 5)
    let order = bench.accepted("A", [("CHAI", 10), ("MATE", 5)])
    bench.does("P", order.pick(4))
    let shipment = bench.newID()
    #expect(bench.does("P", order.ship(shipment)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.line(order).shipped == 4)
    #expect(bench.line(order).allocated == 6)
    #expect(bench.level("W1", "CHAI").onHand == 6)
    #expect(bench.level("W1", "CHAI").allocated == 6)
    #expect(bench.fulfilment(order) == .partShipped)
    let papers = try #require(bench.find(ShipmentColumns.self, shipment))
    #expect(papers.number == "SH-W1-1")
    #expect(papers.agent == "ANA")
    #expect(papers.warehouses == ["W1"])
    let lines = bench.all(ShipmentLineColumns.self)
    #expect(lines.map(\.quantity) == [4])
    #expect(lines.map(\.line) == [order.lines[0]])
    #expect(bench.does("P", order.ship(bench.newID())).codes == [.nothingPicked])
  }

  @Test("G19: who does not work in a warehouse ships and packs nothing there, named or not")
  func anothersWarehouse() {
    let bench = RuleBench.trading(10)
    bench.addStock("W2", "CHAI", 5)
    let order = bench.accepted("A", [("CHAI", 4)])
    bench.does("P", order.pick(4))
    for lines in [[:], [0: Quantity(4)]] {
      #expect(bench.does("P", order.ship(bench.newID(), lines, warehouse: "W2")).codes == [.notPermitted])
      #expect(bench.does("P", order.pack(bench.newID(), lines, warehouse: "W2")).codes == [.notPermitted])
    }
    #expect(bench.line(order).packed == .zero)
  }

  @Test("one shipment carries two orders of a customer; another agent's goods get papers of their own")
  func consolidated() {
    let bench = RuleBench.trading(10)
    let first = bench.accepted("A", [("CHAI", 2)])
    let second = bench.accepted("A", [("CHAI", 3)], number: "SO-A-2")
    let foreign = bench.accepted("B", [("CHAI", 4)])
    let shipment = bench.newID()
    for (order, quantity) in [(first, Quantity(2)), (second, 3), (foreign, 4)] {
      bench.does("P", order.pick(quantity))
      bench.does("P", order.ship(shipment))
    }
    #expect(bench.all(ShipmentColumns.self).count == 2)
    let together = bench.all(ShipmentLineColumns.self).filter { $0.shipment == shipment }
    #expect(Set(together.map(\.order)) == [first.id, second.id])
  }

  @Test("lines named in a shipment are facts: what nobody booked as picked has been picked")
  func shippedUnpicked() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(4))
    let verdict = bench.does("P", order.ship(bench.newID(), [0: 6]))
    #expect(verdict == Verdict(.applied, [.pickedShort], record: "SO-A-1"))
    #expect(bench.line(order).picked == 6)
    #expect(bench.line(order).shipped == 6)
    #expect(bench.onHand("W1", "CHAI") == 4)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == .zero)
    let elsewhere = bench.does("HQ", order.ship(bench.newID(), [0: 1], warehouse: "W2"))
    #expect(elsewhere == Verdict(.rejected, [.pickedShort], record: "SO-A-1"))
  }

  @Test("more shipped than ordered stands, with a return to draft")
  func overShipped() throws {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 5)])
    bench.does("P", order.pick(7))
    #expect(bench.does("P", order.ship(bench.newID(), [0: 7])).codes == [.overShipped])
    #expect(bench.line(order).shipped == 7)
    #expect(bench.level("W1", "CHAI").onHand == 3)
    #expect(bench.level("W1", "CHAI").allocated == .zero)
    #expect(bench.openTasks(.overShipped).map(\.quantity) == [2])
    #expect(bench.openTasks(.overPicked).isEmpty)
  }

  @Test("a pick at another warehouse moves the promise there, and that warehouse sees the order")
  func otherWarehouse() {
    let bench = RuleBench.trading(10)
    bench.addStock("W2", "CHAI", 10)
    let order = bench.accepted("A", [("CHAI", 10)])
    let before = bench.newID()
    bench.does("P", order.pick(2))
    bench.does("P", order.ship(before))
    bench.does("HQ", order.pick(5, warehouse: "W2"))
    #expect(bench.line(order).allocated == 8)
    #expect(bench.level("W1", "CHAI").allocated == 3)
    #expect(bench.level("W2", "CHAI").allocated == 5)
    #expect(bench.order(order).warehouses == ["W1", "W2"])
    #expect(bench.find(ShipmentColumns.self, before)?.warehouses == ["W1", "W2"])
    #expect(bench.all(ShipmentLineColumns.self).map(\.warehouses) == [["W1", "W2"]])
  }

  @Test("what was picked by lot leaves by lot")
  func lots() {
    let bench = RuleBench.trading(0)
    bench.addStock("W1", "CHAI", 4, lot: "L1")
    bench.addStock("W1", "CHAI", 4, lot: "L2")
    let order = bench.accepted("A", [("CHAI", 6)])
    bench.does("P", order.pick(4, lot: "L1"))
    bench.does("P", order.pick(2, lot: "L2"))
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING", lot: "L1") == 4)
    bench.does("P", order.ship(bench.newID()))
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING", lot: "L1") == .zero)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING", lot: "L2") == .zero)
    #expect(bench.onHand("W1", "CHAI", lot: "L2") == 2)
  }

  @Test("a pick for an order nobody knows yet waits for it")
  func pickWaits() {
    let bench = RuleBench.trading(10)
    let (order, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 10)])
    let making = bench.record("A", form)
    #expect(bench.does("P", order.pick(3)).outcome == .held)
    bench.decide(making)
    #expect(bench.line(order).picked == 3)
  }

  @Test("putting back more than was picked is booked, and the answer says so")
  func putBackTooMuch() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(3))
    #expect(bench.does("P", order.putBack(5)).codes.contains(.pickedShort))
    #expect(bench.line(order).picked == .zero)
    #expect(bench.line(order).allocated == 10)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == -2)
  }
}
