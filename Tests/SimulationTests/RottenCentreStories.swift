import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules
import TradeTables

import struct Foundation.Data

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("A row rots at the centre while it runs")
struct RottenCentreStories {
  /// Spoils a product behind the programs' backs, and its digest on a device, which then asks for it again.
  private func spoil(_ sku: String, of person: Person) throws {
    let spoil = "UPDATE product SET name = 'rot of a device' WHERE sku = ?"
    try person.device.store.write { db in
      try db.execute(sql: spoil, arguments: [sku])
      let digests = try BaseImages.confirmedDigests(in: db)
      try db.execute(
        sql: "UPDATE bucket SET digest = ? WHERE name = ?",
        arguments: [Data(digests[.catalog].bytes), Bucket.catalog.name])
    }
  }

  private func rot(_ sku: String, at centre: CentralStore) throws {
    try centre.database.write { db in
      try db.execute(sql: "UPDATE product SET name = 'rot' WHERE sku = ?", arguments: [sku])
      #expect(db.changesCount == 1)
    }
  }

  /// The centre has stopped, says what for, and the row went to nobody.
  private func expectHalt(_ shop: Shop, _ wire: Wire, _ location: SourceLocation = #_sourceLocation) throws {
    let halted = try #require(shop.world.centre.halted, sourceLocation: location)
    #expect(halted.code == .storeCorrupt, sourceLocation: location)
    #expect(halted.detail.contains(Bucket.catalog.name), "\(halted.detail)", sourceLocation: location)
    #expect(wire.count("fetch") <= 2, sourceLocation: location)
    for device in shop.world.devices.values {
      guard try device.store.state()?.checkpoint ?? 0 > 0 else { continue }
      let names = try Books(device.store.database).all(ProductColumns.self).map(\.name)
      #expect(!names.contains("rot"), sourceLocation: location)
    }
  }

  private func anaComesBack(in shop: Shop) throws -> Wire {
    let wire = Wire()
    shop.world.onArrival = { try wire.note($0, of: shop.ana) }
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 60_000)
    return wire
  }

  @Test(
    "G23 a device whose damaged row is to come from it, in a bucket of a few rows: the centre stops and says why"
  )
  func smallBucket() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.ana)
    try rot("CHAI", at: shop.world.store)
    try spoil("CHAI", of: shop.ana)
    let wire = try anaComesBack(in: shop)
    #expect(wire.kinds.prefix(1) == ["mend"])
    #expect(shop.ana.device.host.progress.trouble == .storeCorrupt)
    try expectHalt(shop, wire)
  }

  @Test("G23 the same in a large bucket, of which the centre remembers what it was")
  func largeBucket() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    for start in [0, 350] {
      try shop.decide(
        Filled<ImportProducts> { $0.rows = (start..<start + 350).map { Shop.product("ART-\($0)") } })
    }
    try shop.settle()
    try shop.cutOff(shop.ana)
    try spoil("ART-1", of: shop.ana)
    try shop.reconnect(shop.ana)
    try shop.cutOff(shop.ana)
    try rot("ART-17", at: shop.world.store)
    try spoil("ART-17", of: shop.ana)
    let wire = try anaComesBack(in: shop)
    #expect(wire.count("mend") == 1)
    try expectHalt(shop, wire)
  }

  @Test("G23 a new device that loads the row: the centre stops, and the load does not begin again for ever")
  func firstLoad() throws {
    var limits = SyncLimits()
    // No page is left from the others' first loads.
    limits.pageCacheBytes = 0
    let shop = try Shop(staffed: ["A1"], limits: limits)
    try rot("MATE", at: shop.world.store)
    let wire = Wire()
    shop.world.onArrival = { try wire.note($0, of: shop.pia) }
    try shop.hire("P1")
    try shop.world.run(milliseconds: 60_000)
    #expect(wire.count("fetch") == 2)
    #expect(try shop.pia.device.store.state()?.checkpoint == 0)
    try expectHalt(shop, wire)
  }

  @Test("G23 a device that takes a bucket whole twice, and the centre is sound: it gets it, and nobody stops")
  func soundCentre() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    for _ in 1...2 {
      try shop.send(.fetch(Fetch(buckets: [.catalog])), from: shop.ana)
      try shop.pia.receives(1)
      try shop.settle()
    }
    #expect(shop.world.centre.fetched["A1"] == [.catalog])
    #expect(shop.world.centre.ranges.proofs.isEmpty)
    #expect(shop.world.centre.halted == nil)
    try shop.expectAllIsWell()
  }
}
