import Testing

@testable import TradeRules

@Suite("Stock: any order of arrival gives the same books")
struct InventoryPropertyTests {
  /// Facts of three devices at random times, some stated long ago, some at the same millisecond.
  private static func facts(_ seed: UInt64, on bench: RuleBench) -> [Operation] {
    var random = SeededGenerator(seed: seed)
    let bins = ["MAIN", "A-1", "A-2"]
    return (0..<24).map { _ in
      let device = ["P", "Q", "R"].randomElement(using: &random) ?? "P"
      let minute = Int64.random(in: 0...12, using: &random)
      let stated: Instant? = Bool.random(using: &random) ? .day(hour: 7, minute) : nil
      let at = Instant.day(hour: 9, minute)
      let bin = bins.randomElement(using: &random) ?? "MAIN"
      let other = bins.first { $0 != bin } ?? "A-1"
      let lot = Int.random(in: 0...3, using: &random) == 0 ? "L1" : nil
      let quantity = Quantity(Int64.random(in: 1...9, using: &random))
      switch Int.random(in: 0...5, using: &random) {
      case 0: return bench.record(device, at: at, stated: stated, .receive(quantity, bin, lot))
      case 1: return bench.record(device, at: at, stated: stated, .scrap(quantity, bin, lot))
      case 2:
        let form = Filled<MoveStock>.of(quantity, from: bin, to: other, lot: lot)
        return bench.record(device, at: at, stated: stated, form)
      case 3:
        let form = Filled<AdjustStock>.of(-quantity, bin: bin, lot: lot)
        return bench.record(device, at: at, stated: stated, form)
      default:
        let form = Filled<CountStock>.of(quantity, bin: bin, lot: lot)
        return bench.record(device, at: at, stated: stated, form)
      }
    }
  }

  private static func world(_ seed: UInt64, order: UInt64, keepsOne: Bool = false) -> RuleBench {
    let bench = RuleBench.founded(keepsOneWorkingSet: keepsOne)
    bench.stock(20)
    bench.addDevice("R", .warehouse, warehouses: ["W1"])
    let facts = facts(seed, on: bench)
    bench.now = .day(hour: 12)
    var random = SeededGenerator(seed: order)
    for fact in order == 0 ? facts : facts.shuffled(using: &random) { bench.decide(fact) }
    return bench
  }

  @Test("on hand, levels and adjustments equal the history reckoned anew", arguments: 1...60)
  func equalsReckoning(seed: Int) {
    let bench = Self.world(UInt64(seed), order: UInt64(seed) * 7)
    #expect(bench.ledgerFaults() == [], "seed \(seed)")
    #expect(bench.all(MovementColumns.self).count > 5)
    #expect(bench.answers.values.allSatisfy { $0.outcome == .applied })
  }

  @Test("the same facts in another order leave the same facts, balances and adjustments", arguments: 1...40)
  func anyOrder(seed: Int) {
    let first = Self.world(UInt64(seed), order: 0)
    for order in 1...4 {
      let other = Self.world(UInt64(seed), order: UInt64(seed * 10 + order))
      #expect(other.values(of: StockColumns.self) == first.values(of: StockColumns.self))
      #expect(other.values(of: StockLevelColumns.self) == first.values(of: StockLevelColumns.self))
      #expect(other.values(of: MovementColumns.self) == first.values(of: MovementColumns.self))
      #expect(other.adjustments == first.adjustments)
    }
  }

  @Test("one working set for all groups decides as a fresh one for each", arguments: 1...30)
  func keptWorkingSet(seed: Int) {
    let fresh = Self.world(UInt64(seed), order: 3)
    let kept = Self.world(UInt64(seed), order: 3, keepsOne: true)
    #expect(kept.rows == fresh.rows)
    #expect(kept.answers == fresh.answers)
  }

  @Test("every adjustment's revisions lead up to the one that holds", arguments: 1...20)
  func revisions(seed: Int) {
    let bench = Self.world(UInt64(seed), order: 9)
    for booked in bench.all(CountAdjustmentColumns.self) {
      let kept = bench.all(AdjustmentRevisionColumns.self)
        .filter { $0.observation == booked.observation }.sorted { $0.revision < $1.revision }
      #expect(kept.map(\.revision) == Array(1...booked.revision))
      #expect(kept.last?.quantity == booked.quantity)
    }
  }
}

extension Filled where F == ReceiveStock {
  fileprivate static func receive(_ quantity: Quantity, _ bin: String, _ lot: String?) -> Self {
    .of(quantity, bin: bin, lot: lot)
  }
}

extension Filled where F == ScrapStock {
  fileprivate static func scrap(_ quantity: Quantity, _ bin: String, _ lot: String?) -> Self {
    .of(quantity, bin: bin, lot: lot)
  }
}
