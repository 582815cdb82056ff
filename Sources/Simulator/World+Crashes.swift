import CentralStore
import ReplicaStore
import TradeRules

/// Programs that stop: what they had committed stays, everything else is gone.
extension World {
  // MARK: What befalls them

  /// What becomes of the centre while it handles its next events; its storage knows.
  func fateOfCentre() -> Mishaps.Fate { fate(of: "centre", storage) { mishaps.fateOfCentre() } }

  /// The same of a device.
  func fate(of device: SimulatedDevice) -> Mishaps.Fate {
    fate(of: device.code, device.storage) { mishaps.fateOfDevice() }
  }

  private func fate(of who: String, _ storage: Storage, _ draw: () -> Mishaps.Fate) -> Mishaps.Fate {
    let parameters = fates.ask(.mishap, of: who) {
      var fate = draw()
      fate.plan = storage.plan(for: fate)
      return fate.parameters
    }
    let fate = parameters.map { Mishaps.Fate($0) } ?? Mishaps.Fate()
    storage.expect(fate)
    return fate
  }

  // MARK: Stops

  /// The centre stops and starts again.
  func restartCentre() throws {
    for code in devices.keys.sorted() { if let device = devices[code] { try breakLink(of: device) } }
    try startCentre()
  }

  /// The centre's disk is lost, and another store takes its place: a copy made before.
  ///
  /// - Parameter isRestored: whether it begins a history of its own, as a restore does.
  func replaceCentre(with store: CentralStore, isRestored: Bool = true) throws {
    for code in devices.keys.sorted() { if let device = devices[code] { try breakLink(of: device) } }
    try startCentre(on: store)
    if isRestored { try centre.beginHistory(from: "backup", at: now) }
  }

  /// The centre's disk is lost. After a while a backup takes its place and begins a history of its own; devices
  /// get what was said to them before.
  func restoreCentre(from backup: CentralStore, downFor downtime: Int64) throws {
    for code in devices.keys.sorted() {
      guard let link = devices[code]?.link else { continue }
      network.sendClose(on: link, to: .device(code), at: now)
    }
    centreIsUpAt = now.advanced(byMilliseconds: downtime)
    try startCentre(on: storage.restoreCentre(from: backup))
    try centre.beginHistory(from: "backup", at: now)
  }

  /// The centre stops in the middle of its work: devices get what was said to them before, and nobody is there for a
  /// while.
  func crashCentre(downFor downtime: Int64) throws {
    mishapCounts.centreCrashes += 1
    try witness?(.crashed("the centre"))
    for code in devices.keys.sorted() {
      guard let link = devices[code]?.link else { continue }
      network.sendClose(on: link, to: .device(code), at: now)
    }
    centreIsUpAt = now.advanced(byMilliseconds: downtime)
    try startCentre()
  }

  /// A device's program stops and starts again.
  func restart(_ code: String) throws {
    guard let device = devices[code] else { return }
    try breakLink(of: device)
    try device.restart(at: now)
  }

  /// A device is switched off and on; from now on its clock is off by that much.
  func reboot(_ code: String, clockErrorMilliseconds error: Int64) throws {
    guard let device = devices[code] else { return }
    try breakLink(of: device)
    try device.reboot(clockErrorMilliseconds: error, at: now)
  }

  /// A device's program stops in the middle of its work and is started again after a while.
  func crash(_ device: SimulatedDevice, downFor downtime: Int64) throws {
    mishapCounts.deviceCrashes += 1
    try witness?(.crashed(device.code))
    if let link = device.link {
      device.link = nil
      hangUp(link)
    }
    try device.restart(at: now.advanced(byMilliseconds: downtime))
  }

  /// The program that recorded stops before it could say so: alone, and then the one that syncs finds the work
  /// when it next looks at the replica; or with everything on the device.
  func stopRecording(on device: SimulatedDevice, _ fate: Mishaps.Fate) throws {
    guard fate.downtime == 0 else { return try crash(device, downFor: fate.downtime) }
    guard device.link != nil else { return }
    device.wakesAt = now.advanced(byMilliseconds: SimulatedDevice.looksEvery)
  }

  /// Switches a device off, or on again.
  func setOff(_ code: String, _ isOff: Bool) throws {
    guard let device = devices[code], device.isOff != isOff else { return }
    if isOff {
      try breakLink(of: device)
      device.isOff = true
      device.wakesAt = nil
    } else {
      device.isOff = false
      try device.reboot(clockErrorMilliseconds: device.clockErrorMilliseconds, at: now)
    }
  }
}
