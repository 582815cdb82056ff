import ReplicaStore
import SyncSession
import TradeRules

/// One device of a world: its replica, its clock, its link.
final class SimulatedDevice {
  let code: String
  let store: ReplicaStore
  private(set) var host: ReplicaHost
  var link: UInt64?
  /// Whether there is a network where the device is.
  var mayConnect = true
  var wakesAt: Instant?
  /// What the device's clock says less the world's time, milliseconds.
  var clockErrorMilliseconds: Int64 = 0
  private let random: RandomSource
  private let bootID: RecordID
  /// Operations acknowledged to the person at the device, kept outside of it.
  private(set) var acknowledged: [OperationID] = []

  init(_ code: String, seed: UInt64, enrolment: EnrolmentCode, at now: Instant) throws {
    self.code = code
    let random = RandomSource(seed: seed, "device/\(code)")
    self.random = random
    bootID = RecordID(derivedFrom: random.bytes(16))
    store = try ReplicaStore.inMemory()
    host = ReplicaHost(store: store, appVersion: "simulated") { random.bytes($0) }
    try host.beginEnrolment(code: enrolment, url: "ws://centre/sync", caFile: "")
    wakesAt = now
  }

  func restart(at now: Instant) {
    let random = random
    host = ReplicaHost(store: store, appVersion: "simulated") { random.bytes($0) }
    wakesAt = now
  }

  func clock(at now: Instant) -> ClockReading {
    ClockReading(
      wall: now.advanced(byMilliseconds: clockErrorMilliseconds), bootID: bootID,
      bootTimeMilliseconds: now.milliseconds)
  }

  /// The device asks to be woken by its own clock.
  func worldTime(of time: Instant, now: Instant) -> Instant {
    max(now, time.advanced(byMilliseconds: -clockErrorMilliseconds))
  }

  /// Whether its outbox is answered and its checkpoint is the centre's head.
  func isCurrent(with head: Int64) -> Bool { host.progress.isCurrent && host.progress.checkpoint == head }

  /// Does something as the person at the device.
  @discardableResult
  func record(
    in world: World, actor: String = "user", _ drafts: (Numbering) throws -> [Draft]
  ) throws -> Recorded {
    let random = random
    let recorded = try store.record(
      actor: actor, clock: clock(at: world.now), random: { random.bytes($0) }, drafts)
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
    let bytes = random.bytes(16)
    let words = (0..<2).map { word in bytes[word * 8..<word * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    return RecordID(milliseconds: now.milliseconds, random: (words[0], words[1]))
  }
}
