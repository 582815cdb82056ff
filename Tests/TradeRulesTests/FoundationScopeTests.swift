import Testing

@testable import TradeRules

@Suite("Who may be sent what (G15, G19)")
struct FoundationScopeTests {
  private static let agent = Grants(
    role: .agent, device: "A7", agent: "ANNA", territory: "NORTH", warehouses: ["W1"])
  private static let warehouse = Grants(
    role: .warehouse, device: "P", agent: nil, territory: nil, warehouses: ["W1"])

  @Test("an agent sees the own customers and the stock of granted warehouses, no ledger, no other agent")
  func agents() {
    for bucket: Bucket in [
      .reference, .catalog, .device("A7"), .agent("ANNA"), .territory("NORTH"), .stock("W1"),
    ] {
      #expect(Self.agent.contains(bucket), "\(bucket)")
    }
    for bucket: Bucket in [
      .hq, .purchasing, .device("A8"), .agent("ANN"), .agent("ANNA2"), .territory("NORTHWEST"), .stock("W2"),
      .ledger("W1"), .ledger("W1", month: "2026-11"), .orders("W1"),
    ] {
      #expect(!Self.agent.contains(bucket), "\(bucket)")
    }
  }

  @Test("a warehouse sees its own ledger in every month, and none of a warehouse of a longer name")
  func warehouses() {
    for bucket: Bucket in [
      .stock("W1"), .ledger("W1"), .ledger("W1", month: "1999-01"), .orders("W1"), .purchasing,
    ] {
      #expect(Self.warehouse.contains(bucket), "\(bucket)")
    }
    for bucket: Bucket in [.stock("W10"), .ledger("W10", month: "2026-11"), .orders("W10"), .hq] {
      #expect(!Self.warehouse.contains(bucket), "\(bucket)")
    }
  }

  @Test("admins and auditors hold everything, a role nobody knows next to nothing")
  func others() {
    for role: Role in [.admin, .auditor] {
      let grants = Grants(role: role, device: "X", agent: nil, territory: nil, warehouses: [])
      #expect(grants.meet([.hq]) && grants.meet([Bucket("of tomorrow")]))
    }
    let unknown = Grants(role: "king", device: "K", agent: nil, territory: nil, warehouses: [])
    #expect(unknown.exact == [.catalog, .device("K"), .reference])
  }

  @Test("a customer is where its agent and its territory are; without either at headquarters")
  func customers() {
    let table = TableDescription.of(CustomerColumns.self)
    var customer = Customer()
    #expect(table.buckets(of: customer.row) == [.hq])
    customer.territory = "NORTH"
    #expect(table.buckets(of: customer.row) == [.territory("NORTH")])
    customer.agent = "ANNA"
    #expect(table.buckets(of: customer.row) == [.agent("ANNA"), .territory("NORTH")])
  }

  @Test("tasks go to their place and their agent, answers to their device, stamps to nobody")
  func tables() {
    var task = TradeTask()
    task.warehouse = "W1"
    task.agent = "ANNA"
    #expect(TableDescription.of(TaskColumns.self).buckets(of: task.row) == [.agent("ANNA"), .ledger("W1")])
    var answer = Answer()
    answer.device = "A7"
    #expect(TableDescription.of(AnswerColumns.self).buckets(of: answer.row) == [.device("A7")])
    #expect(TableDescription.of(FieldStampColumns.self).buckets(of: FieldStamp().row) == [])
    var movement = Movement()
    movement.warehouse = "W1"
    movement.month = "2026-11"
    #expect(
      TableDescription.of(MovementColumns.self).buckets(of: movement.row)
        == [.ledger("W1", month: "2026-11")])
  }
}
