import Testing
import TradeRules

@testable import Simulator

@Suite("Stock and counting, through the real hosts")
struct StockStories {
  @Test("#1 two agents promise the last five: five are promised, never eight", arguments: Arrival.allCases)
  func lastFive(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 5)])
    try shop.cutOff(shop.ana, shop.ben)
    let anas = try shop.ana.orders(("CHAI", 4))
    let bens = try shop.ben.orders(("CHAI", 4))
    try shop.reconnect([shop.ana, shop.ben], arrival)

    let (first, second) = arrival == .asTold ? (anas, bens) : (bens, anas)
    #expect(try shop.centre.line(first).allocated == 4)
    #expect(try shop.centre.line(first).backordered == .zero)
    #expect(try shop.centre.line(second).allocated == 1)
    #expect(try shop.centre.line(second).backordered == 3)
    #expect(try shop.centre.level().allocated == 5)
    #expect(try shop.submission(of: second)?.codes == ["ALLOCATION_SHORT"])
    #expect(try shop.submission(of: first)?.codes == [])
    try shop.expectAllIsWell()
  }

  @Test(
    "#1 the second order ships complete or not at all: it gets nothing and is on hold",
    arguments: Arrival.allCases)
  func lastFiveComplete(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 5)])
    try shop.cutOff(shop.ana, shop.ben)
    let anas = try shop.ana.orders(("CHAI", 4), shipComplete: true)
    let bens = try shop.ben.orders(("CHAI", 4), shipComplete: true)
    try shop.reconnect([shop.ana, shop.ben], arrival)

    let (first, second) = arrival == .asTold ? (anas, bens) : (bens, anas)
    #expect(try shop.centre.line(first).allocated == 4)
    #expect(try shop.centre.line(second).allocated == .zero)
    #expect(try shop.centre.order(second)?.holds == ["SHIP_COMPLETE_WAIT"])
    #expect(try shop.centre.level().allocated == 4)
    try shop.expectAllIsWell()
  }

  @Test("#2 one order, two lines of one product, 3 and 3 of 5: five are promised, one waits")
  func twoLines() throws {
    let shop = try Shop([("CHAI", 5)])
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 3), ("CHAI", 3))
    try shop.reconnect(shop.ana)

    let lines = try [shop.centre.line(order, 0), shop.centre.line(order, 1)]
    #expect(lines.reduce(.zero) { $0 + $1.allocated } == 5)
    #expect(lines.reduce(.zero) { $0 + $1.backordered } == 1)
    #expect(try shop.centre.level().allocated == 5)
    try shop.expectAllIsWell()
  }

  @Test("#3 a pick before the count, known after it: the count absorbs it", arguments: Arrival.allCases)
  func countAbsorbsEarlierPick(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try shop.ana.orders(("CHAI", 3))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.quim)
    try shop.waitUntil(9, 5)
    try shop.pia.picks(3, of: order)
    try shop.waitUntil(9, 10)
    try shop.quim.counts(96)

    try shop.waitUntil(9, 12)
    try shop.reconnect(arrival == .asTold ? shop.quim : shop.pia)
    if arrival == .asTold {
      #expect(try shop.centre.onHand() == 96)
      #expect(try shop.centre.adjustments() == [-4])
      #expect(try shop.centre.level().onHand == 96)
    }
    try shop.waitUntil(9, 30)
    try shop.reconnect(arrival == .asTold ? shop.pia : shop.quim)
    #expect(try shop.centre.onHand() == 96)
    #expect(try shop.centre.onHand(bin: "STAGING") == 3)
    #expect(try shop.centre.level().onHand == 99)
    #expect(try shop.centre.adjustments() == [-1])
    // The superseded adjustment is kept where it was ever booked.
    #expect(try shop.centre.revisions() == (arrival == .asTold ? [-4, -1] : [-1]))
    try shop.expectAllIsWell()
  }

  @Test("#4 a pick after the count adds to it", arguments: Arrival.allCases)
  func pickAfterCount(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try shop.ana.orders(("CHAI", 3))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.quim)
    try shop.waitUntil(9, 10)
    try shop.quim.counts(96)
    try shop.waitUntil(9, 15)
    try shop.pia.picks(3, of: order)
    try shop.waitUntil(9, 30)
    try shop.reconnect([shop.quim, shop.pia], arrival)

    #expect(try shop.centre.onHand() == 93)
    #expect(try shop.centre.onHand(bin: "STAGING") == 3)
    #expect(try shop.centre.level().onHand == 96)
    #expect(try shop.centre.adjustments() == [-4])
    try shop.expectAllIsWell()
  }

  @Test(
    "#7 counted twice, 48 at ten and 47 at eleven: 47, whichever arrives first", arguments: Arrival.allCases)
  func laterCountHolds(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 50)])
    try shop.cutOff(shop.pia, shop.quim)
    try shop.waitUntil(10)
    try shop.pia.counts(48)
    try shop.waitUntil(11)
    try shop.quim.counts(47)
    try shop.reconnect([shop.pia, shop.quim], arrival)

    #expect(try shop.centre.onHand() == 47)
    #expect(try shop.centre.level().onHand == 47)
    try shop.expectAllIsWell()
  }

  @Test("#10 the books say 8, the picker takes 10: it stands, shows negative, and somebody counts")
  func moreThanTheBooksSay() throws {
    let shop = try Shop([("CHAI", 8)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.pia)
    try shop.pia.picks(10, of: order)
    // The picker sees at once what the centre will say.
    #expect(try shop.pia.books.onHand() == -2)
    try shop.reconnect(shop.pia)

    #expect(try shop.centre.onHand() == -2)
    #expect(try shop.centre.level().available == -2)
    let tasks = try shop.centre.openTasks(.negativeBin)
    #expect(tasks.map(\.kind) == [.recount])
    #expect(tasks.map(\.bin) == ["MAIN"])
    // Nothing of it is promised to anybody else.
    let next = try shop.ben.orders(("CHAI", 1))
    try shop.settle()
    #expect(try shop.centre.line(next).allocated == .zero)
    #expect(try shop.centre.line(next).backordered == 1)
    try shop.expectAllIsWell()
  }
}
