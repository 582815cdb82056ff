import CentralStore
import GRDB
import TradeRules

/// Administrators on a bad day.
final class Operators {
  private let plan: OperatorPlan
  private let world: World
  private let inspector: Inspector
  private let say: (String) -> Void
  /// Whether the device that is to be put out of use is, by the centre's word.
  private var isDismissed = false
  private var backup: (store: CentralStore, memory: History)?

  init(_ plan: OperatorPlan, _ world: World, _ inspector: Inspector, say: @escaping (String) -> Void) {
    (self.plan, self.world, self.inspector, self.say) = (plan, world, inspector, say)
  }

  /// What they do before somebody does the next thing.
  func work(before deed: Int) throws {
    if let restores = plan.restores {
      if restores.backupAt == deed { try backUp() }
      if restores.restoresAt.contains(deed) { try restore(downFor: restores.downtime) }
    }
    if let dismissal = plan.dismissal, deed >= dismissal.at { try dismiss(dismissal) }
  }

  /// Faults have stopped: whoever is out of use comes to its end.
  func end(within patience: Int64) throws {
    guard let device = world.devices.values.first(where: \.isOutOfUse) else { return }
    let wasWiped = try device.isWiped
    // Somebody starts the sync once more.
    if !wasWiped, device.link == nil { device.wakesAt = world.now }
    let end = world.now.advanced(byMilliseconds: patience)
    while try world.now < end && !isDone(device, wasWiped: wasWiped) { try world.run(milliseconds: 250) }
    guard try isDone(device, wasWiped: wasWiped) else {
      throw Finding("liveness", "\(device.code) is out of use and not done with", kind: .liveness)
    }
  }

  private func isDone(_ device: SimulatedDevice, wasWiped: Bool) throws -> Bool {
    guard try device.isWiped else {
      return try device.host.progress.refusedWith == .deviceRetired && device.link == nil
        && DismissedChecks.openWork(of: device) == 0
    }
    // A program that stopped before it could say so has nothing left to say it with.
    return try wasWiped || world.store.find(DeviceColumns.self, device.code)?.state == .wiped
  }

  // MARK: Devices

  private func dismiss(_ dismissal: OperatorPlan.Dismissal) throws {
    guard let device = world.devices[dismissal.device], !device.isOutOfUse,
      dismissal.isRepeated || !isDismissed,
      let state = try world.store.find(DeviceColumns.self, device.code)?.state
    else { return }
    if state == .active || state == .suspended {
      do {
        try world.decide(
          Filled<ChangeDeviceState> {
            ($0.device, $0.state) = (dismissal.device, dismissal.isLost ? .lost : .retired)
          })
      } catch is StorageFailure {
        // Whether it was written shows the next time.
        return
      }
    } else if state == .invited {
      return
    }
    (device.isOutOfUse, isDismissed) = (true, true)
    say("\(device.code) is \(dismissal.isLost ? "lost" : "retired")")
  }

  /// A restore may have forgotten that a device is out of use.
  private func lookAgain() throws {
    guard let device = world.devices.values.first(where: \.isOutOfUse),
      try world.store.find(DeviceColumns.self, device.code)?.state.isInUse ?? true
    else { return }
    device.isOutOfUse = false
    if device.link == nil { device.wakesAt = world.now }
    say("\(device.code) is in use again")
  }

  // MARK: Restores

  private func backUp() throws {
    let store = try CentralStore.inMemory()
    try world.store.copy(to: store)
    backup = (store, try inspector.remember())
    say("the centre is backed up at \(world.store.head.version)")
  }

  private func restore(downFor downtime: Int64) throws {
    guard let backup else { return }
    say("the centre is lost at \(world.store.head.version), and back in \(downtime / 1_000) s")
    let lost = try world.store.read(Operators.work)
    try world.restoreCentre(from: backup.store, downFor: downtime)
    let kept = try world.store.read(Operators.work)
    try inspector.restored(to: backup.memory, losing: lost.subtracting(kept))
    try lookAgain()
    say("the centre is back at \(world.store.head.version)")
  }

  /// The work of devices that the centre has.
  private static func work(in db: Database) throws -> Set<OperationID> {
    let rows = try GRDB.Row.fetchAll(
      db, sql: "SELECT device, number FROM log_operation WHERE device <> ?",
      arguments: [CentralStore.ownDevice])
    return Set(rows.map { OperationID(device: $0["device"], number: $0["number"]) })
  }
}

extension DeviceState {
  fileprivate var isInUse: Bool { self == .invited || self == .active || self == .suspended }
}
