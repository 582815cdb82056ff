import Testing

@testable import TradeRules

@Suite("A record's life can be read")
struct EventSentenceTests {
  private func story(_ bench: RuleBench, of record: String) -> [String] {
    bench.all(EventColumns.self).filter { $0.record == record }
      .sorted { ($0.at, $0.row.version) < ($1.at, $1.row.version) }
      .map { "\($0.device): \(EventSentences.sentence(code: $0.code, detail: $0.detail.text))" }
  }

  @Test("an order's life is told from its making to its shipment")
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
        "A: Made the order.", "A: Changed line 1: 4 → 3.", "A: Submitted the order.",
        "P: Picked line 1: 3.", "P: Shipped goods as SH-W1-1.",
      ])
  }

  @Test("#52 the history tells both values that met, whose they are and which one stands")
  func conflict() throws {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let early = bench.record("F", at: .day(hour: 9), .phone(id, "early"))
    let late = bench.record("T", at: .day(hour: 10), .phone(id, "late"))
    bench.now = .day(hour: 12)
    bench.decide(early)
    bench.decide(late)
    let conflict = try #require(bench.conflicts.first)
    #expect(
      EventSentences.sentence(of: conflict, mine: "Tom", theirs: "Fay")
        == "Two values of phone met: “late” (Tom, T) and “early” (Fay, F). For now “late” stands.")
  }

  @Test("a refusal is part of the story: what was asked and why it was refused")
  func refusal() {
    var answer = Answer()
    answer.device = "A"
    answer.number = 7
    answer.outcome = .rejected
    answer.codes = ["CANCEL_REJECTED_SHIPPED"]
    #expect(
      EventSentences.sentence(of: answer)
        == "The centre did not apply A/7. The order was shipped before the cancellation; it stays shipped.")
    answer.outcome = .applied
    #expect(EventSentences.sentence(of: answer) == nil, "its events tell it")
  }

  @Test("goods are told by what was done with them")
  func stock() {
    let bench = RuleBench.trading(10)
    bench.syncAll()
    bench.does("P", Filled<ReceiveStock>.of(5, lot: "L7"))
    bench.does("P", Filled<AdjustStock>.of(-2, reason: "damaged"))
    bench.does("P", Filled<CountStock>.of(8))
    let moved = bench.all(MovementColumns.self).sorted { $0.row.version < $1.row.version }
    #expect(
      moved.map { EventSentences.sentence(of: $0) } == [
        "Opened W1 with 10 in bin MAIN.", "Received 5 in W1, bin MAIN, lot L7.",
        "Adjusted W1, bin MAIN, by -2: damaged.",
      ])
    #expect(
      bench.all(ObservationColumns.self).map { EventSentences.sentence(of: $0) } == [
        "Counted 8 in W1, bin MAIN."
      ])
  }
}
