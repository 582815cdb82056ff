import BenchmarkFloor
import CentralStore
import Foundation
import ReplicaStore
import TradeRules

/// P2: many replicas with a day's offline work reconnect at once, until all of it is answered durably.
struct UploadWorkload {
  let replicas: Int
  let operationsEach: Int

  func run(in folder: URL) throws -> [Figure] {
    let shop = try Shop(at: folder, products: 2_000)
    try shop.supply(2_000)
    let pairings = try (0..<replicas).map { try prepare($0, in: shop) }
    let commands = replicas * operationsEach
    let before = shop.centre.store.head.version
    let (store, copy) = (
      folder.appendingPathComponent("centre.db").path, folder.appendingPathComponent("floor.db").path
    )
    guard floor_copy(store, copy) == 0 else { throw WorkloadFailed("the store could not be copied") }
    let (heads, spent) = try upload(pairings, to: shop)
    let decided = Int(shop.centre.store.head.version - before)
    guard decided == commands else { throw WorkloadFailed("P2 decided \(decided) groups of \(commands)") }
    let written = try rowsWritten(since: before, in: shop.centre.store)
    let floor = floor_replay(store, copy, [before] + heads, Int64(heads.count))
    guard floor > 0 else { throw WorkloadFailed("SQLite refused the floor's rows: \(-floor)") }
    let rate = Double(commands) / spent.wall
    let floorRate = Double(commands) / (Double(floor) / 1e9)
    return [
      Figure(workload: "P2", what: "operations", value: Double(commands), unit: ""),
      Figure(
        workload: "P2", what: "rows left by an operation", value: Double(written) / Double(commands), unit: ""
      ),
      Figure(
        workload: "P2", what: "decided durably", value: rate, unit: "operations/s", ratio: rate / floorRate),
      Figure(
        workload: "P2", what: "of processor time", value: Double(commands) / spent.processor,
        unit: "operations/s"),
      Figure(workload: "P2", what: "floor", value: floorRate, unit: "operations/s"),
    ]
  }

  private func prepare(_ number: Int, in shop: Shop) throws -> Pairing {
    // Six of ten operations are an agent's: two orders to one edit.
    let isAgent = number % 10 < 6
    let code = (isAgent ? "A" : "W") + String(number + 1)
    if isAgent { try shop.addCustomers(of: code, 20) }
    let pairing = Pairing(shop, link: UInt64(number + 1), store: try ReplicaStore.inMemory())
    let enrolment = try shop.invite(
      code, isAgent ? .agent : .warehouse, agent: isAgent ? code : nil, warehouses: ["W1"])
    try pairing.host.beginEnrolment(code: enrolment, url: "ws://bench/sync", caFile: "")
    try pairing.connect()
    try pairing.converse()
    try pairing.disconnect()
    for operation in 0..<operationsEach {
      try isAgent ? agentWorks(pairing, shop, code, operation) : warehouseWorks(pairing, shop, operation)
    }
    return pairing
  }

  private func agentWorks(_ pairing: Pairing, _ shop: Shop, _ agent: String, _ number: Int) throws {
    let customers = shop.customers[agent] ?? []
    let customer = customers[shop.pick(customers.count)]
    if number % 3 == 2 {
      try record(
        pairing, shop,
        Draft(
          Filled<EditCustomer> {
            $0.id = customer
            $0.code = agent
            $0.phone = PersonalText("+34 611 \(number)")
            $0.phoneSeen = PersonalText("+34 600 000 0")
          }))
      return
    }
    let order = shop.newID()
    let create = Filled<CreateOrder> {
      $0.id = order
      $0.number = "SO-\(agent)-\(number)"
      $0.customer = customer
      $0.shipComplete = false
      $0.lines = (0..<4).map { _ in
        Filled<OrderLineEntry> {
          $0.id = shop.newID()
          $0.sku = shop.skus[shop.pick(2_000)]
          $0.quantity = Quantity(Int64(1 + shop.pick(9)))
        }
      }
    }
    let submit = Filled<SubmitOrder> {
      $0.order = order
      $0.number = "SO-\(agent)-\(number)"
    }
    try record(pairing, shop, Draft(create), Draft(submit))
  }

  private func warehouseWorks(_ pairing: Pairing, _ shop: Shop, _ number: Int) throws {
    try record(
      pairing, shop,
      Draft(
        Filled<ReceiveStock> {
          $0.warehouse = "W1"
          $0.sku = shop.skus[shop.pick(2_000)]
          $0.quantity = Quantity(Int64(1 + shop.pick(50)))
          $0.bin = "MAIN"
        }))
  }

  private func record(_ pairing: Pairing, _ shop: Shop, _ drafts: Draft...) throws {
    try pairing.record(drafts)
  }

  /// All connect; then the centre is given, turn by turn, one frame of each, as a busy server's loop would.
  ///
  /// - Returns: the head after each turn that decided something, and what these took of the centre.
  private func upload(_ pairings: [Pairing], to shop: Shop) throws -> (heads: [Int64], Measurement) {
    for pairing in pairings { try pairing.connect() }
    var heads: [Int64] = []
    var spent = Measurement(wall: 0, processor: 0)
    var isBusy = true
    while isBusy {
      isBusy = false
      var events: [CentralHost.Event] = []
      for pairing in pairings {
        try pairing.listen()
        guard !pairing.toCentre.isEmpty else { continue }
        isBusy = true
        events.append(.received(pairing.link, pairing.toCentre.removeFirst()))
      }
      guard !events.isEmpty else { continue }
      let head = shop.centre.store.head.version
      var orders: [CentralHost.Order] = []
      let turn = Measurement.of { orders = shop.centre.handle(events, at: shop.tick()) }
      if shop.centre.store.head.version > head {
        heads.append(shop.centre.store.head.version)
        spent.wall += turn.wall
        spent.processor += turn.processor
      }
      for pairing in pairings { pairing.hear(orders) }
    }
    return (heads, spent)
  }

  /// How many rows the decisions left changed.
  private func rowsWritten(since version: Int64, in store: CentralStore) throws -> Int {
    try store.countRows(changedAfter: version)
  }
}

/// A workload that did not do what it should measure.
struct WorkloadFailed: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
