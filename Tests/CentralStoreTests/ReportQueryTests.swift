import Testing
import TradeRules

@testable import CentralStore

@Suite("Reports of a centre's day")
struct ReportQueryTests {
  private func quantity(_ row: JSONValue, _ member: String) -> Quantity {
    Quantity(decimal: row[member]?.plain ?? "") ?? .zero
  }

  @Test(
    "#8 what came in less what went out is what is there, counts and late receipts among it", arguments: 1...6
  )
  func ledger(seed: UInt64) throws {
    let centre = try TestCentre()
    try centre.day()
    // More of it, in an order that differs from seed to seed.
    var state = seed
    for _ in 0..<25 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let sku = state >> 40 & 1 == 0 ? "CHAI" : "MATE"
      let amount = Quantity(Int64(1 + state >> 33 & 7))
      let late = centre.now.advanced(byMilliseconds: -Int64(state >> 20 & 0xFFFF))
      _ =
        state >> 50 & 1 == 0
        ? try centre.count(sku, amount, at: late) : try centre.receive(sku, amount, at: late)
    }
    var request = ReportRequest(.movements, by: .product)
    request.warehouse = "W1"
    let rows = try centre.queries.report(request, at: centre.now)["rows"]?.array ?? []
    let stock = try centre.queries.report(ReportRequest(.stock), at: centre.now)["rows"]?.array ?? []
    for level in stock where level["warehouse"] == "W1" {
      let moved = try #require(rows.first { $0["sku"] == level["sku"] })
      #expect(quantity(moved, "in") - quantity(moved, "out") == quantity(level, "onHand"), "\(moved)")
    }
    #expect(stock.count >= 2)
    request.by = .none
    let list = try centre.queries.report(request, at: centre.now)["rows"]?.array ?? []
    let times = list.map { $0["at"]?.plain ?? "" }
    #expect(times == times.sorted(by: >))
    #expect(list.count == rows.reduce(0) { $0 + Int($1["movements"]?.integer ?? 0) })
  }

  @Test("a warehouse's minimum is told beside what is available, and what has less is found")
  func below() throws {
    let centre = try TestCentre()
    try centre.day()
    func minimum(_ sku: String, _ quantity: Quantity) throws {
      try centre.does(
        "W1",
        Filled<SetStockMinimum> {
          ($0.warehouse, $0.sku) = ("W1", sku)
          $0.quantity = quantity
        })
    }
    try minimum("CHAI", 100)
    try minimum("MATE", 0)
    var request = ReportRequest(.stock)
    request.isOnlyBelow = true
    let rows = try centre.queries.report(request, at: centre.now)["rows"]?.array ?? []
    #expect(rows.map { $0["sku"]?.plain } == ["CHAI"])
    let row = try #require(rows.first)
    #expect(quantity(row, "below") == 100 - quantity(row, "available"))
    #expect(
      quantity(row, "available")
        == quantity(row, "onHand") - quantity(row, "unavailable") - quantity(row, "allocated")
        - quantity(row, "setAside"))
  }
}
