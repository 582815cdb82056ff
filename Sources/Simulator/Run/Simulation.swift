import ReplicaStore
import SyncSession
import TradeRules

/// One story: a stormy day, then quiet, in which everything must come right by itself. What happens on the
/// day is drawn from a seed and noted, or it is what a schedule says.
final class Simulation {
  enum Phase: String { case opening, safety, liveness, rest }

  /// What happens, as far as it is known: all of it in the end.
  private(set) var schedule: Schedule
  let world: World
  let inspector: Inspector
  /// What is noted for its twin; nil for a seed that has none.
  let twinWatch: TwinWatch?
  private(set) var phase = Phase.opening
  private(set) var trace = Trace()
  var workload: Workload
  /// What the seed draws; nil when a schedule is played.
  let swarm: Swarm?
  var chance: Random
  private let begin: Instant
  /// Writes what happens, for a person who reads a seed.
  private let log: ((String) -> Void)?
  /// Devices that come back at a time of their own.
  var returns: [String: Instant] = [:]
  private var copied: CopiedReplica?
  private(set) lazy var operators = Operators(world, inspector) { [unowned self] in say($0) }

  /// How long a device may need to come right once faults have stopped, milliseconds: twice the longest
  /// back-off (G10).
  static let patience = 2 * Backoff.cap

  /// Draws everything from a seed.
  ///
  /// - Parameter disguise: what differs from the first telling; nil = this is the first.
  convenience init(seed: UInt64, disguise: Disguise? = nil, log: ((String) -> Void)? = nil) throws {
    let swarm = Swarm(seed: seed)
    let schedule = Schedule(
      seed: seed, limits: swarm.limits, hasDisks: swarm.hasDisks, delayMin: swarm.network.delayMin,
      seats: swarm.seats)
    let watch = TwinWorlds(seed: seed, swarm).map { _ in { TwinWatch($0, disguise) } }
    try self.init(schedule, swarm, Fates(), watch, log)
  }

  /// Plays a schedule.
  convenience init(_ schedule: Schedule, log: ((String) -> Void)? = nil) throws {
    try self.init(schedule, nil, Fates(schedule), nil, log)
  }

  private init(
    _ schedule: Schedule, _ swarm: Swarm?, _ fates: Fates, _ watch: ((World) -> TwinWatch)?,
    _ log: ((String) -> Void)?
  ) throws {
    self.schedule = schedule
    self.swarm = swarm
    self.log = log
    world = try World(
      seed: schedule.seed, faults: .none, limits: schedule.limits, hasDisks: schedule.hasDisks, fates: fates)
    inspector = Inspector(world)
    let world = world
    twinWatch = watch.map { $0(world) }
    workload = Workload(world: world, receipts: inspector.receipts)
    chance = Random(seed: schedule.seed, "faults")
    begin = world.now
    fates.isAwake = false
    world.witness = { [unowned self] happening in try self.see(happening) }
  }

  var seed: UInt64 { schedule.seed }

  /// Plays it to its end.
  ///
  /// - Returns: what it came to grief on; nil when all went well.
  func run() -> Finding? {
    defer { (schedule.faults, schedule.delays) = (world.fates.happened, world.fates.delays) }
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
    say("seed \(seed): \(swarm?.description ?? "a schedule of \(schedule.events) events")")
    try Shop.open(in: world)
    for seat in schedule.seats {
      try world.addDevice(
        seat.code, seat.role, agent: seat.agent, territory: seat.territory, warehouses: seat.warehouses)
    }
    world.network.faults.delayMin = schedule.delayMin
    world.fates.isAwake = true
    phase = .safety
  }

  private func storm() throws {
    if let swarm { return try draw(swarm) }
    for item in schedule.items { try perform(item) }
  }

  /// Does what was drawn, and notes it.
  func act(_ item: Schedule.Item) throws {
    schedule.items.append(item)
    try perform(item)
  }

  /// Notes what was done.
  func note(_ item: Schedule.Item) { schedule.items.append(item) }

  private func perform(_ item: Schedule.Item) throws {
    switch item {
    case .wait(let time):
      try world.run(milliseconds: time)
      try copied?.tryToConnect(in: world)
    case .clock(let code, let error): world.devices[code]?.clockErrorMilliseconds = error
    case .offline(let code): try world.setOnline(code, false)
    case .off(let code): try world.setOff(code, true)
    case .back(let code):
      try world.setOff(code, false)
      try world.setOnline(code, true)
    case .reboot(let code, let error): try world.reboot(code, clockErrorMilliseconds: error)
    case .retry: world.retrySuspended()
    case .copy(let code):
      if let device = world.devices[code] { copied = try CopiedReplica(of: device, in: world) }
      try copied?.tryToConnect(in: world)
    case .backup: try operators.backUp()
    case .restore(let downtime): try operators.restore(downFor: downtime)
    case .dismiss(let code, let isLost): try operators.dismiss(code, isLost: isLost)
    case .rot(let code): operators.rotting = code
    case .ids(let code, let count):
      for _ in 0..<count { _ = world.devices[code]?.newID(at: world.now) }
    case .record(let group): try workload.record(group)
    case .giveUp(let code, let number): try workload.giveUp(number, at: code)
    case .again(let code, let number): try workload.recordAgain(number, at: code)
    case .decide(let work): try workload.decide(work)
    }
    say(item.story)
  }

  /// Faults stop and nobody works any more: without a further write everybody has to come right.
  private func calm() throws {
    phase = .liveness
    try operators.faultsStop()
    world.fates.isAwake = false
    world.mishaps = Mishaps(seed: seed)
    world.network.faults = .none
    world.network.faults.delayMin = schedule.delayMin
    for code in world.devices.keys.sorted() {
      try world.setOff(code, false)
      if world.devices[code]?.isCopy == false { world.devices[code]?.mayConnect = true }
    }
    world.centreIsUpAt = world.now
    say("all faults stop")
    try world.resumeAll()
    // Whatever was said to them before is heard by then.
    try world.run(milliseconds: 60_000)
    world.retrySuspended()
    guard try world.settle(within: Simulation.patience - 60_000) else {
      throw Finding("liveness", try stuck(), kind: .liveness)
    }
    try copied?.end(in: world, within: Simulation.patience)
    try operators.end(within: Simulation.patience)
    guard try world.settle(within: Simulation.patience) else {
      throw Finding("liveness", try stuck(), kind: .liveness)
    }
    phase = .rest
    try operators.rot(within: Simulation.patience)
    try inspector.checkAll(wipedUnheard: operators.wipedInStorm)
    for code in world.devices.keys.sorted() { try world.setOnline(code, false) }
    // Longer than anything is kept that somebody asked for.
    try world.run(milliseconds: Simulation.patience)
    try FlowChecks.checkLeftovers(in: world, inspector.tally)
  }

  private func stuck() throws -> String {
    let head = world.store.head.version
    let stuck = try world.devices.keys.sorted().compactMap { world.devices[$0] }.filter {
      try !$0.isOutOfUse && !$0.isUnknown && !$0.isCurrent(with: head)
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

  // MARK: Witness

  private func see(_ happening: World.Happening) throws {
    trace.add(happening, at: world.now)
    try twinWatch?.see(happening)
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

  func say(_ text: String) { log?("\(elapsed) \(text)") }

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
      "deeds that came to nothing": workload.interrupted,
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
