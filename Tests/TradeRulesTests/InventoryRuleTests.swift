import Testing

@testable import TradeRules

@Suite("Stock: bins, quantities, places")
struct InventoryRuleTests {
  @Test("a received delivery is on hand in its bin and its warehouse, and the bin exists from then on")
  func received() {
    let bench = RuleBench.stocked()
    #expect(bench.does("P", Filled<ReceiveStock>.of(20, bin: "A-1")).outcome == .applied)
    #expect(bench.onHand("W1", "CHAI", bin: "A-1") == 20)
    #expect(bench.level("W1", "CHAI").onHand == 120)
    #expect(bench.find(BinColumns.self, "W1", "A-1")?.isActive == true)
  }

  @Test("without a bin goods go where the product lies already, else to MAIN")
  func defaultBin() {
    let bench = RuleBench.stocked(0)
    bench.does("P", Filled<ReceiveStock>.of(1))
    #expect(bench.onHand("W1", "CHAI") == 1)
    bench.does("P", Filled<MoveStock>.of(1, from: "MAIN", to: "A-1"))
    bench.does("P", Filled<ReceiveStock>.of(2))
    #expect(bench.onHand("W1", "CHAI", bin: "A-1") == 3)
    // Staging is no place to put things away.
    bench.addStock("W1", "CHAI", 1, bin: "STAGING")
    bench.does("P", Filled<ReceiveStock>.of(1))
    #expect(bench.onHand("W1", "CHAI", bin: "A-1") == 4)
    bench.does("P", Filled<MoveStock>.of(1, from: "A-1", to: "A-2"))
    bench.does("P", Filled<ReceiveStock>.of(7))
    #expect(bench.onHand("W1", "CHAI") == 7)
  }

  @Test("a count without a bin is refused when the product lies in several")
  func binRequired() {
    let bench = RuleBench.stocked(10)
    #expect(bench.does("P", Filled<CountStock>.of(9)).outcome == .applied)
    bench.does("P", Filled<MoveStock>.of(4, from: "MAIN", to: "A-1"))
    let answer = bench.does("P", Filled<CountStock>.of(9))
    #expect(answer.outcome == .rejected)
    #expect(answer.codes == [.binRequired])
    #expect(bench.level("W1", "CHAI").onHand == 9)
    #expect(bench.does("P", Filled<CountStock>.of(5, bin: "MAIN")).outcome == .applied)
  }

  @Test("picked goods stay their line's: no receipt, move, correction, scrapping or count touches staging")
  func staging() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 4)])
    bench.does("P", order.pick(4))
    let answers = [
      bench.does("P", Filled<ReceiveStock>.of(1, bin: "STAGING")),
      bench.does("P", Filled<MoveStock>.of(1, from: "STAGING", to: "MAIN")),
      bench.does("P", Filled<MoveStock>.of(1, from: "MAIN", to: "STAGING")),
      bench.does("P", Filled<AdjustStock>.of(-1, bin: "STAGING")),
      bench.does("P", Filled<ScrapStock>.of(1, bin: "STAGING")),
      bench.does("P", Filled<CountStock>.of(3, bin: "STAGING")),
    ]
    for answer in answers {
      #expect(answer.outcome == .rejected)
      #expect(answer.codes == [.badValue])
    }
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == 4)
    #expect(bench.level("W1", "CHAI").onHand == 10)
  }

  @Test("staging that has less than nothing is counted: more was put back than was picked")
  func countsNegativeStaging() {
    let bench = RuleBench.trading(10)
    let order = bench.accepted("A", [("CHAI", 4)])
    bench.does("P", order.pick(3))
    bench.does("P", order.putBack(5))
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == -2)
    #expect(bench.does("P", Filled<CountStock>.of(0, bin: "STAGING")).outcome == .applied)
    #expect(bench.onHand("W1", "CHAI", bin: "STAGING") == .zero)
    #expect(bench.does("P", Filled<CountStock>.of(1, bin: "STAGING")).codes == [.badValue])
  }

  @Test("a move inside a warehouse leaves its level alone")
  func moveKeepsLevel() {
    let bench = RuleBench.stocked(10)
    let before = bench.level("W1", "CHAI")
    bench.does("P", Filled<MoveStock>.of(4, from: "MAIN", to: "A-1"))
    #expect(bench.level("W1", "CHAI") == before)
  }

  @Test("lots are counted apart")
  func lots() {
    let bench = RuleBench.stocked(10)
    bench.does("P", Filled<ReceiveStock>.of(5, bin: "MAIN", lot: "L1", expiry: "2027-01-31"))
    bench.does("P", Filled<CountStock>.of(4, bin: "MAIN", lot: "L1"))
    #expect(bench.onHand("W1", "CHAI") == 10)
    #expect(bench.onHand("W1", "CHAI", lot: "L1") == 4)
    #expect(bench.level("W1", "CHAI").onHand == 14)
    #expect(bench.find(LotColumns.self, "CHAI", "L1")?.expiry == "2027-01-31")
  }

  @Test("a lot without a date takes the first one it is given")
  func lotGetsExpiry() {
    let bench = RuleBench.stocked(0)
    bench.does("P", Filled<ReceiveStock>.of(1, lot: "L1"))
    bench.does("P", Filled<ReceiveStock>.of(1, lot: "L1", expiry: "2028-02-29"))
    #expect(bench.find(LotColumns.self, "CHAI", "L1")?.expiry == "2028-02-29")
    #expect(bench.all(ConflictColumns.self) == [])
  }

  @Test("a date that no calendar has is refused", arguments: ["2027-02-29", "2027-13-01", "31.03.2027", "x"])
  func badExpiry(text: String) {
    let bench = RuleBench.stocked(0)
    let answer = bench.does("P", Filled<ReceiveStock>.of(1, lot: "L1", expiry: text))
    #expect(answer.codes == [.badValue])
  }

  @Test("an expiry without a lot is refused: it would be lost")
  func expiryWithoutLot() {
    let bench = RuleBench.stocked(0)
    let answer = bench.does("P", Filled<ReceiveStock>.of(1, expiry: "2027-03-31"))
    #expect(answer.codes == [.badValue])
  }

  @Test("what stock rules need is asked for in a few goes, so that a device answers at once")
  func fewReadings() {
    let bench = RuleBench.stocked(10)
    bench.does("P", Filled<ReceiveStock>.of(1, lot: "L1"))
    #expect(bench.readings <= 6)
    bench.does("P", Filled<MoveStock>.of(1, from: "MAIN", to: "A-1"))
    #expect(bench.readings <= 6)
    bench.does("P", Filled<ScrapStock>.of(1, bin: "MAIN"))
    #expect(bench.readings <= 6)
    bench.does("P", Filled<CountStock>.of(9, bin: "MAIN"))
    #expect(bench.readings <= 6)
    let many = Filled<ImportStock> { form in
      form.rows = (0..<50).map { number in
        Filled<StockEntry> {
          $0.warehouse = "W1"
          $0.sku = "CHAI"
          $0.bin = "B-\(number)"
          $0.lot = ""
          $0.expiry = ""
          $0.quantity = 1
        }
      }
    }
    bench.does("centre", many)
    #expect(bench.readings <= 6)
  }

  @Test("quantities of nothing, below nothing, or beyond reason are refused and change nothing")
  func badQuantities() {
    let bench = RuleBench.stocked(10)
    let tooMany = Quantity.max + Quantity(thousandths: 1)
    let rows = bench.rows
    var answers = [Quantity.zero, -1, tooMany].map { bench.does("P", Filled<ReceiveStock>.of($0)) }
    answers += [Quantity.zero, -1, tooMany].map { bench.does("P", Filled<ScrapStock>.of($0)) }
    answers += [Quantity.zero, tooMany, -tooMany].map { bench.does("P", Filled<AdjustStock>.of($0)) }
    answers += [Quantity(-1), tooMany].map { bench.does("P", Filled<CountStock>.of($0)) }
    answers += [
      bench.does("P", Filled<ReceiveStock>.of(Quantity(thousandths: .min))),
      bench.does("P", Filled<AdjustStock>.of(Quantity(thousandths: .min))),
    ]
    #expect(answers.allSatisfy { $0.outcome == .rejected && $0.codes == [.badQuantity] })
    #expect(bench.rows == rows)
    #expect(bench.does("P", Filled<CountStock>.of(0)).outcome == .applied)
    #expect(bench.does("P", Filled<ReceiveStock>.of(.max)).outcome == .applied)
  }

  @Test(
    "a quantity is as fine as its unit, and no finer",
    arguments: [("EA", 500, false), ("KGM", 1, true), ("LTR", 250, true), ("LTR", 255, false)])
  func decimals(unit: String, thousandths: Int64, fits: Bool) {
    let bench = RuleBench.stocked(0)
    bench.addProduct("TEA", unit: unit)
    let answer = bench.does(
      "P", Filled<ReceiveStock>.of(Quantity(thousandths: thousandths), sku: "TEA"))
    #expect(answer.outcome == (fits ? .applied : .rejected))
    #expect(answer.codes == (fits ? [] : [.badQuantity]))
  }

  @Test("unknown products and places are refused by name")
  func unknownThings() {
    let bench = RuleBench.stocked()
    bench.addDevice("X", .admin)
    #expect(bench.does("P", Filled<ReceiveStock>.of(1, sku: "NONE")).codes == [.unknownSku])
    #expect(bench.does("X", Filled<ReceiveStock>.of(1, warehouse: "W9")).codes == [.unknownWarehouse])
  }

  @Test("a warehouse's device works in its own warehouses, an agent's in none (G19)")
  func places() {
    let bench = RuleBench.stocked()
    bench.addDevice("A7", .agent, agent: "A7", warehouses: ["W1"])
    #expect(bench.does("P", Filled<ReceiveStock>.of(1, warehouse: "W2")).codes == [.notPermitted])
    #expect(bench.does("A7", Filled<ReceiveStock>.of(1)).codes == [.notPermitted])
  }

  @Test("a correction without a reason is refused")
  func reasons() {
    let bench = RuleBench.stocked()
    #expect(bench.does("P", Filled<AdjustStock>.of(1, reason: "")).codes == [.badValue])
    #expect(bench.does("P", Filled<ScrapStock>.of(1, reason: "")).codes == [.badValue])
  }

  @Test("a move from a bin to itself is refused")
  func moveToItself() {
    let bench = RuleBench.stocked()
    #expect(bench.does("P", Filled<MoveStock>.of(1, from: "MAIN", to: "MAIN")).codes == [.badValue])
  }

  @Test("a movement lies in the month in which the centre received it")
  func months() {
    let bench = RuleBench.stocked()
    bench.now = Instant.day(hour: 24 * 11 + 1)
    bench.does("P", stated: .day(hour: 3), Filled<ReceiveStock>.of(1, bin: "A-1"))
    let movement = bench.all(MovementColumns.self).first { $0.kind == .receive }
    #expect(movement?.month == "2026-12")
    #expect(movement?.occurredAt == .day(hour: 3))
  }

  @Test("a time in the future is capped at the receipt (#65)")
  func futureTimes() {
    let bench = RuleBench.stocked()
    bench.does("P", stated: .day(hour: 90), Filled<ReceiveStock>.of(1, bin: "A-1"))
    let movement = bench.all(MovementColumns.self).first { $0.kind == .receive }
    #expect(movement?.occurredAt == bench.now)
  }

  @Test("a replica guesses what the centre will decide, and admits what it cannot see")
  func replicas() {
    let bench = RuleBench.stocked(10)
    bench.addDevice("X", .warehouse, warehouses: ["W2"])
    let replica = bench.replica(of: "P")
    let scrap = replica.record("P", Filled<ScrapStock>.of(12))
    #expect(replica.decide(scrap) == bench.decide(scrap))
    #expect(replica.onHand("W1", "CHAI") == -2)
    #expect(replica.rows.keys.allSatisfy { bench.rows[$0] != nil })
    let elsewhere = bench.replica(of: "X")
    let move = elsewhere.record("X", Filled<ReceiveStock>.of(1, warehouse: "W1"))
    #expect(elsewhere.decide(move).codes == [.notPermitted])
  }

  @Test("finished tasks are finished once, and by somebody who sees them")
  func tasks() throws {
    let bench = RuleBench.stocked(1)
    bench.addDevice("X", .warehouse, warehouses: ["W2"])
    bench.does("P", Filled<ScrapStock>.of(3))
    let task = try #require(bench.openTasks(.negativeBin).first)
    let finish = Filled<FinishTask> { $0.task = task.id }
    #expect(bench.does("X", finish).codes == [.notPermitted])
    #expect(bench.does("P", finish).outcome == .applied)
    #expect(bench.does("Q", finish).codes == [.taskDone])
    #expect(bench.does("Q", Filled<FinishTask> { $0.task = bench.newID() }).codes == [.unknownTask])
  }
}
