import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Customers, agents and territories on the screen")
struct PartyShowingTests {
  private func merged(_ desk: Desktop) throws -> (from: Customer, into: Customer) {
    let into = try desk.addCustomer("C-A7-0001", "Müller")
    var from = try desk.addCustomer("C-B2-0004", "Mueller")
    (from.mergedInto, from.status) = (into.id, .merged)
    try desk.put(from)
    return (from, into)
  }

  @Test("#50 a merged customer tells into whom; every other command goes on with the one that is left")
  func alias() throws {
    let desk = try Desktop()
    let (from, into) = try merged(desk)
    try desk.look { (view: ReplicaView) throws in
      let record = try #require(try view.customerRecord("c-b2-0004"))
      let shown = CustomerShown(
        customer: record, syncState: .synced, survivor: try view.survivor(of: record)
      ).shown
      #expect(shown.document["status"]?.string == "merged")
      #expect(shown.document["mergedInto"]?["code"]?.string == "C-A7-0001")
      #expect(shown.document["mergedInto"]?["id"]?.string == into.id.description)
      #expect(shown.text.contains("merged into: C-A7-0001  Müller"))
      for key in ["C-B2-0004", from.id.description, "C-A7-0001"] {
        #expect(try view.requireCustomer(key).id == into.id)
      }
      let living = CustomerShown(customer: into, syncState: .synced).shown.document
      #expect(living["mergedInto"]?.isNull == true)
      #expect(try view.customers().map(\.code) == ["C-A7-0001"])
      #expect(try view.recordName("C-B2-0004") == "C-B2-0004")
    }
  }

  @Test("where the one that is left is out of sight, the merged customer still says that there is one")
  func outOfSight() throws {
    let desk = try Desktop()
    var from = try desk.addCustomer("C-B2-0004")
    (from.mergedInto, from.status) = (RecordID(high: 9, low: 9), .merged)
    try desk.put(from)
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.survivor(of: from) == nil)
      #expect(try view.customer("C-B2-0004")?.id == from.id)
      let shown = CustomerShown(customer: from, syncState: .synced).shown.document
      #expect(shown["mergedInto"]?["id"]?.string == RecordID(high: 9, low: 9).description)
      #expect(shown["mergedInto"]?["code"]?.isNull == true)
    }
  }

  @Test("agents and territories are found in any case and listed in order of their codes")
  func parties() throws {
    let desk = try Desktop()
    for code in ["MIRA", "BEN"] {
      var agent = Agent()
      (agent.code, agent.name, agent.status) = (code, "Name of \(code)", .active)
      try desk.put(agent)
    }
    var north = Territory()
    (north.code, north.name, north.status) = ("NORTH", "The north", .inactive)
    try desk.put(north)
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.agents().map(\.code) == ["BEN", "MIRA"])
      #expect(try view.agent("mira")?.name == "Name of MIRA")
      #expect(try view.agent("ZOE") == nil)
      #expect(try view.territory("north")?.status == .inactive)
      let parties = try view.territories().map { ($0.code, $0.name, $0.status, $0.row.version) }
      let shown = PartiesShown("territories", parties).shown
      #expect(shown.document["territories"]?.array?.first?["status"]?.string == "inactive")
      #expect(shown.document["territories"]?.array?.first?["name"]?.string == "The north")
      #expect(shown.text.contains("NORTH") && shown.text.contains("inactive"))
    }
  }
}
