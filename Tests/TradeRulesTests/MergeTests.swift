import Testing

@testable import TradeRules

@Suite("Edits that did not see each other")
struct MergeTests {
  @Test("#52 one changes the phone, the other the address: both changes stand, no conflict")
  func differentFields() {
    var id = RecordID.none
    RuleBench.inBothOrders { bench in
      id = bench.customerOnTwoDevices()
      let phone = bench.record("T", .phone(id, "+49 30 2"))
      let address = bench.record(
        "F", .of(id) { $0.address = PersonalText("2 Second Street") } as Filled<EditCustomer>)
      return [[phone], [address]]
    } check: { bench, _ in
      #expect(bench.customer(id).phone.text == "+49 30 2")
      #expect(bench.customer(id).address.text == "2 Second Street")
      #expect(bench.conflicts == [])
      #expect(bench.answers.values.allSatisfy { $0.outcome == .applied })
    }
  }

  @Test("#52 both change the phone: the later edit stands, the other is kept, in either order")
  func sameField() throws {
    var id = RecordID.none
    try RuleBench.inBothOrders { bench in
      id = bench.customerOnTwoDevices()
      let early = bench.record("F", at: .day(hour: 9), .phone(id, "early"))
      let late = bench.record("T", at: .day(hour: 10), .phone(id, "late"))
      return [[early], [late]]
    } check: { bench, order in
      #expect(bench.customer(id).phone.text == "late")
      let conflict = try #require(bench.conflicts.first)
      #expect(bench.conflicts.count == 1)
      #expect(conflict.state == .open)
      #expect(conflict.code == "FIELD_CONFLICT")
      #expect(conflict.base.text == "+49 30 1")
      #expect([conflict.mine.text, conflict.theirs.text].sorted() == ["early", "late"])
      #expect((conflict.chosen == "mine" ? conflict.mine : conflict.theirs).text == "late")
      #expect(conflict.places == ["agent/A7"])
      let second = order == .asGiven ? "T" : "F"
      #expect(conflict.device == second)
      let answer = bench.answers[OperationID(device: second, number: 1)]
      #expect(answer?.outcome == (order == .asGiven ? .applied : .partly))
      #expect(answer?.codes == [.fieldConflict])
      #expect(answer?.conflicts == [conflict.id])
    }
  }

  @Test("both give the phone the same new value: nothing to ask")
  func equalValues() {
    var id = RecordID.none
    RuleBench.inBothOrders { bench in
      id = bench.customerOnTwoDevices()
      return [[bench.record("F", .phone(id, "same"))], [bench.record("T", .phone(id, "same"))]]
    } check: { bench, _ in
      #expect(bench.conflicts == [])
      #expect(bench.customer(id).phone.text == "same")
      #expect(bench.answers.values.allSatisfy { $0.codes == [] })
    }
  }

  @Test("edits of one moment are settled by the operation's id, in either order")
  func ties() {
    var id = RecordID.none
    RuleBench.inBothOrders { bench in
      id = bench.customerOnTwoDevices()
      return [[bench.record("F", .phone(id, "of F"))], [bench.record("T", .phone(id, "of T"))]]
    } check: { bench, _ in
      #expect(bench.customer(id).phone.text == "of T")
    }
  }

  @Test("three edits of one field: the latest stands, whatever the order of arrival", arguments: 0..<6)
  func threeDevices(permutation: Int) {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.addDevice("G", .agent, agent: "A7")
    let edits = [("T", Int64(9)), ("F", 10), ("G", 11)].map { device, hour in
      bench.record(device, at: .day(hour: hour), .phone(id, device))
    }
    bench.now = .day(hour: 14)
    for place in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][permutation] {
      bench.decide(edits[place])
    }
    #expect(bench.customer(id).phone.text == "G")
    let values = bench.conflicts.flatMap { [$0.mine.text, $0.theirs.text] }
    // No losing value is unrecoverable.
    #expect(Set(values).isSuperset(of: ["T", "F"]))
  }

  @Test("an edit of what its author had seen is no conflict")
  func sequential() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.does("T", .phone(id, "one"))
    bench.sync("F")
    #expect(bench.does("F", .phone(id, "two", seen: "one")).codes == [])
    #expect(bench.customer(id).phone.text == "two")
  }

  @Test("one's own earlier unsent edits never count as somebody else's")
  func ownEdits() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let first = bench.record("T", at: .day(hour: 9), .phone(id, "one"))
    let second = bench.record("T", at: .day(hour: 8), .phone(id, "two", seen: "one"))
    bench.now = .day(hour: 10)
    bench.decide(first)
    #expect(bench.decide(second).codes == [])
    #expect(bench.customer(id).phone.text == "two")
    #expect(bench.conflicts == [])
  }

  @Test("#65 a clock hours ahead wins nothing: later edits of others still stand")
  func wrongClock() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.addDevice("G", .agent, agent: "A7")
    bench.now = .day(hour: 9)
    let answer = bench.does("T", at: .day(hour: 14), .phone(id, "from the future"))
    #expect(answer.codes == [.clockSuspect])
    bench.now = .day(hour: 10)
    #expect(bench.does("F", at: .day(hour: 9, 30), .phone(id, "later")).outcome == .applied)
    #expect(bench.customer(id).phone.text == "later")
    // A clock that stopped in 1970 counts from what the device had seen.
    bench.does("G", at: Instant(milliseconds: 0), .phone(id, "from the past"))
    #expect(bench.customer(id).phone.text == "later")
  }

  @Test("a tax id two people set keeps the centre's value and asks a person (P4)")
  func sensitive() throws {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let first = bench.record("T", at: .day(hour: 9), .taxId(id, "DE1"))
    let second = bench.record("F", at: .day(hour: 10), .taxId(id, "DE2"))
    bench.now = .day(hour: 11)
    #expect(bench.decide(first).outcome == .applied)
    let answer = bench.decide(second)
    #expect(answer.outcome == .partly)
    #expect(answer.codes == [.sensitiveConflict])
    #expect(bench.customer(id).taxId.text == "DE1")
    let conflict = try #require(bench.conflicts.first)
    #expect(conflict.chosen == "theirs")
    #expect(conflict.theirActor == "user:T")
  }

  @Test("who edits again while a conflict is open brings it up to date, no twin is opened")
  func noTwins() throws {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let early = bench.record("F", at: .day(hour: 9), .phone(id, "F1"))
    let late = bench.record("T", at: .day(hour: 10), .phone(id, "T1"))
    let again = bench.record("F", at: .day(hour: 9, 30), .phone(id, "F2", seen: "F1"))
    bench.now = .day(hour: 11)
    for edit in [late, early, again] { bench.decide(edit) }
    let conflict = try #require(bench.conflicts.first)
    #expect(bench.conflicts.count == 1)
    #expect(conflict.mine.text == "F2")
    #expect(bench.answers[again.id]?.conflicts == [conflict.id])
    // Now the other side edits again without having seen any of it, and loses nothing.
    let last = bench.record("F", at: .day(hour: 10, 30), .phone(id, "F3", seen: "F2"))
    bench.decide(last)
    #expect(bench.customer(id).phone.text == "F3")
    let answer = bench.decide(bench.record("T", at: .day(hour: 10, 45), .phone(id, "T2", seen: "T1")))
    #expect(answer.conflicts == [conflict.id])
    #expect(bench.conflicts.count == 1)
    #expect(bench.customer(id).phone.text == "T2")
    let now = try #require(bench.conflicts.first)
    #expect((now.chosen == "mine" ? now.mine : now.theirs).text == "T2")
    #expect((now.chosen == "mine" ? now.theirs : now.mine).text == "F3")
  }

  @Test("a replica shows the person's own value and opens nothing")
  func onReplica() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    let replica = bench.replica(of: "T")
    bench.does("F", .phone(id, "elsewhere"))
    let edit = replica.record("T", .phone(id, "mine"))
    #expect(replica.decide(edit).outcome == .applied)
    #expect(replica.customer(id).phone.text == "mine")
    #expect(replica.conflicts == [])
    #expect(replica.all(FieldStampColumns.self) == [])
  }

  @Test("history tells what was edited, merged and settled")
  func history() {
    let bench = RuleBench.founded()
    let id = bench.customerOnTwoDevices()
    bench.does("T", .phone(id, "one"))
    bench.does("F", .phone(id, "two"))
    let codes = bench.all(EventColumns.self).filter { $0.record == "C-1" }.map(\.code)
    #expect(codes.sorted() == ["FIELD_CONFLICT", "customer.create", "customer.set"])
    #expect(bench.all(EventColumns.self).allSatisfy { $0.places == ["agent/A7"] })
  }

  @Test("the same decisions come out of a replay after the texts were erased (G28, G29)")
  func replayWithoutTexts() {
    func world(
      _ edits: (RuleBench, RecordID) -> [Operation], replaying: [[Bool]]?
    ) -> (RuleBench, [[Bool]]) {
      let bench = RuleBench.founded()
      let id = bench.customerOnTwoDevices()
      var seen: [[Bool]] = []
      for (place, edit) in edits(bench, id).enumerated() {
        bench.decide([edit], replaying: replaying?[place])
        seen.append(bench.observed[edit.id] ?? [])
      }
      return (bench, seen)
    }
    func edits(_ texts: [String]) -> (RuleBench, RecordID) -> [Operation] {
      { bench, id in
        [
          bench.record("T", .phone(id, texts[0], seen: "")),
          bench.record("F", .phone(id, texts[1], seen: "")),
          bench.record("F", .of(id) { $0.name = PersonalText(texts[2]) } as Filled<EditCustomer>),
        ]
      }
    }
    let (first, observed) = world(edits(["one", "two", "Name"]), replaying: nil)
    // Whether a phone or a name is another customer's, too, is three questions: tax id, phone, name (#50).
    #expect(observed == [[false, false, false], [false], [true, false, false, false]])
    let (again, _) = world(edits(["", "", ""]), replaying: observed)
    #expect(again.answers == first.answers)
    #expect(again.conflicts.map(\.id) == first.conflicts.map(\.id))
  }
}
