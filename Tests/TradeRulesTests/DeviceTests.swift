import Testing

@testable import TradeRules

@Suite("What a device sees, and whether it may come, is decided at the centre")
struct DeviceTests {
  private static func scope(
    _ device: String, agent: String? = nil, territory: String? = nil, _ warehouses: WordList = []
  ) -> Filled<ChangeScope> {
    Filled {
      ($0.device, $0.agent, $0.territory) = (device, agent, territory)
      $0.warehouses = warehouses
    }
  }

  private static func state(_ device: String, _ state: DeviceState) -> Filled<ChangeDeviceState> {
    Filled { ($0.device, $0.state) = (device, state) }
  }

  /// Lets a device that was invited in.
  private static func enrol(_ device: String) -> Filled<EnrolDevice> {
    Filled {
      $0.secretHash = mixed(Array(device.utf8))
      $0.publicKey = mixed([9])
    }
  }

  @Test("a scope is replaced as a whole; it names what exists, and leaves nobody without a purpose")
  func scopes() {
    let bench = RuleBench.stocked()
    bench.addDevice("A7", .agent, agent: "ANA")
    bench.addDevice("X", .admin)
    func set(_ form: Filled<ChangeScope>) -> Verdict { bench.does("centre", form) }
    #expect(set(Self.scope("A7", territory: "NORTH", ["W1"])).outcome == .applied)
    let device = bench.find(DeviceColumns.self, "A7")
    #expect(device?.agent == nil)
    #expect(device?.grants.contains(.territory("NORTH")) == true)
    #expect(device?.grants.contains(.agent("ANA")) == false)
    #expect(set(Self.scope("A8", agent: "ANA")).codes == [.unknownRecord])
    #expect(set(Self.scope("A7", agent: "ANA", ["W1", "W9"])).codes == [.unknownWarehouse])
    #expect(set(Self.scope("A7", agent: "A NA")).codes == [.badValue])
    #expect(set(Self.scope("A7", ["W1"])).codes == [.badValue], "an agent of nobody")
    #expect(set(Self.scope("P")).codes == [.badValue], "a tablet of no warehouse")
    #expect(set(Self.scope("X", ["W1"])).codes == [.badValue], "headquarters see everything")
    #expect(bench.find(DeviceColumns.self, "A7") == device)
    #expect(bench.does("X", Self.scope("A7", agent: "ANA")).codes == [.notPermitted])
  }

  @Test(
    "#25 #71 G19 what was recorded before the device heard is judged by its old scope, what comes after by the new"
  )
  func formerScope() {
    let bench = RuleBench.stocked()
    bench.addStock("W2", "CHAI", 5)
    bench.sync("P")
    bench.does("centre", Self.scope("P", ["W2"]))
    let before = bench.does("P", Filled<ReceiveStock>.of(3))
    #expect(before.outcome == .applied)
    #expect(before.codes == [.previousOwner])
    bench.sync("P")
    #expect(bench.does("P", Filled<ReceiveStock>.of(3)).codes == [.notPermitted])
    // What it never had it did not have then either.
    bench.does("centre", Self.scope("P", ["W1"]))
    #expect(bench.does("P", Filled<ReceiveStock>.of(3)).codes == [])
  }

  @Test("a device is suspended and resumed; from retirement there is no way back")
  func states() {
    let bench = RuleBench.stocked()
    bench.addDevice("A7", .agent, agent: "ANA")
    bench.does("centre", Self.enrol("A7"))
    func set(_ state: DeviceState) -> Verdict { bench.does("centre", Self.state("A7", state)) }
    let steps: [(DeviceState, Bool)] = [
      (.active, false), (.wiped, false), (.suspended, true), (.suspended, false), (.active, true),
      (.retired, true), (.active, false), (.suspended, false), (.lost, true), (.retired, false),
      (.wiped, true), (.active, false), (.lost, false),
    ]
    for (state, isAllowed) in steps {
      #expect(set(state).codes == (isAllowed ? [] : [.wrongDeviceState]), "\(state)")
    }
    #expect(bench.does("centre", Self.state("A8", .suspended)).codes == [.unknownRecord])
    bench.addDevice("X", .admin)
    #expect(bench.does("X", Self.state("A7", .active)).codes == [.notPermitted])
  }

  @Test(
    "G17 nothing that a device out of use sends changes anything", arguments: [DeviceState.retired, .lost])
  func quarantined(state: DeviceState) {
    let bench = RuleBench.stocked()
    bench.does("centre", Self.enrol("P"))
    bench.does("P", Filled<ReceiveStock>.of(3))
    let onHand = bench.all(StockColumns.self)
    bench.does("centre", Self.state("P", state))
    let verdict = bench.does("P", Filled<ReceiveStock>.of(5))
    #expect(verdict.outcome == .quarantined)
    #expect(verdict.codes == [state == .lost ? .deviceLost : .deviceRetired])
    #expect(bench.all(StockColumns.self) == onHand)
  }
}
