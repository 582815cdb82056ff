import SyncProtocol
import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import Simulator

@Suite("Roles, through the real hosts")
struct RoleStories {
  /// A shop where every role has a device named after it.
  private func shop() throws -> (shop: Shop, staff: [Person]) {
    let shop = try Shop()
    var staff: [Person] = []
    for role in Role.all {
      let code = "X-\(role.rawValue.prefix(6).uppercased())"
      let agent = role == .agent || role == .sales ? "ANA" : nil
      try shop.world.addDevice(code, role, agent: agent, warehouses: ["W1"])
      staff.append(Person(shop, code))
    }
    try shop.settle()
    return (shop, staff)
  }

  @Test("G19 what is not a role's to do is refused on the device, online or not, and nothing is recorded")
  func refusedAtOnce() throws {
    let (shop, staff) = try shop()
    let scrap = Filled<ScrapStock> {
      ($0.warehouse, $0.sku, $0.quantity, $0.reason, $0.bin) = ("W1", "CHAI", 1, "damaged", "MAIN")
    }
    for person in staff {
      try shop.cutOff(person)
      let role = try #require(try person.device.store.state()?.role)
      let may = [.lead, .warehouse, .admin].contains(role)
      if may {
        try person.record(scrap)
      } else {
        let refusal = #expect(throws: Refusal.self) { try person.record(scrap) }
        #expect(refusal?.code == .notPermitted, "\(role)")
      }
      #expect(try person.device.store.lastRecorded() == (may ? 1 : 0), "\(role)")
    }
    try shop.reconnect(staff, .asTold)
    // The lead, the warehouse and headquarters threw one away each.
    #expect(try shop.centre.onHand() == 97)
    try shop.expectAllIsWell()
  }

  @Test("G19 a new device that knows nothing yet refuses what is not its role's all the same")
  func refusedBeforeTheFirstLoad() throws {
    let shop = try Shop()
    var isHeard = false
    shop.world.onArrival = { delivery in
      // Its enrolment comes through; the first rows do not.
      if case .device("X-NEW") = delivery.end, case .page = try Message.decode(delivery.bytes) {
        isHeard = true
        return .vanishes
      }
      return .arrives
    }
    try shop.world.addDevice("X-NEW", .auditor)
    try shop.world.run(milliseconds: 2_000)
    let person = Person(shop, "X-NEW")
    #expect(isHeard)
    #expect(try person.device.store.state()?.checkpoint == 0)
    let refusal = #expect(throws: Refusal.self) { try person.receives(5) }
    #expect(refusal?.code == .notPermitted)
    #expect(try person.device.store.lastRecorded() == 0)
  }

  @Test(
    "G19 a program that asks nobody sends one of every kind: the centre refuses each that is not the role's")
  func smuggled() throws {
    let (shop, staff) = try shop()
    for person in staff {
      let role = try #require(try person.device.store.state()?.role)
      if role == .admin { continue }
      let before = try shop.centre.rowsBesideAnswers()
      var sent: [OperationID] = []
      for rule in RuleBook.all where !Permissions.allows(role, rule.kind) {
        sent.append(try person.smuggles(rule.kind, Form(plain: rule.form)))
      }
      try shop.world.give(person.device, [.recorded])
      try shop.settle()
      #expect(sent.count > 40)
      for id in sent {
        let answer = try #require(try shop.centre.answer(to: id))
        #expect(answer.outcome == .rejected && answer.codes == ["NOT_PERMITTED"], "\(answer.kind) by \(role)")
      }
      #expect(try shop.centre.rowsBesideAnswers() == before, "\(role)")
    }
  }
}

extension Books {
  /// How many rows each table has, those aside in which refusals are kept.
  fileprivate func rowsBesideAnswers() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in TableDescription.all
    where table.number != AnswerColumns.number && table.number != RefusedRecordColumns.number {
      counts[table.name] = try read { try TradeTables.scan(table, after: nil, limit: .max, in: $0).count }
    }
    return counts
  }
}

extension Form {
  /// A form with something plain in every field that has to be there.
  fileprivate init(plain description: FormDescription) {
    self.init()
    for field in description.fields where field.list == nil && !field.isOptional {
      let value: Value =
        switch field.kind {
        case .integer: .integer(1)
        case .text: .text("W1")
        case .blob: .blob([1])
        case .id: .id(RecordID(high: 1, low: 1))
        case .personal: .personal(PersonalText("W1"))
        }
      self[field.number] = .value(value)
    }
  }
}
