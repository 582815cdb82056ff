import CentralStore
import Testing
import TradeRules

@testable import Simulator

@Suite("Customers handed to somebody else")
struct ReassignmentTests {
  @Test(
    "G16 G29 a customer handed to another agent and back leaves and comes, and the log still gives the same rows"
  )
  func handedOver() throws {
    let shop = try Shop(staffed: ["A1", "B1"])
    let id = RecordID(milliseconds: 1, random: (2, 3))
    for agent in ["ANA", "BEN", "ANA"] {
      try shop.world.decide(
        Filled<ImportCustomers> {
          $0.rows = [Simulator.Shop.entry("ZOE", agent: agent, territory: nil, id: id)]
        })
      try shop.world.run(milliseconds: 30_000)
      for (code, owner) in [("A1", "ANA"), ("B1", "BEN")] {
        let device = try #require(shop.world.devices[code])
        let customers = try Sight(store: device.store).find(CustomerColumns.self, id)
        #expect((customers != nil) == (owner == agent), "\(code) while ZOE is with \(agent)")
      }
    }
    for check in try shop.world.store.queries.verify(deep: true) {
      #expect(check.isOK, "\(check.name): \(check.detail)")
    }
    try shop.expectAllIsWell()
  }
}
