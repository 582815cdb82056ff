import SyncProtocol
import Testing
import TradeRules

@testable import Simulator

@Suite("Copies of a replica, and a centre that was restored")
struct CopyAndRestoreStories {
  /// Lets a copy connect that has recorded more than the device it is of, which goes on.
  private func expectRefused(_ copy: SimulatedDevice, as code: Code, in shop: Shop) throws {
    try shop.world.setOnline(copy.code, true)
    try shop.world.run(milliseconds: 5_000)
    #expect(copy.host.progress.trouble == code)
    try shop.world.remove(copy.code)
    let next = try shop.ana.orders(("CHAI", 3))
    try shop.settle()
    #expect(try shop.centre.order(next)?.state == .accepted)
    try shop.expectAllIsWell()
  }

  private func work(on copy: SimulatedDevice, in shop: Shop) throws {
    for quantity in 1...3 { try Person(shop, copy.code).orders(("MATE", Quantity(Int64(quantity)))) }
  }

  @Test(
    "#66 #67 after a restore a copy from before it does not take the device over, however far it has gone by itself",
    arguments: [true, false])
  func copiedBeforeRestore(isWelcomeLost: Bool) throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let backup = try shop.copyOfStore()
    try shop.ana.orders(("CHAI", 1))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let copy = try shop.copy(of: shop.ana)
    try work(on: copy, in: shop)
    try shop.world.replaceCentre(with: backup)
    let order = try shop.ana.orders(("CHAI", 2))
    if isWelcomeLost {
      // The centre's first word under the new history never arrives: the same replica comes again.
      var isLost = false
      shop.world.onArrival = { delivery in
        guard !isLost, case .device = delivery.end,
          case .welcome? = try? Message.decode(delivery.bytes)
        else { return .arrives }
        isLost = true
        return .breaksLink
      }
    }
    try shop.reconnect(shop.ana)
    shop.world.onArrival = nil
    #expect(try shop.centre.order(order)?.state == .accepted)

    try expectRefused(copy, as: .replicaForked, in: shop)
  }

  @Test("#66 #67 nor does one from a history that the centre, restored twice, never had")
  func copiedBetweenRestores() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let (first, second) = (try shop.copyOfStore(), try shop.copyOfStore())
    try shop.world.replaceCentre(with: first)
    try shop.settle()
    try shop.cutOff(shop.ana)
    let copy = try shop.copy(of: shop.ana)
    try work(on: copy, in: shop)
    try shop.world.replaceCentre(with: second)
    let order = try shop.ana.orders(("CHAI", 2))
    try shop.reconnect(shop.ana)
    #expect(try shop.centre.order(order)?.state == .accepted)
    try expectRefused(copy, as: .historyDiffers, in: shop)
  }
}
