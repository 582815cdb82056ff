import Testing
import TradeRules

@testable import Simulator

@Suite("One customer edited twice, through the real hosts")
struct PartyStories {
  @Test("#52 one writes down a phone, the other an address: both stand", arguments: Arrival.allCases)
  func differentFields(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.anasPhone.notes("C-ANA", address: "9 New Road")
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    for books in [shop.centre, shop.ana.books, shop.anasPhone.books] {
      let customer = try #require(try books.customer("C-ANA"))
      #expect(customer.phone.text == "+49 30 200")
      #expect(customer.address.text == "9 New Road")
      #expect(try books.openConflicts().isEmpty)
    }
    try shop.expectAllIsWell()
  }

  @Test("#52 both write down a phone: the later one stands, the other is kept", arguments: Arrival.allCases)
  func sameField(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.waitUntil(9)
    let early = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.waitUntil(9, 5)
    let late = try shop.anasPhone.notes("C-ANA", phone: "+49 30 300")
    try shop.reconnect([shop.ana, shop.anasPhone], arrival)

    for books in [shop.centre, shop.ana.books, shop.anasPhone.books] {
      #expect(try books.customer("C-ANA")?.phone.text == "+49 30 300")
      let conflict = try #require(try books.openConflicts(.fieldConflict).first)
      #expect(conflict.field == "phone")
      #expect([conflict.mine.text, conflict.theirs.text].sorted() == ["+49 30 200", "+49 30 300"])
      #expect(conflict.base.text == "+49 30 100")
    }
    let second = arrival == .asTold ? late : early
    #expect(try shop.centre.answer(to: second.id)?.codes == ["FIELD_CONFLICT"])

    // One command brings the other value back.
    let conflict = try #require(try shop.ana.books.openConflicts(.fieldConflict).first)
    try shop.ana.resolves(conflict, keeping: conflict.mine.text == "+49 30 200" ? "mine" : "theirs")
    try shop.settle()
    #expect(try shop.anasPhone.books.customer("C-ANA")?.phone.text == "+49 30 200")
    #expect(try shop.centre.openConflicts().isEmpty)
    try shop.expectAllIsWell()
  }

  @Test("#75 the server's change and one's own unsent change meet in one row: both are seen at once")
  func unsentMeetsNews() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.anasPhone.notes("C-ANA", address: "9 New Road")
    try shop.settle()
    // The rows come down; nothing of hers gets through.
    try shop.withoutUpload(from: shop.ana) {
      let customer = try #require(try shop.ana.books.customer("C-ANA"))
      #expect(customer.phone.text == "+49 30 200")
      #expect(customer.address.text == "9 New Road")
    }
    try shop.settle()
    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 200")
    #expect(try shop.centre.openConflicts().isEmpty)
    try shop.expectAllIsWell()
  }

  @Test("#75 the same field: one's own value shows until the centre has decided, then there is a conflict")
  func unsentMeetsNewsInOneField() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    try shop.waitUntil(9)
    try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.waitUntil(9, 5)
    try shop.anasPhone.notes("C-ANA", phone: "+49 30 300")
    try shop.settle()
    try shop.withoutUpload(from: shop.ana) {
      let customer = try #require(try shop.ana.books.customer("C-ANA"))
      #expect(customer.phone.text == "+49 30 200")
    }
    try shop.settle()
    #expect(try shop.ana.books.customer("C-ANA")?.phone.text == "+49 30 300")
    let conflicts = try shop.ana.books.openConflicts(.fieldConflict)
    #expect(conflicts.map { [$0.mine.text, $0.theirs.text] } == [["+49 30 200", "+49 30 300"]])
    try shop.expectAllIsWell()
  }
}
