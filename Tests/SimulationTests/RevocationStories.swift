import Foundation
import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("A device is shut out, for a while or for good")
struct RevocationStories {
  private func shop(
    staffed: [String] = ["A1", "A2", "P1", "HQ"], files: [String: String] = [:],
    limits: SyncLimits = SyncLimits()
  ) throws -> Shop {
    let shop = try Shop(staffed: staffed, files: files, limits: limits)
    shop.watchScope()
    return shop
  }

  /// Lets somebody try again, for long enough to be told off.
  private func tries(_ person: Person, in shop: Shop) throws -> Code? {
    try shop.world.setOnline(person.code, true)
    try shop.world.run(milliseconds: 5_000)
    return person.device.host.progress.refusedWith
  }

  private func unsent(_ person: Person) throws -> Int {
    try person.device.store.batch(after: 0, limit: 500, bytesMax: 1_000_000).filter { $0.state == .unsent }
      .count
  }

  /// Everybody else is well, and so is the log.
  private func expectAllIsWell(without person: Person, in shop: Shop) throws {
    try shop.world.remove(person.code)
    try shop.expectAllIsWell()
    for check in try shop.world.store.queries.verify(deep: true) { #expect(check.isOK, "\(check.detail)") }
  }

  // MARK: Suspended

  @Test(
    "#71 a suspended device is cut off at once, keeps its work, and goes on where it was once it is resumed")
  func suspended() throws {
    let shop = try shop()
    let draft = try shop.ana.drafts(("CHAI", 1))
    try shop.settle()
    try shop.change(shop.ana, to: .suspended)
    try shop.world.run(milliseconds: 200)
    #expect(shop.ana.device.link == nil)
    #expect(shop.ana.device.host.progress.refusedWith == .deviceSuspended)
    #expect(try shop.ana.device.store.state()?.refusedWith == "DEVICE_SUSPENDED")
    // It does not come back by itself, and its rows and work stay.
    let checkpoint = try shop.ana.device.store.state()?.checkpoint
    try shop.ana.submits(draft)
    try shop.headquarters.notes("C-ANA", phone: "+49 30 200")
    try shop.world.run(milliseconds: 3_600_000)
    #expect(shop.ana.device.link == nil)
    #expect(try tries(shop.ana, in: shop) == .deviceSuspended)
    #expect(try shop.ana.device.store.state()?.checkpoint == checkpoint)
    #expect(try unsent(shop.ana) == 1)
    #expect(try shop.centre.order(draft)?.state == .draft)
    #expect(try shop.world.store.session(of: "A1")?.unsent == 1)
    try shop.resume(shop.ana)
    #expect(try shop.centre.order(draft)?.state == .accepted)
    #expect(try shop.ana.books.customer("C-ANA")?.phone.text == "+49 30 200")
    #expect(try shop.ana.device.store.state()?.refusedWith == "")
    try shop.expectAllIsWell()
  }

  @Test("a device is suspended, and its scope changed, while it is away: resumed, it takes the new scope")
  func rescopedWhileSuspended() throws {
    let shop = try shop()
    try shop.change(shop.ana, to: .suspended)
    try shop.world.run(milliseconds: 1_000)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.rescope(shop.ana, agent: "BEN", warehouses: ["W1"])
    try shop.resume(shop.ana)
    #expect(try shop.ana.customers == ["C-BEN"])
    #expect(try shop.centre.order(order)?.state == .accepted)
    try shop.expectAllIsWell()
  }

  @Test(
    "G17 nothing is sent after the suspension, whichever page of a download it comes with", arguments: 1...12)
  func duringDownload(page: Int) throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 10
    let shop = try shop(staffed: ["A1", "HQ"], limits: limits)
    let person = Person(shop, "P1")
    var pages = 0
    shop.world.onArrival = { delivery in
      guard case .device("P1") = delivery.end, !delivery.closes,
        case .page = try Message.decode(delivery.bytes)
      else { return .arrives }
      pages += 1
      if pages == page { try shop.change(person, to: .suspended) }
      return .arrives
    }
    try shop.world.addDevice("P1", .warehouse, warehouses: ["W1"])
    try shop.world.run(milliseconds: 60_000)
    // What was on its way may still arrive: as much as may be in flight.
    #expect((page...page + limits.pagesInFlightMax).contains(pages))
    #expect(person.device.host.progress.refusedWith == .deviceSuspended)
    shop.world.onArrival = nil
    try shop.resume(person)
    #expect(try person.warehouses == ["W1"])
    #expect(try shop.incidents(on: person) == [])
    try shop.expectAllIsWell()
  }

  // MARK: Retired

  @Test("G17 #71 what a retired device still has is set aside and changes nothing", arguments: [false, true])
  func retired(isConnected: Bool) throws {
    let shop = try shop()
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.headquarters.notes("C-ANA", phone: "+49 30 200")
    try shop.settle()
    if isConnected {
      // Its work is held up on the way when the word comes.
      try shop.withoutUpload(from: shop.ana) { try shop.change(shop.ana, to: .retired) }
      try shop.world.run(milliseconds: 5_000)
    } else {
      try shop.change(shop.ana, to: .retired)
      #expect(try tries(shop.ana, in: shop) == .deviceRetired)
    }
    #expect(shop.ana.device.host.progress.refusedWith == .deviceRetired)
    for number in 1...2 as ClosedRange<Int64> {
      let answer = try shop.centre.answer(to: OperationID(device: "A1", number: number))
      #expect(answer?.outcome == .quarantined)
      #expect(answer?.codes == ["DEVICE_RETIRED"])
    }
    #expect(try shop.centre.order(order) == nil)
    // No row came any more, and nothing counts as unsent.
    if !isConnected { #expect(try shop.ana.books.customer("C-ANA")?.phone.text == "+49 30 100") }
    #expect(try unsent(shop.ana) == 0)
    #expect(try tries(shop.ana, in: shop) == .deviceRetired)
    let verdicts = try shop.world.decide(
      Filled<ChangeDeviceState> { ($0.device, $0.state) = ("A1", .active) })
    #expect(verdicts.map(\.codes) == [[.wrongDeviceState]])
    try expectAllIsWell(without: shop.ana, in: shop)
  }

  @Test("what the centre held of a device is set aside when the record comes after the device was retired")
  func heldWork() throws {
    let shop = try shop(staffed: ["A1", "P1", "HQ"])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    // She heard of the order by telephone.
    let pick = try shop.pia.picks(4, of: order)
    try shop.settle()
    #expect(try shop.centre.answer(to: pick.id) == nil)
    try shop.change(shop.pia, to: .retired)
    try shop.cutOff(shop.pia)
    try shop.reconnect(shop.ana)
    #expect(try shop.centre.answer(to: pick.id)?.outcome == .quarantined)
    #expect(try shop.centre.line(order).picked == 0)
    try expectAllIsWell(without: shop.pia, in: shop)
  }

  // MARK: Released

  /// Has a command done over that was set aside.
  private func release(_ id: OperationID, in shop: Shop) throws -> [Verdict] {
    let (centre, now) = (shop.world.centre, shop.world.now)
    return try shop.world.atConsole { try centre.release(id, actor: "os:admin", at: now) }
  }

  @Test("what was set aside is done over on an administrator's word, once, and at the time it happened")
  func released() throws {
    let shop = try shop()
    try shop.cutOff(shop.pia, shop.ana)
    try shop.waitUntil(9, 30)
    let receipt = try shop.pia.receives(10)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.change(shop.pia, to: .retired)
    try shop.change(shop.ana, to: .retired)
    #expect(try tries(shop.pia, in: shop) == .deviceRetired)
    #expect(try tries(shop.ana, in: shop) == .deviceRetired)
    let queries = shop.world.store.queries
    #expect(try queries.setAside().map(\.id) == [receipt.id, order.made.id])
    #expect(try queries.setAside(of: "A1").map(\.kinds) == [["order.create", "order.submit"]])
    try shop.waitUntil(15)
    for work in [receipt, order.made] {
      #expect(try release(work.id, in: shop).map(\.outcome).allSatisfy { $0 == .applied })
      #expect(try release(work.id, in: shop).first?.codes == [.notSetAside])
    }
    #expect(try queries.setAside().isEmpty)
    #expect(try shop.centre.onHand() == 110)
    let movement = try shop.centre.all(MovementColumns.self).first { $0.kind == .receive }
    let delay = try #require(movement).occurredAt.milliseconds(since: .at(9, 30))
    #expect((-1_000...1_000).contains(delay), "\(delay) ms")
    #expect(try shop.centre.order(order)?.state == .accepted)
    try shop.cutOff(shop.pia, shop.ana)
    try shop.settle()
    #expect(try shop.anasPhone.books.order(order)?.state == .accepted)
    #expect(try shop.centre.notices(for: shop.ana).map(\.code) == ["WORK_RELEASED"])
    try shop.world.remove("P1")
    try expectAllIsWell(without: shop.ana, in: shop)
  }

  @Test("what is refused when it is done over stays set aside")
  func refusedAgain() throws {
    let shop = try shop(staffed: ["A1", "P1", "HQ"])
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let cancel = try shop.ana.cancels(order)
    try shop.pia.picks(4, of: order)
    try shop.pia.ships(order)
    try shop.settle()
    try shop.change(shop.ana, to: .lost)
    #expect(try tries(shop.ana, in: shop) == .deviceWiped)
    #expect(try release(cancel.id, in: shop).map(\.codes) == [[.groupRejected], [.cancelRejectedShipped]])
    #expect(try shop.world.store.queries.setAside().map(\.id) == [cancel.id])
    try expectAllIsWell(without: shop.ana, in: shop)
  }

  private func sets(_ status: String, seen: String) -> Filled<EditCustomer> {
    Filled {
      ($0.id, $0.code) = (Shop.customerID(1), "C-ANA")
      ($0.status, $0.statusSeen) = (status, seen)
    }
  }

  @Test("G17 G19 released, a lost agent's honest order is done, and nothing that an agent may not do")
  func releasedAsRecorded() throws {
    let shop = try shop(staffed: ["A1", "HQ"])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    // Whoever found the tablet has its key, and a program of their own.
    let invitation = try shop.ana.smuggles(
      InviteDevice.kind,
      Filled<InviteDevice> {
        ($0.device, $0.name, $0.role) = ("X9", "Mine", .admin)
        ($0.secretHash, $0.expiresAt) = ([UInt8](repeating: 9, count: 32), .at(23))
        $0.warehouses = []
      }.form)
    let unblocking = try shop.ana.smuggles(
      EditCustomer.kind,
      sets("active", seen: "blocked").form)
    try shop.change(shop.ana, to: .lost)
    #expect(try tries(shop.ana, in: shop) == .deviceWiped)
    #expect(try release(order.made.id, in: shop).map(\.outcome) == [.applied, .applied, .applied])
    #expect(try shop.centre.order(order)?.state == .accepted)
    try shop.cutOff(shop.ana)
    try shop.headquarters.record(sets("blocked", seen: "active"))
    try shop.settle()
    for id in [invitation, unblocking] {
      #expect(try release(id, in: shop).map(\.codes) == [[.groupRejected], [.notPermitted]])
    }
    #expect(try shop.world.store.queries.setAside().map(\.id) == [invitation, unblocking])
    #expect(try shop.world.store.find(DeviceColumns.self, "X9") == nil)
    #expect(try shop.centre.customer("C-ANA")?.status == .blocked)
    try expectAllIsWell(without: shop.ana, in: shop)
  }

  // MARK: Lost

  @Test("G20 a lost device hands its work over and wipes itself: no byte of a row is left in its file")
  func lost() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try shop(files: ["A1": scratch.file])
    try shop.cutOff(shop.ana)
    try shop.ana.notes("C-ANA", phone: "+49 30 555 000 111")
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.change(shop.ana, to: .lost)
    #expect(try tries(shop.ana, in: shop) == .deviceWiped)
    #expect(try shop.state(of: shop.ana) == .wiped)
    #expect(try shop.centre.order(order) == nil)
    #expect(try shop.centre.answer(to: OperationID(device: "A1", number: 1))?.codes == ["DEVICE_LOST"])
    let state = try #require(try shop.ana.device.store.state())
    #expect(state.isWiped)
    #expect(state.refusedWith == "DEVICE_WIPED")
    for table in TableDescription.all {
      let count = try shop.ana.books.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table.name)") }
      #expect(count == 0, "\(table.name)")
    }
    let refusal = #expect(throws: Refusal.self) { try shop.ana.record(Filled<CountStock>()) }
    #expect(refusal?.code == .deviceWiped)
    for suffix in ["", "-wal"] {
      let bytes = (try? Data(contentsOf: URL(fileURLWithPath: scratch.file + suffix))) ?? Data()
      for canary in ["555 000 111", "Customer of ANA", "Product CHAI", "First Street"] {
        #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(canary) in \(suffix)")
      }
    }
    try expectAllIsWell(without: shop.ana, in: shop)
  }

  @Test("a wipe that the centre did not sign, or that came before the work did, removes nothing")
  func falseWipe() throws {
    let shop = try shop(staffed: ["A1"])
    try shop.cutOff(shop.ana)
    try shop.ana.orders(("CHAI", 4))
    shop.world.onArrival = { delivery in
      // Her work is lost on its way, so the centre's word comes too early for it.
      guard case .centre = delivery.end, case .push = try Message.decode(delivery.bytes) else {
        return .arrives
      }
      return .vanishes
    }
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 2_000)
    let link = try #require(shop.ana.device.link)
    let forged = Message.wipe(Wipe(through: 9, signature: [UInt8](repeating: 1, count: 64)))
    shop.world.network.send(forged.encode(), on: link, to: .device("A1"), at: shop.world.now)
    try shop.world.run(milliseconds: 100)
    #expect(shop.ana.device.host.progress.refusedWith == .centreUntrusted)
    #expect(try shop.ana.device.store.wipe(ifSafeThrough: 1) == false)
    #expect(try unsent(shop.ana) == 2)
    #expect(try shop.ana.customers == ["C-ANA"])
    shop.world.onArrival = nil
    try shop.reconnect(shop.ana)
    try shop.expectAllIsWell()
  }

  @Test("the same person on a new device goes on, and nothing of the old one comes in twice")
  func enrolledAnew() throws {
    let shop = try shop()
    let sent = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let unsent = try shop.ana.orders(("CHAI", 2))
    try shop.change(shop.ana, to: .lost)
    try shop.world.addDevice("A9", .agent, agent: "ANA", warehouses: ["W1"])
    try shop.settle()
    let anew = Person(shop, "A9")
    #expect(try anew.books.order(sent)?.state == .accepted)
    #expect(try anew.books.order(unsent) == nil)
    let again = try anew.orders(("CHAI", 2))
    try shop.settle()
    #expect(again.number != unsent.number)
    // The old device turns up: its order is set aside, and the stock is promised once.
    #expect(try tries(shop.ana, in: shop) == .deviceWiped)
    #expect(try shop.centre.order(unsent) == nil)
    #expect(try shop.centre.order(again)?.state == .accepted)
    #expect(try shop.centre.level().allocated == 6)
    try expectAllIsWell(without: shop.ana, in: shop)
  }
}
