import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("One draft on two devices, through the real hosts")
struct DraftStories {
  /// Ana's draft, on her tablet and her phone, both cut off.
  private func draft(_ shop: Shop, _ lines: (sku: String, quantity: Quantity)...) throws -> PlacedOrder {
    let order = try shop.ana.place(lines, submits: false)
    try shop.settle()
    try shop.cutOff(shop.ana, shop.anasPhone)
    return order
  }

  @Test("#35 the tablet changes the address, the phone a quantity: both stand", arguments: Arrival.allCases)
  func differentThings(arrival: Arrival) throws {
    let shop = try Shop()
    let order = try draft(shop, ("CHAI", 4), ("MATE", 2))
    try shop.ana.readdresses(order, to: "2 Side Street")
    try shop.anasPhone.sets(order, line: 1, to: 7)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    for books in [shop.centre, shop.ana.books, shop.anasPhone.books] {
      #expect(try books.order(order)?.deliveryAddress.text == "2 Side Street")
      #expect(try books.line(order, 1).ordered == 7)
      #expect(try books.line(order, 0).ordered == 4)
      #expect(try books.openConflicts().isEmpty)
      #expect(try books.order(order)?.holds == [])
    }
    try shop.expectAllIsWell()
  }

  @Test(
    "#36 tablet 12, phone 8 five minutes later: 8 stands, both are kept, somebody confirms",
    arguments: Arrival.allCases)
  func sameLine(arrival: Arrival) throws {
    let shop = try Shop()
    let order = try draft(shop, ("CHAI", 10))
    try shop.waitUntil(9)
    try shop.ana.sets(order, to: 12)
    try shop.waitUntil(9, 5)
    try shop.anasPhone.sets(order, to: 8)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    #expect(try shop.centre.line(order).ordered == 8)
    let conflict = try #require(try shop.ana.books.openConflicts(.confirmLine).first)
    #expect([conflict.mine.text, conflict.theirs.text].sorted() == ["12", "8"])
    #expect(conflict.base.text == "10")
    // *Mine* is the value that arrived second; what stands is the later recording.
    #expect(conflict.chosen == (arrival == .asTold ? "mine" : "theirs"))

    let submission = try shop.ana.submits(order)
    try shop.settle()
    #expect(try shop.ana.books.answer(to: submission.id)?.codes == ["CONFIRM_LINE"])
    #expect(try shop.centre.order(order)?.state == .submitted)
    #expect(try shop.centre.level().allocated == .zero)

    try shop.anasPhone.resolves(conflict, keeping: conflict.mine.text == "12" ? "mine" : "theirs")
    try shop.settle()
    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.line(order).allocated == 12)
    #expect(try shop.centre.openConflicts().isEmpty)
    try shop.expectAllIsWell()
  }

  @Test("#37 submitted on the tablet, edited on the phone: it stays submitted", arguments: Arrival.allCases)
  func staleEdit(arrival: Arrival) throws {
    let shop = try Shop()
    let order = try draft(shop, ("CHAI", 10))
    try shop.ana.submits(order)
    let edit = try shop.anasPhone.sets(order, to: 12)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.anasPhone.books.order(order)?.state == .accepted)
    // The edit is an amendment of what was submitted, and is answered as one.
    #expect(try shop.centre.answer(to: edit.id)?.outcome == .applied)
    #expect(try shop.centre.line(order).ordered == 12)
    #expect(try shop.centre.line(order).allocated == 12)
    try shop.expectAllIsWell()
  }

  @Test(
    "#38 a line removed here and raised there: it stays, raised, and says so", arguments: Arrival.allCases)
  func removedAndRaised(arrival: Arrival) throws {
    let shop = try Shop()
    let order = try draft(shop, ("CHAI", 10), ("MATE", 1))
    try shop.waitUntil(9)
    let removal = try shop.ana.removes(order)
    try shop.waitUntil(9, 5)
    let raise = try shop.anasPhone.sets(order, to: 15)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    for books in [shop.centre, shop.ana.books, shop.anasPhone.books] {
      #expect(try !books.line(order).isRemoved)
      #expect(try books.line(order).ordered == 15)
      let conflicts = try books.openConflicts(.lineKept)
      #expect(conflicts.map { [$0.mine.text, $0.theirs.text].sorted() } == [["0", "15"]])
    }
    let second = arrival == .asTold ? raise : removal
    #expect(try shop.centre.answer(to: second.id)?.codes == ["LINE_KEPT"])
    if arrival == .asTold {
      // Who removed it had their answer before: they get a notice.
      #expect(try shop.ana.books.notices(for: shop.ana).map(\.operation) == [removal.id.number])
    }
    try shop.expectAllIsWell()
  }

  @Test("#39 deleted on the phone, submitted on the tablet: submitted", arguments: Arrival.allCases)
  func deletedAndSubmitted(arrival: Arrival) throws {
    let shop = try Shop()
    let order = try draft(shop, ("CHAI", 10))
    let deletion = try shop.anasPhone.deletes(order)
    try shop.ana.submits(order)
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    for books in [shop.centre, shop.ana.books, shop.anasPhone.books] {
      #expect(try books.order(order)?.state == .accepted)
      #expect(try books.order(order)?.isDeleted == false)
      #expect(try books.line(order).allocated == 10)
    }
    let answer = try #require(try shop.anasPhone.books.answer(to: deletion.id))
    switch arrival {
    case .asTold:
      #expect(answer.outcome == .rejected)
      #expect(answer.codes == ["ALREADY_SUBMITTED"])
    case .reversed:
      // The answer was given before the submission came, and stays; the notice says what became of it.
      #expect(answer.outcome == .applied)
      let notices = try shop.anasPhone.books.notices(for: shop.anasPhone)
      #expect(notices.map(\.code) == ["ALREADY_SUBMITTED"])
      #expect(notices.map(\.operation) == [deletion.id.number])
    }
    try shop.expectAllIsWell()
  }

  @Test("#40 the acknowledgement is lost and the order sent again: one order, the same answer")
  func acknowledgementLost() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    // The centre decides; everything it says about it is lost with the link.
    let before = shop.world.store.head.version
    var losses = 0
    shop.world.onArrival = { delivery in
      guard case .device("A1") = delivery.end, shop.world.store.head.version > before, losses < 3 else {
        return .arrives
      }
      losses += 1
      return .breaksLink
    }
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 500)
    let first = try #require(try shop.submission(of: order))
    #expect(try shop.ana.books.answer(to: order.made.id) == nil)
    let unsent = try shop.ana.device.store.batch(after: 0, limit: 10, bytesMax: 10_000)
    #expect(unsent.map(\.state) == [.unsent, .unsent])
    try shop.settle()

    #expect(losses == 3)
    #expect(try shop.centre.all(OrderColumns.self).map(\.number) == [order.number])
    #expect(try shop.submission(of: order) == first)
    #expect(try shop.ana.books.answer(to: OperationID(device: "A1", number: 2)) == first)
    #expect(try shop.centre.level().allocated == 4)
    try shop.expectAllIsWell()
  }

  @Test("#40 nothing of an answered batch is decided again when all of it is sent again")
  func sentAgain() throws {
    let shop = try Shop()
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.settle()
    let (version, answer) = (shop.world.store.head.version, try shop.submission(of: order))
    try shop.sendAgain(shop.ana)
    #expect(shop.world.store.head.version == version)
    #expect(try shop.submission(of: order) == answer)
    try shop.expectAllIsWell()
  }
}
