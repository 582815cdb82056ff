import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("What was given up stays given up")
struct GivenUpStories {
  private func makeCustomer(_ code: String, _ id: RecordID, at person: Person) throws {
    try person.record(
      Filled<CreateCustomer> {
        ($0.id, $0.code, $0.currency) = (id, code, "EUR")
        $0.name = PersonalText("Neighbour of \(person.code)")
      })
  }

  private func giveUpWhatWasRefused(at person: Person) throws {
    let store = person.device.store
    while let work = try store.view({ try $0.openWork() }).first(where: { $0.state == .rejected }) {
      try store.discard(work)
    }
  }

  /// What came of everything: all but why something was refused.
  private func done(in shop: Shop) throws -> [String] {
    try shop.business().filter { !$0.contains(" rejected ") }
  }

  @Test(
    "#67 G27 what was refused, given up and recorded in another way happens once, whoever comes back first after a restore",
    arguments: [["A1", "B1"], ["B1", "A1"]])
  func onceAfterRestore(comingBack: [String]) throws {
    let shop = try Shop(staffed: ["A1", "B1", "P1"])
    let backup = try shop.copyOfStore()
    try shop.cutOff(shop.ana)
    let mine = shop.ana.newID()
    try makeCustomer("C-77", mine, at: shop.ana)
    let refused = try shop.ana.place([("CHAI", 4)], for: mine, submits: true)
    try makeCustomer("C-77", shop.ben.newID(), at: shop.ben)
    try shop.settle()
    try shop.reconnect(shop.ana)
    #expect(try shop.ana.books.answer(to: refused.made.id)?.outcome == .rejected)
    try giveUpWhatWasRefused(at: shop.ana)
    let other = shop.ana.newID()
    try makeCustomer("C-78", other, at: shop.ana)
    let order = try shop.ana.place([("CHAI", 4)], for: other, submits: true)
    try shop.settle()
    let before = try done(in: shop)

    try shop.world.replaceCentre(with: backup)
    for code in ["A1", "B1", "P1"] { try shop.world.setOnline(code, false) }
    for code in comingBack + ["P1"] { try shop.reconnect(Person(shop, code)) }
    #expect(Set(before).symmetricDifference(try done(in: shop)).sorted() == [])
    #expect(try shop.centre.line(order).allocated == 4)
    #expect(try shop.centre.answer(to: refused.made.id)?.codes == ["WITHDRAWN"])
    #expect(try shop.ana.device.store.view { try $0.openWork() }.isEmpty)
    try shop.expectAllIsWell()
    for check in try shop.world.store.queries.verify(deep: true) { #expect(check.isOK, "\(check.detail)") }
  }
}
