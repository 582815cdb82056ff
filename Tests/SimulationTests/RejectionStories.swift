import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("What the centre refuses")
struct RejectionStories {
  /// What Ana's tablet shows at one moment.
  private struct Screen: Equatable {
    let customer: Bool
    let order: Bool
    let work: [OwnWork.State]
  }

  private func screen(_ shop: Shop, _ order: PlacedOrder, _ customer: RecordID) throws -> Screen {
    let books = shop.ana.books
    let key = RowKey(CustomerColumns.self, customer)
    return Screen(
      customer: try books.find(CustomerColumns.self, key: key) != nil,
      order: try books.order(order) != nil,
      work: try shop.ana.device.store.view { try $0.openWork().map(\.state) })
  }

  private func makeCustomer(_ id: RecordID, at person: Person) throws -> Recorded {
    try person.record(
      Filled<CreateCustomer> {
        ($0.id, $0.code, $0.currency) = (id, "C-77", "EUR")
        $0.name = PersonalText("Neighbour of \(person.code)")
      })
  }

  @Test(
    "G14 work that is refused is undone with all that stood on it in the moment its author hears why; nobody else hears of it"
  )
  func undoneAtOnce() throws {
    let shop = try Shop([("CHAI", 100)], staffed: ["A1", "A2", "B1", "P1", "HQ"])
    try shop.cutOff(shop.ana)
    let (mine, bens) = (shop.ana.newID(), shop.ben.newID())
    let taken = try makeCustomer(mine, at: shop.ana)
    let order = try shop.ana.place([("CHAI", 4)], for: mine, submits: true)
    _ = try makeCustomer(bens, at: shop.ben)
    try shop.settle()

    var screens: [Screen] = []
    shop.world.witness = { happening in
      guard case .handled(let device) = happening, device.code == "A1" else { return }
      let now = try screen(shop, order, mine)
      if screens.last != now { screens.append(now) }
    }
    try shop.reconnect(shop.ana)
    shop.world.witness = nil
    #expect(
      screens == [
        Screen(customer: true, order: true, work: [.unsent, .unsent, .unsent]),
        Screen(customer: false, order: false, work: [.rejected, .rejected, .rejected]),
      ])

    let work = try shop.ana.device.store.view { try $0.openWork() }
    #expect(work.map(\.code) == [.codeTaken, .dependsOnRefused, .groupRejected])
    #expect(work.first?.id == taken.id)
    for item in work {
      let answer = try #require(item.answer)
      #expect(try shop.centre.all(AnswerColumns.self).filter { $0.key == answer.key }.count == 1)
      #expect(answer.row.version > 0 && answer.row.version <= shop.world.store.head.version)
      #expect(try !CodeBook.entry(for: #require(item.code)).sentence.isEmpty)
    }
    #expect(try shop.headquarters.books.answer(to: taken.id)?.outcome == .rejected)
    for person in [shop.anasPhone, shop.ben, shop.pia] {
      #expect(try person.books.answer(to: taken.id) == nil, "\(person.code)")
      let names = try person.books.all(CustomerColumns.self).map(\.name.text)
      #expect(!names.contains("Neighbour of A1"), "\(person.code)")
    }
    try shop.expectAllIsWell()
  }
}
