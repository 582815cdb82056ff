import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Devices that were away for long, and new ones, take whole buckets")
struct RetentionStories {
  private static let day: Int64 = 24 * 3_600_000

  private static let smallPages: SyncLimits = {
    var limits = SyncLimits()
    limits.pageRowsMax = 4
    limits.pagesInFlightMax = 1
    return limits
  }()

  /// A shop whose centre forgets after a week what left a bucket.
  private func forgetfulShop(
    _ staffed: [String] = ["A1", "B1"], limits: SyncLimits = SyncLimits()
  ) throws -> Shop {
    let shop = try Shop(staffed: staffed, limits: limits)
    try shop.decide(
      Filled<ChangeSetting> {
        ($0.name, $0.amount) = (Settings.retentionMilliseconds.rawValue, 7 * RetentionStories.day)
      })
    for ordinal in 10..<40 {
      try shop.decide(
        Filled<ImportCustomers> {
          $0.rows = [Shop.customer("C-\(ordinal)", of: "ANA", UInt64(ordinal))]
        })
    }
    try shop.settle()
    return shop
  }

  /// Hands one of Ana's customers to Ben.
  private func handOver(_ ordinal: UInt64, in shop: Shop) throws {
    try shop.decide(
      Filled<ImportCustomers> { $0.rows = [Shop.customer("C-\(ordinal)", of: "BEN", ordinal)] })
  }

  /// Time in which things go on, so that the centre looks what may be forgotten.
  private func pass(days: Int, in shop: Shop) throws {
    for day in 0..<days {
      try shop.world.run(milliseconds: RetentionStories.day)
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = "CHAI"
          $0.name = "Chai of day \(day)"
        })
      shop.world.centreInbox.append(.ticked)
      try shop.world.run(milliseconds: 50)
    }
  }

  private func leftEntries(_ shop: Shop) throws -> Int {
    try shop.centre.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM member WHERE has_left = 1") } ?? 0
  }

  private func customers(_ person: Person) throws -> Set<String> {
    Set(try person.books.all(CustomerColumns.self).map(\.code))
  }

  private func incidents(_ person: Person) throws -> [String] {
    try person.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident ORDER BY sequence") }
  }

  /// The buckets of whole pages that reach a device, in order; `meanwhile` is told how many there were.
  private func listen(
    to person: Person, _ meanwhile: @escaping (Int) throws -> Network.Fate = { _ in .arrives }
  ) -> () -> [Bucket] {
    var buckets: [Bucket] = []
    person.shop.world.onArrival = { delivery in
      guard case .device(person.code) = delivery.end, !delivery.closes,
        case .page(let page) = try Message.decode(delivery.bytes), page.isSnapshot
      else { return .arrives }
      buckets.append(page.bucket)
      return try meanwhile(buckets.count)
    }
    return { buckets }
  }

  // MARK: The horizon

  @Test("what left a bucket is forgotten after the time that was set, not before")
  func forgetting() throws {
    let shop = try forgetfulShop()
    try handOver(10, in: shop)
    let left = try leftEntries(shop)
    #expect(left > 0)
    try pass(days: 6, in: shop)
    #expect(try leftEntries(shop) == left)
    try pass(days: 2, in: shop)
    #expect(try leftEntries(shop) == 0)
    #expect(shop.world.store.index.horizon(of: .agent("ANA")) > 0)
    #expect(shop.world.store.index.horizon(of: .agent("BEN")) == 0)
    // A centre that starts anew knows it still.
    try shop.world.restartCentre()
    #expect(shop.world.store.index.horizon(of: .agent("ANA")) > 0)
    try shop.expectAllIsWell()
  }

  @Test("G8 a device behind the horizon is told so, takes such buckets whole, and what left them is gone")
  func behindTheHorizon() throws {
    let shop = try forgetfulShop()
    try shop.cutOff(shop.ana)
    try handOver(10, in: shop)
    try handOver(39, in: shop)
    try pass(days: 9, in: shop)
    let buckets = listen(to: shop.ana)
    try shop.reconnect(shop.ana)
    #expect(Set(buckets()) == [.agent("ANA")])
    let found = try customers(shop.ana)
    #expect(!found.contains("C-10") && !found.contains("C-39") && found.contains("C-11"))
    #expect(try incidents(shop.ana) == ["BEHIND_HORIZON"])
    try shop.expectAllIsWell()
    // Ben was there all the time.
    #expect(try incidents(shop.ben) == [])
    #expect(try customers(shop.ben).contains("C-10"))
  }

  @Test("a device that was away for less is sent the changes alone")
  func withinTheHorizon() throws {
    let shop = try forgetfulShop()
    try shop.cutOff(shop.ana)
    try handOver(10, in: shop)
    try pass(days: 5, in: shop)
    let buckets = listen(to: shop.ana)
    try shop.reconnect(shop.ana)
    #expect(buckets().isEmpty)
    #expect(try !customers(shop.ana).contains("C-10"))
    #expect(try incidents(shop.ana) == [])
    try shop.expectAllIsWell()
  }

  @Test("G5 a device behind the horizon hands in its work first; rows come whole when that is decided")
  func workFirst() throws {
    let shop = try forgetfulShop(limits: RetentionStories.smallPages)
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 3))
    let refused = try shop.ana.notes("C-10", phone: "+49 30 777")
    try handOver(10, in: shop)
    try pass(days: 9, in: shop)
    var arrivedBefore: [Bool] = []
    let buckets = listen(to: shop.ana) { _ in
      arrivedBefore.append(
        try shop.centre.answer(to: order.made.id) != nil && shop.centre.answer(to: refused.id) != nil)
      return .arrives
    }
    try shop.reconnect(shop.ana)
    #expect(buckets().count > 3)
    #expect(arrivedBefore.allSatisfy { $0 })
    #expect(try shop.centre.answer(to: order.made.id)?.outcome == .applied)
    #expect(try shop.ana.books.line(order).ordered == 3)
    try shop.expectAllIsWell()
  }

  @Test("G7 G11 while a bucket comes whole, people read the old rows and record work on them")
  func workGoesOn() throws {
    let shop = try forgetfulShop(limits: RetentionStories.smallPages)
    try shop.cutOff(shop.ana)
    try handOver(10, in: shop)
    try handOver(39, in: shop)
    try pass(days: 9, in: shop)
    let before = try customers(shop.ana)
    let checkpoint = try shop.ana.device.store.state()?.checkpoint
    var orders: [PlacedOrder] = []
    var (pages, heldBack) = (0, 0)
    shop.world.onArrival = { delivery in
      guard case .device("A1") = delivery.end, !delivery.closes,
        case .page(let page) = try Message.decode(delivery.bytes),
        try PageContent(page.body.content()).batches.contains(where: { $0.table.name == "customer" })
      else { return .arrives }
      pages += 1
      #expect(try customers(shop.ana) == before)
      #expect(try shop.ana.device.store.state()?.checkpoint == checkpoint)
      if pages <= 4 { orders.append(try shop.ana.orders(("CHAI", 1))) }
      heldBack = try shop.ana.books.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM staged") } ?? 0
      return [3, 5].contains(pages) ? .breaksLink : .arrives
    }
    try shop.reconnect(shop.ana)
    // Eight pages of four customers; the two that were cut off come again, the others do not.
    #expect((8...11).contains(pages))
    // Only what differs is kept apart: two customers of thirty.
    #expect(heldBack <= 4)
    #expect(try customers(shop.ana) == before.subtracting(["C-10", "C-39"]))
    for order in orders { #expect(try shop.centre.answer(to: order.made.id)?.outcome == .applied) }
    try shop.expectAllIsWell()
  }

  @Test(
    "what the centre forgets while a device is on its way makes it take the bucket whole, and no row stays")
  func forgottenOnTheWay() throws {
    let shop = try forgetfulShop(limits: RetentionStories.smallPages)
    try shop.cutOff(shop.ana)
    for ordinal in 20..<36 { try handOver(UInt64(ordinal), in: shop) }
    try shop.world.run(milliseconds: 6 * RetentionStories.day)
    var pages = 0
    shop.world.onArrival = { delivery in
      guard case .device("A1") = delivery.end, !delivery.closes,
        case .page = try Message.decode(delivery.bytes)
      else { return .arrives }
      pages += 1
      return pages == 3 ? .breaksLink : .arrives
    }
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 20)
    try shop.cutOff(shop.ana)
    #expect(pages >= 3)
    try pass(days: 3, in: shop)
    try shop.reconnect(shop.ana)
    #expect(try customers(shop.ana).filter { $0.hasPrefix("C-2") }.isEmpty)
    try shop.expectAllIsWell()
  }

  // MARK: Manners

  @Test("a device that is asked to come back later comes back then and not before")
  func retryAfter() throws {
    let shop = try Shop(staffed: ["A1"])
    let link = try #require(shop.ana.device.link)
    let refused = Refused(code: .storeBusy, retryAfterMilliseconds: 90_000)
    shop.world.network.send(
      Message.refused(refused).encode(), on: link, to: .device("A1"), at: shop.world.now)
    let start = shop.world.now
    var hellos: [Int64] = []
    shop.world.onArrival = { delivery in
      if case .centre = delivery.end, !delivery.closes, case .hello = try Message.decode(delivery.bytes) {
        hellos.append(shop.world.now.milliseconds(since: start))
      }
      return .arrives
    }
    try shop.world.run(milliseconds: 120_000)
    #expect(hellos.count == 1)
    #expect(hellos.allSatisfy { (90_000..<114_000).contains($0) })
    shop.world.onArrival = nil
    try shop.expectAllIsWell()
  }

  @Test("a device that comes back in the middle of a first load takes over from its old connection")
  func newerConnectionWins() throws {
    let shop = try Shop(staffed: ["A1"], limits: RetentionStories.smallPages)
    try shop.decide(
      Filled<ImportProducts> { $0.rows = (0..<60).map { Shop.product("ART-\($0)") } })
    var (pages, again, lost) = (Set<[UInt8]>(), 0, false)
    shop.world.onArrival = { delivery in
      guard case .device("P1") = delivery.end, !delivery.closes,
        case .page(let page) = try Message.decode(delivery.bytes)
      else { return .arrives }
      if !pages.insert(Array(page.bucket.name.utf8) + page.body.bytes).inserted { again += 1 }
      if pages.count == 8, !lost {
        lost = true
        // Only the device notices: for the centre the old connection is open.
        try shop.world.breakLink(of: shop.pia.device, halfOpen: true)
      }
      return .arrives
    }
    try shop.hire("P1")
    try shop.settle()
    shop.world.onArrival = nil
    #expect(lost && pages.count > 16)
    #expect(shop.world.centre.connections.values.filter { $0.device == "P1" }.count == 1)
    // It went on where it was: only what was on its way came again.
    #expect(again <= 1)
    try shop.expectAllIsWell()
  }
}
