import ReplicaStore
import TradeRules

/// What people do about work that the centre refused.
extension Workload {
  /// Whether there was any.
  mutating func dealWithRefusal(_ deed: Deed, at device: SimulatedDevice) throws -> Bool {
    let refused = try device.store.view { try $0.openWork().filter { $0.state == .rejected } }
    guard let work = random.pick(refused) else { return false }
    let (code, number) = (device.code, work.id.number)
    note(deed == .again ? .again(code, number) : .giveUp(code, number))
    if deed == .again { try recordAgain(number, at: code) } else { try giveUp(number, at: code) }
    return true
  }

  mutating func giveUp(_ number: Int64, at code: String) throws {
    guard let (device, work) = try refused(number, at: code) else { return }
    try device.store.discard(work)
    recorded[Deed.giveUp.rawValue, default: 0] += 1
  }

  /// Records a command again, as it was.
  mutating func recordAgain(_ number: Int64, at code: String) throws {
    guard let (device, work) = try refused(number, at: code) else { return }
    do {
      let again = try device.recordAgain(work, in: world)
      try receipts.recorded(again.id, on: device)
      recorded[Deed.again.rawValue, default: 0] += 1
    } catch { try count(error) }
  }

  /// Nil where it is not refused, as when a schedule was cut.
  private func refused(_ number: Int64, at code: String) throws -> (SimulatedDevice, OwnWork)? {
    guard let device = world.devices[code], !device.isOff, try device.store.state()?.checkpoint ?? 0 > 0
    else { return nil }
    let work = try device.store.view { view in
      try view.openWork().first { $0.id.number == number && $0.state == .rejected }
    }
    return work.map { (device, $0) }
  }
}
