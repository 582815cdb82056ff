import Foundation
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

  /// Makes a file so much longer by a hole, which takes no room and counts as if it did, or shorter again.
  private func resize(_ file: String, to bytes: Int64) throws {
    let handle = try FileHandle(forUpdating: URL(filePath: file))
    try handle.truncate(atOffset: UInt64(bytes))
    try handle.close()
  }

  /// The first bytes of a file.
  private func start(of file: String, _ count: Int) throws -> Data? {
    let handle = try FileHandle(forReadingFrom: URL(filePath: file))
    defer { try? handle.close() }
    return try handle.read(upToCount: count)
  }

  @Test(
    "G22 G23 a damaged replica that there is no room to make anew stays as it is; once there is some, nothing is missing"
  )
  func rebuild() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    try shop.switchOff(shop.pia)
    let file = URL(filePath: scratch.file)
    var damaged = try Data(contentsOf: file)
    damaged.replaceSubrange(0..<4, with: [0, 0, 0, 0])
    try damaged.write(to: file)
    let replica = ReplicaFile(scratch.file)
    let random = { (count: Int) in [UInt8](repeating: 9, count: count) }

    try resize(scratch.file, to: Int64(damaged.count) + DiskRoom(of: scratch.file).free())
    let fault = #expect(throws: ReplicaFault.self) {
      try replica.openSound(at: shop.world.now, random: random)
    }
    #expect(fault.map { ReplicaFault.explanation(of: $0).code } == .diskFull)
    #expect(try start(of: scratch.file, damaged.count) == damaged)
    let folder = file.deletingLastPathComponent().path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.filter { $0.contains("damaged") || $0.contains("rebu") } == [])

    try resize(scratch.file, to: Int64(damaged.count))
    let (store, mending) = try replica.openSound(at: shop.world.now, random: random)
    guard case .rebuilt(let report) = mending else { return #expect(Bool(false), "\(mending)") }
    #expect(report.kept == 1 && report.lost.isEmpty)
    try shop.switchOn("P1", store)
    try shop.settle()
    #expect(try shop.centre.onHand() == 104)
    try shop.expectAllIsWell()
  }
}
