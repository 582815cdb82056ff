import CentralStore
import GRDB
import SyncProtocol
import TradeRules

/// Looks at everything that happens in a world: at each step what is cheap, now and then what is not, at the
/// end all of it.
final class Inspector {
  let world: World
  let receipts = Receipts()
  let tally = Tally()
  /// How often which rare event was met.
  private(set) var marks: [String: Int] = [:]
  private var history = History()
  private var model = ReferenceModel()
  private var flow = FlowChecks()
  private var random: Random
  /// A welcome is small: what is larger need not be read to find one.
  private static let welcomeBytesMax = 1_000
  /// The newest link on which each was let in.
  private var welcomedOn: [String: UInt64] = [:]
  /// The last checkpoint of each device.
  private var checkpoints: [String: Int64] = [:]
  private var lastChecked: Int64 = 0
  /// The history that each device's rows are of.
  private var epochs: [String: RecordID] = [:]
  /// Devices whose rows are still those of a history that a restore ended.
  private var behind: Set<String> = []
  /// Work that a restore took from the centre.
  private var lostWork: Set<OperationID> = []

  init(_ world: World) {
    self.world = world
    random = Random(seed: world.seed, "inspector")
  }

  func see(_ happening: World.Happening) throws {
    switch happening {
    case .delivered(let delivery):
      mark(delivery)
      try flow.arrived(delivery, in: world, tally)
    case .said(let bytes, let name, let link):
      let message = try Message.decode(bytes)
      try ScopeTaint.check(message, to: name, in: world, tally)
      try flow.said(message, on: link, in: world, tally)
      try checkWelcome(message, to: name, on: link)
    case .decided:
      try history.follow(world, tally)
      if world.store.head.version != lastChecked, random.chance(200) { try checkCentre() }
    case .handled(let device): try check(device)
    case .crashed: break
    case .closed(let who, let code, let reason, let afterDiskFailure):
      try checkClosing(who, code, reason, afterDiskFailure)
    }
  }

  /// Everybody here keeps to the protocol, so nobody is ever told off: a connection ends because a newer one
  /// took over, because a disk failed, because nothing came over it for too long, or because an administrator said
  /// so. Copies are told off.
  private func checkClosing(
    _ who: String, _ code: CloseCode, _ reason: String, _ afterDiskFailure: Bool
  ) throws {
    tally.add("closings")
    let mark: Mark? =
      switch (code, reason) {
      case (.replaced, _): .connectionReplaced
      case (.refused, Code.scopeChanged.rawValue): .scopeChangedLive
      case (.revoked, Code.deviceSuspended.rawValue): .suspended
      case (.refused, Code.notAuthorised.rawValue) where world.devices.values.contains { $0.isUnknown }:
        .turnedAway
      case (.revoked, Code.deviceRetired.rawValue): .handedOver
      case (.revoked, Code.deviceWiped.rawValue): .wiped
      case (.refused, Code.replicaForked.rawValue) where world.devices.values.contains { $0.isCopy }:
        .copyRefused
      default: nil
      }
    if let mark { marks[mark.rawValue, default: 0] += 1 }
    let isInOrder =
      mark != nil
      || (code == .refused
        && (afterDiskFailure || who != "the centre"))
      || (code == .slowReader && reason == "no proof of identity in time")
    guard isInOrder else { throw Finding("closings", "\(who) closes with \(code): \(reason)") }
    if who == "the centre" { try ScopeTaint.checkReason(reason) }
  }

  /// A device moves on from one connection to the next; what an older one still had to say came late.
  private func checkWelcome(_ message: Message, to name: String, on link: UInt64) throws {
    guard case .welcome = message else { return }
    tally.add("welcomes")
    let newest = welcomedOn[name] ?? 0
    guard link > newest else {
      throw Finding("welcomes", "\(name) was let in on link \(link) after link \(newest)")
    }
    welcomedOn[name] = link
  }

  private func mark(_ delivery: Network.Delivery) {
    guard case .device = delivery.end, delivery.bytes.count < Inspector.welcomeBytesMax,
      case .welcome(let welcome) = try? Message.decode(delivery.bytes), welcome.loadContinues
    else { return }
    marks[Mark.downloadResumed.rawValue, default: 0] += 1
  }

  private func check(_ device: SimulatedDevice) throws {
    // Nobody promises anything to a copy.
    if device.isCopy { return }
    tally.add("checkpoints")
    let checkpoint = device.host.progress.checkpoint
    if behind.contains(device.code), try hasFollowed(device) { behind.remove(device.code) }
    if device.isOutOfUse, try device.isWiped { return }
    if checkpoint != checkpoints[device.code] {
      // Versions mean something within one history, and one restore may follow another at once.
      let epoch = try device.store.state()?.checkpointEpoch
      if epoch != epochs[device.code] { checkpoints[device.code] = 0 }
      epochs[device.code] = epoch
    }
    guard checkpoint >= checkpoints[device.code] ?? 0 else {
      throw Finding(
        "checkpoints", "\(device.code) went from \(checkpoints[device.code] ?? 0) back to \(checkpoint)")
    }
    // What it shows until then is of a history that nobody has any more, or has rotted.
    let isTrusted = !behind.contains(device.code) && !device.hasRotted
    if isTrusted, checkpoint != checkpoints[device.code] {
      try history.checkHead(knownTo: device, in: world, tally)
    }
    checkpoints[device.code] = checkpoint
    if isTrusted { try checkNowAndThen(device) }
  }

  private func checkNowAndThen(_ device: SimulatedDevice) throws {
    if random.chance(50) { try ReplicaChecks.checkAnswered(on: device, in: world, tally) }
    if random.chance(4) { try SightChecks.checkMoment(of: device, in: world, tally) }
    if random.chance(2) { try SightChecks.checkOwnWork(on: device, in: world, tally) }
    guard device.host.progress.checkpoint == world.store.head.version, random.chance(10) else { return }
    try ReplicaChecks.checkConvergence(of: device, in: world, tally)
    try receipts.checkOutbox(of: device, tally)
  }

  // MARK: Restores

  /// What was seen of the centre up to now.
  func remember() throws -> History {
    try history.follow(world, tally)
    return history
  }

  /// From now on the centre is what it was, and goes on from there (G27).
  func restored(to memory: History, losing work: Set<OperationID>) throws {
    tally.add("restores")
    history = memory
    try history.follow(world, tally)
    lastChecked = 0
    behind = Set(world.devices.keys)
    lostWork.formUnion(work)
    marks[Mark.restored.rawValue, default: 0] += 1
  }

  /// Whether the device's rows are of the centre's present history.
  private func hasFollowed(_ device: SimulatedDevice) throws -> Bool {
    try device.store.state().map { $0.checkpoint > 0 && $0.checkpointEpoch == world.store.epoch } ?? false
  }

  private func markSentAgain() throws {
    guard !lostWork.isEmpty else { return }
    let found = try world.store.read { db in
      try lostWork.count { id in
        try Bool.fetchOne(
          db, sql: "SELECT EXISTS (SELECT 1 FROM log_operation WHERE device = ? AND number = ?)",
          arguments: [id.device, id.number]) ?? false
      }
    }
    if found > 0 { marks[Mark.sentAgain.rawValue, default: 0] += found }
  }

  /// The centre's answers so far, by outcome and by code.
  var answers: [String: Int] { history.answers }

  private func checkCentre() throws {
    lastChecked = world.store.head.version
    tally.add("books")
    try world.store.read { db in
      try StockModel(db).check(db)
      try OrderModel(db).check()
      try AnswerModel.check(db)
      model = try model.follow(db)
      try model.check(db)
      model.tell(tally)
      let money = try MoneyModel(db)
      try money.check()
      tally.add("money", money.count)
    }
  }

  /// Everything, when all is quiet.
  ///
  /// - Parameter wipedUnheard: devices whose word that they are wiped may have been lost.
  func checkAll(wipedUnheard: Set<String> = []) throws {
    marks.merge(try world.store.read(Mark.counts), uniquingKeysWith: +)
    try markSentAgain()
    try history.follow(world, tally)
    try history.check(world, tally)
    try checkCentre()
    try model.checkScopes(of: world)
    model.tell(tally)
    try receipts.checkLog(of: world, tally)
    for code in world.devices.keys.sorted() {
      guard let device = world.devices[code] else { continue }
      if device.isOutOfUse {
        let mayBeUnheard = wipedUnheard.contains(code)
        try DismissedChecks.check(device, receipts, wipedUnheard: mayBeUnheard, in: world, tally)
        continue
      }
      try receipts.checkOutbox(of: device, tally)
      if device.isUnknown {
        try DismissedChecks.checkUnknown(device)
        try ReplicaChecks.checkIncidents(device)
        continue
      }
      if try DismissedChecks.isMended(device) { marks[Mark.mended.rawValue, default: 0] += 1 }
      try ReplicaChecks.checkConvergence(of: device, in: world, tally)
      try ReplicaChecks.checkSettled(device, in: world, tally)
    }
    for result in try world.store.queries.verify(deep: true) {
      tally.add("verify: \(result.name)", Int(result.examined))
      guard result.isOK else { throw Finding("verify: \(result.name)", result.detail) }
    }
  }
}
