import Testing

@testable import TradeRules

@Suite("Stock: what the scenarios promise")
struct InventoryScenarioTests {
  @Test("#3 a count absorbs a move out of the bin that happened before it, whichever arrives first")
  func countAfterPick() {
    RuleBench.inBothOrders { bench in
      bench.stock(100)
      let pick = bench.record(
        "P", at: .day(hour: 9, 5), Filled<MoveStock>.of(3, from: "MAIN", to: "DOCK"))
      let count = bench.record("Q", at: .day(hour: 9, 10), Filled<CountStock>.of(96, bin: "MAIN"))
      return [[count], [pick]]
    } check: { bench, order in
      #expect(bench.onHand("W1", "CHAI") == 96)
      #expect(bench.onHand("W1", "CHAI", bin: "DOCK") == 3)
      #expect(bench.level("W1", "CHAI").onHand == 99)
      #expect(bench.adjustments == [-1])
      // The superseded adjustment of −4 is kept where it was ever booked.
      #expect(bench.revisions == (order == .asGiven ? [-4, -1] : [-1]))
    }
  }

  @Test("#4 a move out of the bin after the count adds to it, whichever arrives first")
  func pickAfterCount() {
    RuleBench.inBothOrders { bench in
      bench.stock(100)
      let count = bench.record("Q", at: .day(hour: 9, 10), Filled<CountStock>.of(96, bin: "MAIN"))
      let pick = bench.record(
        "P", at: .day(hour: 9, 15), Filled<MoveStock>.of(3, from: "MAIN", to: "DOCK"))
      return [[count], [pick]]
    } check: { bench, _ in
      #expect(bench.onHand("W1", "CHAI") == 93)
      #expect(bench.level("W1", "CHAI").onHand == 96)
      #expect(bench.adjustments == [-4])
    }
  }

  @Test("#5 a movement within the clocks' uncertainty of a count asks for a recount")
  func nearCount() {
    RuleBench.inBothOrders { bench in
      bench.stock(100)
      let count = bench.record("Q", at: .day(hour: 9, 10), Filled<CountStock>.of(96, bin: "MAIN"))
      let pick = bench.record(
        "P", at: .day(hour: 9, 10, 2), Filled<MoveStock>.of(3, from: "MAIN", to: "DOCK"))
      return [[count], [pick]]
    } check: { bench, order in
      #expect(bench.onHand("W1", "CHAI") == 93)
      let later = OperationID(device: order == .asGiven ? "P" : "Q", number: 1)
      #expect(bench.answers[later]?.codes.contains(.countNearMovement) == true)
      let tasks = bench.openTasks(.countNearMovement)
      #expect(tasks.map(\.kind) == [.recount])
      #expect(tasks.first?.bin == "MAIN")
      #expect(tasks.first?.owner == .warehouse)
    }
  }

  @Test("#5 clocks that are less exact widen the window, exact and distant ones raise nothing")
  func nearCountWindow() {
    let bench = RuleBench.stocked()
    bench.now = .day(hour: 9, 30)
    bench.does("Q", at: .day(hour: 9), Filled<CountStock>.of(96, bin: "MAIN"))
    let exact = bench.record(
      "P", at: .day(hour: 9, 0, 3), Filled<MoveStock>.of(1, from: "MAIN", to: "A-1"))
    #expect(bench.decide(exact).codes == [])
    let inexact = bench.record(
      "P", at: .day(hour: 9, 0, 3), uncertainty: 1500, Filled<MoveStock>.of(1, from: "MAIN", to: "A-1"))
    #expect(bench.decide(inexact).codes == [.countNearMovement])
  }

  @Test("what one device counts and moves in a row has an order without clocks")
  func sameDeviceIsNeverTooNear() {
    let bench = RuleBench.stocked()
    bench.does("P", Filled<ReceiveStock>.of(5, bin: "MAIN"))
    #expect(bench.does("P", Filled<CountStock>.of(105, bin: "MAIN")).codes == [])
    #expect(bench.openTasks(.countNearMovement) == [])
  }

  @Test("#7 of two counts the later one holds, whichever arrives first")
  func laterCountHolds() {
    RuleBench.inBothOrders { bench in
      bench.stock(50)
      let first = bench.record("P", at: .day(hour: 10), Filled<CountStock>.of(48, bin: "MAIN"))
      let second = bench.record("Q", at: .day(hour: 11), Filled<CountStock>.of(47, bin: "MAIN"))
      return [[first], [second]]
    } check: { bench, _ in
      #expect(bench.onHand("W1", "CHAI") == 47)
      #expect(bench.adjustments.sorted() == [-2, -1])
    }
  }

  @Test("#8 a delivery dated before last night's count does not add to it")
  func lateReceipt() {
    let bench = RuleBench.stocked(40)
    bench.now = .day(hour: 20)
    bench.does("P", Filled<CountStock>.of(70, bin: "MAIN"))
    #expect(bench.adjustments == [30])
    bench.now = .day(hour: 33)
    let answer = bench.does("Q", stated: .day(hour: 15), Filled<ReceiveStock>.of(20, bin: "MAIN"))
    #expect(answer.outcome == .applied)
    #expect(bench.onHand("W1", "CHAI") == 70)
    #expect(bench.level("W1", "CHAI").onHand == 70)
    #expect(bench.adjustments == [10])
    #expect(bench.revisions == [30, 10])
    let last = bench.all(AdjustmentRevisionColumns.self).first { $0.revision == 2 }
    #expect(last?.because == "Q/1")
  }

  @Test("#9 the same two broken units scrapped twice both count, and somebody is asked")
  func twinScraps() {
    RuleBench.inBothOrders { bench in
      bench.stock(10)
      let one = bench.record("P", at: .day(hour: 9), Filled<ScrapStock>.of(2))
      let other = bench.record("Q", at: .day(hour: 9, 40), Filled<ScrapStock>.of(2))
      return [[one], [other]]
    } check: { bench, order in
      #expect(bench.onHand("W1", "CHAI") == 6)
      let later = OperationID(device: order == .asGiven ? "Q" : "P", number: 1)
      #expect(bench.answers[later]?.codes == [.possibleDuplicateAdjustment])
      #expect(bench.openTasks(.possibleDuplicateAdjustment).map(\.kind) == [.reviewAdjustment])
    }
  }

  @Test(
    "#9 what differs in device, amount, reason, bin or by more than an hour is no twin",
    arguments: ["device", "amount", "reason", "bin", "time"])
  func noTwins(different: String) {
    let bench = RuleBench.stocked(10)
    bench.does("P", Filled<ScrapStock>.of(2, bin: "MAIN"))
    if different == "time" { bench.now = .day(hour: 9, 0, 1) }
    let other = bench.does(
      different == "device" ? "P" : "Q",
      Filled<ScrapStock>.of(
        different == "amount" ? 1 : 2, reason: different == "reason" ? "expired" : "damaged",
        bin: different == "bin" ? "A-1" : "MAIN"))
    #expect(!other.codes.contains(.possibleDuplicateAdjustment))
  }

  @Test("#10 taking more than the books hold stands, shows below zero and asks for one count")
  func negativeBin() {
    let bench = RuleBench.stocked(8)
    let first = bench.does("P", Filled<ScrapStock>.of(10))
    #expect(first.outcome == .applied)
    #expect(first.codes == [.negativeBin])
    #expect(bench.onHand("W1", "CHAI") == -2)
    #expect(bench.level("W1", "CHAI").available == -2)
    bench.does("P", Filled<ScrapStock>.of(1, reason: "expired", bin: "MAIN"))
    #expect(bench.openTasks(.negativeBin).map(\.kind) == [.recount])
  }

  @Test("#10 ten picked where the books say eight: staging has them, and still the books are wrong")
  func pickedMore() {
    let bench = RuleBench.trading(8)
    bench.does("P", bench.accepted("A", [("CHAI", 10)]).pick(10))
    #expect(bench.onHand("W1", "CHAI") == -2)
    #expect(bench.level("W1", "CHAI").onHand == 8)
    #expect(bench.openTasks(.negativeBin).map(\.kind) == [.recount])
  }

  @Test("a done recount task makes room for a new one when the bin goes further down")
  func negativeBinAgain() throws {
    let bench = RuleBench.stocked(8)
    bench.does("P", Filled<ScrapStock>.of(10))
    let task = try #require(bench.openTasks(.negativeBin).first)
    #expect(bench.does("P", Filled<FinishTask> { $0.task = task.id }).outcome == .applied)
    #expect(bench.openTasks(.negativeBin) == [])
    bench.does("P", Filled<ScrapStock>.of(1, reason: "expired", bin: "MAIN"))
    #expect(bench.openTasks(.negativeBin).count == 1)
  }

  @Test("#11 a count below what was there lowers on hand at once")
  func countDown() {
    let bench = RuleBench.stocked(12)
    bench.does("P", Filled<CountStock>.of(7))
    #expect(bench.onHand("W1", "CHAI") == 7)
    #expect(bench.level("W1", "CHAI").onHand == 7)
  }

  @Test("#14 of two expiries the earlier rules until a person decides, whichever arrives first")
  func lotExpiry() {
    RuleBench.inBothOrders { bench in
      bench.stock(0)
      bench.addDevice("R", .warehouse, warehouses: ["W2"])
      let early = bench.record("P", Filled<ReceiveStock>.of(1, lot: "L7", expiry: "2027-03-31"))
      let late = bench.record(
        "R", Filled<ReceiveStock>.of(1, warehouse: "W2", lot: "L7", expiry: "2027-05-31"))
      return [[early], [late]]
    } check: { bench, order in
      #expect(bench.find(LotColumns.self, "CHAI", "L7")?.expiry == "2027-03-31")
      let conflict = bench.all(ConflictColumns.self).first
      #expect(conflict?.code == "LOT_EXPIRY_CONFLICT")
      #expect(conflict?.chosen == (order == .asGiven ? "theirs" : "mine"))
      let second = OperationID(device: order == .asGiven ? "R" : "P", number: 1)
      #expect(bench.answers[second]?.conflicts == conflict.map { [$0.id] })
      let keep = order == .asGiven ? "mine" : "theirs"
      bench.does(
        "centre",
        Filled<ResolveConflict> {
          $0.conflict = conflict?.id ?? .none
          $0.keep = keep
        })
      #expect(bench.find(LotColumns.self, "CHAI", "L7")?.expiry == "2027-05-31")
    }
  }

  @Test("#17 two moves of the same ten units lose nothing: the bin is wrong, not the quantity")
  func movedAndPicked() {
    RuleBench.inBothOrders { bench in
      bench.stock(0)
      bench.addStock("W1", "CHAI", 10, bin: "OLD")
      let move = bench.record("P", Filled<MoveStock>.of(10, from: "OLD", to: "NEW"))
      let pick = bench.record("Q", Filled<MoveStock>.of(10, from: "OLD", to: "DOCK"))
      return [[move], [pick]]
    } check: { bench, _ in
      #expect(bench.level("W1", "CHAI").onHand == 10)
      #expect(bench.onHand("W1", "CHAI", bin: "OLD") == -10)
      #expect(bench.onHand("W1", "CHAI", bin: "NEW") == 10)
      #expect(bench.openTasks(.negativeBin).map(\.bin) == ["OLD"])
      #expect(bench.openTasks(.negativeBin).map(\.kind) == [.relocate])
    }
  }
}
