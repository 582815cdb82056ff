import Testing

@testable import TradeRules

@Suite("Drafts: several devices, one order")
struct OrderDraftTests {
  @Test("#35: the tablet changes the address, the phone a quantity: both stand, no conflict")
  func differentThings() {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    RuleBench.inBothOrders { bench in
      bench.openForTrade(10)
      handle = bench.draft("A", [("CHAI", 4)])
      return [
        [bench.record("A", handle.edit(address: "2 Side Street", addressSeen: "1 First Street"))],
        [bench.record("A2", handle.set(7, seen: 4))],
      ]
    } check: { bench, _ in
      #expect(bench.order(handle).deliveryAddress.text == "2 Side Street")
      #expect(bench.line(handle).ordered == 7)
      #expect(bench.all(ConflictColumns.self).isEmpty)
      #expect(bench.order(handle).holds.isEmpty)
    }
  }

  @Test("#36: tablet says 12, phone says 8 later: 8 stands, both are kept, the order waits to be confirmed")
  func sameLine() throws {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    try RuleBench.inBothOrders { bench in
      bench.openForTrade(20)
      handle = bench.draft("A", [("CHAI", 10)])
      return [
        [bench.record("A", at: .day(hour: 9), handle.set(12, seen: 10))],
        [bench.record("A2", at: .day(hour: 9, 5), handle.set(8, seen: 10))],
      ]
    } check: { bench, arrival in
      #expect(bench.line(handle).ordered == 8)
      let conflict = try #require(bench.conflicts(.confirmLine).first)
      #expect([conflict.mine.text, conflict.theirs.text].sorted() == ["12", "8"])
      #expect(conflict.base.text == "10")
      #expect((conflict.chosen == "mine") == (arrival == .asGiven))
      bench.syncAll()
      let submitted = bench.does("A", handle.submit)
      #expect(submitted == Verdict(.applied, [.confirmLine], record: "SO-A-1"))
      #expect(bench.order(handle).state == .submitted)
      #expect(bench.does("HQ", handle.release).codes == [.confirmLine])
      #expect(bench.openTasks(.confirmLine).count == 1)

      let keep = conflict.mine.text == "12" ? "mine" : "theirs"
      bench.does("A", resolving(conflict, keep: keep))
      #expect(bench.order(handle).state == .accepted)
      #expect(bench.order(handle).holds.isEmpty)
      #expect(bench.line(handle).ordered == 12)
      #expect(bench.line(handle).allocated == 12)
      #expect(bench.order(handle).totalMinor == 15_000)
      #expect(bench.openTasks(.confirmLine).isEmpty)
    }
  }

  @Test("#36: the author whose quantity no longer stands is told; one whose loses at once is answered so")
  func losersHear() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10)])
    let early = bench.record("A", at: .day(hour: 9), handle.set(12, seen: 10))
    let late = bench.record("A2", at: .day(hour: 9, 5), handle.set(8, seen: 10))
    bench.now = .day(hour: 12)
    bench.decide(early)
    #expect(bench.decide(late).outcome == .applied)
    #expect(bench.notices("A").map(\.operation) == [early.id.number])
    let tooEarly = bench.record("A", at: .day(hour: 9, 2), handle.set(11, seen: 12))
    #expect(bench.decide(tooEarly).outcome == .partly)
    #expect(bench.line(handle).ordered == 8)
    // The pair of devices still has one conflict, now with the newer loser.
    #expect(bench.conflicts(.confirmLine).map { [$0.mine.text, $0.theirs.text] } == [["8", "11"]])
  }

  @Test("one's own edits, and the same quantity twice, are no conflict")
  func noConflict() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10)])
    bench.does("A", handle.set(11, seen: 10))
    bench.does("A", handle.set(12, seen: 11))
    #expect(bench.does("A2", handle.set(12, seen: 10)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.all(ConflictColumns.self).isEmpty)
  }

  @Test("#38: one removes a line, another raises it: the raise stands in both orders, and it says so")
  func removedAndRaised() throws {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    try RuleBench.inBothOrders { bench in
      bench.openForTrade(20)
      handle = bench.draft("A", [("CHAI", 10), ("CHAI", 1)])
      return [
        [bench.record("A", at: .day(hour: 9), handle.remove())],
        [bench.record("A2", at: .day(hour: 9, 5), handle.set(15, seen: 10))],
      ]
    } check: { bench, arrival in
      #expect(!bench.line(handle).isRemoved)
      #expect(bench.line(handle).ordered == 15)
      #expect(bench.order(handle).totalMinor == 20_000)
      let conflict = try #require(bench.conflicts(.lineKept).first)
      #expect([conflict.mine.text, conflict.theirs.text].sorted() == ["0", "15"])
      #expect(bench.order(handle).holds.isEmpty)
      if arrival == .asGiven { #expect(bench.notices("A").map(\.code) == ["LINE_KEPT"]) }

      bench.syncAll()
      bench.does("A", resolving(conflict, keep: conflict.mine.text == "0" ? "mine" : "theirs"))
      #expect(bench.line(handle).isRemoved)
      #expect(bench.order(handle).totalMinor == 1250)
    }
  }

  @Test("a line that was removed before one's eyes cannot be edited")
  func removedForGood() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10), ("CHAI", 1)])
    bench.does("A2", handle.remove())
    bench.sync("A")
    #expect(bench.does("A", handle.set(5, seen: 10)).codes == [.unknownLine])
    #expect(bench.does("A", handle.remove()).outcome == .applied)
  }

  @Test("#39: deleted on the phone, submitted on the tablet: submitted, and the deleter hears of it")
  func deletedAndSubmitted() throws {
    var handle = OrderHandle(id: .none, number: "", lines: [])
    var deletion = OperationID(device: "", number: 0)
    try RuleBench.inBothOrders { bench in
      bench.openForTrade(20)
      handle = bench.draft("A", [("CHAI", 10)])
      let delete = bench.record("A2", handle.delete)
      deletion = delete.id
      return [[delete], [bench.record("A", handle.submit)]]
    } check: { bench, arrival in
      #expect(bench.order(handle).state == .accepted)
      #expect(!bench.order(handle).isDeleted)
      #expect(bench.line(handle).allocated == 10)
      switch arrival {
      case .asGiven:
        let notice = try #require(bench.notices("A2").first)
        #expect(notice.code == "ALREADY_SUBMITTED")
        #expect(notice.operation == deletion.number)
        #expect(bench.answers[deletion]?.outcome == .applied)
      case .reversed:
        #expect(bench.answers[deletion] == Verdict(.rejected, [.alreadySubmitted], record: "SO-A-1"))
      }
    }
  }

  @Test("#37: an edit of a draft that was submitted meanwhile becomes an amendment")
  func staleDraftEdit() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10)])
    bench.does("A", handle.submit)
    #expect(bench.does("A2", handle.set(12, seen: 10)) == Verdict(.applied, record: "SO-A-1"))
    #expect(bench.order(handle).state == .accepted)
    #expect(bench.line(handle).allocated == 12)
    #expect(bench.does("A2", handle.submit).codes == [.alreadySubmitted])
  }

  @Test("lines added on two devices get the next free numbers")
  func latecomers() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10)])
    let (tablet, phone) = (bench.newID(), bench.newID())
    bench.does("A", handle.add(tablet, "MATE", 3))
    bench.does("A2", handle.add(phone, "CHAI", 1))
    #expect(bench.find(OrderLineColumns.self, tablet)?.line == 2)
    #expect(bench.find(OrderLineColumns.self, phone)?.line == 3)
    // 125.00 + 9.9999 rounded up + 12.50
    #expect(bench.order(handle).totalMinor == 14_750)
  }

  @Test("an agent of another territory cannot touch the order")
  func outOfScope() {
    let bench = RuleBench.trading(20)
    let handle = bench.draft("A", [("CHAI", 10)])
    #expect(bench.does("B", handle.set(5, seen: 10)).codes == [.notPermitted])
    #expect(bench.does("B", handle.submit).codes == [.notPermitted])
    let (_, foreign) = bench.newOrder("SO-B-1", of: "C-ANA", [("CHAI", 1)])
    #expect(bench.does("B", foreign).codes == [.notPermitted])
  }

  private func resolving(_ conflict: Conflict, keep: String) -> Filled<ResolveConflict> {
    Filled {
      $0.conflict = conflict.id
      $0.keep = keep
    }
  }
}
