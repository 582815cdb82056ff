import Testing

@testable import TradeRules

@Suite("A record's life can be read")
struct EventSentenceTests {
  private func story(_ bench: RuleBench, of record: String) -> [String] {
    let moments = EventSentences.moments(
      events: bench.all(EventColumns.self).filter { $0.record == record },
      conflicts: bench.all(ConflictColumns.self).filter { $0.record == record })
    return moments.map { "\($0.device) \($0.text)" }
  }

  @Test("an order's life is told from its making to its shipment, in the order in which it happened")
  func order() {
    let bench = RuleBench.trading(10)
    let (handle, form) = bench.newOrder("SO-A-0001", of: "C-ANA", [("CHAI", 4)])
    let next = { bench.now = bench.now.advanced(byMilliseconds: 60_000) }
    bench.does("A", form)
    next()
    bench.does("A", handle.set(3, seen: 4))
    next()
    bench.does("A", handle.submit)
    bench.syncAll()
    next()
    bench.does("P", handle.pick(3))
    next()
    bench.does("P", handle.ship(bench.newID()))
    #expect(
      story(bench, of: "SO-A-0001") == [
        "A created the order", "A changed line 1 from 4 to 3", "A submitted the order",
        "P picked 3 for line 1",
        "P shipped SH-W1-1",
      ])
  }

  @Test("#52 the history of a customer tells both values that met and which one stands")
  func conflict() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let early = bench.record("F", at: .day(hour: 9), .phone(id, "early"))
    let late = bench.record("T", at: .day(hour: 10), .phone(id, "late"))
    bench.now = .day(hour: 12)
    bench.decide(early)
    bench.decide(late)
    let record = bench.customer(id).code
    let told = story(bench, of: record)
    #expect(told.contains("F changed phone"))
    #expect(
      told.contains { $0.contains("phone: T says “late”, F says “early”; “late” stands for now.") },
      "\(told)")
  }

  @Test("a refusal is part of the story: what was asked and why it was refused")
  func refusal() {
    var answer = Answer()
    answer.device = "A"
    answer.kind = "order.cancel"
    answer.outcome = .rejected
    answer.codes = ["CANCEL_REJECTED_SHIPPED"]
    answer.record = "SO-A-0001"
    let told = EventSentences.moments(events: [], refusals: [answer])
    #expect(
      told.map(\.text) == [
        "asked for order.cancel; refused: The order was shipped before the cancellation; it stays shipped."
      ])
    answer.outcome = .applied
    #expect(EventSentences.moments(events: [], refusals: [answer]).isEmpty)
  }

  @Test("goods are told by what was done with them, and when it happened decides the order")
  func stock() {
    let bench = RuleBench.trading(10)
    bench.syncAll()
    bench.does("P", stated: .day(hour: 7), Filled<ReceiveStock>.of(5))
    bench.does("P", Filled<CountStock>.of(15))
    let told = EventSentences.moments(
      events: [], movements: bench.all(MovementColumns.self), observations: bench.all(ObservationColumns.self)
    )
    #expect(
      told.map(\.text) == [
        "received 5 in W1, MAIN", "opened W1's stock with 10 in MAIN", "counted 15 in W1, MAIN",
      ])
  }
}
