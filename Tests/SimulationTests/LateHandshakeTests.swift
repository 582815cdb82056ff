import SyncProtocol
import Testing

@testable import Simulator

@Suite("A handshake that is overtaken")
struct LateHandshakeTests {
  @Test(
    "#66 a handshake that arrives after a newer one neither throws the newer out nor makes the device look like its copy",
    arguments: [false, true])
  func overtaken(newerIsGone: Bool) throws {
    let shop = try Shop(staffed: ["A1"])
    let (world, device) = (shop.world, try #require(shop.world.devices["A1"]))
    try world.breakLink(of: device)
    let late = try holdBackHello(of: device, in: world)
    try world.breakLink(of: device, halfOpen: true)
    try runUntilCurrent(device, in: world)
    let newer = device.link
    if newerIsGone { try world.breakLink(of: device) }
    world.centreInbox.append(.received(late.link, late.bytes))
    try world.run(milliseconds: 100)
    if !newerIsGone {
      #expect(device.link == newer)
      try world.breakLink(of: device)
    }
    try runUntilCurrent(device, in: world)
    #expect(device.host.progress.refusedWith == nil)
    try shop.expectAllIsWell()
  }

  /// Lets the device's next hello wait on its way.
  private func holdBackHello(of device: SimulatedDevice, in world: World) throws -> Network.Delivery {
    var held: Network.Delivery?
    world.onArrival = { delivery in
      guard held == nil, case .centre = delivery.end, !delivery.closes,
        case .hello = try Message.decode(delivery.bytes)
      else { return .arrives }
      held = delivery
      return .vanishes
    }
    for _ in 0..<60 where held == nil { try world.run(milliseconds: 100) }
    world.onArrival = nil
    return try #require(held, "the device did not come back")
  }

  private func runUntilCurrent(_ device: SimulatedDevice, in world: World) throws {
    for _ in 0..<80 {
      try world.run(milliseconds: 100)
      if try device.link != nil && device.isCurrent(with: world.store.head.version) { return }
    }
    Issue.record("\(device.code) is not current")
  }
}
