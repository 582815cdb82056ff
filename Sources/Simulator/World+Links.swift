import ReplicaStore
import SyncProtocol
import TradeRules

/// Links made, broken and carrying messages.
extension World {
  func connect(_ device: SimulatedDevice) throws {
    guard device.mayConnect, try !device.isWiped, now >= centreIsUpAt,
      let link = network.open(device: device.code, at: now)
    else {
      try give(device, [.disconnected])
      return
    }
    device.link = link
    centreInbox.append(.connected(link))
    try give(device, [.connected])
  }

  /// Cuts a device off, or lets it connect again.
  func setOnline(_ code: String, _ isOnline: Bool) throws {
    guard let device = devices[code] else { return }
    device.mayConnect = isOnline
    if isOnline { device.wakesAt = now } else { try breakLink(of: device) }
  }

  /// The link goes; what was on its way is lost.
  ///
  /// - Parameter halfOpen: only the device notices; the centre goes on as if it were there.
  func breakLink(of device: SimulatedDevice, halfOpen: Bool = false) throws {
    guard let link = device.link else { return }
    device.link = nil
    if halfOpen {
      network.close(link)
    } else if let silence = network.halfOpenTime(of: device.code) {
      // What the device had sent arrives late, and the centre talks to nobody for a while.
      network.strand(link, at: now, for: silence)
    } else {
      hangUp(link)
    }
    try give(device, [.disconnected])
  }

  /// Both ends learn at once that the link is gone.
  func hangUp(_ link: UInt64) {
    network.close(link)
    centreInbox.append(.disconnected(link))
  }

  func deliver(_ delivery: Network.Delivery) throws {
    guard network.isOpen(delivery.link) else { return }
    switch try onArrival?(delivery) ?? .arrives {
    case .arrives: break
    case .vanishes: return
    case .breaksLink:
      if let device = devices.values.first(where: { $0.link == delivery.link }) { try breakLink(of: device) }
    }
    guard network.isOpen(delivery.link) else { return }
    try witness?(.delivered(delivery))
    switch delivery.end {
    case .centre where delivery.closes: hangUp(delivery.link)
    case .centre: receive(delivery)
    case .device(let code):
      guard let device = devices[code], device.link == delivery.link else { return }
      if let bytes = delivery.closes ? nil : delivery.bytes {
        try give(device, [.received(bytes)])
      } else {
        try breakLink(of: device)
      }
    }
    if network.breaks(delivery.link), let device = devices.values.first(where: { $0.link == delivery.link }) {
      try breakLink(of: device)
    }
  }

  /// A batch of operations may reach the centre twice, as from a replica that sends it again.
  private func receive(_ delivery: Network.Delivery) {
    centreInbox.append(.received(delivery.link, delivery.bytes))
    guard mishaps.repeatsPerMille > 0 || fates.isScripted, case .push = try? Message.decode(delivery.bytes)
    else { return }
    let repetition = fates.ask(.repetition, of: network.device(of: delivery.link)) {
      mishaps.repetition().map { ["after": $0] }
    }
    guard let delay = repetition?["after"] else { return }
    mishapCounts.repeats += 1
    if delay == 0 {
      centreInbox.append(.received(delivery.link, delivery.bytes))
    } else {
      network.repeatDelivery(delivery, after: delay, at: now)
    }
  }
}
