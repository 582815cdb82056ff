import Testing

@testable import TradeRules

@Suite("Orders: how long they may be")
struct OrderSizeTests {
  @Test("G26 an order takes a thousand lines and not one more, all at once or one by one")
  func linesMax() {
    let bench = RuleBench.trading(100)
    let lines = Array(repeating: (sku: "CHAI", quantity: Quantity(1)), count: OrderSheet.linesMax)
    let tooLong = bench.newOrder("SO-A-1", of: "C-ANA", lines + [("CHAI", 1)]).form
    #expect(bench.does("A", tooLong).codes == [.badValue])
    #expect(bench.all(OrderColumns.self).isEmpty)
    let long = bench.draft("A", lines, number: "SO-A-2")
    #expect(bench.all(OrderLineColumns.self).count == 1_000)
    #expect(bench.does("A", long.add(bench.newID(), "CHAI", 1)).codes == [.badValue])
    #expect(bench.all(OrderLineColumns.self).count == 1_000)
  }
}
