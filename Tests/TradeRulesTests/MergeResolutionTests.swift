import Testing

@testable import TradeRules

@Suite("A person settles a conflict")
struct MergeResolutionTests {
  /// Two phones for one customer; `late` of T stands, `early` of F was kept.
  private static func disputed() -> (bench: RuleBench, customer: RecordID, conflict: RecordID) {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let late = bench.record("T", at: .day(hour: 10), .phone(id, "late"))
    let early = bench.record("F", at: .day(hour: 9), .phone(id, "early"))
    bench.now = .day(hour: 11)
    bench.decide(late)
    bench.decide(early)
    bench.sync("T")
    bench.sync("F")
    return (bench, id, bench.conflicts.first?.id ?? .none)
  }

  @Test(
    "keeping mine, theirs or a third value writes that value and closes the conflict",
    arguments: [("mine", nil, "early"), ("theirs", nil, "late"), ("value", "third", "third")])
  func keep(choice: String, value: String?, expected: String) {
    let (bench, customer, conflict) = Self.disputed()
    let answer = bench.does("F", .keep(choice, conflict, value: value))
    #expect(answer.outcome == .applied)
    #expect(answer.record == "C-1")
    #expect(bench.customer(customer).phone.text == expected)
    #expect(bench.conflicts.first?.state == .resolved)
    #expect(bench.conflicts.first?.chosen == choice)
    #expect(bench.conflicts.first?.resolvedBy == "user:F")
  }

  @Test("choosing the value that stood already does not undo what came after it")
  func standing() {
    let (bench, customer, conflict) = Self.disputed()
    bench.does("T", .phone(customer, "newest", seen: "late"))
    bench.does("F", .keep("theirs", conflict))
    #expect(bench.customer(customer).phone.text == "newest")
  }

  @Test("a settled field counts as changed: an edit that did not see it is a conflict again")
  func settledIsAnEdit() {
    let (bench, customer, conflict) = Self.disputed()
    let unseen = bench.record("T", at: .day(hour: 11), .phone(customer, "unseen", seen: "late"))
    bench.does("F", .keep("mine", conflict))
    bench.now = .day(hour: 12)
    #expect(bench.decide(unseen).codes == [.fieldConflict])
  }

  @Test("a conflict is settled once")
  func once() {
    let (bench, _, conflict) = Self.disputed()
    bench.does("F", .keep("mine", conflict))
    #expect(bench.does("T", .keep("theirs", conflict)).codes == [.conflictResolved])
  }

  @Test("who does not see the record settles nothing about it (G19)")
  func permissions() {
    let (bench, customer, conflict) = Self.disputed()
    bench.addDevice("B8", .agent, agent: "B8")
    #expect(bench.does("B8", .keep("mine", conflict)).codes == [.notPermitted])
    #expect(bench.customer(customer).phone.text == "late")
  }

  @Test("nonsense is refused: an unknown conflict, an unknown choice, no value")
  func nonsense() {
    let (bench, _, conflict) = Self.disputed()
    #expect(bench.does("F", .keep("mine", bench.newID())).codes == [.unknownConflict])
    #expect(bench.does("F", .keep("both", conflict)).codes == [.badValue])
    #expect(bench.does("F", .keep("value", conflict)).codes == [.badValue])
  }

  @Test("a third value must be one the field can have")
  func checkedValue() throws {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let country = { (text: String) in Filled<EditCustomer>.of(id) { $0.country = text } }
    bench.does("T", country("FR"))
    bench.does("F", country("ES"))
    let conflict = try #require(bench.conflicts.first)
    #expect(bench.does("F", .keep("value", conflict.id, value: "Spain")).codes == [.badValue])
    #expect(bench.does("F", .keep("value", conflict.id, value: "PT")).outcome == .applied)
    #expect(bench.customer(id).country == "PT")
  }

  @Test("#47 a block that came after the disagreement ends by headquarters' word, not by an agent's choice")
  func blockedMeanwhile() throws {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.addDevice("H", .admin)
    let status = { (text: String) in Filled<EditCustomer>.of(id) { $0.status = text } }
    let early = bench.record("T", at: .day(hour: 9), status("blocked"))
    bench.now = .day(hour: 11)
    bench.does("H", status("blocked"))
    bench.does("H", status("active"))
    bench.decide(early)
    let conflict = try #require(bench.conflicts.first)
    for device in ["T", "H"] { bench.sync(device) }
    bench.does("H", status("blocked"))
    #expect(bench.does("T", .keep("value", conflict.id, value: "active")).codes == [.notPermitted])
    #expect(bench.customer(id).status == .blocked)
    #expect(bench.does("H", .keep("value", conflict.id, value: "active")).outcome == .applied)
    #expect(bench.customer(id).status == .active)
  }

  @Test(
    "what a conflict keeps of a number reads back as the same number",
    arguments: [0, 5, -5, 1000, 12_500, -1, 1_000_000_000_000])
  func numbers(number: Int64) throws {
    for name in ["ordered", "unitPrice", "line"] {
      let column = try #require(TableDescription.of(OrderLineColumns.self).column(named: name))
      let text = FieldText.text(of: .integer(number), in: column)
      #expect(FieldText.value(of: text, in: column) == .integer(number))
    }
  }

  @Test("a quantity is kept as people write it")
  func quantityText() throws {
    let column = try #require(TableDescription.of(OrderLineColumns.self).column(named: "ordered"))
    #expect(FieldText.text(of: Quantity(12).value, in: column).text == "12")
    #expect(FieldText.text(of: .integer(-2_050), in: column).text == "-2.05")
    for nonsense in ["", "-", "1.", ".", "1.2345", "1,5", "٣", "+1", "1e3", "99999999999999999999"] {
      #expect(FieldText.value(of: PersonalText(nonsense), in: column) == nil, "\(nonsense)")
    }
  }
}
