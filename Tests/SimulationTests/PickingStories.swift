import Testing
import TradeRules

@testable import Simulator

@Suite("Picking, shipping, cutting and cancelling, through the real hosts")
struct PickingStories {
  @Test(
    "#26 two pickers on different lines: both count, picked when all lines are", arguments: Arrival.allCases)
  func differentLines(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10), ("MATE", 5)])
    let order = try shop.ana.orders(("CHAI", 10), ("MATE", 5))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.quim)
    try shop.pia.picks(10, of: order, line: 0)
    try shop.quim.picks(5, of: order, line: 1)

    let arrivals = arrival.order([shop.pia, shop.quim])
    try shop.reconnect(arrivals[0])
    #expect(try shop.centre.fulfilment(order) == .picking)
    try shop.reconnect(arrivals[1])
    #expect(try shop.centre.line(order, 0).picked == 10)
    #expect(try shop.centre.line(order, 1).picked == 5)
    #expect(try shop.centre.fulfilment(order) == .picked)
    #expect(try shop.ana.books.fulfilment(order) == .picked)
    try shop.expectAllIsWell()
  }

  @Test(
    "#27 two pickers, one line of 10: 16 picked, 10 leave, the later one puts 6 back",
    arguments: Arrival.allCases)
  func sameLine(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 20)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.quim)
    try shop.pia.picks(10, of: order)
    try shop.quim.picks(6, of: order)
    try shop.reconnect([shop.pia, shop.quim], arrival)

    let later = arrival.order([shop.pia, shop.quim])[1]
    #expect(try shop.centre.line(order).picked == 16)
    #expect(try shop.centre.line(order).allocated == 10)
    let tasks = try shop.centre.openTasks(.overPicked)
    #expect(tasks.map(\.kind) == [.putBack])
    #expect(tasks.map(\.quantity) == [6])
    #expect(tasks.map(\.device) == [later.code])

    try shop.pia.ships(order)
    try shop.settle()
    #expect(try shop.centre.line(order).shipped == 10)
    #expect(try shop.centre.onHand(bin: "STAGING") == 6)
    try later.putsBack(6, of: order)
    try shop.settle()
    #expect(try shop.centre.openTasks(.overPicked).isEmpty)
    #expect(try shop.centre.onHand() == 10)
    #expect(try shop.centre.level().available == 10)
    try shop.expectAllIsWell()
  }

  @Test("#29 cut from 10 to 6 when 10 are picked: 6 ordered, 4 to put back, the agent hears so")
  func cutWhilePicked() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.ana, shop.pia)
    try shop.pia.picks(10, of: order)
    let cut = try shop.ana.sets(order, to: 6)
    try shop.reconnect(shop.pia, shop.ana)

    #expect(try shop.centre.line(order).ordered == 6)
    #expect(try shop.centre.line(order).allocated == 6)
    let tasks = try shop.centre.openTasks(.putBack)
    #expect(tasks.map(\.quantity) == [4])
    #expect(tasks.map(\.warehouse) == ["W1"])
    let answer = try #require(try shop.ana.books.answer(to: cut.id))
    #expect(answer.outcome == .applied)
    #expect(answer.codes.contains("ACCEPTED_PUTBACK"))
    try shop.expectAllIsWell()
  }

  @Test("#29 the cut arrives before the picks: the same goods go back")
  func cutBeforePicked() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.ana, shop.pia)
    try shop.pia.picks(10, of: order)
    try shop.ana.sets(order, to: 6)
    try shop.reconnect(shop.ana, shop.pia)

    #expect(try shop.centre.line(order).ordered == 6)
    #expect(try shop.centre.line(order).allocated == 6)
    let tasks = try shop.pia.books.all(TaskColumns.self).filter { $0.isOpen && $0.kind == .putBack }
    #expect(tasks.map(\.quantity) == [4])
    try shop.expectAllIsWell()
  }

  @Test(
    "#32 cancelled at ten, shipped at half past nine: shipped, whichever arrives first",
    arguments: Arrival.allCases)
  func shippedBeforeCancelled(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.pia.picks(10, of: order)
    try shop.settle()
    try shop.cutOff(shop.ana, shop.pia)
    try shop.waitUntil(9, 30)
    try shop.pia.ships(order)
    try shop.waitUntil(10)
    let cancellation = try shop.ana.cancels(order)
    try shop.reconnect([shop.pia, shop.ana], arrival)

    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.line(order).shipped == 10)
    #expect(try shop.centre.line(order).cancelled == .zero)
    #expect(try shop.centre.fulfilment(order) == .shipped)
    #expect(try shop.ana.books.fulfilment(order) == .shipped)
    #expect(try shop.centre.openTasks(.shippedAfterCancel).isEmpty)
    #expect(try shop.centre.openTasks(.putBack).isEmpty)
    let answer = try #require(try shop.ana.books.answer(to: cancellation.id))
    switch arrival {
    case .asTold:
      #expect(answer.outcome == .rejected)
      #expect(answer.codes == ["CANCEL_REJECTED_SHIPPED"])
      #expect(try shop.ana.books.notices(for: shop.ana).isEmpty)
    case .reversed:
      #expect(answer.outcome == .applied)
      #expect(answer.codes == [])
      let notices = try shop.ana.books.notices(for: shop.ana)
      #expect(notices.map(\.code) == ["CANCEL_REJECTED_SHIPPED"])
      #expect(notices.map(\.operation) == [cancellation.id.number])
    }
    try shop.expectAllIsWell()
  }

  @Test("#34 cancelled while picked: nothing stays promised, the goods go back, nothing can be shipped")
  func cancelledWhilePicked() throws {
    let shop = try Shop([("CHAI", 10)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.pia.picks(7, of: order)
    try shop.settle()
    try shop.cutOff(shop.ana)
    let cancellation = try shop.ana.cancels(order)
    try shop.reconnect(shop.ana)

    #expect(try shop.centre.answer(to: cancellation.id)?.outcome == .applied)
    #expect(try shop.centre.order(order)?.state == .cancelled)
    #expect(try shop.centre.line(order).allocated == .zero)
    #expect(try shop.centre.level().allocated == .zero)
    #expect(try shop.pia.books.openTasks(.putBack).map(\.quantity) == [7])

    // The picker has seen it: the device itself refuses to ship, and records nothing.
    #expect(throws: Refusal(.orderCancelled, order.number)) { try shop.pia.ships(order) }
    try shop.pia.putsBack(7, of: order)
    try shop.settle()
    #expect(try shop.centre.openTasks(.putBack).isEmpty)
    #expect(try shop.centre.onHand() == 10)
    #expect(try shop.centre.line(order).shipped == .zero)
    try shop.expectAllIsWell()
  }
}
