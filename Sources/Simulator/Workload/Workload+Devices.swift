import GRDB
import TradeRules
import TradeTables

/// What an administrator does about the devices themselves.
extension Workload {
  /// Gives one of them another scope, shuts it out or lets it in again.
  mutating func changeDevice() throws {
    let devices = try world.store.read { db in
      try TradeTables.scan(.of(DeviceColumns.self), limit: .max, in: db).map { Device($0) }
    }.filter { $0.state == .active || $0.state == .suspended }
    guard let device = random.pick(devices) else { return }
    do {
      if device.state == .suspended, random.chance(700) {
        try world.decide(Filled<ChangeDeviceState> { ($0.device, $0.state) = (device.code, .active) })
      } else if device.state == .active, random.chance(300) {
        try world.decide(Filled<ChangeDeviceState> { ($0.device, $0.state) = (device.code, .suspended) })
      } else if !device.grants.everything {
        try world.decide(scope(for: device))
      }
      recorded["devices", default: 0] += 1
    } catch is StorageFailure {
      interrupted += 1
    }
  }

  /// Few places, so that devices come to share them and to lose them.
  private mutating func scope(for device: Device) -> Filled<ChangeScope> {
    let isAgent = device.role == .agent
    let agent = isAgent ? random.pick(["ANA", "ANA", "BEN", nil]) ?? nil : nil
    let territory = isAgent && (agent == nil || random.chance(250)) ? "NORTH" : nil
    let warehouses = random.pick([["W1"], ["W1"], ["W2"], ["W1", "W2"]]) ?? []
    return Filled {
      ($0.device, $0.agent, $0.territory) = (device.code, agent, territory)
      $0.warehouses = WordList(warehouses)
    }
  }
}

extension World {
  /// Lets everybody who is suspended in again.
  func resumeAll() throws {
    let codes = try store.read { db in
      try String.fetchAll(db, sql: "SELECT code FROM device WHERE state = 'suspended' ORDER BY code")
    }
    for code in codes {
      try decide(Filled<ChangeDeviceState> { ($0.device, $0.state) = (code, .active) })
    }
  }

  /// At devices that were told that they are suspended somebody starts the sync anew; so it is with a retired one
  /// that is in use again since a restore.
  func retrySuspended() {
    for code in devices.keys.sorted() {
      guard let device = devices[code], hasGivenUp(device) else { continue }
      device.wakesAt = now
    }
  }

  var hasSuspended: Bool { devices.values.contains(where: hasGivenUp) }

  private func hasGivenUp(_ device: SimulatedDevice) -> Bool {
    guard let refusal = device.host.progress.refusedWith, device.link == nil, device.mayConnect, !device.isOff
    else { return false }
    return refusal == .deviceSuspended || (refusal == .deviceRetired && !device.isOutOfUse)
  }
}
