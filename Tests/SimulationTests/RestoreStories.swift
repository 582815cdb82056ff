import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("The centre comes back from a backup")
struct RestoreStories {
  /// What the day after the backup brings: an order, picked and shipped, goods in, a count, an edit.
  private func busyAfternoon(in shop: Shop) throws {
    try shop.waitUntil(14)
    let order = try shop.ana.orders(("CHAI", 4), ("MATE", 1))
    try shop.settle()
    try shop.pia.picks(4, of: order)
    try shop.pia.ships(order)
    try shop.settle()
    try shop.quim.receives(7, bin: "B-1")
    try shop.ben.notes("C-BEN", phone: "+49 30 222")
    try shop.settle()
    try shop.quim.counts(90)
    try shop.ben.orders(("CHAI", 2))
    try shop.settle()
  }

  @Test("#67 G27 all that people did since the backup is sent again, decided once, and comes to the same")
  func nothingLostNothingTwice() throws {
    let shop = try Shop()
    let (backup, epoch) = (try shop.copyOfStore(), shop.world.store.epoch)
    try busyAfternoon(in: shop)
    let before = try shop.business()
    try shop.world.replaceCentre(with: backup)
    let everybody = ["A1", "P1", "P2", "B1", "A2", "HQ"]
    for code in everybody { try shop.world.setOnline(code, false) }
    for code in everybody { try shop.reconnect(Person(shop, code)) }
    #expect(Set(before).symmetricDifference(try shop.business()).sorted() == [])
    #expect(shop.world.store.epoch != epoch)
    #expect(try shop.world.devices["A1"]?.store.state()?.checkpointEpoch == shop.world.store.epoch)
    try shop.expectAllIsWell()
    for result in try shop.world.store.queries.verify(deep: true) {
      #expect(result.isOK, "\(result.name): \(result.detail)")
    }
  }

  @Test("#67 in whatever order they come back: what was shipped, counted and received is the same")
  func anyOrder() throws {
    let shop = try Shop()
    let backup = try shop.copyOfStore()
    try busyAfternoon(in: shop)
    try shop.world.replaceCentre(with: backup)
    // The pick arrives before its order, the count before the pick.
    let everybody = ["HQ", "B1", "P2", "P1", "A2", "A1"]
    for code in everybody { try shop.world.setOnline(code, false) }
    for code in everybody { try shop.reconnect(Person(shop, code)) }
    // 90 counted in MAIN after the pick, 7 received into another bin.
    #expect(try shop.centre.onHand() == 90)
    #expect(try shop.centre.level().onHand == 97)
    let shipped = try shop.centre.all(OrderLineColumns.self).filter { $0.shipped > .zero }
    #expect(shipped.map(\.shipped) == [4])
    #expect(try shop.centre.customer("C-BEN")?.phone.text == "+49 30 222")
    try shop.expectAllIsWell()
  }

  @Test(
    "#67 a link that breaks while the new history arrives: it goes on, whole", arguments: [1, 3, 6, 10, 15])
  func brokenMeanwhile(message: Int) throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 10
    let shop = try Shop(staffed: ["A1", "P1"], limits: limits)
    let backup = try shop.copyOfStore()
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.pia.receives(3)
    try shop.settle()
    try shop.world.replaceCentre(with: backup)
    var (carried, wanted) = (0, Quantity(4))
    shop.world.onArrival = { delivery in
      guard shop.world.network.device(of: delivery.link) == "A1" else { return .arrives }
      carried += 1
      // Until the new rows are whole, the old ones show, and own work does.
      #expect(try shop.ana.books.line(order).ordered == wanted)
      if carried == message {
        // Work goes on meanwhile, on what the person sees.
        try shop.ana.sets(order, to: 6)
        wanted = 6
        return .breaksLink
      }
      return .arrives
    }
    try shop.settle()
    #expect(carried > message)
    #expect(try shop.centre.line(order).ordered == 6)
    #expect(try shop.centre.onHand() == 103)
    try shop.expectAllIsWell()
  }

  @Test("#67 it comes back twice from the same backup: the second time is as good as the first")
  func twice() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let (first, second) = (try shop.copyOfStore(), try shop.copyOfStore())
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.world.replaceCentre(with: first)
    try shop.settle()
    try shop.pia.receives(3)
    try shop.settle()
    try shop.world.replaceCentre(with: second)
    try shop.settle()
    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.onHand() == 103)
    try shop.expectAllIsWell()
  }

  @Test(
    "#67 a retired device that is in use again since a restore: what was set aside is decided and told, once",
    arguments: [true, false])
  func retirementUndone(isInBackup: Bool) throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    var backup = isInBackup ? nil : try shop.copyOfStore()
    try shop.change(shop.ana, to: .suspended)
    if isInBackup { backup = try shop.copyOfStore() }
    try shop.change(shop.ana, to: .retired)
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 5_000)
    #expect(shop.ana.device.host.progress.refusedWith == .deviceRetired)
    #expect(try shop.centre.order(order) == nil)
    try shop.cutOff(shop.ana)
    try shop.world.replaceCentre(with: #require(backup))
    if isInBackup { try shop.change(shop.ana, to: .active) }
    try shop.reconnect(shop.ana)
    #expect(try shop.centre.order(order)?.state == .accepted)
    let states = try shop.ana.device.store.batch(after: 0, limit: 9, bytesMax: 9_999).map(\.state)
    #expect(states == [.answered, .answered])
    try shop.expectAllIsWell()
  }

  @Test(
    "#67 what only the lost history had goes from the replicas too, also where the new one has nothing yet",
    arguments: [false, true])
  func lostBucket(comesBack: Bool) throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.rescope(shop.pia, warehouses: ["W1", "W2"])
    try shop.settle()
    let backup = try shop.copyOfStore()
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("MATE", 40, at: "W2")] })
    if comesBack {
      let receipt = Filled<ReceiveStock> { ($0.warehouse, $0.sku, $0.quantity) = ("W2", "MATE", 3) }
      try shop.pia.device.record(receipt, in: shop.world)
    }
    try shop.settle()
    let moved = try shop.pia.books.all(MovementColumns.self).filter { $0.warehouse == "W2" }.count
    #expect(moved == (comesBack ? 2 : 1))
    try shop.world.replaceCentre(with: backup)
    try shop.settle()
    let left = try shop.pia.books.all(MovementColumns.self).filter { $0.warehouse == "W2" }
    #expect(left.map(\.quantity) == (comesBack ? [3] : []))
    #expect(try shop.incidents(on: shop.pia) == [])
    try shop.expectAllIsWell()
  }

  @Test("#67 G23 what only the lost history had goes even where rows rot while the new one comes in")
  func rotWhileComingBack() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.rescope(shop.pia, warehouses: ["W1", "W2"])
    try shop.settle()
    let backup = try shop.copyOfStore()
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("MATE", 40, at: "W2")] })
    try shop.settle()
    try shop.world.replaceCentre(with: backup)
    // Once before the rows are compared, and once more when the ones that differed are here: then it asks for all.
    var rotted = 0
    shop.world.onArrival = { delivery in
      guard case .device("P1") = delivery.end, rotted < 2,
        case .checkpoint = try Message.decode(delivery.bytes)
      else { return .arrives }
      rotted += 1
      try shop.pia.device.store.database.write { db in
        try db.execute(
          sql: "UPDATE product SET name = 'rot' WHERE sku = ?", arguments: [rotted == 1 ? "CHAI" : "MATE"])
        try db.execute(
          sql: "UPDATE bucket SET digest = zeroblob(16) WHERE name = ?", arguments: [Bucket.catalog.name])
      }
      return .arrives
    }
    try shop.settle()
    shop.world.onArrival = nil
    #expect(rotted == 2)
    #expect(try shop.pia.books.all(MovementColumns.self).filter { $0.warehouse == "W2" } == [])
    #expect(try shop.incidents(on: shop.pia) == ["DIGEST_MISMATCH", "DIGEST_MISMATCH"])
    try shop.expectAllIsWell()
  }

  @Test("G21 an older file in the centre's place is noticed: nothing is decided on it until it is restored")
  func olderFile() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let older = try shop.copyOfStore()
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.world.replaceCentre(with: older, isRestored: false)
    try expectNotFollowed(by: order, in: shop)
    try expectMended(order, in: shop)
  }

  @Test(
    "G21 G10 an older file that went on for a while is restored: who had seen more than it has goes on as well"
  )
  func olderFileWentOn() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let older = try shop.copyOfStore()
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.world.replaceCentre(with: older, isRestored: false)
    for number in 1...9 {
      try shop.decide(Filled<ImportProducts> { $0.rows = [Shop.product("OTHER-\(number)")] })
    }
    try expectNotFollowed(by: order, in: shop)
    try expectMended(order, in: shop)
  }

  /// Ana's work is kept, and decided nowhere.
  private func expectNotFollowed(by order: PlacedOrder, in shop: Shop) throws {
    let head = shop.world.store.head
    try shop.ana.sets(order, to: 5)
    try shop.world.run(milliseconds: 90_000)
    #expect(shop.ana.device.host.progress.trouble == .historyDiffers)
    #expect(try shop.ana.books.line(order).ordered == 5)
    #expect(shop.world.store.head == head)
  }

  /// Once the file begins a history of its own, everybody goes on.
  private func expectMended(_ order: PlacedOrder, in shop: Shop) throws {
    try shop.world.centre.beginHistory(from: "the present file", at: shop.world.now)
    try shop.expectAllIsWell()
    #expect(try shop.centre.line(order).ordered == 5)
  }

  @Test("G21 a file from before the last restore is noticed by whoever has followed the restore")
  func olderHistory() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    let (backup, older) = (try shop.copyOfStore(), try shop.copyOfStore())
    let lost = shop.world.store.epoch
    try shop.world.replaceCentre(with: backup)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    let followed = try #require(try shop.ana.device.store.state())
    #expect(followed.leftEpochs == [lost])
    try shop.world.replaceCentre(with: older, isRestored: false)
    try expectNotFollowed(by: order, in: shop)
    let state = try #require(try shop.ana.device.store.state())
    #expect(state.epoch == followed.epoch && state.checkpoint == followed.checkpoint)
    try expectMended(order, in: shop)
  }

  @Test("of the histories a replica has left it remembers the last 64, sealed with all it knows of itself")
  func leftHistories() throws {
    let shop = try Shop(staffed: ["A1"])
    var state = try #require(try shop.ana.device.store.state())
    let first = state.epoch
    for number in 1...70 { state.follow(id(UInt64(number))) }
    state.follow(id(70))
    #expect(!state.leftEpochs.contains(first))
    #expect(state.leftEpochs == (6...69).map { id(UInt64($0)) })
    try shop.ana.device.store.write { db in try state.store(in: db) }
    #expect(try shop.ana.device.store.state() == state)
    try shop.ana.device.store.write { db in
      try db.execute(sql: "UPDATE meta SET value = substr(value, 17) WHERE name = 'left_epochs'")
    }
    #expect(throws: ReplicaDamage.self) { try shop.ana.device.store.state() }
  }

  @Test("G21 a log that somebody rewrote is noticed by whoever saw it before")
  func rewrittenLog() throws {
    let shop = try Shop(staffed: ["A1", "P1"])
    try shop.cutOff(shop.ana)
    let seen = try #require(try shop.ana.device.store.state()).headVersion
    try shop.world.store.database.write { db in
      try db.execute(sql: "UPDATE log_entry SET hash = randomblob(32) WHERE version = ?", arguments: [seen])
    }
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 10_000)
    #expect(shop.ana.device.host.progress.trouble == .historyDiffers)
    #expect(shop.world.centre.onlineDevices == ["P1"])
  }

  @Test("what somebody saw in a lost history counts as far as this one has it")
  func seenVersions() {
    let (first, second, third) = (id(1), id(2), id(3))
    var epochs = Epochs()
    epochs.begin(first, at: 1)
    #expect(epochs.version(seenAt: 40, of: first) == 40)
    #expect(epochs.version(seenAt: 40, of: id(9)) == nil)
    epochs.begin(second, at: 31)
    #expect(epochs.version(seenAt: 20, of: first) == 20)
    #expect(epochs.version(seenAt: 40, of: first) == 30)
    #expect(epochs.version(seenAt: 40, of: second) == 40)
    epochs.begin(third, at: 51)
    #expect(epochs.version(seenAt: 60, of: second) == 50)
    #expect(epochs.version(seenAt: 60, of: id(9)) == 50)
    #expect(epochs.covers(30, of: first))
    #expect(!epochs.covers(31, of: first))
    #expect(epochs.covers(99, of: third))
  }

  private func id(_ number: UInt64) -> RecordID { RecordID(high: number, low: number) }
}
