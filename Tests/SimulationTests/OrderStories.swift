import Testing
import TradeRules

@testable import Simulator

@Suite("Orders in full, through the real hosts")
struct OrderStories {
  @Test(
    "#28 seven of ten picked short while headquarters serves three from elsewhere: 7 and 3, none waits",
    arguments: Arrival.allCases)
  func splitLine(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10)])
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("CHAI", 5, at: "W2")] })
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.headquarters)
    try shop.pia.picks(7, of: order)
    try shop.headquarters.allocates(3, of: order, from: "W2")
    try shop.reconnect([shop.pia, shop.headquarters], arrival)

    let promises = try shop.centre.all(AllocationColumns.self)
      .map { [$0.warehouse, $0.quantity.decimalText] }
    #expect(promises == [["W1", "7"], ["W2", "3"]])
    #expect(try shop.ana.books.line(order).allocated == 10)
    #expect(try shop.ana.books.line(order).backordered == .zero)
    try shop.expectAllIsWell()
  }

  @Test("#30 a cut of shipped goods is refused, and a return is offered")
  func cutAfterShipping() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let cut = try shop.ana.sets(order, to: 6)
    try shop.pia.picks(10, of: order)
    try shop.pia.ships(order)
    try shop.reconnect(shop.ana)

    let answer = try #require(try shop.ana.books.answer(to: cut.id))
    #expect(answer.outcome == .rejected)
    #expect(answer.codes == ["LINE_SHIPPED"])
    #expect(try shop.ana.books.line(order).ordered == 10)
    #expect(try shop.ana.books.line(order).shipped == 10)
    let tasks = try shop.ana.books.openTasks(.lineShipped)
    #expect(tasks.map(\.kind) == [.draftReturn])
    #expect(tasks.map(\.quantity) == [4])
    try shop.expectAllIsWell()
  }

  @Test(
    "#31 raised from 10 to 15 after picking began: five more are promised or wait",
    arguments: Arrival.allCases)
  func raisedWhilePicking(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 12)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.ana, shop.pia)
    try shop.pia.picks(10, of: order)
    let raise = try shop.ana.sets(order, to: 15)
    try shop.reconnect([shop.pia, shop.ana], arrival)

    let line = try shop.centre.line(order)
    #expect(line.picked == 10)
    #expect(line.allocated == 12)
    #expect(line.backordered == 3)
    let answer = try #require(try shop.ana.books.answer(to: raise.id))
    #expect(answer.outcome == .applied)
    #expect(answer.codes == ["ALLOCATION_SHORT"])
    try shop.expectAllIsWell()
  }

  @Test("#33 shipped twenty minutes after the cancellation by who had not seen it: it stands, with a task")
  func shippedAfterCancel() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.pia.picks(10, of: order)
    try shop.settle()
    try shop.cutOff(shop.pia)
    try shop.waitUntil(10)
    let cancellation = try shop.ana.cancels(order)
    try shop.waitUntil(10, 20)
    let shipment = try shop.pia.ships(order)
    try shop.reconnect(shop.pia)

    #expect(try shop.centre.answer(to: cancellation.id)?.outcome == .applied)
    let answer = try #require(try shop.pia.books.answer(to: shipment.id))
    #expect(answer.outcome == .applied)
    #expect(answer.codes == ["SHIPPED_AFTER_CANCEL"])
    #expect(try shop.centre.order(order)?.state == .cancelled)
    #expect(try shop.centre.line(order).shipped == 10)
    #expect(try shop.pia.books.openTasks(.shippedAfterCancel).map(\.quantity) == [10])
    try shop.expectAllIsWell()
  }

  @Test("#41 keyed again on the phone: the second waits until somebody says that it is meant")
  func enteredTwice() throws {
    let shop = try Shop([("CHAI", 100), ("MATE", 100)])
    try shop.cutOff(shop.ana, shop.anasPhone)
    let first = try shop.ana.orders(("CHAI", 10), ("MATE", 5))
    let second = try shop.anasPhone.orders(("CHAI", 10), ("MATE", 5))
    // Neither device can see the other's order: each expects its own to pass.
    #expect(try shop.anasPhone.books.order(second)?.state == .accepted)
    try shop.reconnect(shop.ana, shop.anasPhone)

    #expect(try shop.centre.order(first)?.state == .accepted)
    #expect(try shop.centre.order(second)?.state == .submitted)
    #expect(try shop.centre.order(second)?.holds == ["POSSIBLE_DUPLICATE"])
    #expect(try shop.submission(of: second)?.codes == ["POSSIBLE_DUPLICATE"])
    #expect(try shop.centre.level().allocated == 10)
    #expect(try shop.ana.books.openTasks(.possibleDuplicate).map(\.record) == [second.number])
    try shop.ana.releases(second)
    try shop.settle()
    #expect(try shop.centre.order(second)?.state == .accepted)
    #expect(try shop.centre.level().allocated == 20)
    #expect(try shop.centre.openTasks(.possibleDuplicate).isEmpty)
    try shop.expectAllIsWell()
  }

  /// An order taken offline at an hour, and what becomes of it.
  struct LatePrice: Sendable {
    let taken: Int64
    let codes: [String]
    let state: OrderState
  }

  @Test(
    "#44 a price goes up while an order waits offline: the one shown is kept, with a note, or for review",
    arguments: [
      // The price begins at 9:00: an hour before it, two hours after it, four days after it.
      LatePrice(taken: 8, codes: [], state: .accepted),
      LatePrice(taken: 11, codes: ["PRICE_VERSION_OLD"], state: .accepted),
      LatePrice(taken: 105, codes: ["PRICE_REVIEW"], state: .submitted),
    ])
  func priceChanges(late: LatePrice) throws {
    let (taken, state) = (late.taken, late.state)
    let shop = try Shop(staffed: ["A1", "HQ"])
    try shop.waitUntil(7)
    try shop.cutOff(shop.ana)
    try shop.decide(
      Filled<ImportPrices> {
        var price = Shop.price("CHAI", 140_000)
        price.validFrom = .at(9)
        $0.rows = [price]
      })
    try shop.waitUntil(taken)
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.waitUntil(taken + 10)
    try shop.reconnect(shop.ana)

    #expect(try shop.centre.order(order)?.totalMinor == 12_500)
    #expect(try shop.centre.order(order)?.state == state)
    #expect(try shop.centre.order(order)?.codes.words == late.codes)
    let hasTask = try !shop.centre.openTasks(.priceReview).isEmpty
    #expect(hasTask == (state == .submitted))
    try shop.expectAllIsWell()
  }

  @Test("#47 the customer was blocked meanwhile: nothing is lost, nothing is promised, headquarters decides")
  func blockedCustomer() throws {
    let shop = try Shop([("CHAI", 100)])
    try shop.cutOff(shop.ana)
    let customer = try #require(try shop.headquarters.books.customer("C-ANA"))
    try shop.headquarters.record(
      Filled<EditCustomer> {
        $0.id = customer.id
        $0.code = customer.code
        $0.status = "blocked"
        $0.statusSeen = "active"
      })
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.reconnect(shop.ana)

    #expect(try shop.submission(of: order)?.codes == ["CUSTOMER_BLOCKED"])
    #expect(try shop.ana.books.order(order)?.state == .submitted)
    #expect(try shop.centre.level().allocated == .zero)
    #expect(try shop.headquarters.books.openTasks(.customerBlocked).map(\.record) == [order.number])
    try shop.headquarters.releases(order)
    try shop.settle()
    #expect(try shop.ana.books.line(order).allocated == 10)
    #expect(try shop.centre.openTasks(.customerBlocked).isEmpty)
    try shop.expectAllIsWell()
  }

  @Test("#48 a product was archived meanwhile: what is on hand is promised, nothing waits for more")
  func archivedProduct() throws {
    let shop = try Shop([("CHAI", 6)])
    try shop.cutOff(shop.ana)
    try shop.headquarters.record(
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.status = "archived"
        $0.statusSeen = "active"
      })
    try shop.settle()
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.reconnect(shop.ana)

    let line = try shop.ana.books.line(order)
    #expect(line.allocated == 6)
    #expect(line.backordered == .zero)
    let answer = try #require(try shop.submission(of: order))
    #expect(answer.outcome == .partly)
    #expect(answer.codes == ["PRODUCT_DISCONTINUED"])
    try shop.expectAllIsWell()
  }

  @Test(
    "#64 delivered arrives before in transit: delivered, both listed, the order is closed",
    arguments: Arrival.allCases)
  func lateTracking(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.pia.picks(10, of: order)
    try shop.pia.ships(order)
    try shop.settle()
    try shop.waitUntil(20)
    try shop.cutOff(shop.ana, shop.pia, shop.quim)
    try shop.pia.tracks(order, .inTransit, at: .at(9))
    try shop.ana.tracks(order, .delivered, at: .at(15))
    // The same news once more, from somebody else.
    let again = try shop.quim.tracks(order, .inTransit, at: .at(9))
    try shop.reconnect([shop.pia, shop.ana], arrival)
    try shop.reconnect(shop.quim)

    let events: [TrackingEvent] = try shop.ana.books.all(TrackingEventColumns.self)
    #expect(events.count == 2)
    #expect(TrackingStatus.of(events) == .delivered)
    #expect(try shop.centre.answer(to: again.id)?.codes == ["TRACKING_KNOWN"])
    #expect(try shop.ana.books.fulfilment(order) == .delivered)
    #expect(try shop.ana.books.order(order)?.state == .closed)
    try shop.expectAllIsWell()
  }

  @Test("the agent hands over what the warehouse shipped: delivered, and the order is closed for everybody")
  func delivered() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.pia.picks(10, of: order)
    try shop.pia.ships(order)
    try shop.settle()
    try shop.cutOff(shop.ana)
    try shop.ana.delivers(order)
    #expect(try shop.ana.books.order(order)?.state == .closed)
    try shop.reconnect(shop.ana)
    for books in [shop.centre, shop.pia.books, shop.headquarters.books] {
      #expect(try books.order(order)?.state == .closed)
      #expect(try books.line(order).delivered == 10)
    }
    try shop.expectAllIsWell()
  }
}
