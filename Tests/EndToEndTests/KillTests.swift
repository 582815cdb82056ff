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
    "G1 G2 G4 whatever is killed while recording, sending, receiving or staying live: nothing acknowledged is lost, nothing doubled, no answer changes, nothing needs repair",
    .timeLimit(.minutes(60)))
  func killAnything() async throws {
    print("KillTests: \(Self.rounds) rounds, WAYBILL_KILL_SEED=\(Self.seed)")
    let company = try Company()
    try await company.open()
    try await company.importBasics(products: 3_000)
    // The same order again and again is meant.
    _ = try await company.atCentre("setting", "set", "duplicateOrderMilliseconds", "0")
    let havoc = Havoc(
      company, tablet: try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD"),
      agent: try await company.enrolAgent(), seed: Self.seed)
    for round in 1...Self.rounds { try await havoc.round(round) }
    print("KillTests: \(havoc.strikes) kills struck, in \(havoc.roundsStruck) of \(Self.rounds) rounds")
    #expect(havoc.roundsStruck * 2 > Self.rounds, "most kills came too late to be any")
    try await havoc.settle()
    try await havoc.expectSound()
    try await company.close()
  }
}

/// The programs of a company, killed now and then, and what they said meanwhile, kept outside them.
private final class Havoc {
  private let company: Company
  private let tablet: Company.Device
  private let agent: Company.Device
  private var chance: Chance
  /// Of each device.
  private var ledgers: [String: Ledger] = [:]
  /// What a sync said of an operation: its outcome and codes.
  private var answers: [String: String] = [:]
  /// How long programs take, seconds, by what they do: as the last one did that nobody killed.
  private var paces = ["record": 0.2, "sync": 0.5, "enrol": 1.5, "work": 1.5]
  /// Programs that a kill ended: others had ended by themselves before.
  private(set) var strikes = 0
  private(set) var roundsStruck = 0

  init(_ company: Company, tablet: Company.Device, agent: Company.Device, seed: UInt64) {
    self.company = company
    self.tablet = tablet
    self.agent = agent
    chance = Chance(seed: seed)
  }

  // MARK: A round

  func round(_ number: Int) async throws {
    let before = strikes
    switch number % 5 {
    case 0:
      try await recordSome()
      try await killWhileEnrolling(number)
    case 1:
      try await recordSome()
      try await killSync(of: tablet)
    case 2:
      try await recordSome()
      try await killCentreWhileSyncing()
    case 3:
      try await recordSome()
      try await sync(tablet)
      try await killSync(of: agent)
    default: try await killWhileLive()
    }
    if strikes > before { roundsStruck += 1 }
    if !company.isOpen { try await company.open() }
  }

  /// - Parameter killed: one in so many recordings is killed itself, and then nobody knows.
  private func recordSome(killed: Int = 4) async throws {
    for _ in 0..<chance.pick(2...6) {
      let delivery = ["stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01"]
      try await record(delivery, on: tablet, isKilled: chance.pick(1...killed) == 1)
    }
    for _ in 0..<chance.pick(1...2) {
      let order = ["order", "create", "--customer", "C-1", "--line", "P-1=1", "--submit"]
      try await record(order, on: agent, isKilled: chance.pick(1...killed) == 1)
    }
  }

  private func record(_ what: [String], on device: Company.Device, isKilled: Bool) async throws {
    let outcome = await end(try company.start(device, what), "record", isKilled: isKilled)
    if outcome.status == 0 {
      let id = try #require(try Document(outcome.output)["operation"].text)
      ledgers[device.code, default: Ledger()].acknowledged.insert(id)
    } else {
      try #require(isKilled && outcome.status == 128 + SIGKILL, "\(outcome)")
      ledgers[device.code, default: Ledger()].unknown += 1
    }
  }

  private func killSync(of device: Company.Device) async throws {
    let outcome = await end(try company.start(device, "sync"), "sync", isKilled: true)
    #expect([0, 5, 128 + SIGKILL].contains(outcome.status), "\(outcome)")
    try keep(outcome)
  }

  private func killCentreWhileSyncing() async throws {
    let running = try [tablet, agent].map { try company.start($0, "sync", "--timeout", "2") }
    await Latch().wait(atMost: moment(in: "sync"))
    if await company.kill() { strikes += 1 }
    for program in running {
      let outcome = await end(program, "cut short", isKilled: false)
      #expect([0, 5, 7].contains(outcome.status), "\(outcome)")
      try keep(outcome)
    }
  }

  /// People record while their devices stay live; more recordings than else are killed, or a program that stays
  /// live, or the centre.
  private func killWhileLive() async throws {
    let live = try [tablet, agent].map { try company.start($0, "sync", "--watch") }
    let victim = chance.pick(0...3)
    if live.indices.contains(victim) { live[victim].kill(after: moment(in: "work")) }
    if victim == live.count { company.kill(after: moment(in: "work")) }
    let begun = ContinuousClock.now
    try await recordSome(killed: victim > live.count ? 2 : 4)
    paces["work"] = seconds(since: begun)
    // Whoever still is to be killed is now.
    if victim == live.count, await company.kill() { strikes += 1 }
    for (number, program) in live.enumerated() {
      program.kill(after: Havoc.patience)
      if number != victim { _ = await program.firstLine(with: "connected") }
      program.send(number == victim ? SIGKILL : SIGINT)
      let outcome = await program.ended()
      #expect(outcome.status == (number == victim ? 128 + SIGKILL : 0), "\(outcome)")
      if number == victim { strikes += 1 }
      try keep(outcome)
    }
  }

  /// A first load is cut by killing either side, and goes on with a plain sync although the code is spent.
  private func killWhileEnrolling(_ round: Int) async throws {
    let code = "N\(round)"
    let invitation = try await company.atCentre(
      "invite", "--name", "New \(round)", "--role", "agent", "--device-code", code, "--territory", "IBERIA",
      "--warehouse", "MAD")
    let device = Company.Device(code: code, replica: company.path("\(code).waybill"))
    let secret = try #require(invitation["code"].text)
    let running = try company.start(device, "enroll", company.address, "--code", secret)
    if chance.pick(1...2) == 1 {
      await Latch().wait(atMost: moment(in: "enrol"))
      if await company.kill() { strikes += 1 }
      _ = await end(running, "cut short", isKilled: false)
    } else {
      _ = await end(running, "enrol", isKilled: true)
    }
    if !company.isOpen { try await company.open() }
    // The same command again resumes; when the enrolment was done, a sync does.
    let again = try await company.run(device, ["enroll", company.address, "--code", secret])
    if again.status != 0 { try await sync(device) }
    let stock = try await company.on(device, "product", "show", "P-3000")
    #expect(stock["sku"].text == "P-3000")
    try await expectUnharmed(device)
    try await company.expectVerified([device], deep: false)
  }

  // MARK: Programs

  /// Seconds after which a program that nobody else ended counts as stuck.
  private static let patience = 60.0

  /// A random moment of a program's run, seconds: one in five comes after it, and shows how long it takes now.
  private func moment(in kind: String) -> Double { chance.seconds(upTo: 1.25 * paces[kind, default: 1]) }

  private func seconds(since begun: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - begun) / Duration.seconds(1)
  }

  /// Waits for a program's end.
  private func end(_ program: Running, _ kind: String, isKilled: Bool) async -> Programs.Outcome {
    let begun = ContinuousClock.now
    if isKilled { program.kill(after: moment(in: kind)) }
    program.kill(after: Havoc.patience)
    let outcome = await program.ended()
    let taken = seconds(since: begun)
    #expect(taken < Havoc.patience, "\(outcome)")
    if outcome.status == 128 + SIGKILL { strikes += 1 }
    // One that was killed may have had long to go: the next is killed a little later.
    paces[kind] = outcome.status == 128 + SIGKILL ? 1.1 * paces[kind, default: taken] : taken
    return outcome
  }

  private func sync(_ device: Company.Device) async throws { keep(try await company.sync(device)) }

  // MARK: What they said

  /// Keeps what a sync said: a document at its end, or lines while it was live.
  private func keep(_ outcome: Programs.Outcome) throws {
    // Said before anything else, also by one that was killed then.
    #expect(!outcome.errors.contains("damaged"), "\(outcome)")
    for line in outcome.output.split(separator: "\n") {
      do { keep(try Document(String(line))) } catch {
        // Whoever is killed leaves half a line at most.
        #expect(outcome.status == 128 + SIGKILL, "\(outcome)")
      }
    }
  }

  private func keep(_ said: Document) {
    #expect(!said["repaired"].exists, "\(said)")
    let told = said["event"].text == "answer" ? [said] : said["answers"].list
    for answer in told {
      let parts = answer["operations"].list
      for part in parts.isEmpty ? [answer] : parts {
        guard let id = part["id"].text, let words = verdict(of: part) else { continue }
        #expect(answers[id, default: words] == words, "\(id)")
        answers[id] = words
      }
    }
  }

  /// An outcome and its codes; nil while there is none.
  private func verdict(of answer: Document) -> String? {
    answer["outcome"].text.map { ([$0] + answer["codes"].texts).joined(separator: " ") }
  }

  // MARK: Afterwards

  /// Everybody sends and hears all there is.
  func settle() async throws {
    // Twice: what the second sent the first hears of.
    for device in [tablet, agent, tablet] { try await sync(device) }
  }

  func expectSound() async throws {
    let deliveries = try await expectNothingLost("stock.receive", of: tablet)
    let orders = try await expectNothingLost("order.create", of: agent)
    for device in [tablet, agent] {
      let stock = try await company.on(device, "stock", "show", "P-1", "--warehouse", "MAD")["warehouses"][0]
      #expect(stock["onHand"].number == Decimal(100 + deliveries), "\(stock)")
      #expect(stock["allocated"].number == Decimal(orders), "each order is promised its one piece: \(stock)")
      try await expectUnharmed(device)
    }
    #expect(!answers.isEmpty, "no sync said anything")
    try await company.expectVerified([tablet, agent])
  }

  /// No kill ever damaged a replica: nothing in it was mended, and its file was never made anew.
  private func expectUnharmed(_ device: Company.Device) async throws {
    let status = try await company.on(device, "status")
    #expect(status["incidentCount"].number == 0 && status["incidents"].list.isEmpty, "\(status)")
  }

  /// - Returns: how many operations of the kind the device recorded, by the centre's log.
  private func expectNothingLost(_ kind: String, of device: Company.Device) async throws -> Int {
    let ledger = try #require(ledgers[device.code])
    let log = try await company.atCentre("log", "--device", device.code)["operations"].list
    #expect(log.allSatisfy { $0["answer"]["outcome"].text == "applied" })
    let all = log.compactMap { $0["id"].text }
    #expect(Set(all).count == all.count, "an operation is in the log twice")
    let ids = log.filter { $0["kind"].text == kind }.compactMap { $0["id"].text }
    #expect(
      ledger.acknowledged.isSubset(of: Set(ids)), "lost: \(ledger.acknowledged.subtracting(ids).sorted())")
    #expect(ids.count <= ledger.acknowledged.count + ledger.unknown)
    expectAnswersStand(in: log, of: device)
    return ids.count
  }

  /// What a device was told is what the log says to the end.
  private func expectAnswersStand(in log: [Document], of device: Company.Device) {
    let told = answers.filter { $0.key.hasPrefix("\(device.code)/") }
    print("KillTests: \(device.code) was told \(told.count) answers to \(log.count) operations")
    var logged: [String: String] = [:]
    for operation in log {
      guard let id = operation["id"].text, let words = verdict(of: operation["answer"]) else { continue }
      logged[id] = words
    }
    for (id, words) in told.sorted(by: { $0.key < $1.key }) { #expect(logged[id] == words, "\(id)") }
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
