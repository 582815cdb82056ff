import Testing

@testable import TradeRules

@Suite("Stock: what scenarios promise")
struct InventoryScenarioTests {
  @Test("a received delivery is on hand in its bin and its warehouse")
  func received() {
    let bench = RuleBench.stocked()
    #expect(bench.does("P", Filled<ReceiveStock>.of(20, bin: "A-1")).outcome == .applied)
    #expect(bench.onHand("W1", "CHAI", bin: "A-1") == 20)
    #expect(bench.level("W1", "CHAI").onHand == 120)
  }
}
