import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("Selling inside a quota, through the real hosts")
struct QuotaStories {
  private func grant(_ quantity: Quantity, to person: Person, in shop: Shop) throws {
    try shop.decide(
      Filled<GrantQuota> {
        ($0.device, $0.sku, $0.warehouse, $0.quantity) = (person.code, "CHAI", "W1", quantity)
      })
    try shop.settle()
  }

  private func quota(_ person: Person, _ books: Books) throws -> Quota {
    try books.find(QuotaColumns.self, key: RowKey(QuotaColumns.self, person.code, "CHAI", "W1")) ?? Quota()
  }

  @Test(
    "G13: two agents sell their quotas offline while a count finds nothing: both are promised all of it",
    arguments: Arrival.allCases)
  func bothKeepTheirs(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10)])
    try grant(6, to: shop.ana, in: shop)
    try grant(4, to: shop.ben, in: shop)
    try shop.cutOff(shop.ana, shop.ben)
    let anas = try shop.ana.sells(6)
    let bens = try shop.ben.sells(4)
    #expect(anas.isCertain && bens.isCertain)
    #expect(try quota(shop.ana, shop.ana.books).free == .zero)
    try shop.pia.counts(0)
    try shop.settle()
    try shop.reconnect([shop.ana, shop.ben], arrival)

    for (placed, quantity) in [(anas.placed, Quantity(6)), (bens.placed, 4)] {
      #expect(try shop.centre.line(placed).allocated == quantity)
      #expect(try shop.submission(of: placed)?.outcome == .applied)
      #expect(try shop.submission(of: placed)?.codes == [])
    }
    #expect(try shop.centre.level().available == -10)
    try shop.expectAllIsWell()
  }

  @Test("outside the quota it is provisional: somebody else was quicker")
  func outsideIsProvisional() throws {
    let shop = try Shop([("CHAI", 10)])
    try grant(4, to: shop.ana, in: shop)
    try shop.cutOff(shop.ana)
    let anas = try shop.ana.sells(7)
    #expect(!anas.isCertain)
    try shop.ben.orders(("CHAI", 6))
    try shop.settle()
    try shop.reconnect(shop.ana)

    #expect(try shop.centre.line(anas.placed).allocated == 4)
    #expect(try shop.centre.line(anas.placed).backordered == 3)
    try shop.expectAllIsWell()
  }

  @Test("asked for with a link, used without one, the rest given back: the books agree everywhere")
  func wholeLife() throws {
    let shop = try Shop([("CHAI", 10)])
    try shop.ana.record(
      Filled<RequestQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", 20) })
    try shop.settle()
    // No more than there is.
    #expect(try quota(shop.ana, shop.ana.books).free == 10)
    #expect(try shop.ben.books.level().available == .zero)
    try shop.cutOff(shop.ana)
    let placed = try shop.ana.sells(3).placed
    try shop.ana.record(
      Filled<ReturnQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", 7) })
    #expect(throws: Refusal.self) {
      try shop.ana.record(
        Filled<ReturnQuota> { ($0.sku, $0.warehouse, $0.quantity) = ("CHAI", "W1", 1) })
    }
    try shop.reconnect(shop.ana)

    #expect(try shop.centre.level().setAside == .zero)
    #expect(try shop.centre.level().available == 7)
    #expect(try shop.centre.line(placed).allocated == 3)
    try shop.expectAllIsWell()
  }

  @Test("written off while its phone is away: the late sale is answered, and headquarters has a task")
  func writtenOffThenSold() throws {
    let shop = try Shop([("CHAI", 5)])
    try grant(5, to: shop.ana, in: shop)
    try shop.cutOff(shop.ana)
    let sale = try shop.ana.sells(4)
    #expect(sale.isCertain)
    try shop.decide(
      Filled<WriteOffQuota> {
        ($0.device, $0.sku, $0.warehouse) = (shop.ana.code, "CHAI", "W1")
        $0.reason = PersonalText("phone lost")
      })
    try shop.ben.orders(("CHAI", 3))
    try shop.settle()
    try shop.reconnect(shop.ana)

    #expect(try shop.submission(of: sale.placed)?.codes == ["QUOTA_WRITTEN_OFF", "ALLOCATION_SHORT"])
    #expect(try shop.centre.line(sale.placed).allocated == 2)
    #expect(try shop.headquarters.books.openTasks(.quotaWrittenOff).map(\.quantity) == [2])
    #expect(try shop.ana.books.notices(for: shop.ana).map(\.code) == ["QUOTA_WRITTEN_OFF"])
    try shop.expectAllIsWell()
  }

  @Test("a quota does not end with time: a phone comes back after ten days")
  func noClockEndsIt() throws {
    let shop = try Shop([("CHAI", 10)], staffed: ["A1", "B1"])
    try grant(6, to: shop.ana, in: shop)
    try shop.cutOff(shop.ana, shop.ben)
    try shop.waitUntil(10 * 24)
    let sale = try shop.ana.sells(6)
    try shop.ben.orders(("CHAI", 10))
    try shop.reconnect(shop.ben, shop.ana)
    #expect(try shop.centre.line(sale.placed).allocated == 6)
    try shop.expectAllIsWell()
  }
}

extension Person {
  /// Sells some CHAI as the command line does: claiming what the device's quota covers.
  func sells(_ quantity: Quantity) throws -> (placed: PlacedOrder, isCertain: Bool) {
    let (id, line) = (newID(), newID())
    var (number, isCertain) = ("", false)
    let made = try device.record(in: shop.world) { numbering in
      number = try numbering.take("SO")
      let create = Filled<CreateOrder> {
        ($0.id, $0.number, $0.customer, $0.shipComplete) = (id, number, customer, false)
        $0.lines = [Filled<OrderLineEntry> { ($0.id, $0.sku, $0.quantity) = (line, "CHAI", quantity) }]
      }
      let want = QuotaClaims.Want(line: line, sku: "CHAI", warehouse: "W1", quantity: quantity)
      let covers = try numbering.covers(for: [want])
      isCertain = covers.first?.quantity == quantity
      let submit = Filled<SubmitOrder> { ($0.order, $0.number, $0.covers) = (id, number, covers) }
      return [Draft(create), Draft(submit)]
    }
    return (PlacedOrder(id: id, number: number, lines: [line], made: made), isCertain)
  }
}
