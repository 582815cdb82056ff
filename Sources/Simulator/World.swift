import CentralStore
import GRDB
import ReplicaStore
import SyncProtocol
import SyncSession
import TradeRules

/// One centre and its devices on a network in memory: the production hosts, unmodified, with time as a
/// variable. Everything that happens follows from the seed.
final class World {
  let seed: UInt64
  private(set) var now = Instant(milliseconds: 1_767_225_600_000)
  private(set) var centre: CentralHost
  private(set) var devices: [String: SimulatedDevice] = [:]
  var network: Network
  /// What chance does to programs and disks; nothing unless a run asks for it.
  var mishaps: Mishaps
  var mishapCounts = MishapCounts()
  /// What the centre's store lies on.
  let storage: Storage
  /// Whether stores lie on simulated disks, and not in memory.
  let hasDisks: Bool
  /// What goes wrong, and when.
  let fates: Fates
  let limits: SyncLimits
  private let centreKey: SigningKey
  private let centreRandom: RandomSource
  private var centreWakesAt: Instant?
  /// Nobody can connect before.
  var centreIsUpAt: Instant
  /// Events the centre has not been given yet.
  var centreInbox: [CentralHost.Event] = []
  /// In which words people say what they enter; nil: as they come.
  var wording: Wording?
  /// Told of everything that happens, before what follows from it.
  var witness: ((Happening) throws -> Void)?

  /// What a witness of a world sees.
  enum Happening {
    case delivered(Network.Delivery)
    /// The centre says something to whoever is at the other end of a link, and everything before is on disk.
    case said([UInt8], to: String, on: UInt64)
    /// The centre has decided, and is about to say so.
    case decided
    case handled(SimulatedDevice)
    /// The centre's program stopped, or a device's, in the middle of its work.
    case crashed(String)
    /// One side ends a connection, and says why.
    case closed(by: String, CloseCode, reason: String, afterDiskFailure: Bool)
  }
  /// Told of what is about to be decided at the console.
  var onDecision: ((OwnDraft) -> Void)?
  /// Sees each message at the moment it would arrive, may break links and stop programs, and says what
  /// becomes of it. Nil: every message arrives.
  var onArrival: ((Network.Delivery) throws -> Network.Fate)?

  /// - Parameters:
  ///   - limits: the centre's.
  ///   - hasDisks: whether all stores lie on simulated disks, which may lose power or fail at any call.
  init(
    seed: UInt64, faults: NetworkFaults = .none, limits: SyncLimits = SyncLimits(), hasDisks: Bool = false,
    fates: Fates = Fates()
  ) throws {
    self.fates = fates
    self.seed = seed
    self.limits = limits
    self.hasDisks = hasDisks
    storage = Storage(seed: seed, "centre", onDisk: hasDisks, fates)
    network = Network(seed: seed, faults: faults, fates: fates)
    mishaps = Mishaps(seed: seed)
    centreIsUpAt = now
    centreRandom = RandomSource(seed: seed, "centre")
    centreKey = try SigningKey(seed: centreRandom.bytes(32))
    let random = centreRandom
    centre = CentralHost(store: try storage.openCentre(nil), key: centreKey, limits: limits) {
      random.bytes($0)
    }
    try centre.foundIfNew(at: now)
  }

  var store: CentralStore { centre.store }

  // MARK: People

  /// Does something at the centre's own console.
  @discardableResult
  func decide<F: OperationForm>(_ form: Filled<F>, actor: String = "os:admin") throws -> [Verdict] {
    try decide(OwnDraft(form), actor: actor)
  }

  /// Lets the centre do something on its own.
  @discardableResult
  func atConsole(
    _ body: () throws -> (verdicts: [Verdict], orders: [CentralHost.Order])
  ) throws -> [Verdict] {
    let failures = storage.failures
    let fate = fateOfCentre()
    do {
      let (verdicts, orders) = try body()
      try tellClosings(orders, afterDiskFailure: storage.failures > failures || storage.hasLostPower)
      try conclude(orders, fate)
      return verdicts
    } catch  where storage.hasLostPower || storage.failures > failures {
      // Nobody was told anything, and nobody knows whether it was written.
      try conclude([], fate)
      throw StorageFailure()
    }
  }

  /// Invites a device; it enrols and loads as soon as time passes and it may connect.
  @discardableResult
  func addDevice(
    _ code: String, _ role: Role, agent: String? = nil, territory: String? = nil,
    warehouses: [String] = [], store: ReplicaStore? = nil
  ) throws -> SimulatedDevice {
    let enrolment = try invite(code, role, agent: agent, territory: territory, warehouses: warehouses)
    let device = try SimulatedDevice(
      code, seed: seed, enrolment: enrolment, store: store, hasDisk: hasDisks, fates: fates, at: now)
    devices[code] = device
    return device
  }

  /// Makes an enrolment code, good for a day.
  func invite(
    _ code: String, _ role: Role, agent: String? = nil, territory: String? = nil, warehouses: [String] = []
  ) throws -> EnrolmentCode {
    let secret = centreRandom.bytes(EnrolmentCode.secretBytes)
    let enrolment = EnrolmentCode(secret: secret, centreKey: centreKey.publicKey)
    try decide(
      Filled<InviteDevice> {
        $0.device = code
        $0.name = "\(role) \(code)"
        $0.role = role
        $0.agent = agent
        $0.territory = territory
        $0.warehouses = WordList(warehouses)
        $0.secretHash = enrolment.secretHash
        $0.expiresAt = now.advanced(byMilliseconds: 86_400_000)
      })
    return enrolment
  }

  /// Puts a device into the world that was made elsewhere: with a code of its own, or as a copy of another.
  func add(_ device: SimulatedDevice) { devices[device.code] = device }

  /// Takes a device out of the world.
  func remove(_ code: String) throws {
    try setOnline(code, false)
    devices[code] = nil
  }

  // MARK: Time

  /// Lets events happen in order until nothing is due before `end`.
  func run(until end: Instant) throws {
    while true {
      try deliverToCentre()
      let next = nextTime()
      guard let next, next <= end else { break }
      now = max(now, next)
      try step()
    }
    now = max(now, end)
  }

  func run(milliseconds: Int64) throws { try run(until: now.advanced(byMilliseconds: milliseconds)) }

  /// Lets time pass until every connected device is current, but for a copy; false when that does not happen
  /// in time.
  func settle(within milliseconds: Int64 = 1_200_000) throws -> Bool {
    let end = now.advanced(byMilliseconds: milliseconds)
    while now < end {
      try run(milliseconds: 250)
      let head = store.head.version
      let waiting = devices.values.filter { $0.mayConnect && !$0.isCopy && !$0.isOutOfUse && !$0.isUnknown }
      if try waiting.allSatisfy({ try $0.isCurrent(with: head) }) { return true }
    }
    return false
  }

  private func nextTime() -> Instant? {
    let device = devices.values.compactMap(\.wakesAt).min()
    return [device, network.nextDelivery, centreWakesAt].compactMap { $0 }.min()
  }

  private func step() throws {
    for delivery in network.due(at: now) { try deliver(delivery) }
    if let due = centreWakesAt, due <= now {
      centreWakesAt = nil
      centreInbox.append(.ticked)
    }
    for code in devices.keys.sorted() {
      guard let device = devices[code], let due = device.wakesAt, due <= now else { continue }
      device.wakesAt = nil
      if device.link == nil { try connect(device) } else { try give(device, [.ticked]) }
    }
  }

  // MARK: Programs

  private func deliverToCentre() throws {
    while !centreInbox.isEmpty {
      let events = centreInbox
      centreInbox = []
      let failures = storage.failures
      let fate = fateOfCentre()
      let orders = centre.handle(events, at: now)
      try tellClosings(orders, afterDiskFailure: storage.failures > failures || storage.hasLostPower)
      try conclude(orders, fate)
    }
  }

  private func tellClosings(_ orders: [CentralHost.Order], afterDiskFailure: Bool) throws {
    for case .close(_, let code, let reason) in orders {
      try witness?(
        .closed(by: "the centre", code, reason: reason, afterDiskFailure: afterDiskFailure))
    }
  }

  /// Carries out what the centre orders, unless it crashes before.
  private func conclude(_ orders: [CentralHost.Order], _ fate: Mishaps.Fate) throws {
    if storage.hasLostPower { return try crashCentre(downFor: fate.downtime) }
    storage.mend()
    guard fate.crashes else {
      try witness?(.decided)
      return try obey(orders)
    }
    try obey(Array(orders.prefix(orders.count * fate.saidPerMille / 1_000)))
    try crashCentre(downFor: fate.downtime)
  }

  private func obey(_ orders: [CentralHost.Order]) throws {
    for order in orders {
      switch order {
      case .send(let bytes, let links):
        for link in links {
          try witness?(.said(bytes, to: network.device(of: link), on: link))
          network.send(bytes, on: link, to: deviceEnd(of: link), at: now)
        }
      case .close(let link, _, _): network.sendClose(on: link, to: deviceEnd(of: link), at: now)
      // On a network without buffers what was sent is on its way.
      case .trust, .discard, .report: break
      case .wake(let time): centreWakesAt = min(centreWakesAt ?? time, time)
      }
    }
  }

  private func deviceEnd(of link: UInt64) -> Network.End { .device(network.device(of: link)) }

  /// Gives events to a device and carries out what it orders. One whose store fails closes its link, as its
  /// host demands.
  func give(_ device: SimulatedDevice, _ events: [ReplicaHost.Event]) throws {
    guard !device.isOff else { return }
    let failures = device.storage.failures
    let fate = fate(of: device)
    let orders: [ReplicaHost.Order]
    do { orders = try device.host.handle(events, at: device.clock(at: now)) } catch
      where device.storage.failures > failures || device.storage.hasLostPower
    {
      return try recover(device, from: fate)
    }
    if device.storage.hasLostPower { return try crash(device, downFor: fate.downtime) }
    device.storage.mend()
    try witness?(.handled(device))
    let said = fate.crashes ? orders.count * fate.saidPerMille / 1_000 : orders.count
    for order in orders.prefix(said) {
      switch order {
      case .connect(let at): device.wakesAt = device.worldTime(of: at, now: now)
      case .send(let bytes):
        if let link = device.link { network.send(bytes, on: link, to: .centre, at: now) }
      case .close(let code, let reason):
        try witness?(.closed(by: device.code, code, reason: reason, afterDiskFailure: false))
        try breakLink(of: device)
      }
    }
    if fate.crashes { try crash(device, downFor: fate.downtime) }
  }

  private func recover(_ device: SimulatedDevice, from fate: Mishaps.Fate) throws {
    if device.storage.hasLostPower { return try crash(device, downFor: fate.downtime) }
    device.storage.mend()
    // Without a link there is nothing to close: the program ends with an error and is started again.
    if fate.crashes || device.link == nil { return try crash(device, downFor: fate.downtime) }
    try breakLink(of: device)
  }

  /// A centre that knows what was committed and nothing else.
  ///
  /// - Parameter store: what it finds on its disk; nil = what it left there.
  func startCentre(on store: CentralStore? = nil) throws {
    centreInbox = []
    centreWakesAt = nil
    let random = centreRandom
    let found = try store?.reopened() ?? storage.openCentre(centre.store)
    centre = CentralHost(store: found, key: centreKey, limits: limits) { random.bytes($0) }
    guard store != nil else { return }
    let transactions = storage.transactions
    try found.read { db in db.add(transactionObserver: transactions, extent: .databaseLifetime) }
  }
}

/// A store could not do what a person asked for: what was asked for may be there or not.
struct StorageFailure: Error {}
