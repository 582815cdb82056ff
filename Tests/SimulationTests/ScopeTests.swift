import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("G15 nothing leaves the centre for a device but what it may see")
struct ScopeTests {
  /// Everything that was said to one device.
  private final class Ear {
    var pages: [Page] = []
    var checkpoints: [Checkpoint] = []
    private var upserted: Set<RowKey> = []

    func hear(_ bytes: [UInt8], _ grants: Grants, as device: String) throws {
      switch try Message.decode(bytes) {
      case .page(let page):
        pages.append(page)
        #expect(grants.contains(page.bucket), "\(page.bucket) to \(device)")
        let content = try PageContent(page.body.content())
        for batch in content.batches {
          #expect(!batch.table.isCentreOnly)
          for row in batch.rows() {
            #expect(grants.meet(batch.table.buckets(of: row)), "\(batch.table.name) to \(device)")
            upserted.insert(batch.table.key(of: row))
          }
        }
        for key in content.left { #expect(upserted.contains(key), "\(device) never had it") }
      case .checkpoint(let checkpoint):
        checkpoints.append(checkpoint)
        for digest in checkpoint.digests where digest.bucket != ChangeIndex.everything {
          #expect(grants.contains(digest.bucket), "\(digest.bucket) to \(device)")
        }
      default: break
      }
    }
  }

  private static let grants: [String: Grants] = Dictionary(
    uniqueKeysWithValues: Shop.staff.map { device, role, agent, warehouses in
      (device, Grants(role: role, device: device, agent: agent, territory: nil, warehouses: warehouses))
    })

  /// A busy day of everybody, with everything said to each device.
  private func day(
    seed: UInt64 = 1, elsewhere: Quantity = 5, listening: Bool = true
  ) throws -> (shop: Shop, ears: [String: Ear]) {
    let shop = try Shop(seed: seed, staffed: [])
    var ears: [String: Ear] = [:]
    for (device, _, _, _) in Shop.staff { ears[device] = Ear() }
    shop.world.onArrival = { [ears] delivery in
      if case .device(let code) = delivery.end, !delivery.closes, let ear = ears[code],
        let grants = ScopeTests.grants[code]
      {
        try ear.hear(delivery.bytes, grants, as: code)
      }
      return .arrives
    }
    for (device, _, _, _) in Shop.staff { try shop.hire(device) }
    try shop.settle()
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("CHAI", elsewhere, at: "W2")] })
    let anas = try shop.ana.orders(("CHAI", 4), ("MATE", 1))
    let bens = try shop.ben.orders(("CHAI", 4))
    try shop.settle()
    try shop.cutOff(shop.pia)
    try shop.pia.picks(4, of: anas)
    try shop.anasPhone.notes("C-ANA", phone: "+49 30 200")
    try shop.headquarters.notes("C-BEN", phone: "+49 30 300")
    try shop.ben.cancels(bens)
    try shop.settle()
    try shop.reconnect(shop.pia)
    try shop.pia.ships(anas)
    try shop.quim.counts(80)
    try shop.settle()
    shop.world.onArrival = nil
    return (shop, ears)
  }

  @Test("every row in every page sent to a device is in one of its buckets")
  func everyFrame() throws {
    let (shop, ears) = try day()
    for (device, _, _, _) in Shop.staff { #expect(ears[device]?.pages.isEmpty == false) }
    // The test would see a leak: headquarters was sent rows that Ana may not have.
    let seen = try Set(shop.headquarters.books.all(CustomerColumns.self).map(\.code))
    #expect(seen == ["C-ANA", "C-BEN"])
    #expect(try shop.ana.books.all(CustomerColumns.self).map(\.code) == ["C-ANA"])
    #expect(try shop.pia.books.all(CustomerColumns.self).isEmpty)
    try shop.expectAllIsWell()
  }

  /// Headquarters gives Ana's customer to Ben.
  private func handOver(_ shop: Shop) throws {
    try shop.decide(Filled<ImportCustomers> { $0.rows = [Shop.customer("C-ANA", of: "BEN", 1)] })
  }

  @Test("G16 a customer handed to another agent leaves the one's devices and comes to the other's")
  func handedOver() throws {
    let shop = try Shop()
    let order = try shop.ana.drafts(("CHAI", 4))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let edit = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try handOver(shop)
    try shop.settle()
    // Live, and at once.
    #expect(try shop.anasPhone.books.customer("C-ANA") == nil)
    #expect(try shop.ben.books.customer("C-ANA")?.phone.text == "+49 30 100")
    // What she wrote unknowing is answered, and nothing of the customer stays with her.
    #expect(try shop.ana.books.customer("C-ANA")?.phone.text == "+49 30 200")
    try shop.reconnect(shop.ana)
    #expect(try shop.centre.answer(to: edit.id)?.codes == ["NOT_PERMITTED"])
    #expect(try shop.ana.books.customer("C-ANA") == nil)
    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 100")
    // Her open order goes along.
    #expect(try shop.ana.books.order(order) == nil)
    #expect(try shop.ben.books.order(order)?.state == .draft)
    try shop.expectAllIsWell()
  }

  @Test("a customer handed over while a new device loads is on exactly the right devices", arguments: 1...12)
  func handedOverDuringLoad(page: Int) throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 60
    limits.pagesInFlightMax = 1
    let shop = try Shop(staffed: ["A1"], limits: limits)
    var pages = 0
    shop.world.onArrival = { [self] delivery in
      guard case .device(let code) = delivery.end, code != "A1",
        case .page = try Message.decode(delivery.bytes)
      else { return .arrives }
      pages += 1
      if pages == page { try handOver(shop) }
      return .arrives
    }
    try shop.hire("A2")
    try shop.hire("B1")
    try shop.settle()
    #expect(pages >= page)
    #expect(try shop.anasPhone.books.customer("C-ANA") == nil)
    #expect(try shop.ben.books.all(CustomerColumns.self).count == 2)
    for person in [shop.anasPhone, shop.ben] {
      #expect(try person.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident") } == [])
    }
    try shop.expectAllIsWell()
  }

  @Test("two worlds that differ only in what Ana may not see send her the same rows and digests")
  func twinWorlds() throws {
    let (one, firstEars) = try day(elsewhere: 5)
    let (other, secondEars) = try day(elsewhere: 7)
    #expect(try one.headquarters.books.level(at: "W2").onHand == 5)
    #expect(try other.headquarters.books.level(at: "W2").onHand == 7)
    for device in ["A1", "A2", "B1", "P1", "P2"] {
      let (first, second) = (try #require(firstEars[device]), try #require(secondEars[device]))
      #expect(first.pages == second.pages, "\(device)")
      #expect(first.checkpoints.map(\.version) == second.checkpoints.map(\.version))
      #expect(first.checkpoints.map(\.digests) == second.checkpoints.map(\.digests))
    }
    #expect(firstEars["HQ"]?.pages != secondEars["HQ"]?.pages)
  }
}
