import Testing

@testable import TradeRules

@Suite("Orders that were taken elsewhere come in once")
struct OrderImportTests {
  private let bench: RuleBench

  init() {
    bench = RuleBench.founded()
    bench.addWarehouses("W1")
    bench.addProduct("CHAI")
    bench.addStock("W1", "CHAI", 10)
    bench.addCustomer("C-1", agent: "ANA", warehouse: "W1")
  }

  private func order(
    _ number: String, _ lines: [(sku: String, quantity: Quantity, price: Int64?)],
    state: OrderState = .accepted,
    customer: String = "C-1", at: Instant? = nil
  ) -> Filled<ImportedOrder> {
    Filled {
      $0.id = RecordID(high: 9, low: UInt64(number.utf8.reduce(0) { ($0 &* 31) &+ Int($1) }))
      $0.number = number
      $0.customer = customer
      $0.state = state
      $0.orderedAt = at
      $0.lines = lines.enumerated().map { place, line in
        Filled<OrderLineEntry> {
          $0.id = RecordID(high: 8, low: UInt64(number.utf8.reduce(place) { ($0 &* 31) &+ Int($1) }))
          $0.sku = line.sku
          $0.quantity = line.quantity
          $0.price = line.price.map { UnitPrice(tenThousandths: $0) }
        }
      }
    }
  }

  private func imported(_ orders: Filled<ImportedOrder>...) -> [RowOutcome] {
    bench.does("centre", Filled<ImportOrders> { $0.rows = orders }).rows
  }

  private func find(_ number: String) -> (order: Order, lines: [OrderLine])? {
    guard let order = bench.all(OrderColumns.self).first(where: { $0.number == number }) else { return nil }
    return (
      order, bench.all(OrderLineColumns.self).filter { $0.order == order.id }.sorted { $0.line < $1.line }
    )
  }

  @Test("an open order asks for stock in its turn, one that was delivered moves none")
  func openAndClosed() throws {
    let day = Instant(milliseconds: 1_700_000_000_000)
    let outcomes = imported(
      order("OLD-1", [("CHAI", 7, 100_000)], state: .closed, at: day),
      order("NEW-1", [("CHAI", 6, 105_000)]), order("NEW-2", [("CHAI", 6, 105_000)]))
    #expect(outcomes == [.created, .created, .created])
    let old = try #require(find("OLD-1"))
    #expect(old.order.state == .closed && old.order.orderedAt == day && old.order.totalMinor == 7_000)
    #expect(old.lines.map(\.delivered) == [7] && old.lines.map(\.allocated) == [0])
    #expect(try #require(find("NEW-1")).lines.map(\.allocated) == [6])
    let second = try #require(find("NEW-2"))
    #expect(second.lines.map(\.allocated) == [4] && second.lines.map(\.backordered) == [2])
    #expect(second.order.agent == "ANA" && second.order.warehouse == "W1")
    #expect(bench.level("W1", "CHAI").onHand == 10)
    #expect(bench.level("W1", "CHAI").allocated == 10)
    #expect(bench.openTasks(.putBack).isEmpty)
  }

  @Test("the same file again changes nothing, and a file does not change an order that is here")
  func again() throws {
    let first = order("NEW-1", [("CHAI", 2, 100_000)])
    #expect(imported(first) == [.created])
    let rows = bench.rows
    #expect(imported(first) == [.unchanged])
    #expect(bench.rows == rows)
    #expect(imported(order("NEW-1", [("CHAI", 3, 100_000)])) == [.rejected(Refusal(.codeTaken, "NEW-1"))])
    #expect(try #require(find("NEW-1")).lines.map(\.ordered) == [2])
  }

  @Test("a file that says of an order what the books say changes nothing, however it came here")
  func described() throws {
    #expect(imported(order("NEW-1", [("CHAI", 2, 100_000)])) == [.created])
    var row = order("NEW-1", [("CHAI", 2, 100_000)])
    let books = try #require(find("NEW-1")).order
    (row.currency, row.orderedAt, row.agent) = (books.currency, books.orderedAt, books.agent)
    #expect(imported(row) == [.unchanged])
    row.orderedAt = books.orderedAt.advanced(byMilliseconds: 1)
    #expect(imported(row) == [.rejected(Refusal(.codeTaken, "NEW-1"))])
  }

  @Test("an order that cannot be taken is refused whole, with its reason; the others come in")
  func refusals() {
    let outcomes = imported(
      order("A", [("CHAI", 1, 1), ("NONE", 1, 1)]), order("B", [("CHAI", 1, nil)]), order("C", []),
      order("D", [("CHAI", 1, 1)], customer: "C-9"), order("E", [("CHAI", -1, 1)]),
      order("F", [("CHAI", 1, 1)], state: .draft), order("G", [("CHAI", 1, 1)]))
    let codes = outcomes.map { outcome -> Code? in
      if case .rejected(let refusal) = outcome { refusal.code } else { nil }
    }
    #expect(
      codes == [.unknownSku, .priceMissing, .orderEmpty, .unknownCustomer, .badQuantity, .badValue, nil])
    #expect(bench.all(OrderColumns.self).map(\.number) == ["G"])
    #expect(bench.all(OrderLineColumns.self).count == 1)
  }

  @Test(
    "what a warehouse should have at least is what was said last, and a file says it only when it changes")
  func minimums() {
    bench.addDevice("P", .warehouse, warehouses: ["W1"])
    func file(_ minimum: Quantity?) -> Filled<ImportStock> {
      Filled {
        $0.rows = [
          Filled<StockEntry> {
            ($0.warehouse, $0.sku, $0.bin, $0.lot, $0.expiry) = ("W1", "CHAI", "MAIN", "", "")
            $0.quantity = 10
            $0.minimum = minimum
          }
        ]
      }
    }
    func minimum() -> Quantity? { bench.find(StockMinimumColumns.self, "W1", "CHAI")?.quantity }
    #expect(bench.does("centre", file(4)).rows == [.updated])
    #expect(minimum() == 4)
    bench.does(
      "P",
      Filled<SetStockMinimum> {
        ($0.warehouse, $0.sku) = ("W1", "CHAI")
        $0.quantity = 6
      })
    #expect(minimum() == 6)
    #expect(bench.does("centre", file(4)).rows == [.unchanged])
    #expect(minimum() == 6)
    #expect(bench.does("centre", file(5)).rows == [.updated])
    #expect(minimum() == 5)
  }
}
