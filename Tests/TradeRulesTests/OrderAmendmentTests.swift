import Testing

@testable import TradeRules

@Suite("Amendments: what an order may still become after its submission")
struct OrderAmendmentTests {
  @Test("#31: a raise after picking began is promised what there is, and the rest waits")
  func raised() {
    let bench = RuleBench.trading(12)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(4))
    let verdict = bench.does("A", order.set(15, seen: 10))
    #expect(verdict == Verdict(.applied, [.allocationShort], record: "SO-A-1"))
    #expect(bench.line(order).picked == 4)
    #expect(bench.line(order).allocated == 12)
    #expect(bench.line(order).backordered == 3)
    #expect(bench.order(order).totalMinor == 18_750)
    #expect(bench.fulfilment(order) == .picking)
  }

  @Test("#29: cut from 10 to 6 when 10 are picked: 4 are to be put back, and the agent hears so")
  func cutWhilePicked() throws {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(10))
    let verdict = bench.does("A", order.set(6, seen: 10))
    #expect(verdict == Verdict(.applied, [.acceptedPutback], record: "SO-A-1"))
    #expect(bench.line(order).ordered == 6)
    #expect(bench.line(order).allocated == 6)
    #expect(bench.level("W1", "CHAI").available == 4)
    let task = try #require(bench.openTasks(.putBack).first)
    #expect(task.quantity == 4)
    #expect(task.warehouse == "W1")
    #expect(task.owner == .warehouse)

    bench.does("P", order.putBack(3))
    #expect(bench.openTasks(.putBack).map(\.quantity) == [1])
    bench.does("P", order.putBack(1))
    #expect(bench.openTasks(.putBack).isEmpty)
    #expect(bench.line(order).picked == 6)
    #expect(bench.onHand("W1", "CHAI") == 4)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == 6)
  }

  @Test("#29: raised again before anybody put it back, the goods in staging serve the order")
  func cutAndRaised() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(10))
    bench.does("A", order.set(6, seen: 10))
    #expect(bench.does("A", order.set(9, seen: 6)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.line(order).allocated == 9)
    #expect(bench.openTasks(.putBack).map(\.quantity) == [1])
  }

  @Test("#30: what is shipped is not cut: refused, with a return to draft")
  func cutWhileShipped() throws {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(10))
    bench.does("P", order.ship(bench.newID()))
    #expect(bench.does("A", order.set(6, seen: 10)) == Verdict(.rejected, [.lineShipped], record: "SO-A-1"))
    #expect(bench.line(order).ordered == 10)
    #expect(bench.line(order).shipped == 10)
    let task = try #require(bench.openTasks(.lineShipped).first)
    #expect(task.kind == .draftReturn)
    #expect(task.quantity == 4)
    #expect(task.agent == "ANA")
  }

  @Test("#30: shipped in part, the cut goes down to what is shipped and no further")
  func cutWhilePartShipped() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 10)])
    bench.does("P", order.pick(8))
    bench.does("P", order.ship(bench.newID()))
    #expect(bench.does("A", order.set(6, seen: 10)) == Verdict(.partly, [.lineShipped], record: "SO-A-1"))
    #expect(bench.line(order).ordered == 8)
    #expect(bench.line(order).allocated == .zero)
    #expect(bench.openTasks(.lineShipped).map(\.quantity) == [2])
    #expect(bench.fulfilment(order) == .shipped)
  }

  @Test(
    "#30 #36: a cut that comes when all that another left of the line is shipped is refused, and asks nobody")
  func cutAfterAnothersCutWasShipped() {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 11)])
    let late = bench.record("A2", order.set(4, seen: 11))
    bench.does("A", order.set(10, seen: 11))
    bench.does("P", order.pick(10))
    bench.does("P", order.ship(bench.newID()))
    #expect(bench.decide(late) == Verdict(.rejected, [.lineShipped], record: "SO-A-1"))
    #expect(bench.order(order).holds.isEmpty && bench.conflicts.isEmpty)
    #expect(bench.openTasks(.lineShipped).map(\.quantity) == [6])
  }

  @Test("a line removed after the submission gives its promise to whoever waits")
  func removed() {
    let bench = RuleBench.trading(5)
    let order = bench.accepted("A", [("CHAI", 5), ("MATE", 1)])
    let other = bench.accepted("B", [("CHAI", 3)])
    #expect(bench.line(other).backordered == 3)
    #expect(bench.does("A", order.remove()).outcome == .applied)
    #expect(bench.line(order).allocated == .zero)
    #expect(bench.line(other).allocated == 3)
    #expect(bench.order(order).totalMinor == 333)
  }

  @Test("a line added after the submission is promised stock like a new order")
  func added() {
    let bench = RuleBench.trading(5, mate: 2)
    let order = bench.accepted("A", [("CHAI", 5)])
    let line = bench.newID()
    let verdict = bench.does("A", order.add(line, "MATE", 3))
    #expect(verdict == Verdict(.applied, [.allocationShort], record: "SO-A-1"))
    #expect(bench.find(OrderLineColumns.self, line)?.allocated == 2)
    #expect(bench.order(order).totalMinor == 7250)
  }

  @Test("a hold for a price that somebody lifted does not come back with an ordinary line")
  func addedAfterRelease() {
    let bench = RuleBench.trading(5, mate: 2)
    bench.does("centre", Filled<ChangeSetting> { ($0.name, $0.amount) = ("priceFloorPerMille", 800) })
    let (order, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 1)], prices: [50_000])
    bench.does("A", form)
    #expect(bench.does("A", order.submit).codes == [.priceBelowFloor])
    #expect(bench.does("HQ", order.release).outcome == .applied)
    bench.syncAll()
    #expect(bench.does("A", order.add(bench.newID(), "MATE", 1)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.order(order).holds.isEmpty)
    // A line of its own that nobody has looked at holds the order again.
    #expect(bench.does("A", order.add(bench.newID(), "MATE", 1, price: 1)).codes.first == .priceBelowFloor)
    #expect(bench.order(order).holds == ["PRICE_BELOW_FLOOR"])
  }

  @Test("a new address after the submission waits for a person; until then the old one stands")
  func addressAfterSubmission() throws {
    let bench = RuleBench.trading(5)
    let order = bench.accepted("A", [("CHAI", 5)])
    let edit = order.edit(
      address: "9 New Road", addressSeen: "1 First Street", notes: "ring twice", notesSeen: "")
    let verdict = bench.does("A", edit)
    #expect(verdict.outcome == .partly)
    #expect(verdict.codes == [.addressReview])
    #expect(bench.order(order).deliveryAddress.text == "1 First Street")
    #expect(bench.order(order).notes.text == "ring twice")
    let conflict = try #require(bench.conflicts(.addressReview).first)
    #expect(conflict.mine.text == "9 New Road")
    #expect(verdict.conflicts == [conflict.id])
    bench.does(
      "HQ",
      Filled<ResolveConflict> {
        $0.conflict = conflict.id
        $0.keep = "mine"
      })
    #expect(bench.order(order).deliveryAddress.text == "9 New Road")
  }

  @Test("#36 after the submission: the order keeps what it has until somebody confirms the quantity")
  func confirmAmendment() throws {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("A", [("CHAI", 10)])
    let tablet = bench.record("A", at: .day(hour: 9), order.set(12, seen: 10))
    let phone = bench.record("A2", at: .day(hour: 9, 5), order.set(15, seen: 10))
    bench.now = .day(hour: 10)
    bench.decide(tablet)
    #expect(bench.decide(phone).codes == [.confirmLine, .allocationShort])
    #expect(bench.line(order).ordered == 15)
    #expect(bench.line(order).allocated == 12)
    let conflict = try #require(bench.conflicts(.confirmLine).first)
    let given = Filled<ResolveConflict> {
      $0.conflict = conflict.id
      $0.keep = "value"
      $0.value = PersonalText("14")
    }
    bench.syncAll()
    #expect(bench.does("A", given).outcome == .applied)
    #expect(bench.line(order).allocated == 14)
    #expect(bench.order(order).holds.isEmpty)
    #expect(bench.order(order).totalMinor == 17_500)

    let settled = try #require(bench.find(ConflictColumns.self, conflict.id))
    #expect(settled.value.text == "14")
    let told = EventSentences.moments(
      events: bench.all(EventColumns.self).filter { $0.record == order.number }, conflicts: [settled]
    ).map(\.text)
    #expect(told.contains { $0.hasSuffix("says “12”; “14” stands.") }, "\(told)")
    #expect(!told.contains { $0.contains("14 → 14") || $0.contains("from 14 to 14") }, "\(told)")
  }

  /// Of one line one device raised from 10 to 12, and another removed: kept, and a conflict is open.
  private func kept(_ bench: RuleBench) throws -> (order: OrderHandle, conflict: RecordID) {
    let order = bench.accepted("A", [("CHAI", 10)])
    let removal = bench.record("A2", order.remove())
    bench.does("A", order.set(12, seen: 10))
    #expect(bench.decide(removal).codes == [.lineKept])
    bench.syncAll()
    return (order, try #require(bench.conflicts(.lineKept).first).id)
  }

  @Test("#38 a quantity chosen for a line of a closed order bills nothing that was not delivered")
  func chosenWhenClosed() throws {
    let bench = RuleBench.trading(20)
    let (order, conflict) = try kept(bench)
    bench.does("P", order.pick(12))
    bench.does("P", order.ship(bench.newID()))
    bench.does("P", order.deliver())
    #expect(bench.order(order).state == .closed)
    #expect(bench.does("A", .keep("value", conflict, value: "15")).codes == [.orderClosed])
    #expect(bench.line(order).ordered == 12)
    #expect(bench.order(order).totalMinor == 15_000)
    #expect(bench.does("A", .keep("mine", conflict)).outcome == .applied)
    #expect(bench.line(order).ordered == 12)
    #expect(bench.openTasks(.lineShipped).map(\.quantity) == [12])
    #expect(bench.order(order).totalMinor == 15_000)
  }

  @Test(
    "a quantity chosen for a line of a cancelled order is one the product can have", arguments: ["2.5", "-1"])
  func chosenWhenCancelled(quantity: String) throws {
    let bench = RuleBench.trading(20)
    let (order, conflict) = try kept(bench)
    bench.does("A", order.cancel)
    #expect(bench.does("A", .keep("value", conflict, value: quantity)).codes == [.badQuantity])
    #expect(bench.line(order).ordered == 12)
    #expect(bench.does("A", .keep("value", conflict, value: "15")).outcome == .applied)
    #expect(bench.line(order).cancelled == 15)
  }
}
