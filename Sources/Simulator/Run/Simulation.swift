import ReplicaStore
import SyncSession
import TradeRules

/// One seed's story: a stormy day, then quiet, in which everything must come right by itself.
final class Simulation {
  enum Phase: String { case opening, safety, liveness, rest }

  let seed: UInt64
  let swarm: Swarm
  let world: World
  let inspector: Inspector
  private(set) var phase = Phase.opening
  private(set) var trace = Trace()
  private var workload: Workload
  private var chance: Random
  private let begin: Instant
  /// Writes what happens, for a person who reads a seed.
  private let log: ((String) -> Void)?
  /// Devices that come back at a time of their own.
  private var returns: [String: Instant] = [:]
  private var copied: CopiedReplica?

  /// How long a device may need to come right once faults have stopped, milliseconds: twice the longest
  /// back-off, and what its rows need on the way (G10).
  static let patience = 2 * Backoff.cap + 60_000

  init(seed: UInt64, log: ((String) -> Void)? = nil) throws {
    self.seed = seed
    self.log = log
    swarm = Swarm(seed: seed)
    world = try World(seed: seed, faults: .none, limits: swarm.limits, hasDisks: swarm.hasDisks)
    inspector = Inspector(world)
    workload = Workload(world: world, receipts: inspector.receipts)
    chance = Random(seed: seed, "faults")
    begin = world.now
    world.witness = { [unowned self] happening in try self.see(happening) }
  }

  /// Plays it to its end.
  ///
  /// - Returns: what it came to grief on; nil when all went well.
  func run() -> Finding? {
    do {
      try open()
      try storm()
      try calm()
      return nil
    } catch let finding as Finding {
      return finding
    } catch {
      return Finding("error", "\(error)", kind: .crash)
    }
  }

  // MARK: Phases

  private func open() throws {
    say("seed \(seed): \(swarm.description)")
    try Shop.open(in: world)
    for seat in swarm.seats {
      let device = try world.addDevice(
        seat.code, seat.role, agent: seat.agent, territory: seat.territory, warehouses: seat.warehouses)
      if swarm.has(.clocks) { device.clockErrorMilliseconds = clockError() }
    }
    world.network.faults = swarm.network
    world.mishaps = swarm.mishaps(seed: seed)
    phase = .safety
    // Most devices load their rows before anybody works, others in the middle of the day.
    try world.run(milliseconds: chance.chance(800) ? 20_000 : 0)
  }

  private func storm() throws {
    for deed in 0..<swarm.deeds {
      try world.run(milliseconds: pause())
      if swarm.copiesAt == deed, let device = world.devices["P1"] {
        copied = try CopiedReplica(of: device, in: world)
      }
      try copied?.tryToConnect(in: world)
      try comeAndGo()
      try workload.doSomething()
      try bringBack()
    }
    try world.run(milliseconds: pause())
  }

  /// Faults stop and nobody works any more: without a further write everybody has to come right.
  private func calm() throws {
    phase = .liveness
    world.mishaps = Mishaps(seed: seed)
    world.network.faults = .none
    world.network.faults.delayMin = swarm.network.delayMin
    for code in world.devices.keys.sorted() {
      try world.setOff(code, false)
      if world.devices[code]?.isCopy == false { world.devices[code]?.mayConnect = true }
    }
    say("all faults stop")
    try world.resumeAll()
    // Whatever was said to them before is heard by then.
    try world.run(milliseconds: 60_000)
    world.retrySuspended()
    try copied?.end(in: world, within: Simulation.patience)
    guard try world.settle(within: Simulation.patience) else {
      throw Finding("liveness", try stuck(), kind: .liveness)
    }
    phase = .rest
    try inspector.checkAll()
  }

  private func stuck() throws -> String {
    let head = world.store.head.version
    let stuck = try world.devices.keys.sorted().compactMap { world.devices[$0] }.filter {
      try !$0.isCurrent(with: head)
    }
    .map { device in
      let progress = device.host.progress
      return "\(device.code) is at \(progress.checkpoint) of \(head), "
        + (progress.isConnected ? "connected" : "not connected")
        + (progress.refusedWith.map { ", refused with \($0)" } ?? "")
        + (progress.trouble.map { ", in trouble with \($0)" } ?? "")
    }
    return "after \(Simulation.patience / 1_000) s of calm " + stuck.joined(separator: "; ")
  }

  // MARK: Chance

  /// Most deeds follow each other within seconds, some after minutes, a few after hours.
  private func pause() -> Int64 {
    switch chance.number(0...9) {
    case 0...5: Int64(chance.number(0...3_000))
    case 6...8: Int64(chance.number(0...120_000))
    default: Int64(chance.number(0...7_200_000))
    }
  }

  private func clockError() -> Int64 {
    let hour: Int64 = 3_600_000
    let choices: [Int64] = [0, 1_000, -1_000, hour, -hour, 5 * hour, 60_000 - world.now.milliseconds]
    return chance.pick(choices) ?? 0
  }

  /// Lets a device lose its network, be switched off, or change its clock.
  private func comeAndGo() throws {
    guard let code = chance.pick(swarm.seats.map(\.code)), let device = world.devices[code] else { return }
    if swarm.has(.offline), device.mayConnect, !device.isOff, chance.chance(100) {
      try world.setOnline(code, false)
      leave(code, for: Int64(chance.number(10_000...7_200_000)), "loses its network")
    } else if swarm.has(.absences), device.mayConnect, !device.isOff, chance.chance(40) {
      try world.setOff(code, true)
      let days = chance.chance(200) ? chance.number(1...40) : 0
      leave(code, for: Int64(days * 86_400_000 + chance.number(60_000...43_200_000)), "is switched off")
    } else if swarm.has(.clocks), !device.isOff, chance.chance(20) {
      try world.reboot(code, clockErrorMilliseconds: clockError())
      say("\(code) reboots, its clock off by \(device.clockErrorMilliseconds) ms")
    }
  }

  private func leave(_ code: String, for time: Int64, _ what: String) {
    returns[code] = world.now.advanced(byMilliseconds: time)
    say("\(code) \(what) for \(time / 1_000) s")
  }

  private func bringBack() throws {
    if chance.chance(200) { world.retrySuspended() }
    for code in returns.keys.sorted() {
      guard let time = returns[code], time <= world.now || chance.chance(30) else { continue }
      returns[code] = nil
      try world.setOff(code, false)
      try world.setOnline(code, true)
      say("\(code) is back")
    }
  }

  // MARK: Witness

  private func see(_ happening: World.Happening) throws {
    trace.add(happening, at: world.now)
    if let log, let line = line(happening) { log(line) }
    try inspector.see(happening)
  }

  /// Nil for what shows when it arrives.
  private func line(_ happening: World.Happening) -> String? {
    let what: String? =
      switch happening {
      case .said: nil
      case .delivered(let delivery): delivery.story
      case .decided: "the centre's head is \(world.store.head.version)"
      case .handled(let device): "\(device.code) is at \(device.host.progress.checkpoint)"
      case .crashed(let who): "\(who) crashes"
      case .closed(let who, let code, let reason, _): "\(who) closes with \(code): \(reason)"
      }
    return what.map { "\(elapsed) \($0)" }
  }

  private func say(_ text: String) { log?("\(elapsed) \(text)") }

  private var elapsed: String { "[\(world.now.milliseconds(since: begin)) ms]" }

  /// What there was of it, for the sum of all seeds.
  var figures: Figures {
    var figures = Figures()
    figures.seeds = 1
    figures.milliseconds = world.now.milliseconds(since: begin)
    figures.operations = inspector.receipts.acknowledged.count
    figures.refusedAtOnce = workload.refusedAtOnce
    figures.messages = world.network.carried
    figures.faults = [
      "links broken": world.network.broken, "links half open": world.network.halfOpened,
      "messages stalled": world.network.stalled, "connections refused": world.network.refused,
      "batches repeated": world.mishapCounts.repeats,
      "crashes of the centre": world.mishapCounts.centreCrashes,
      "crashes of devices": world.mishapCounts.deviceCrashes,
      "failures of the centre's storage": world.storage.failures,
      "failures of devices' storage": world.devices.values.reduce(0) { $0 + $1.storage.failures },
      "power cuts of the centre": world.storage.powerCuts,
      "power cuts of devices": world.devices.values.reduce(0) { $0 + $1.storage.powerCuts },
    ]
    figures.deeds = workload.recorded
    figures.checks = inspector.tally.counts
    figures.answers = inspector.answers
    figures.marks = inspector.marks
    return figures
  }
}
