import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("Customers who are one, and who go to somebody else, through the real hosts")
struct MergingStories {
  /// A customer with a phone, made on an agent's device.
  private func meets(_ person: Person, _ name: String, phone: String) throws -> (id: RecordID, made: Recorded)
  {
    let id = person.newID()
    let made = try person.device.record(in: person.shop.world) { numbering in
      let code = try numbering.take("C")
      return [
        Draft(
          Filled<CreateCustomer> {
            ($0.id, $0.code, $0.name) = (id, code, PersonalText(name))
            ($0.phone, $0.country, $0.currency) = (PersonalText(phone), "DE", "EUR")
          })
      ]
    }
    return (id, made)
  }

  private func merges(_ shop: Shop, _ merged: String, into survivor: String) throws {
    let books = shop.headquarters.books
    let (from, to) = (try #require(try books.customer(merged)), try #require(try books.customer(survivor)))
    try shop.headquarters.record(
      Filled<MergeCustomers> {
        ($0.merged, $0.mergedCode, $0.survivor, $0.survivorCode) = (from.id, from.code, to.id, to.code)
      })
  }

  @Test(
    "#50 two agents make the same customer offline: one proposal; merged, both orders are the survivor's",
    arguments: Arrival.allCases)
  func madeTwice(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.ben)
    try shop.waitUntil(9)
    let one = try meets(shop.ana, "Chez Zoé", phone: "+33 1 23-45")
    let other = try meets(shop.ben, "Zoé", phone: "+33 12345")
    // Codes are made offline and carry the device's own.
    #expect(one.made.record == "C-A1-0001" && other.made.record == "C-B1-0001")
    let anas = try shop.ana.place([("CHAI", 3)], for: one.id, submits: true)
    let bens = try shop.ben.place([("CHAI", 4)], for: other.id, submits: true)
    try shop.reconnect([shop.ana, shop.ben], arrival)

    let (first, second) = arrival == .asTold ? (one, other) : (other, one)
    #expect(try shop.centre.answer(to: first.made.id)?.codes == [])
    #expect(try shop.centre.answer(to: second.made.id)?.codes == ["POSSIBLE_DUPLICATE_CUSTOMER"])
    let tasks = try shop.headquarters.books.openTasks(.possibleDuplicateCustomer)
    #expect(tasks.map(\.record) == ["C-A1-0001 = C-B1-0001"])
    // Neither agent learns whose the other is.
    #expect(try shop.ana.books.openTasks(.possibleDuplicateCustomer).isEmpty)
    #expect(try shop.ben.books.customer("C-A1-0001") == nil)

    try merges(shop, "C-B1-0001", into: "C-A1-0001")
    try shop.settle()
    for books in [shop.centre, shop.headquarters.books] {
      for placed in [anas, bens] {
        #expect(try books.order(placed)?.customer == one.id)
        #expect(try books.order(placed)?.customerCode == "C-A1-0001")
      }
      #expect(try books.openTasks(.possibleDuplicateCustomer).isEmpty)
    }
    // Each agent goes on with their own order, of the one customer; the old code still leads there.
    #expect(try shop.ben.books.order(bens)?.customerCode == "C-A1-0001")
    #expect(try shop.ben.books.order(anas) == nil)
    let shown = try shop.ben.device.store.view { view in try view.customer("C-B1-0001")?.code }
    #expect(shown == "C-A1-0001")
    let later = try shop.ben.place([("CHAI", 1)], for: other.id, submits: true)
    try shop.settle()
    #expect(try shop.centre.order(later)?.customerCode == "C-A1-0001")
    #expect(try shop.centre.order(later)?.agent == "BEN")
    try shop.expectAllIsWell()
  }

  @Test(
    "#51 headquarters merges a customer whom the agent edits offline: the edit lands on the one that is left",
    arguments: Arrival.allCases)
  func editedMeanwhile(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ben, shop.headquarters)
    try shop.waitUntil(9)
    let edit = try shop.ben.notes("C-BEN", phone: "+49 30 200")
    try merges(shop, "C-BEN", into: "C-ANA")
    try shop.reconnect([shop.ben, shop.headquarters], arrival)

    #expect(try shop.centre.answer(to: edit.id)?.outcome == .applied)
    #expect(try shop.centre.customer("C-BEN")?.mergedInto == Shop.customerID(1))
    for books in [shop.centre, shop.ana.books, shop.ben.books, shop.headquarters.books] {
      #expect(try books.customer("C-ANA")?.phone.text == "+49 30 200")
    }
    // An edit that comes after the merge tells that Ben had seen the number he wrote over; of one that came
    // before nobody knows, so the survivor's is kept.
    let conflicts = try shop.ana.books.openConflicts(.fieldConflict)
    #expect(conflicts.map(\.theirs.text) == (arrival == .asTold ? ["+49 30 100"] : []))
    try shop.expectAllIsWell()
  }

  @Test(
    "#51 G16 a customer given to another agent takes the open orders along; unsent work of the first is answered",
    arguments: Arrival.allCases)
  func assigned(arrival: Arrival) throws {
    let shop = try Shop()
    let open = try shop.ana.orders(("CHAI", 4))
    let over = try shop.ana.orders(("CHAI", 2))
    try shop.ana.cancels(over)
    try shop.settle()
    try shop.cutOff(shop.ana, shop.headquarters)
    try shop.waitUntil(9)
    let edit = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    let cut = try shop.ana.sets(open, to: 3)
    try shop.headquarters.record(
      Filled<AssignCustomer> { ($0.id, $0.code, $0.agent) = (Shop.customerID(1), "C-ANA", "BEN") })
    try shop.reconnect([shop.ana, shop.headquarters], arrival)

    // Who came first is served; the other is told why not.
    let codes: WordList = arrival == .asTold ? [] : ["NOT_PERMITTED"]
    for id in [edit.id, cut.id] { #expect(try shop.centre.answer(to: id)?.codes == codes) }
    #expect(
      try shop.centre.customer("C-ANA")?.phone.text == (arrival == .asTold ? "+49 30 200" : "+49 30 100"))
    #expect(try shop.ben.books.line(open).ordered == (arrival == .asTold ? 3 : 4))
    for person in [shop.ana, shop.anasPhone] {
      #expect(try person.books.customer("C-ANA") == nil)
      #expect(try person.books.order(open) == nil)
      #expect(try person.books.line(open).sku.isEmpty)
      // What was over stays where it was sold.
      #expect(try person.books.order(over)?.state == .cancelled)
      #expect(try person.books.all(EventColumns.self).allSatisfy { $0.record != open.number })
    }
    #expect(try shop.ben.books.customer("C-ANA")?.agent == "BEN")
    #expect(try shop.ben.books.all(EventColumns.self).contains { $0.record == open.number })
    #expect(try shop.ben.books.order(over) == nil)
    try shop.ben.sets(open, to: 5)
    try shop.settle()
    #expect(try shop.centre.line(open).ordered == 5)
    try shop.expectAllIsWell()
  }

  @Test(
    "#51 G16 an agent sells to a customer who is given away meanwhile: what comes later is refused and told nobody",
    arguments: Arrival.allCases)
  func soldMeanwhile(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.world.addDevice("N1", .agent, territory: "NORTH", warehouses: ["W1"])
    try shop.rescope(shop.ana, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    try shop.settle()
    try shop.cutOff(shop.ana, shop.headquarters)
    try shop.waitUntil(9)
    let order = try shop.ana.orders(("CHAI", 4))
    #expect(try shop.ana.books.order(order)?.territory == "NORTH")
    try shop.headquarters.record(
      Filled<AssignCustomer> { ($0.id, $0.code, $0.agent) = (Shop.customerID(1), "C-ANA", "BEN") })
    try shop.reconnect([shop.ana, shop.headquarters], arrival)

    let north = Person(shop, "N1")
    if arrival == .asTold {
      #expect(try shop.centre.order(order)?.state == .accepted)
      #expect(try shop.ben.books.order(order)?.agent == "BEN")
    } else {
      #expect(try shop.centre.answer(to: order.made.id)?.codes == ["NOT_PERMITTED"])
      for person in [north, shop.ana, shop.ben] { #expect(try person.books.order(order) == nil) }
    }
    #expect(try north.customers.isEmpty)
    try shop.expectAllIsWell()
  }
}
