import CentralStore
import GRDB
import TradeRules

/// Administrators on a bad day.
final class Operators {
  let world: World
  let inspector: Inspector
  let say: (String) -> Void
  /// Devices that were put out of use, by the centre's word.
  private(set) var dismissed: Set<String> = []
  /// The device whose disk changes rows in the evening; nil on most days.
  var rotting: String?
  /// Devices that wiped themselves while there were faults: their last word may have been lost.
  private(set) var wipedInStorm: Set<String> = []
  private var backup: (store: CentralStore, memory: History)?

  init(_ world: World, _ inspector: Inspector, say: @escaping (String) -> Void) {
    (self.world, self.inspector, self.say) = (world, inspector, say)
  }

  /// Faults are about to stop.
  func faultsStop() throws {
    wipedInStorm = Set(try world.devices.values.filter { try $0.isWiped }.map(\.code))
  }

  /// Faults have stopped: whoever is out of use comes to its end.
  func end(within patience: Int64) throws {
    for device in world.devices.values where device.isUnknown && device.link == nil {
      device.wakesAt = world.now
    }
    try world.run(milliseconds: 10_000)
    for device in outOfUse {
      // Somebody starts the sync once more.
      if try !device.isWiped, device.link == nil { device.wakesAt = world.now }
      let end = world.now.advanced(byMilliseconds: patience)
      while try world.now < end && !isDone(device) { try world.run(milliseconds: 250) }
      guard try isDone(device) else {
        throw Finding("liveness", "\(device.code) is out of use and not done with", kind: .liveness)
      }
    }
  }

  private var outOfUse: [SimulatedDevice] {
    world.devices.keys.sorted().compactMap { world.devices[$0] }.filter(\.isOutOfUse)
  }

  private func isDone(_ device: SimulatedDevice) throws -> Bool {
    guard try device.isWiped else {
      return try device.host.progress.refusedWith == .deviceRetired && device.link == nil
        && DismissedChecks.openWork(of: device) == 0
    }
    // A program that stopped before it could say so has nothing left to say it with.
    return try wipedInStorm.contains(device.code)
      || world.store.find(DeviceColumns.self, device.code)?.state == .wiped
  }

  // MARK: Devices

  /// Whether a device can be put out of use: it is known, and is not yet.
  func canDismiss(_ code: String) throws -> Bool {
    guard let device = world.devices[code], !device.isOutOfUse,
      let state = try world.store.find(DeviceColumns.self, code)?.state
    else { return false }
    return state != .invited
  }

  /// Retires a device, or reports it lost. When storage fails, whether it was written shows the next time.
  func dismiss(_ code: String, isLost: Bool) throws {
    guard try canDismiss(code), let device = world.devices[code],
      let state = try world.store.find(DeviceColumns.self, code)?.state
    else { return }
    if state == .active || state == .suspended {
      do {
        try world.decide(
          Filled<ChangeDeviceState> { ($0.device, $0.state) = (code, isLost ? .lost : .retired) })
      } catch is StorageFailure { return }
    }
    device.isOutOfUse = true
    let record = try world.store.find(DeviceColumns.self, code)
    // The last change of a device that is retired or lost is that it was put out of use.
    device.outOfUseSince = record.flatMap { [.retired, .lost].contains($0.state) ? $0.row.version : nil }
    dismissed.insert(code)
    say("\(code) is \(isLost ? "lost" : "retired")")
  }

  /// A restore may have forgotten that a device is out of use, or that it ever enrolled.
  private func lookAgain() throws {
    for code in world.devices.keys.sorted() {
      guard let device = world.devices[code], try device.store.state() != nil else { continue }
      device.isUnknown = try world.store.find(DeviceColumns.self, code)?.state == .invited
      if device.isUnknown { say("nobody knows \(code) any more") }
    }
    for device in outOfUse {
      guard try world.store.find(DeviceColumns.self, device.code)?.state.isInUse ?? true else { continue }
      (device.isOutOfUse, device.outOfUseSince) = (false, nil)
      say("\(device.code) is in use again")
    }
  }

  // MARK: Restores

  func backUp() throws {
    let store = try CentralStore.inMemory()
    try world.store.copy(to: store)
    backup = (store, try inspector.remember())
    say("the centre is backed up at \(world.store.head.version)")
  }

  func restore(downFor downtime: Int64) throws {
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
