import GRDB
import ReplicaStore
import SyncSession
import TradeRules

/// One device of a world: its replica, its clock, its link.
final class SimulatedDevice {
  let code: String
  private(set) var store: ReplicaStore
  private(set) var host: ReplicaHost
  var link: UInt64?
  /// Whether there is a network where the device is.
  var mayConnect = true
  var wakesAt: Instant?
  /// Whether it is switched off: nothing happens on it.
  var isOff = false
  /// What its store lies on.
  let storage: Storage
  /// What it enrols with, until it has.
  private var enrolment: EnrolmentCode?
  /// What the device's clock says less the world's time, milliseconds.
  var clockErrorMilliseconds: Int64 = 0
  private let random: RandomSource
  /// Ids that the person's program made.
  private(set) var idsMade = 0
  private var bootID: RecordID
  private var bootedAt = Instant(milliseconds: 0)
  /// Whether it works on a copy of another device's replica.
  let isCopy: Bool
  /// Whether an administrator retired it or reported it lost.
  var isOutOfUse = false
  /// The version that put it out of use, where that is known.
  var outOfUseSince: Int64?
  /// Whether it enrolled after the backup from which the centre was restored: nobody there knows it.
  var isUnknown = false
  /// Whether its disk changed what had been written.
  var hasRotted = false
  /// Operations acknowledged to the person at the device, kept outside of it.
  private(set) var acknowledged: [OperationID] = []

  /// A new device that enrols as soon as it may connect.
  ///
  /// - Parameter store: where it keeps its replica; nil = in memory.
  convenience init(
    _ code: String, seed: UInt64, enrolment: EnrolmentCode, store: ReplicaStore? = nil,
    hasDisk: Bool = false, fates: Fates = Fates(), at now: Instant
  ) throws {
    let storage = Storage(seed: seed, code, onDisk: hasDisk, fates)
    try self.init(
      code, seed: seed, store: store ?? storage.openReplica(nil), on: storage, isCopy: false, at: now)
    self.enrolment = enrolment
    try restart(at: now)
  }

  /// A device that works on a replica as it finds it.
  ///
  /// - Parameters:
  ///   - name: makes its chance its own.
  ///   - isCopy: whether another device works on the same replica.
  convenience init(
    _ name: String, seed: UInt64, store: ReplicaStore, isCopy: Bool, at now: Instant
  ) throws {
    try self.init(
      name, seed: seed, store: store, on: Storage(seed: seed, name, onDisk: false, Fates()), isCopy: isCopy,
      at: now)
  }

  private init(
    _ name: String, seed: UInt64, store: ReplicaStore, on storage: Storage, isCopy: Bool,
    at now: Instant
  ) throws {
    code = name
    self.isCopy = isCopy
    self.storage = storage
    let random = RandomSource(seed: seed, "device/\(name)")
    self.random = random
    self.store = store
    bootID = RecordID(derivedFrom: random.bytes(16))
    host = ReplicaHost(store: store, appVersion: "simulated") { random.bytes($0) }
    wakesAt = now
  }

  /// The device is switched off and on: its steady clock starts anew, its wall clock may be wrong from now on.
  func reboot(clockErrorMilliseconds error: Int64, at now: Instant) throws {
    bootID = RecordID(derivedFrom: random.bytes(16))
    bootedAt = now
    clockErrorMilliseconds = error
    try restart(at: now)
  }

  /// The program stops and starts again. A person whose device is not enrolled yet enters the code again.
  func restart(at now: Instant) throws {
    let random = random
    store = try storage.openReplica(store)
    host = ReplicaHost(store: store, appVersion: "simulated") { random.bytes($0) }
    if let enrolment, try store.state() == nil {
      try host.beginEnrolment(code: enrolment, url: "ws://centre/sync", caFile: "")
    }
    wakesAt = now
  }

  /// The program starts as one that syncs does: first it reads everything that is there (G23).
  ///
  /// - Returns: whether all of it is what it was.
  func restartReading(at now: Instant) throws -> Bool {
    try restart(at: now)
    return try store.scrub(at: now).isSound
  }

  func clock(at now: Instant) -> ClockReading {
    ClockReading(
      wall: now.advanced(byMilliseconds: clockErrorMilliseconds), bootID: bootID,
      bootTimeMilliseconds: now.milliseconds(since: bootedAt))
  }

  /// The device asks to be woken by its own clock.
  func worldTime(of time: Instant, now: Instant) -> Instant {
    max(now, time.advanced(byMilliseconds: -clockErrorMilliseconds))
  }

  /// Whether its outbox is answered and its checkpoint is the centre's head, by the host's word and by the
  /// replica's rows.
  func isCurrent(with head: Int64) throws -> Bool {
    guard host.progress.isCurrent, host.progress.checkpoint == head else { return false }
    return try store.read { db in
      try Int.fetchOne(db, sql: "SELECT 1 FROM outbox WHERE state = 'unsent' LIMIT 1") == nil
    }
  }

  /// Whether nothing is left on it but its name.
  var isWiped: Bool { get throws { try store.state()?.isWiped ?? false } }

  /// How often the program that syncs looks for work that another recorded, milliseconds.
  static let looksEvery: Int64 = 100

  /// The work was recorded, and the program stopped before it could say so.
  struct Unheard: Error {}

  /// Does something as the person at the device.
  @discardableResult
  func record(
    in world: World, actor: String = "user", _ drafts: (Numbering) throws -> [Draft]
  ) throws -> Recorded {
    let random = random
    return try keep(in: world) {
      try store.record(
        actor: actor, clock: clock(at: world.now), random: { random.bytes($0) },
        { numbering in try drafts(numbering).map { world.wording?.said($0, at: code) ?? $0 } })
    }
  }

  /// Records refused work again.
  func recordAgain(_ work: OwnWork, in world: World) throws -> Recorded {
    let random = random
    return try keep(in: world) {
      try store.retry(work, actor: "user", clock: clock(at: world.now)) { random.bytes($0) }
    }
  }

  /// - Throws: `Unheard` when the program stopped before it could say that the work is recorded, `StorageFailure`
  ///   when nobody knows whether it is.
  private func keep(in world: World, _ record: () throws -> Recorded) throws -> Recorded {
    let failures = storage.failures
    let fate = world.fate(of: self)
    let recorded: Recorded
    do { recorded = try record() } catch  where storage.failures > failures || storage.hasLostPower {
      if storage.hasLostPower { try world.crash(self, downFor: fate.downtime) }
      storage.mend()
      throw StorageFailure()
    } catch {
      storage.mend()
      throw error
    }
    if storage.hasLostPower {
      try world.crash(self, downFor: fate.downtime)
      throw Unheard()
    }
    storage.mend()
    if fate.crashes {
      try world.stopRecording(on: self, fate)
      throw Unheard()
    }
    acknowledged.append(recorded.id)
    try world.give(self, [.recorded])
    return recorded
  }

  @discardableResult
  func record<F: OperationForm>(
    _ form: Filled<F>, at statedAt: Instant? = nil, in world: World
  ) throws -> Recorded {
    try record(in: world) { _ in [Draft(form, at: statedAt)] }
  }

  /// A new id, as the device's program makes them.
  func newID(at now: Instant) -> RecordID {
    idsMade += 1
    let bytes = random.bytes(16)
    let words = (0..<2).map { word in
      bytes[word * 8..<word * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return RecordID(milliseconds: now.milliseconds, random: (words[0], words[1]))
  }
}
