import Testing

@testable import TradeRules

@Suite("The centre: founding, settings, devices")
struct FoundationEnrolmentTests {
  private static func invite(
    _ device: String, role: Role = .agent, secret: UInt8 = 1,
    fill: (inout Filled<InviteDevice>) -> Void = { _ in }
  ) -> Filled<InviteDevice> {
    Filled {
      $0.device = device
      $0.name = "Name"
      $0.role = role
      $0.warehouses = []
      $0.secretHash = mixed([secret])
      $0.expiresAt = .day(hour: 20)
      fill(&$0)
    }
  }

  private static func enrol(_ secret: UInt8, key: UInt8 = 9) -> Filled<EnrolDevice> {
    Filled {
      $0.secretHash = mixed([secret])
      $0.publicKey = mixed([key])
    }
  }

  @Test("a store is founded once")
  func founding() {
    let bench = RuleBench.founded()
    #expect(bench.all(UnitColumns.self).map(\.code) == ["EA", "KGM", "LTR"])
    #expect(bench.all(CurrencyColumns.self).map(\.exponent) == [2, 0])
    let again = Filled<FoundStore> {
      $0.epoch = RecordID(high: 2, low: 2)
      $0.units = [
        Filled<UnitEntry> {
          $0.code = "EA"
          $0.decimals = 0
        }
      ]
    }
    #expect(bench.does("centre", again).codes == [.codeTaken])
    bench.addDevice("X", .admin)
    #expect(bench.does("X", again).codes == [.notPermitted])
  }

  @Test("a setting is a row of the log, and only known ones exist")
  func settings() {
    let bench = RuleBench.stocked()
    func set(_ name: String, _ amount: Int64) -> Verdict {
      bench.does(
        "centre",
        Filled<ChangeSetting> {
          $0.name = name
          $0.amount = amount
        })
    }
    #expect(set("nearCountMilliseconds", 60_000).outcome == .applied)
    #expect(set("colour", 1).codes == [.unknownSetting])
    #expect(set("nearCountMilliseconds", -1).codes == [.badValue])
    bench.now = .day(hour: 10)
    bench.does("P", at: .day(hour: 9), Filled<CountStock>.of(96))
    let near = bench.does("Q", at: .day(hour: 9, 0, 50), Filled<ReceiveStock>.of(1))
    #expect(near.codes == [.countNearMovement])
  }

  @Test("a code enrols one device, once, until it expires")
  func enrolment() {
    let bench = RuleBench.founded()
    #expect(bench.does("centre", Self.invite("A7")).outcome == .applied)
    #expect(bench.find(DeviceColumns.self, "A7")?.state == .invited)
    #expect(bench.does("centre", Self.enrol(2)).codes == [.codeInvalid])
    let answer = bench.does("centre", Self.enrol(1))
    #expect(answer.outcome == .applied)
    #expect(answer.record == "A7")
    #expect(bench.find(DeviceColumns.self, "A7")?.state == .active)
    #expect(bench.find(DeviceColumns.self, "A7")?.publicKey == mixed([9]))
    #expect(bench.does("centre", Self.enrol(1, key: 8)).codes == [.codeInvalid])
    #expect(bench.find(DeviceColumns.self, "A7")?.publicKey == mixed([9]))
    bench.does("centre", Self.invite("A8", secret: 3))
    bench.now = .day(hour: 20)
    #expect(bench.does("centre", Self.enrol(3)).codes == [.codeInvalid])
  }

  @Test("an agent's device without an agent's name is its own agent")
  func namelessAgents() {
    let bench = RuleBench.founded()
    bench.does("centre", Self.invite("A7"))
    bench.does("centre", Self.invite("A8", secret: 2) { $0.territory = "NORTH" })
    bench.does("centre", Self.invite("P", role: .warehouse, secret: 3))
    #expect(bench.find(DeviceColumns.self, "A7")?.agent == "A7")
    #expect(bench.find(DeviceColumns.self, "A8")?.agent == nil)
    #expect(bench.find(DeviceColumns.self, "P")?.agent == nil)
  }

  @Test("a device code is never given twice")
  func codesAreUnique() {
    let bench = RuleBench.founded()
    bench.does("centre", Self.invite("A7"))
    #expect(bench.does("centre", Self.invite("A7", secret: 2)).codes == [.codeTaken])
    #expect(bench.does("centre", Self.invite("A8", secret: 1)).codes == [.codeInvalid])
  }

  @Test("an invitation names what exists and what can be a name")
  func invitations() {
    let bench = RuleBench.founded()
    let bad = [
      Self.invite(""), Self.invite("centre"), Self.invite("A/7"), Self.invite("Ä7"),
      Self.invite("A7", role: "king"), Self.invite("A7", role: .centre),
      Self.invite("A7") { $0.agent = "A 7" }, Self.invite("A7") { $0.territory = "" },
      Self.invite("A7") { $0.secretHash = [1] }, Self.invite("A7") { $0.name = "" },
      Self.invite("A7") { $0.name = String(repeating: "é", count: 64) + "!" },
    ]
    for form in bad { #expect(bench.does("centre", form).codes == [.badValue], "\(form)") }
    let nowhere = Self.invite("A7") { $0.warehouses = ["W1", "W9"] }
    #expect(bench.does("centre", nowhere).codes == [.unknownWarehouse])
    #expect(bench.all(DeviceColumns.self) == [])
    let longest = Self.invite("A7") { $0.name = String(repeating: "é", count: 64) }
    #expect(bench.does("centre", longest).outcome == .applied)
  }

  @Test("agents, territories and warehouses have codes of at most 80 bytes, so that every device can be told")
  func longCodes() {
    let bench = RuleBench.founded()
    // 3 bytes a letter: 26 fit, 27 do not.
    let (fits, tooLong) = (String(repeating: "\u{915}", count: 26), String(repeating: "\u{915}", count: 27))
    bench.addWarehouses(fits, tooLong)
    #expect(bench.all(WarehouseColumns.self).map(\.code) == ["W1", "W2", fits])
    for (ordinal, word) in [fits, tooLong].enumerated() {
      let codes: [Code] = word == fits ? [] : [.badValue]
      let secret = UInt8(ordinal * 2 + 1)
      #expect(bench.does("centre", Filled<CreateAgent> { $0.code = word }).codes == codes)
      #expect(bench.does("centre", Filled<CreateTerritory> { $0.code = word }).codes == codes)
      let agent = Self.invite("A\(ordinal)", secret: secret) { $0.agent = word }
      #expect(bench.does("centre", agent).codes == codes)
      let territory = Self.invite("B\(ordinal)", secret: secret + 1) { $0.territory = word }
      #expect(bench.does("centre", territory).codes == codes)
      let customer = Filled<CreateCustomer> {
        ($0.id, $0.code, $0.name) = (bench.newID(), "C-\(ordinal)", PersonalText("Shop"))
        $0.territory = word
      }
      let outcomes = bench.does("centre", Filled<ImportCustomers> { $0.rows = [customer] }).rows
      #expect(outcomes == [word == fits ? .created : .rejected(Refusal(.badValue, "territory"))])
    }
  }

  @Test("a device enrols nobody, itself included; an admin invites")
  func whoMay() {
    let bench = RuleBench.founded()
    bench.addDevice("X", .admin)
    bench.addDevice("A7", .agent, agent: "A7")
    #expect(bench.does("A7", Self.invite("B8")).codes == [.notPermitted])
    #expect(bench.does("X", Self.invite("B8")).outcome == .applied)
    #expect(bench.does("X", Self.enrol(1)).codes == [.notPermitted])
  }
}
