import Testing

@testable import TradeRules

@Suite("Who sells to whom, and whose an order is")
struct SellerTests {
  private func rescope(
    _ device: String, agent: String?, territory: String?, warehouses: [String] = ["W1"]
  ) -> Filled<ChangeScope> {
    Filled {
      ($0.device, $0.agent, $0.territory) = (device, agent, territory)
      $0.warehouses = WordList(warehouses)
    }
  }

  private func assign(_ bench: RuleBench, _ code: String, agent: String) -> Filled<AssignCustomer> {
    Filled { ($0.id, $0.code, $0.agent) = (bench.customer(code).id, code, agent) }
  }

  @Test("#51 a customer taken from everybody is headquarters' alone, whoever still knows them")
  func nobodys() {
    let bench = RuleBench.trading(10)
    let (early, unsent) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 1)])
    let recorded = bench.record("A", unsent)
    bench.does("HQ", assign(bench, "C-ANA", agent: ""))
    bench.syncAll()
    #expect(bench.decide(recorded).codes == [.notPermitted])
    #expect(
      bench.does("B", bench.newOrder("SO-B-1", of: "C-ANA", [("CHAI", 1)]).form).codes == [.notPermitted])
    #expect(bench.order(early).number.isEmpty)
    let (order, form) = bench.newOrder("SO-HQ-1", of: "C-ANA", [("CHAI", 1)])
    #expect(bench.does("HQ", form).outcome == .applied)
    #expect(bench.order(order).agent == nil && bench.order(order).territory == nil)
  }

  @Test("what a customer has none of is the seller's: an agent's territory, a territory's agent")
  func filledUp() {
    let bench = RuleBench.trading(10)
    bench.addDevice("N", .agent, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    bench.addCustomer("C-NORTH", territory: "NORTH", phone: "3")
    for (place, customer) in ["C-ANA", "C-NORTH"].enumerated() {
      let (order, form) = bench.newOrder("SO-N-\(place)", of: customer, [("CHAI", 1)])
      #expect(bench.does("N", form).outcome == .applied)
      #expect(bench.order(order).agent == "ANA")
      #expect(bench.order(order).territory == "NORTH")
    }
  }

  @Test("#71 what was sold under a former scope stands, and is not told in the new one")
  func formerScope() {
    let bench = RuleBench.trading(10)
    bench.addDevice("N", .agent, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    let (order, form) = bench.newOrder("SO-N-1", of: "C-ANA", [("CHAI", 1)])
    let recorded = bench.record("N", form)
    bench.does("centre", rescope("N", agent: "BEN", territory: "SOUTH"))
    #expect(bench.decide(recorded).codes == [.previousOwner])
    #expect(bench.order(order).agent == "ANA")
    #expect(bench.order(order).territory == nil)
    // It has heard now.
    bench.sync("N")
    #expect(
      bench.does("N", bench.newOrder("SO-N-2", of: "C-ANA", [("CHAI", 1)]).form).codes == [.notPermitted])
  }

  @Test("#71 a customer made for an agent of a former scope stands, with the order that waits for them")
  func formerCustomer() {
    let bench = RuleBench.trading(10)
    bench.addDevice("N", .agent, agent: "ANA", territory: "NORTH", warehouses: ["W1"])
    func makes(_ code: String, for agent: String) -> Filled<CreateCustomer> {
      Filled {
        ($0.id, $0.code, $0.name) = (bench.newID(), code, PersonalText("Shop \(code)"))
        ($0.currency, $0.agent) = ("EUR", agent)
      }
    }
    let customer = makes("C-N-1", for: "ANA")
    let (order, draft) = bench.newOrder("SO-N-1", of: "C-ANA", [("CHAI", 1)])
    var form = draft
    form.customer = customer.id
    let recorded = [bench.record("N", customer), bench.record("N", makes("C-N-2", for: "BEN"))]
    let sold = bench.record("N", form)
    bench.does("centre", rescope("N", agent: "CARL", territory: "SOUTH"))
    #expect(bench.decide(recorded[0]).codes == [.previousOwner])
    #expect(bench.customer("C-N-1").agent == "ANA")
    #expect(bench.customer("C-N-1").territory == nil)
    #expect(bench.decide(sold).codes == [.previousOwner])
    #expect(bench.order(order).agent == "ANA")
    // She never worked for Ben, and has heard of Carl.
    #expect(bench.decide(recorded[1]).codes == [.notPermitted])
    bench.sync("N")
    #expect(bench.does("N", makes("C-N-3", for: "ANA")).codes == [.notPermitted])
    #expect(bench.does("N", makes("C-N-4", for: "CARL")).outcome == .applied)
    #expect(bench.customer("C-N-4").territory == "SOUTH")
  }
}
