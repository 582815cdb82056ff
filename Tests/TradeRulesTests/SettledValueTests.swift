import Testing
import TradeRules

@Suite("A conflict is settled with what an edit could write, and nothing else")
struct SettledValueTests {
  private static func headquarters() -> RuleBench {
    let bench = RuleBench.trading(20)
    bench.addDevice("H1", .admin)
    bench.addDevice("H2", .admin)
    return bench
  }

  /// The conflict of two edits made without knowing of each other.
  private func conflict<F: OperationForm>(_ bench: RuleBench, _ one: Filled<F>, _ other: Filled<F>)
    -> Conflict
  {
    bench.syncAll()
    for edit in [bench.record("H1", one), bench.record("H2", other)] { bench.decide(edit) }
    return bench.all(ConflictColumns.self).first ?? Conflict()
  }

  @Test("a customer keeps a name")
  func customer() {
    let bench = Self.headquarters()
    let before = bench.customer("C-ANA")
    func edit(_ name: String) -> Filled<EditCustomer> {
      Filled {
        ($0.id, $0.code) = (before.id, before.code)
        ($0.name, $0.nameSeen) = (PersonalText(name), before.name)
      }
    }
    let conflict = conflict(bench, edit("Ana & Co"), edit("Ana Ltd"))
    #expect(bench.does("H1", .settle(conflict, "value", value: "")).codes == [.badValue])
    #expect(bench.does("H1", .settle(conflict, "value", value: "Ana")).outcome == .applied)
    #expect(bench.customer("C-ANA").name.text == "Ana")
  }

  @Test("a product's name is one line")
  func product() {
    let bench = Self.headquarters()
    func name() -> String? { bench.find(ProductColumns.self, "CHAI")?.name }
    let before = name()
    func edit(_ name: String) -> Filled<EditProduct> {
      Filled { ($0.sku, $0.name, $0.nameSeen) = ("CHAI", name, before) }
    }
    let conflict = conflict(bench, edit("Chai tea"), edit("Tea"))
    #expect(bench.does("H1", .settle(conflict, "value", value: "Chai\ntea")).codes == [.badValue])
    #expect(bench.does("H1", .settle(conflict, "value", value: "Chai")).outcome == .applied)
    #expect(name() == "Chai")
  }
}
