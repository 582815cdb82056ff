import SyncSession
import TradeRules

/// What is noted of a world for a comparison with its twin: what each device was sent and when, what people
/// said, and who might see it.
final class TwinWatch {
  /// A message, or the end of a connection, at the moment when the centre handed it over.
  struct Sent {
    let at: Instant
    let delivery: Network.Delivery
  }

  private let world: World
  private let wording: Wording
  private var exposure = Exposure()
  private(set) var sent: [String: [Sent]] = [:]

  /// - Parameter disguise: what differs from the first world; nil in the first.
  init(_ world: World, _ disguise: Disguise?) {
    self.world = world
    wording = Wording(disguise)
    world.wording = wording
    world.network.onSend = { [unowned self] delivery, now in
      guard case .device(let code) = delivery.end else { return }
      sent[code, default: []].append(Sent(at: now, delivery: delivery))
    }
  }

  func see(_ happening: World.Happening) throws {
    if case .decided = happening { try exposure.look(at: world.store) }
  }

  /// The devices whose scope is what it was in the beginning, and not everything.
  func observable() throws -> [Device] {
    try sent.keys.sorted().compactMap { code in
      guard let device = try world.store.find(DeviceColumns.self, code), world.devices[code] != nil,
        !device.grants.everything, device.scopeVersion == 0,
        device.formerAgents.words + device.formerTerritories.words + device.formerWarehouses.words == []
      else { return nil }
      return device
    }
  }

  /// What a device must not have learnt.
  func disguise(from device: Device, isLonger: Bool) throws -> Disguise {
    try exposure.look(at: world.store)
    let grants = device.grants
    let seen = exposure.seen(by: grants)
    let hidden = wording.spoken.filter { text, spoken in
      !spoken.speakers.contains(device.code) && spoken.records.isDisjoint(with: seen.ids)
        && !seen.texts.contains { TwinWatch.has($0, text) }
    }
    return Disguise(
      texts: Set(hidden.keys), visible: seen.ids, seesMoney: grants.seeMoney, isLonger: isLonger)
  }

  /// Whether a cell has a text, alone or among others as an event has it: `phone 1` is not in `phone 12`.
  private static func has(_ cell: String, _ text: String) -> Bool {
    cell == text
      || cell.ranges(of: text).contains { range in
        range.upperBound == cell.endIndex || !cell[range.upperBound].isNumber
      }
  }
}
