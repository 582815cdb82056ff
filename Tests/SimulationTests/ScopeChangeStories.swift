import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("An administrator changes what a device sees")
struct ScopeChangeStories {
  /// Where the device is when its scope changes.
  enum Place: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case connected, away
    var testDescription: String { rawValue }
  }

  /// Changes a device's scope and lets it hear: at once, or when it comes back after weeks in which others
  /// worked.
  private func change(
    _ person: Person, _ place: Place, in shop: Shop, _ body: () throws -> Void
  ) throws {
    if place == .away { try shop.cutOff(person) }
    try body()
    if place == .connected {
      try shop.world.run(milliseconds: 1_500)
      #expect(try person.device.isCurrent(with: shop.world.store.head.version), "it hears at once")
      return
    }
    try shop.world.run(milliseconds: 21 * 86_400_000)
    try shop.headquarters.notes("C-ANA", phone: "+49 30 200")
    try shop.decide(Filled<ImportStock> { $0.rows = [Shop.opening("CHAI", 7, at: "W2")] })
    try shop.settle()
    try shop.reconnect(person)
  }

  // MARK: More, less, other

  @Test("a second warehouse comes whole, everything else as changes", arguments: Place.allCases)
  func widened(place: Place) throws {
    let shop = try Shop.withTwoWarehouses()
    #expect(try shop.ana.warehouses == ["W1"])
    var whole: Set<Bucket> = []
    shop.world.onArrival = { delivery in
      if case .device("A1") = delivery.end, !delivery.closes,
        case .page(let page) = try Message.decode(delivery.bytes), page.isSnapshot
      {
        whole.insert(page.bucket)
      }
      return .arrives
    }
    try change(shop.ana, place, in: shop) {
      try shop.rescope(shop.ana, agent: "ANA", warehouses: ["W1", "W2"])
    }
    shop.world.onArrival = nil
    #expect(whole == [.stock("W2")])
    #expect(try shop.ana.warehouses == ["W1", "W2"])
    #expect(try shop.ana.books.level("MATE", at: "W2").onHand == 40)
    #expect(try shop.incidents(on: shop.ana) == [])
    try shop.expectAllIsWell()
  }

  @Test(
    "G16 a warehouse that is taken away leaves the tablet with all that belongs to it",
    arguments: Place.allCases)
  func narrowed(place: Place) throws {
    let shop = try Shop.withTwoWarehouses()
    try shop.rescope(shop.pia, warehouses: ["W1", "W2"])
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.pia.counts(99)
    try shop.settle()
    #expect(try shop.pia.books.order(order) != nil)
    #expect(try shop.pia.books.all(MovementColumns.self).count == 2)
    try change(shop.pia, place, in: shop) { try shop.rescope(shop.pia, warehouses: ["W2"]) }
    #expect(try shop.pia.warehouses == ["W2"])
    #expect(try shop.pia.books.order(order) == nil)
    #expect(try shop.pia.books.all(ObservationColumns.self).isEmpty)
    #expect(try shop.pia.books.all(MovementColumns.self).allSatisfy { $0.warehouse == "W2" })
    #expect(try shop.incidents(on: shop.pia) == [])
    try shop.expectAllIsWell()
  }

  @Test(
    "a device that goes to another agent has that one's customers, and none of the first",
    arguments: Place.allCases)
  func otherAgent(place: Place) throws {
    let shop = try Shop.withTwoWarehouses()
    let anas = try shop.ana.orders(("CHAI", 4))
    let bens = try shop.ben.orders(("CHAI", 2))
    try shop.settle()
    try change(shop.ana, place, in: shop) {
      try shop.rescope(shop.ana, agent: "BEN", warehouses: ["W1"])
    }
    #expect(try shop.ana.customers == ["C-BEN"])
    #expect(try shop.ana.books.order(anas) == nil)
    #expect(try shop.ana.books.order(bens)?.state == .accepted)
    #expect(try shop.anasPhone.customers == ["C-ANA"])
    #expect(try shop.incidents(on: shop.ana) == [])
    try shop.expectAllIsWell()
  }

  @Test("a row in two buckets stays until the last of them is taken away", arguments: Place.allCases)
  func twoBuckets(place: Place) throws {
    let shop = try Shop.withTwoWarehouses()
    try shop.decide(
      Filled<ImportCustomers> { form in
        var customer = Shop.customer("C-BEN", of: "BEN", 2)
        customer.territory = "NORTH"
        form.rows = [customer]
      })
    try shop.rescope(shop.ben, agent: "BEN", territory: "NORTH", warehouses: ["W1"])
    try shop.settle()
    try change(shop.ben, place, in: shop) {
      try shop.rescope(shop.ben, territory: "NORTH", warehouses: ["W1"])
    }
    #expect(try shop.ben.customers == ["C-BEN"])
    try change(shop.ben, place, in: shop) {
      try shop.rescope(shop.ben, agent: "NOBODY", warehouses: ["W1"])
    }
    #expect(try shop.ben.customers == [])
    #expect(try shop.incidents(on: shop.ben) == [])
    try shop.expectAllIsWell()
  }

  @Test("a bucket that comes anew to a device which has some of its rows already is counted right")
  func rowsAlreadyHere() throws {
    let shop = try Shop.withTwoWarehouses()
    try shop.decide(
      Filled<ImportCustomers> { form in
        var customer = Shop.customer("C-ANA", of: "ANA", 1)
        customer.territory = "NORTH"
        form.rows = [customer]
      })
    try shop.settle()
    try shop.rescope(shop.ana, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    try shop.settle()
    #expect(try shop.incidents(on: shop.ana) == [])
    try shop.rescope(shop.ana, territory: "NORTH", warehouses: ["W1"])
    try shop.settle()
    #expect(try shop.ana.customers == ["C-ANA"])
    #expect(try shop.incidents(on: shop.ana) == [])
    try shop.expectAllIsWell()
  }

  // MARK: Unsent work

  @Test(
    "#25 a warehouse goes to another tablet: what the first did there before it heard stands, and is marked")
  func handedToAnotherTablet() throws {
    let shop = try Shop.withTwoWarehouses()
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.rescope(shop.quim, warehouses: ["W2"])
    try shop.settle()
    try shop.cutOff(shop.pia)
    let pick = try shop.pia.picks(4, of: order)
    let receipt = try shop.pia.receives(10)
    try shop.rescope(shop.pia, warehouses: ["W2"])
    try shop.rescope(shop.quim, warehouses: ["W1"])
    try shop.settle()
    // Days after the hand-over, and she still has not heard.
    try shop.world.run(milliseconds: 3 * 86_400_000)
    let count = try shop.pia.counts(106)
    try shop.reconnect(shop.pia)
    for done in [pick, receipt, count] {
      let answer = try shop.centre.answer(to: done.id)
      #expect(answer?.outcome == .applied)
      #expect(answer?.codes.contains("PREVIOUS_OWNER") == true)
    }
    #expect(try shop.centre.onHand() == 106)
    #expect(try shop.quim.books.onHand() == 106)
    #expect(try shop.pia.warehouses == ["W2"])
    // Now she has heard: her tablet refuses to do anything there.
    let refusal = #expect(throws: Refusal.self) { try shop.pia.receives(1) }
    #expect(refusal?.code == .notPermitted)
    try shop.expectAllIsWell()
  }

  @Test(
    "#71 G16 an agent's unsent orders are decided under the scope she knew; their rows do not come back to her"
  )
  func unsentOrders() throws {
    let shop = try Shop.withTwoWarehouses()
    let draft = try shop.ana.drafts(("CHAI", 1))
    try shop.settle()
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    let submitted = try shop.ana.submits(draft)
    let phone = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    try shop.rescope(shop.ana, agent: "BEN", warehouses: ["W1"])
    try shop.settle()
    try shop.reconnect(shop.ana)
    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.centre.order(draft)?.state == .accepted)
    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 200")
    for done in [submitted, phone] {
      #expect(try shop.centre.answer(to: done.id)?.codes.contains("PREVIOUS_OWNER") == true)
    }
    #expect(try shop.ana.customers == ["C-BEN"])
    #expect(try shop.ana.books.order(order) == nil)
    #expect(try shop.anasPhone.books.order(order)?.state == .accepted)
    try shop.expectAllIsWell()
  }

  @Test("two changes in a row while a device is away come to the last of them")
  func twoChangesAway() throws {
    let shop = try Shop.withTwoWarehouses()
    try shop.cutOff(shop.ana)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.rescope(shop.ana, agent: "BEN", warehouses: ["W2"])
    try shop.headquarters.notes("C-ANA", phone: "+49 30 200")
    try shop.settle()
    try shop.rescope(shop.ana, agent: "ANA", warehouses: ["W1", "W2"])
    try shop.settle()
    try shop.reconnect(shop.ana)
    #expect(try shop.ana.customers == ["C-ANA"])
    #expect(try shop.ana.books.customer("C-ANA")?.phone.text == "+49 30 200")
    #expect(try shop.ana.warehouses == ["W1", "W2"])
    #expect(try shop.centre.order(order)?.state == .accepted)
    #expect(try shop.incidents(on: shop.ana) == [])
    try shop.expectAllIsWell()
  }

  // MARK: The log

  @Test("G29 scope changes are in the log, and its replay gives the same rows")
  func replayed() throws {
    let shop = try Shop.withTwoWarehouses()
    try shop.rescope(shop.ana, agent: "BEN", warehouses: ["W1", "W2"])
    try shop.rescope(shop.pia, warehouses: ["W2"])
    try shop.settle()
    let kinds = try shop.centre.read { db in
      try LogStore.operations(device: "centre", 1...100, in: db).compactMap { $0.operation?.kind }
    }
    #expect(kinds.filter { $0 == ChangeScope.kind }.count == 2)
    for check in try shop.world.store.queries.verify(deep: true) { #expect(check.isOK, "\(check.detail)") }
    // The same scope again is no change.
    let version = try shop.world.store.find(DeviceColumns.self, "P1")?.scopeVersion
    try shop.rescope(shop.pia, warehouses: ["W2"])
    #expect(try shop.world.store.find(DeviceColumns.self, "P1")?.scopeVersion == version)
  }
}
