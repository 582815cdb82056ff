import Testing

@testable import TradeRules

@Suite("Customers who are one, and customers who go to somebody else")
struct PartyTests {
  private func create(
    _ bench: RuleBench, _ code: String, name: String? = nil, phone: String = "", taxId: String = ""
  ) -> Filled<CreateCustomer> {
    Filled {
      ($0.id, $0.code, $0.name) = (bench.newID(), code, PersonalText(name ?? "Shop \(code)"))
      ($0.phone, $0.taxId, $0.country) = (PersonalText(phone), PersonalText(taxId), "PT")
      $0.currency = "EUR"
    }
  }

  private func edit(_ customer: Customer, phone: String) -> Filled<EditCustomer> {
    Filled {
      ($0.id, $0.code) = (customer.id, customer.code)
      ($0.phone, $0.phoneSeen) = (PersonalText(phone), customer.phone)
    }
  }

  private func merge(_ bench: RuleBench, _ merged: String, into survivor: String) -> Filled<MergeCustomers> {
    Filled {
      ($0.merged, $0.mergedCode) = (bench.customer(merged).id, merged)
      ($0.survivor, $0.survivorCode) = (bench.customer(survivor).id, survivor)
    }
  }

  private func assign(
    _ bench: RuleBench, _ code: String, agent: String? = nil, territory: String? = nil
  ) -> Filled<AssignCustomer> {
    Filled {
      ($0.id, $0.code) = (bench.customer(code).id, code)
      ($0.agent, $0.territory) = (agent, territory)
    }
  }

  // MARK: Twins

  @Test(
    "#50: the same phone, tax id or name written otherwise: both stay, headquarters is asked, authors learn no more"
  )
  func twins() {
    let bench = RuleBench.trading(10)
    func makes(_ device: String, _ form: Filled<CreateCustomer>) -> [Code] { bench.does(device, form).codes }
    let twin: [Code] = [.possibleDuplicateCustomer]
    #expect(makes("A", create(bench, "C-A-1", phone: "+351 21 555-0100")) == [])
    #expect(makes("B", create(bench, "C-B-1", phone: "+351215550100")) == twin)
    #expect(makes("B", create(bench, "C-B-2", taxId: "PT 501")) == [])
    #expect(makes("A", create(bench, "C-A-2", taxId: "pt501")) == twin)
    #expect(makes("A", create(bench, "C-A-3", name: "Casa do Chá, Lda.")) == [])
    #expect(makes("B", create(bench, "C-B-3", name: "CASA DO CHá, LDA")) == twin)
    #expect(makes("A", create(bench, "C-A-4")) == [])
    let tasks = bench.openTasks(.possibleDuplicateCustomer)
    #expect(Set(tasks.map(\.record)) == ["C-A-1 = C-B-1", "C-A-2 = C-B-2", "C-A-3 = C-B-3"])
    #expect(tasks.allSatisfy { $0.kind == .mergeCustomers && $0.owner == .admin })
    for device in ["A", "B"] {
      #expect(bench.replica(of: device).openTasks(.possibleDuplicateCustomer).isEmpty)
    }
    // A phone that is written down later is looked at, too; what is proposed already is not proposed again.
    #expect(bench.does("A", edit(bench.customer("C-A-4"), phone: "(351) 21 555 0100")).codes == [])
    #expect(bench.does("A", edit(bench.customer("C-A-4"), phone: "+351 21 5550100")).codes == twin)
    #expect(bench.does("B", edit(bench.customer("C-B-1"), phone: "+351 21 555 01 00")).codes == twin)
    #expect(bench.openTasks(.possibleDuplicateCustomer).count == 4)
  }

  @Test("#50 G28: decided again after the texts were erased, the same twins are found")
  func twinsReplayed() {
    func world(erased: Bool, replaying: [[Bool]?]) -> (bench: RuleBench, verdicts: [Verdict]) {
      let bench = RuleBench.trading(10)
      let phones = erased ? ["", ""] : ["+351 21", "+35121"]
      let one = bench.record("A", create(bench, "C-A-1", name: erased ? "" : nil, phone: phones[0]))
      let other = bench.record("B", create(bench, "C-B-1", name: erased ? "" : nil, phone: phones[1]))
      let verdicts = [
        bench.decide([one], replaying: replaying[0])[0], bench.decide([other], replaying: replaying[1])[0],
      ]
      return (bench, verdicts)
    }
    let first = world(erased: false, replaying: [nil, nil])
    let observed = ["A", "B"].map { first.bench.observed[OperationID(device: $0, number: 1)] }
    let again = world(erased: true, replaying: observed)
    #expect(first.verdicts[1].codes == [.possibleDuplicateCustomer])
    #expect(again.verdicts == first.verdicts)
    #expect(again.bench.values(of: TaskColumns.self) == first.bench.values(of: TaskColumns.self))
  }

  // MARK: Merging

  @Test(
    "#50: merged, the orders of both are the survivor's, both agents see them, and the old code still leads there"
  )
  func merging() {
    let bench = RuleBench.trading(20)
    let anas = bench.accepted("A", [("CHAI", 2)])
    let bens = bench.accepted("B", [("CHAI", 3)])
    for device in ["A", "P"] {
      #expect(bench.does(device, merge(bench, "C-BEN", into: "C-ANA")).codes == [.notPermitted])
    }
    #expect(bench.replica(of: "HQ").does("HQ", merge(bench, "C-BEN", into: "C-ANA")).outcome == .applied)
    #expect(bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA")).outcome == .applied)
    let survivor = bench.customer("C-ANA")
    for order in [anas, bens] {
      #expect(bench.order(order).customer == survivor.id)
      #expect(bench.order(order).customerCode == "C-ANA")
    }
    #expect(bench.order(bens).agent == "BEN")
    #expect(bench.customer("C-BEN").mergedInto == survivor.id)
    #expect(bench.customer("C-BEN").status == .merged)
    #expect(bench.replica(of: "B").customer("C-ANA").id == survivor.id)
    #expect(bench.replica(of: "A").customer("C-BEN").code.isEmpty)
    // An order that was written for the old record is the survivor's, and stays its agent's.
    let late = bench.draft("B", [("CHAI", 1)], number: "SO-B-2")
    #expect(bench.order(late).customerCode == "C-ANA")
    #expect(bench.order(late).agent == "BEN")
    #expect(bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA")).codes == [.alreadyMerged])
    #expect(bench.does("HQ", merge(bench, "C-ANA", into: "C-BEN")).codes == [.alreadyMerged])
  }

  @Test("a merge of a merge leads to the last one, and closes what was proposed")
  func mergedTwice() {
    let bench = RuleBench.trading(20)
    bench.does("A", create(bench, "C-A-1", phone: "1"))
    bench.does("B", create(bench, "C-B-1", phone: "1"))
    #expect(bench.openTasks(.possibleDuplicateCustomer).count == 1)
    bench.does("HQ", merge(bench, "C-A-1", into: "C-B-1"))
    #expect(bench.openTasks(.possibleDuplicateCustomer).isEmpty)
    bench.does("HQ", merge(bench, "C-B-1", into: "C-ANA"))
    let edit = bench.does("A", edit(bench.customer("C-A-1"), phone: "2"))
    #expect(edit.record == "C-ANA")
    #expect(bench.customer("C-ANA").phone.text == "2")
    #expect(bench.customer("C-A-1").phone.text == "1")
  }

  @Test(
    "#51: an agent edits the merged customer offline: the edit lands on the one that is left, nothing is lost"
  )
  func editOfMerged() {
    let bench = RuleBench.trading(20)
    let merged = bench.customer("C-BEN")
    bench.does("HQ", edit(bench.customer("C-ANA"), phone: "+49 30 7"))
    bench.syncAll()
    bench.now = .day(hour: 9)
    let record = bench.record("B", edit(merged, phone: "+351 99"))
    bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA"))
    let verdict = bench.decide(record)
    #expect(verdict.outcome == .applied && verdict.record == "C-ANA")
    #expect(bench.customer("C-ANA").phone.text == "+351 99")
    #expect(bench.customer("C-BEN").phone.text == merged.phone.text)
    // Ben had not seen the number he wrote over: it is kept.
    #expect(verdict.codes == [.fieldConflict])
    let conflict = bench.all(ConflictColumns.self).first { $0.field == "phone" }
    #expect(conflict?.theirs.text == "+49 30 7" && conflict?.chosen == "mine")
  }

  @Test("#51: where both had the same phone the edit simply lands")
  func editOfMergedAlike() {
    let bench = RuleBench.trading(20)
    bench.does("HQ", edit(bench.customer("C-ANA"), phone: "+49 30 2"))
    bench.syncAll()
    let record = bench.record("B", edit(bench.customer("C-BEN"), phone: "+351 99"))
    bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA"))
    #expect(bench.decide(record).codes == [])
    #expect(bench.customer("C-ANA").phone.text == "+351 99")
    #expect(bench.all(ConflictColumns.self).isEmpty)
  }

  @Test("the credit of both is the survivor's, an open conflict goes along, a block of either holds")
  func mergedMoney() {
    let bench = RuleBench.trading(20)
    let order = bench.accepted("B", [("CHAI", 1)])
    bench.does(
      "B",
      Filled<RecordPayment> {
        ($0.id, $0.order, $0.number) = (bench.newID(), order.id, order.number)
        ($0.method, $0.amountMinor) = (.cash, 2_000)
      })
    let (ben, ana) = (bench.customer("C-BEN"), bench.customer("C-ANA"))
    #expect(bench.find(CustomerAccountColumns.self, ben.id, "EUR")?.creditMinor == 750)
    bench.syncAll()
    let edits = [bench.record("B", edit(ben, phone: "1")), bench.record("HQ", edit(ben, phone: "2"))]
    for edit in edits { bench.decide(edit) }
    let conflict = bench.all(ConflictColumns.self).first ?? Conflict()
    bench.does("HQ", Filled<SetCredit> { ($0.id, $0.code, $0.isBlocked) = (ben.id, ben.code, true) })
    bench.does("HQ", Filled<SetCredit> { ($0.id, $0.code, $0.limitMinor) = (ana.id, ana.code, 9) })
    #expect(bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA")).outcome == .applied)
    #expect(bench.find(CustomerAccountColumns.self, ben.id, "EUR")?.creditMinor == 0)
    #expect(bench.find(CustomerAccountColumns.self, ana.id, "EUR")?.creditMinor == 750)
    let credit = bench.find(CreditColumns.self, ana.id)
    #expect(credit?.isBlocked == true && credit?.limitMinor == 9)
    // Ana sees what Ben's people disagreed about, and may choose.
    #expect(bench.find(ConflictColumns.self, conflict.id)?.record == "C-ANA")
    bench.syncAll()
    #expect(bench.does("A", Filled<ResolveConflict>.keep("mine", conflict.id)).outcome == .applied)
    #expect(bench.customer("C-ANA").phone.text == conflict.mine.text)
  }

  @Test("a file that still has the merged customer edits the one that is left, and gives nobody away")
  func importOfMerged() {
    let bench = RuleBench.trading(20)
    func file(_ email: String, agent: String) -> Filled<ImportCustomers> {
      Filled { form in
        form.rows = [
          Filled {
            ($0.id, $0.code, $0.name) = (bench.newID(), "C-BEN", PersonalText("Ben's"))
            ($0.email, $0.currency, $0.agent) = (PersonalText(email), "EUR", agent)
          }
        ]
      }
    }
    bench.does("centre", file("old@ben.example", agent: "BEN"))
    bench.does("HQ", merge(bench, "C-BEN", into: "C-ANA"))
    #expect(bench.does("centre", file("new@ben.example", agent: "CARL")).outcome == .applied)
    #expect(bench.customer("C-ANA").email.text == "new@ben.example")
    #expect(bench.customer("C-ANA").agent == "ANA")
    #expect(bench.all(CustomerColumns.self).filter { $0.code == "C-BEN" }.count == 1)
  }

  @Test("a file gives the customer that is left the territory of the merged one: the open orders have it too")
  func importOfSharedTerritory() {
    let bench = RuleBench.trading(20)
    func file(_ code: String, territory: String?) -> Filled<ImportCustomers> {
      Filled { form in
        form.rows = [
          Filled {
            ($0.id, $0.code, $0.name) = (bench.newID(), code, PersonalText("Shop \(code)"))
            ($0.currency, $0.agent, $0.territory) = ("EUR", "ANA", territory)
          }
        ]
      }
    }
    bench.does("centre", file("C-NED", territory: "NORTH"))
    bench.does("centre", file("C-ADA", territory: nil))
    bench.syncAll()
    let (order, form) = bench.newOrder("SO-A-1", of: "C-ADA", [("CHAI", 1)], warehouse: "W1")
    bench.does("A", form)
    bench.does("HQ", merge(bench, "C-NED", into: "C-ADA"))
    #expect(bench.order(order).territory == nil)
    bench.does("centre", file("C-ADA", territory: "NORTH"))
    #expect(bench.customer("C-ADA").territory == "NORTH")
    #expect(bench.order(order).territory == "NORTH")
  }

  // MARK: Going to somebody else

  @Test(
    "#51 G16: a customer given to another agent takes the open orders and their story along; what is over stays"
  )
  func assigning() {
    let bench = RuleBench.trading(20)
    let open = bench.accepted("A", [("CHAI", 2)])
    let over = bench.accepted("A", [("CHAI", 3)], number: "SO-A-2")
    bench.does("A", over.cancel)
    bench.does("P", open.pick(1))
    let shipment = bench.newID()
    bench.does("P", open.ship(shipment))
    bench.does(
      "P",
      Filled<TrackShipment> { ($0.shipment, $0.number, $0.status) = (shipment, "SH-W1-1", .inTransit) })
    bench.does(
      "A",
      Filled<RecordPayment> {
        ($0.id, $0.order, $0.number) = (bench.newID(), open.id, open.number)
        ($0.method, $0.amountMinor) = (.cash, 5_000)
      })
    #expect(bench.does("A", assign(bench, "C-ANA", agent: "BEN")).codes == [.notPermitted])
    #expect(bench.does("HQ", assign(bench, "C-ANA", agent: "ZOE")).codes == [.unknownAgent])
    #expect(bench.does("HQ", assign(bench, "C-ANA")).codes == [.badValue])
    #expect(bench.does("HQ", assign(bench, "C-ANA", agent: "BEN")).outcome == .applied)
    #expect(bench.customer("C-ANA").agent == "BEN")
    let (ana, ben) = (bench.replica(of: "A"), bench.replica(of: "B"))
    for (world, isThere) in [(ana, false), (ben, true)] {
      #expect(world.customer("C-ANA").code.isEmpty != isThere)
      #expect(world.order(open).number.isEmpty != isThere)
      #expect(world.line(open).sku.isEmpty != isThere)
      for count in [
        world.all(ShipmentColumns.self).count, world.all(ShipmentLineColumns.self).count,
        world.all(PaymentColumns.self).count, world.all(OrderAccountColumns.self).count,
        world.all(CustomerAccountColumns.self).count,
      ] {
        #expect(count == (isThere ? 1 : 0))
      }
      let told = world.all(EventColumns.self).filter { $0.record == open.number || $0.record == "C-ANA" }
      #expect(told.isEmpty != isThere)
      #expect(world.all(EventColumns.self).contains { $0.record == "SH-W1-1" } == isThere)
    }
    #expect(ana.order(over).agent == "ANA")
    #expect(ben.order(over).number.isEmpty)
    // The warehouse goes on as before.
    #expect(bench.replica(of: "P").line(open).picked == 1)
  }

  @Test("a territory alone changes hands, too; one that is inactive gets nothing new")
  func territories() {
    let bench = RuleBench.trading(20)
    bench.addDevice("N", .agent, territory: "NORTH")
    bench.addDevice("S", .agent, territory: "SOUTH")
    bench.addCustomer("C-N", territory: "NORTH")
    #expect(bench.does("HQ", assign(bench, "C-N", territory: "SOUTH")).outcome == .applied)
    #expect(bench.replica(of: "N").customer("C-N").code.isEmpty)
    #expect(bench.replica(of: "S").customer("C-N").territory == "SOUTH")
    let retire = Filled<EditTerritory> {
      ($0.code, $0.status, $0.statusSeen) = ("NORTH", "inactive", "active")
    }
    #expect(bench.does("N", retire).codes == [.notPermitted])
    #expect(bench.does("HQ", retire).outcome == .applied)
    #expect(bench.does("HQ", assign(bench, "C-N", territory: "NORTH")).codes == [.badValue])
    #expect(bench.does("HQ", assign(bench, "C-N", territory: "")).outcome == .applied)
    #expect(bench.customer("C-N").territory == nil)
  }

  @Test("agents and territories are there as soon as somebody names them, once, and can be renamed")
  func sellers() {
    let bench = RuleBench.trading(20)
    #expect(bench.all(AgentColumns.self).map(\.code) == ["ANA", "BEN"])
    bench.addCustomer("C-9", agent: "ZOE", territory: "NORTH")
    bench.addCustomer("C-8", agent: "ZOE", territory: "NORTH")
    #expect(bench.all(AgentColumns.self).map(\.code) == ["ANA", "BEN", "ZOE"])
    #expect(bench.all(TerritoryColumns.self).map(\.name) == ["NORTH"])
    #expect(bench.does("HQ", Filled<CreateAgent> { $0.code = "ZOE" }).codes == [.codeTaken])
    #expect(bench.does("HQ", Filled<CreateAgent> { ($0.code, $0.name) = ("YVE", "Yve") }).outcome == .applied)
    #expect(bench.does("HQ", Filled<CreateTerritory> { $0.code = "SOUTH" }).outcome == .applied)
    let rename = Filled<EditAgent> { ($0.code, $0.name, $0.nameSeen) = ("ZOE", "Zoë Sá", "ZOE") }
    #expect(bench.does("HQ", rename).outcome == .applied)
    #expect(bench.replica(of: "A").find(AgentColumns.self, "ZOE")?.name == "Zoë Sá")
    let unknown = Filled<EditAgent> { ($0.code, $0.name) = ("NOBODY", "x") }
    #expect(bench.does("HQ", unknown).codes == [.unknownAgent])
  }
}
