import SyncSession
import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("Devices whose disks are nearly full")
struct RoomStories {
  /// A shop of which Pia has missed a lot, and now has little room for it.
  private func shopPiaMissed() throws -> Shop {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.pia)
    try shop.decide(Filled<ImportProducts> { $0.rows = (1...300).map { Shop.product("P-\($0)") } })
    shop.pia.device.store.freeBytes = { DiskRoom.reserve - 1 }
    return shop
  }

  private func products(of person: Person) throws -> Int { try person.books.all(ProductColumns.self).count }

  @Test("G22 with little room left rows wait at the centre, and people go on: their work is sent and decided")
  func workGoesOn() throws {
    let shop = try shopPiaMissed()
    let before = try products(of: shop.pia)
    let first = try shop.pia.receives(4)
    try shop.world.setOnline("P1", true)
    try shop.world.run(milliseconds: 60_000)
    #expect(shop.pia.device.host.progress.isShortOfRoom)
    #expect(shop.pia.device.host.progress.isUploaded)
    let second = try shop.pia.receives(5)
    try shop.world.run(milliseconds: 60_000)
    for work in [first, second] { #expect(try shop.centre.answer(to: work.id)?.outcome == .applied) }
    #expect(try products(of: shop.pia) == before)
    #expect(!shop.pia.device.host.progress.isCurrent)
  }

  @Test("G22 G10 what waited for room comes by itself once there is some")
  func roomAgain() throws {
    let shop = try shopPiaMissed()
    try shop.pia.receives(4)
    try shop.world.setOnline("P1", true)
    try shop.world.run(milliseconds: 60_000)
    // Nothing comes of it before.
    try shop.world.give(shop.pia.device, [.ticked])
    #expect(shop.pia.device.host.progress.isShortOfRoom)
    shop.pia.device.store.freeBytes = { DiskRoom.reserve }
    try shop.world.give(shop.pia.device, [.ticked])
    try shop.settle()
    #expect(!shop.pia.device.host.progress.isShortOfRoom)
    #expect(try products(of: shop.pia) == shop.centre.all(ProductColumns.self).count)
    try shop.expectAllIsWell()
  }

  @Test("G22 rows that come live stop at the last of the room as well")
  func liveRows() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let before = try products(of: shop.pia)
    shop.pia.device.store.freeBytes = { DiskRoom.reserve - 1 }
    for number in 1...20 {
      try shop.decide(Filled<ImportProducts> { $0.rows = [Shop.product("P-\(number)")] })
      try shop.world.run(milliseconds: 1_000)
    }
    #expect(try products(of: shop.pia) == before)
    let work = try shop.pia.receives(4)
    try shop.world.run(milliseconds: 1_000)
    #expect(try shop.centre.answer(to: work.id)?.outcome == .applied)
    shop.pia.device.store.freeBytes = { nil }
    try shop.world.give(shop.pia.device, [.ticked])
    try shop.settle()
    #expect(try products(of: shop.pia) == before + 20)
    try shop.expectAllIsWell()
  }

  @Test("G22 a first load that runs short of room goes on where it was")
  func firstLoad() throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 20
    let shop = try Shop(staffed: ["A1"], limits: limits)
    try shop.decide(Filled<ImportProducts> { $0.rows = (1...300).map { Shop.product("P-\($0)") } })
    let store = try ReplicaStore.inMemory()
    var asked = 0
    store.freeBytes = {
      asked += 1
      return asked > 5 ? 0 : nil
    }
    try shop.world.addDevice("P1", .warehouse, warehouses: ["W1"], store: store)
    try shop.world.run(milliseconds: 60_000)
    #expect(shop.pia.device.host.progress.isShortOfRoom)
    let received = shop.pia.device.host.progress.received
    #expect((20..<300).contains(received))
    store.freeBytes = { nil }
    try shop.world.give(shop.pia.device, [.ticked])
    try shop.settle()
    try shop.hire("P2")
    try shop.settle()
    let whole = shop.quim.device.host.progress.received
    #expect(shop.pia.device.host.progress.received == whole, "nothing came twice")
    try shop.expectAllIsWell()
  }
}
