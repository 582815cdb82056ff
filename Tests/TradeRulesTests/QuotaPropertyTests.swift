import Testing

import class Foundation.ProcessInfo

@testable import TradeRules

@Suite("Quotas: whatever happens, a sale inside one is kept")
struct QuotaPropertyTests {
  /// How many orders are sold inside quotas; `make quotas ORDERS=1000000` sells more.
  static let ordersWanted: Int =
    ProcessInfo.processInfo.environment["WAYBILL_QUOTA_ORDERS"].flatMap { Int($0) } ?? 240
  static let lanes: ClosedRange<UInt64> = 1...4

  @Test(
    "G13: no order inside its device's quota is ever short of stock, whatever arrives when, however wrong the clocks",
    arguments: lanes)
  func insideIsCertain(lane: UInt64) {
    let wanted = Self.ordersWanted / Self.lanes.count
    var sold = 0
    var seed = lane
    while sold < wanted {
      var market = Market(seed: seed)
      for _ in 0..<200 { market.somethingHappens() }
      market.everybodyComesBack()
      market.checkAtTheEnd()
      sold += market.certain.count
      seed += UInt64(Self.lanes.count)
    }
    #expect(sold >= wanted)
  }
}

/// Two agents with quotas and often without a link, a third whose quota is written off behind its back, a
/// picker who counts badly.
private struct Market {
  /// Something recorded offline and not sent yet.
  private struct Work {
    let group: [Operation]
    /// A line that was sold wholly inside the quota, as far as its seller could know.
    var certain: (line: RecordID, quantity: Quantity)?
    /// What it takes from the quota.
    var taken = Quantity.zero
  }

  /// What a device knows: its quota when it last heard of the centre, and what it has done since.
  private struct Phone {
    let code: String
    let customer: RecordID
    var quota = Quota()
    var unsent: [Work] = []
  }

  let bench = RuleBench.founded(keepsOneWorkingSet: true)
  private var generator: SeededGenerator
  private var phones: [Phone] = []
  private var orders = 0
  private var accepted: [OrderHandle] = []
  /// Lines that were promised for certain: what was ordered.
  private(set) var certain: [RecordID: Quantity] = [:]
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    // Many of these orders are alike; none of them is a mistake.
    bench.does(
      "centre",
      Filled<ChangeSetting> { ($0.name, $0.amount) = (Settings.duplicateOrderMilliseconds.rawValue, 0) })
    bench.addProduct("CHAI")
    bench.addPrice("CHAI", 125_000)
    bench.addStock("W1", "CHAI", 60)
    for (code, agent) in [("A", "ANA"), ("B", "BEN"), ("C", "CLO")] {
      bench.addDevice(code, .agent, agent: agent, warehouses: ["W1"])
      phones.append(Phone(code: code, customer: bench.addCustomer("C-\(agent)", agent: agent)))
    }
    bench.addDevice("P", .warehouse, warehouses: ["W1"])
    for place in phones.indices { hears(place) }
  }

  private mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &generator)
  }

  private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }

  // MARK: What happens

  mutating func somethingHappens() {
    bench.now = bench.now.advanced(byMilliseconds: number(1...3_600_000))
    let place = Int.random(in: 0..<phones.count, using: &generator)
    switch Int.random(in: 0..<24, using: &generator) {
    case 0...11: sells(place)
    case 12...13: asksForMore(place)
    case 14: givesBack(place)
    case 15...19: connects(place)
    case 20: bench.does("P", Filled<CountStock>.of(Quantity(number(0...70)), bin: "MAIN"))
    case 21: bench.does("P", Filled<ReceiveStock>.of(Quantity(number(1...80)), sku: "CHAI"))
    case 22: ships()
    default: writesOff()
    }
    checkSetAside()
  }

  private mutating func sells(_ place: Int) {
    let line = bench.newID()
    let quantity = Quantity(number(1...4))
    let covers = QuotaClaims.covers(
      for: [.init(line: line, sku: "CHAI", warehouse: "W1", quantity: quantity)],
      from: [phones[place].quota])
    let covered = covers.first?.quantity ?? .zero
    orders += 1
    let handle = OrderHandle(id: bench.newID(), number: "SO-\(orders)", lines: [line])
    let create = Filled<CreateOrder> {
      ($0.id, $0.number, $0.customer) = (handle.id, handle.number, phones[place].customer)
      ($0.warehouse, $0.shipComplete) = ("W1", false)
      $0.lines = [.of(line, "CHAI", quantity)]
    }
    let submit = Filled<SubmitOrder> {
      ($0.order, $0.number, $0.covers) = (handle.id, handle.number, covers)
    }
    var work = Work(group: bench.group([record(place, create), record(place, submit)]), taken: covered)
    // C's quota is written off behind its back: to it nothing is certain.
    if covered == quantity, phones[place].code != "C" { work.certain = (line, quantity) }
    phones[place].quota.spent += covered
    phones[place].unsent.append(work)
    accepted.append(handle)
  }

  private mutating func asksForMore(_ place: Int) {
    let form = Filled<RequestQuota> {
      ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", Quantity(number(5...50)))
    }
    phones[place].unsent.append(Work(group: [record(place, form)]))
  }

  private mutating func givesBack(_ place: Int) {
    let free = phones[place].quota.free
    guard free > .zero else { return }
    let given = Quantity(number(1...(free.thousandths / 1000)))
    let form = Filled<ReturnQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", given) }
    phones[place].quota.returned += given
    phones[place].unsent.append(Work(group: [record(place, form)], taken: given))
  }

  /// A link, which may break while work is sent, and again before anything comes down.
  private mutating func connects(_ place: Int) {
    let count = phones[place].unsent.count
    let sent = chance(3) ? Int.random(in: 0...count, using: &generator) : count
    for _ in 0..<sent { send(phones[place].unsent.removeFirst()) }
    if !chance(4) { hears(place) }
  }

  private mutating func send(_ work: Work) {
    let verdicts = bench.decide(work.group)
    guard let promise = work.certain else { return }
    certain[promise.line] = promise.quantity
    let codes = verdicts.last?.codes.filter { $0 != .clockSuspect } ?? []
    #expect(verdicts.last?.outcome == .applied && codes == [], "seed \(seed): \(verdicts)")
    check(promise.line, promise.quantity)
  }

  private mutating func hears(_ place: Int) {
    let code = phones[place].code
    bench.sync(code)
    var quota = bench.find(QuotaColumns.self, code, "CHAI", "W1") ?? Quota()
    (quota.device, quota.sku, quota.warehouse) = (code, "CHAI", "W1")
    for work in phones[place].unsent { quota.spent += work.taken }
    phones[place].quota = quota
  }

  private mutating func ships() {
    guard !accepted.isEmpty else { return }
    let handle = accepted[Int.random(in: 0..<accepted.count, using: &generator)]
    let line = bench.line(handle)
    guard line.allocated > .zero else { return }
    bench.does("P", handle.ship(bench.newID(), [0: line.allocated]))
  }

  private mutating func writesOff() {
    guard let free = bench.find(QuotaColumns.self, "C", "CHAI", "W1")?.free, free > .zero else { return }
    let verdict = bench.does(
      "centre",
      Filled<WriteOffQuota> {
        ($0.device, $0.sku, $0.warehouse, $0.reason) = ("C", "CHAI", "W1", PersonalText("lost"))
      })
    #expect(verdict.outcome == .applied)
  }

  /// Clocks say anything within ten years.
  private mutating func record<F: OperationForm>(_ place: Int, _ form: Filled<F>) -> Operation {
    let off = chance(3) ? number(-315_360_000_000...315_360_000_000) : 0
    return bench.record(phones[place].code, at: bench.now.advanced(byMilliseconds: off), form)
  }

  mutating func everybodyComesBack() {
    for place in phones.indices {
      while !phones[place].unsent.isEmpty { send(phones[place].unsent.removeFirst()) }
    }
  }

  // MARK: What must hold

  private func check(_ id: RecordID, _ ordered: Quantity) {
    let line = bench.find(OrderLineColumns.self, id) ?? OrderLine()
    #expect(
      line.allocated + line.shipped >= ordered && line.backordered == .zero,
      "seed \(seed): promised \(ordered.text), got \(line.allocated.text) and \(line.shipped.text)")
  }

  /// A level's set aside is what the quotas have unspent.
  private func checkSetAside() {
    let unspent = bench.all(QuotaColumns.self).reduce(Quantity.zero) { $0 + $1.free }
    let level = bench.level("W1", "CHAI")
    #expect(level.setAside == unspent, "seed \(seed)")
  }

  /// What was promised for certain is still promised or shipped, after all those counts.
  func checkAtTheEnd() {
    checkSetAside()
    for (line, quantity) in certain.sorted(by: { $0.key < $1.key }) { check(line, quantity) }
  }
}
