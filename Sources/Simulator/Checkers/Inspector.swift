import CentralStore
import TradeRules

/// Looks at everything that happens in a world: at each step what is cheap, now and then what is not, at the
/// end all of it.
final class Inspector {
  let world: World
  let receipts = Receipts()
  let tally = Tally()
  private var history = History()
  private var random: Random
  /// The last checkpoint of each device.
  private var checkpoints: [String: Int64] = [:]
  /// Whether messages are read: in one seed of four, since it takes long.
  private let readsMessages: Bool
  private var lastChecked: Int64 = 0

  init(_ world: World) {
    self.world = world
    random = Random(seed: world.seed, "inspector")
    readsMessages = world.seed % 4 == 0
  }

  func see(_ happening: World.Happening) throws {
    switch happening {
    case .delivered(let delivery):
      if readsMessages { try ReplicaChecks.checkScope(of: delivery, in: world, tally) }
    case .decided:
      try history.follow(world, tally)
      if world.store.head.version != lastChecked, random.chance(40) { try checkCentre() }
    case .handled(let device): try check(device)
    case .crashed: break
    }
  }

  private func check(_ device: SimulatedDevice) throws {
    tally.add("checkpoints")
    let checkpoint = device.host.progress.checkpoint
    guard checkpoint >= checkpoints[device.code] ?? 0 else {
      throw Finding(
        "checkpoints", "\(device.code) went from \(checkpoints[device.code] ?? 0) back to \(checkpoint)")
    }
    checkpoints[device.code] = checkpoint
    guard checkpoint == world.store.head.version, random.chance(5) else { return }
    try ReplicaChecks.checkConvergence(of: device, in: world, tally)
    try receipts.checkOutbox(of: device, tally)
  }

  /// The centre's answers so far, by outcome and by code.
  var answers: [String: Int] { history.answers }

  private func checkCentre() throws {
    lastChecked = world.store.head.version
    tally.add("books")
    try world.store.read { db in
      try StockModel(db).check(db)
      try OrderModel(db).check()
    }
  }

  /// Everything, when all is quiet.
  func checkAll() throws {
    try history.follow(world, tally)
    try history.check(world, tally)
    try checkCentre()
    try receipts.checkLog(of: world, tally)
    for code in world.devices.keys.sorted() {
      guard let device = world.devices[code] else { continue }
      try receipts.checkOutbox(of: device, tally)
      try ReplicaChecks.checkConvergence(of: device, in: world, tally)
      try ReplicaChecks.checkSettled(device, in: world, tally)
    }
    for result in try world.store.queries.verify(deep: true) {
      tally.add("verify: \(result.name)", Int(result.examined))
      guard result.isOK else { throw Finding("verify: \(result.name)", result.detail) }
    }
  }
}
