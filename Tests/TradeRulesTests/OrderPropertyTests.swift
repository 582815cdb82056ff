import Testing

@testable import TradeRules

@Suite("Orders: whatever happens, the books agree")
struct OrderPropertyTests {
  @Test(
    "any mix of orders, stock, picks, shipments and second thoughts keeps every invariant",
    arguments: UInt64(1)...30)
  func invariants(seed: UInt64) {
    var chance = Chance(seed)
    for step in 0..<60 {
      let operation = chance.nextOperation()
      chance.guessFirst(operation)
      let verdict = chance.bench.decide(operation)
      OrderInvariants(chance.bench).check(
        "seed \(seed), step \(step): \(operation.kind) by \(operation.id) was \(verdict.outcome)")
    }
  }

  @Test("replaying the same operations gives the same rows (G29)", arguments: UInt64(1)...6)
  func replay(seed: UInt64) {
    var chance = Chance(seed)
    var log: [(operation: Operation, at: Instant)] = []
    for _ in 0..<60 {
      let operation = chance.nextOperation()
      log.append((operation, chance.bench.now))
      chance.bench.decide(operation)
    }
    let again = RuleBench.founded(keepsOneWorkingSet: true)
    again.openForTrade(20, mate: 5)
    for (operation, at) in log {
      again.now = at
      again.decide(operation)
    }
    #expect(again.rows == chance.bench.rows)
  }
}

/// People doing one thing after another, chosen by a seed; some have not seen what others did.
private struct Chance {
  let bench = RuleBench.trading(20, mate: 5)
  private var generator: SeededGenerator
  private var orders: [OrderHandle] = []

  init(_ seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func pick<T>(_ choices: [T]) -> T {
    choices[Int.random(in: 0..<choices.count, using: &generator)]
  }

  private mutating func quantity(_ most: Int64 = 8) -> Quantity {
    Quantity(Int64.random(in: 1...most, using: &generator))
  }

  mutating func nextOperation() -> Operation {
    bench.now = bench.now.advanced(byMilliseconds: Int64.random(in: 1...900_000, using: &generator))
    if Int.random(in: 0..<3, using: &generator) == 0 { bench.sync(pick(["A", "A2", "B", "P", "Q", "HQ"])) }
    guard let order = orders.isEmpty ? nil : pick(orders) else { return create() }
    switch Int.random(in: 0..<26, using: &generator) {
    case 0...1: return create()
    case 2...4: return record("A", order.submit)
    case 5: return record(pick(["A", "A2"]), order.set(quantity(12), seen: 4, line: line(order)))
    case 6: return record(pick(["A", "A2"]), order.remove(line(order)))
    case 7: return record("A2", order.add(bench.newID(), pick(["CHAI", "MATE"]), quantity()))
    case 8: return record(pick(["A", "A2"]), order.cancel)
    case 9: return record("A2", order.delete)
    case 10: return pick([true, false]) ? record("HQ", order.hold) : record("HQ", order.release)
    case 11...13: return picking(order)
    case 14: return record(pick(["P", "Q"]), order.putBack(quantity(4), line: line(order)))
    case 15...16: return shipping(order)
    case 17: return record("P", Filled<ReceiveStock>.of(quantity(), sku: pick(["CHAI", "MATE"])))
    case 18...19: return resolution() ?? create()
    case 20: return pick([true, false]) ? record("HQ", order.accept) : record("HQ", order.reject)
    case 21: return record("HQ", order.allocate(quantity(), from: pick(["W1", "W2"]), line: line(order)))
    case 22:
      return record(
        pick(["A", "P"]), order.deliver(pick([true, false]) ? [:] : [line(order): quantity(4)]))
    case 23: return record("A", order.charge(freight: Int64.random(in: 0...5000, using: &generator)))
    case 24: return record("Q", Filled<CountStock>.of(quantity(14), bin: "MAIN"))
    default: return record("P", Filled<ScrapStock>.of(quantity(3), sku: pick(["CHAI", "MATE"])))
    }
  }

  /// Somebody settles one of the open disagreements.
  private mutating func resolution() -> Operation? {
    let open = bench.all(ConflictColumns.self).filter { $0.state == .open }
    guard !open.isEmpty else { return nil }
    let conflict = pick(open)
    let keep = pick(["mine", "theirs", "value"])
    let value = PersonalText(pick(["0", "3", "9"]))
    return record(
      pick(["A", "HQ"]),
      Filled<ResolveConflict> {
        $0.conflict = conflict.id
        $0.keep = keep
        $0.value = value
      })
  }

  /// A replica predicts the operation before the centre decides it: whatever it sees, it must not fail.
  mutating func guessFirst(_ operation: Operation) {
    guard Int.random(in: 0..<4, using: &generator) == 0 else { return }
    bench.replica(of: operation.id.device).decide(operation)
  }

  private mutating func create() -> Operation {
    let lines = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      (sku: pick(["CHAI", "CHAI", "MATE"]), quantity: quantity())
    }
    let warehouse = pick([nil, nil, "W1", "W2"])
    let (handle, form) = bench.newOrder(
      "SO-\(orders.count)", of: "C-ANA", lines, shipComplete: pick([true, false, false]),
      warehouse: warehouse)
    orders.append(handle)
    return record(warehouse == nil ? "HQ" : "A", form)
  }

  private mutating func picking(_ order: OrderHandle) -> Operation {
    if Int.random(in: 0..<5, using: &generator) == 0 {
      return record("HQ", order.pick(quantity(), line: line(order), warehouse: "W2"))
    }
    return record(pick(["P", "Q"]), order.pick(quantity(), line: line(order), lot: pick([nil, "L1"])))
  }

  private mutating func shipping(_ order: OrderHandle) -> Operation {
    let named = Int.random(in: 0..<3, using: &generator) == 0
    return record(
      pick(["P", "Q"]), order.ship(bench.newID(), named ? [line(order): quantity(4)] : [:]))
  }

  private mutating func line(_ order: OrderHandle) -> Int {
    Int.random(in: 0..<order.lines.count, using: &generator)
  }

  /// Most things are recorded when they happen; some were recorded offline up to an hour ago.
  private mutating func record<F: OperationForm>(_ device: String, _ form: Filled<F>) -> Operation {
    let ago = pick([0, 0, 0, 3_600_000])
    return bench.record(device, at: bench.now.advanced(byMilliseconds: -Int64(ago)), form)
  }
}
