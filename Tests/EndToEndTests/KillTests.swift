import Foundation
import Testing

/// Kills programs at random moments and keeps its own list of what they acknowledged.
@Suite("kill -9 at any moment", .serialized)
struct KillTests {
  /// How often; `make kill ROUNDS=200` sets it.
  static let rounds = Int(ProcessInfo.processInfo.environment["WAYBILL_KILL_ROUNDS"] ?? "") ?? 8
  static let seed =
    UInt64(ProcessInfo.processInfo.environment["WAYBILL_KILL_SEED"] ?? "") ?? .random(in: 0 ... .max)

  @Test(
    "G1 G2 G4 whatever is killed while sending or receiving: nothing acknowledged is lost, nothing doubled, nothing needs repair",
    .timeLimit(.minutes(60)))
  func killAnything() async throws {
    print("KillTests: \(Self.rounds) rounds, WAYBILL_KILL_SEED=\(Self.seed)")
    var chance = Chance(seed: Self.seed)
    let company = try Company()
    try await company.open()
    try await company.importBasics(products: 3_000)
    // The same order again and again is meant.
    _ = try await company.atCentre("setting", "set", "duplicateOrderMilliseconds", "0")
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let agent = try await company.enrolAgent()
    var received = Ledger()
    var ordered = Ledger()
    for round in 1...Self.rounds {
      for _ in 0..<chance.pick(2...6) {
        let delivery = ["stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01"]
        try await record(delivery, on: tablet, of: company, &received, &chance)
      }
      for _ in 0..<chance.pick(1...2) {
        let order = ["order", "create", "--customer", "C-1", "--line", "P-1=1", "--submit"]
        try await record(order, on: agent, of: company, &ordered, &chance)
      }
      switch round % 4 {
      case 0: try await killWhileEnrolling(round, of: company, &chance)
      case 1: try await killClient(tablet, of: company, &chance)
      case 2: try await killCentre(whileSyncing: [tablet, agent], of: company, &chance)
      default:
        try await company.sync(tablet)
        try await killClient(agent, of: company, &chance)
      }
      if !company.isOpen { try await company.open() }
    }
    // Twice: what the second sent the first hears of.
    for device in [tablet, agent, tablet] { try await company.sync(device) }
    let deliveries = try await expectNothingLost(received, "stock.receive", of: tablet, in: company)
    let orders = try await expectNothingLost(ordered, "order.create", of: agent, in: company)
    for device in [tablet, agent] {
      let stock = try await company.on(device, "stock", "show", "P-1", "--warehouse", "MAD")["warehouses"][0]
      #expect(stock["onHand"].number == Decimal(100 + deliveries), "\(stock)")
      #expect(stock["allocated"].number == Decimal(orders), "each order is promised its one piece: \(stock)")
    }
    try await company.expectVerified([tablet, agent])
    try await company.close()
  }

  // MARK: A round

  /// Records one thing; sometimes the recording itself is killed, and then nobody knows.
  private func record(
    _ what: [String], on device: Company.Device, of company: Company, _ ledger: inout Ledger,
    _ chance: inout Chance
  ) async throws {
    let running = try company.start(device, what)
    let isKilled = chance.pick(1...5) == 1
    if isKilled { running.kill(after: chance.seconds(upTo: 0.2)) }
    running.kill(after: 60)
    let outcome = await running.ended()
    if outcome.status == 0 {
      ledger.acknowledged.insert(try #require(try Document(outcome.output)["operation"].text))
    } else {
      try #require(isKilled && outcome.status == 128 + SIGKILL, "\(outcome)")
      ledger.unknown += 1
    }
  }

  private func killClient(
    _ device: Company.Device, of company: Company, _ chance: inout Chance
  ) async throws {
    let running = try company.start(device, "sync")
    running.kill(after: chance.seconds(upTo: 0.5))
    let outcome = await running.ended()
    #expect([0, 5, 128 + SIGKILL].contains(outcome.status), "\(outcome)")
  }

  private func killCentre(
    whileSyncing devices: [Company.Device], of company: Company, _ chance: inout Chance
  ) async throws {
    let running = try devices.map { try company.start($0, "sync", "--timeout", "2") }
    await Latch().wait(atMost: chance.seconds(upTo: 0.5))
    await company.kill()
    for program in running {
      program.kill(after: 60)
      let outcome = await program.ended()
      #expect([0, 5, 7].contains(outcome.status), "\(outcome)")
    }
  }

  /// A first load is cut by killing either side, and goes on with a plain sync although the code is spent.
  private func killWhileEnrolling(_ round: Int, of company: Company, _ chance: inout Chance) async throws {
    let code = "N\(round)"
    let invitation = try await company.atCentre(
      "invite", "--name", "New \(round)", "--role", "agent", "--device-code", code, "--territory", "IBERIA",
      "--warehouse", "MAD")
    let device = Company.Device(code: code, replica: company.path("\(code).waybill"))
    let secret = try #require(invitation["code"].text)
    let running = try company.start(device, "enroll", company.address, "--code", secret)
    await Latch().wait(atMost: chance.seconds(upTo: 1.5))
    if chance.pick(1...2) == 1 { await company.kill() } else { running.send(SIGKILL) }
    running.kill(after: 60)
    _ = await running.ended()
    if !company.isOpen { try await company.open() }
    // The same command again resumes; when the enrolment was done, a sync does.
    let again = try await company.run(device, ["enroll", company.address, "--code", secret])
    if again.status != 0 { try await company.sync(device) }
    let stock = try await company.on(device, "product", "show", "P-3000")
    #expect(stock["sku"].text == "P-3000")
    try await company.expectVerified([device], deep: false)
  }

  // MARK: Afterwards

  /// - Returns: how many operations of the kind the device recorded, by the centre's log.
  private func expectNothingLost(
    _ ledger: Ledger, _ kind: String, of device: Company.Device, in company: Company
  ) async throws -> Int {
    let log = try await company.atCentre("log", "--device", device.code)["operations"].list
    #expect(log.allSatisfy { $0["answer"]["outcome"].text == "applied" })
    let all = log.compactMap { $0["id"].text }
    #expect(Set(all).count == all.count, "an operation is in the log twice")
    let ids = log.filter { $0["kind"].text == kind }.compactMap { $0["id"].text }
    #expect(
      ledger.acknowledged.isSubset(of: Set(ids)), "lost: \(ledger.acknowledged.subtracting(ids).sorted())")
    #expect(ids.count <= ledger.acknowledged.count + ledger.unknown)
    return ids.count
  }

  /// What the programs said, kept outside them.
  private struct Ledger {
    /// Ids of operations whose recording was acknowledged.
    var acknowledged: Set<String> = []
    /// Recordings that were killed: each is there wholly or not at all.
    var unknown = 0
  }
}

/// Chance that can be had again by its seed (SplitMix64).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func seconds(upTo limit: Double) -> Double { Double(next() % 1_000) / 1_000 * limit }
}
