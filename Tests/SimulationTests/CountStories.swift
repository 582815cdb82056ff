import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("Counts and corrections, through the real hosts")
struct CountStories {
  @Test(
    "#5 a pick two seconds after a count on another device: somebody counts again",
    arguments: Arrival.allCases)
  func nearCount(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 100)])
    let order = try shop.ana.orders(("CHAI", 10))
    try shop.settle()
    try shop.cutOff(shop.pia, shop.quim)
    try shop.waitUntil(9, 10)
    let count = try shop.quim.counts(96)
    try shop.waitUntil(9, 10, 1)
    let pick = try shop.pia.picks(3, of: order)
    try shop.reconnect([shop.quim, shop.pia], arrival)

    #expect(try shop.centre.onHand() == 93)
    let later = arrival == .asTold ? pick : count
    let answer = try #require(try shop.centre.answer(to: later.id))
    #expect(answer.outcome == .applied)
    #expect(answer.codes == ["COUNT_NEAR_MOVEMENT"])
    #expect(try shop.pia.books.openTasks(.countNearMovement).map(\.kind) == [.recount])
    try shop.expectAllIsWell()
  }

  @Test("#8 yesterday's delivery, entered today after a count that included it: on hand stays as counted")
  func lateReceipt() throws {
    let shop = try Shop([("CHAI", 40)])
    try shop.waitUntil(20)
    try shop.pia.counts(70)
    try shop.settle()
    #expect(try shop.centre.adjustments() == [30])
    try shop.waitUntil(33)
    let receipt = try shop.quim.record(
      Filled<ReceiveStock> {
        $0.warehouse = "W1"
        $0.sku = "CHAI"
        $0.quantity = 20
        $0.bin = "MAIN"
      }, at: .at(15))
    try shop.settle()

    #expect(try shop.centre.answer(to: receipt.id)?.outcome == .applied)
    for books in [shop.centre, shop.pia.books, shop.quim.books] {
      #expect(try books.onHand() == 70)
      #expect(try books.adjustments() == [10])
      #expect(try books.revisions() == [30, 10])
    }
    try shop.expectAllIsWell()
  }

  @Test(
    "#9 two people scrap the same two broken ones: both count, somebody is asked", arguments: Arrival.allCases
  )
  func scrappedTwice(arrival: Arrival) throws {
    let shop = try Shop([("CHAI", 10)])
    try shop.cutOff(shop.pia, shop.quim)
    try shop.waitUntil(9)
    let pias = try shop.pia.scraps(2)
    try shop.waitUntil(9, 40)
    let quims = try shop.quim.scraps(2)
    try shop.reconnect([shop.pia, shop.quim], arrival)

    #expect(try shop.centre.onHand() == 6)
    let later = arrival == .asTold ? quims : pias
    #expect(try shop.centre.answer(to: later.id)?.outcome == .applied)
    #expect(try shop.centre.answer(to: later.id)?.codes == ["POSSIBLE_DUPLICATE_ADJUSTMENT"])
    let tasks = try shop.pia.books.openTasks(.possibleDuplicateAdjustment)
    #expect(tasks.map(\.kind) == [.reviewAdjustment])
    try shop.expectAllIsWell()
  }

  @Test("#11 a count finds seven of twelve with ten promised: the latest promise shrinks, its agent hears so")
  func countBelowPromises() throws {
    let shop = try Shop([("CHAI", 12)])
    let first = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    let second = try shop.ben.orders(("CHAI", 6))
    try shop.settle()
    try shop.pia.counts(7)
    try shop.settle()

    #expect(try shop.centre.level().onHand == 7)
    #expect(try shop.ana.books.line(first).allocated == 4)
    #expect(try shop.ben.books.line(second).allocated == 3)
    #expect(try shop.ben.books.line(second).backordered == 3)
    let notices = try shop.ben.books.notices(for: shop.ben)
    #expect(notices.map(\.code) == ["ALLOCATION_REDUCED"])
    #expect(notices.map(\.quantity) == [3])
    #expect(try shop.ana.books.notices(for: shop.ana).isEmpty)
    try shop.expectAllIsWell()
  }
}

extension Person {
  @discardableResult
  fileprivate func scraps(_ quantity: Quantity) throws -> Recorded {
    try record(
      Filled<ScrapStock> {
        $0.warehouse = "W1"
        $0.sku = "CHAI"
        $0.quantity = quantity
        $0.reason = "damaged"
        $0.bin = "MAIN"
      })
  }
}
