import Testing

@testable import TradeRules

@Suite("Rows in memory")
struct FoundationWorkingSetTests {
  private static let table = TableDescription.of(ProductColumns.self)

  private static func product(_ sku: String, folded: String? = nil, name: String = "") -> Row {
    var product = Product()
    product.sku = sku
    product.skuFolded = folded ?? sku.lowercased()
    product.name = name
    return product.row
  }

  private static func range(_ folded: String) -> RowRange {
    RowRange(ProductColumns.self, "product_folded", [folded])
  }

  private static func key(_ sku: String) -> RowKey { RowKey(ProductColumns.self, sku) }

  private static func needs(_ body: () throws(Interruption) -> Void) -> Int {
    do throws(Interruption) { try body() } catch {
      if case .needs(let needs) = error { return needs.count }
    }
    return 0
  }

  @Test("what is not loaded is asked for, all of it at once")
  func asks() throws {
    let view = WorkingSet()
    #expect(Self.needs { () throws(Interruption) in _ = try view.row(Self.key("A")) } == 1)
    #expect(Self.needs { () throws(Interruption) in try view.prepare([Self.key("A"), Self.key("B")]) } == 2)
    let mixed: [Need] = [.row(Self.key("A")), .range(Self.range("a"))]
    #expect(Self.needs { () throws(Interruption) in try view.prepare(mixed) } == 2)
    view.load(Self.key("A"), nil)
    #expect(Self.needs { () throws(Interruption) in try view.prepare(mixed) } == 1)
    view.load(Self.range("a"), [])
    try view.prepare(mixed)
    #expect(try view.row(Self.key("A")) == nil)
    #expect(try view.rows(Self.range("a")) == [])
  }

  @Test("a row with more text than a page has room for is noticed, and so is a key that no cursor can carry")
  func sizes() {
    func isTooLarge(_ row: Row) -> Bool {
      let view = WorkingSet()
      view.put(Self.product("A", name: String(repeating: "x", count: RowLimits.rowBytesMax)), in: Self.table)
      let mark = view.mark()
      view.put(row, in: Self.table)
      return view.hasTooLargeRow(since: mark)
    }
    // "B" and "b" are of it.
    let room = RowLimits.rowBytesMax - 2
    func product(_ bytes: Int) -> Row {
      var row = Row(values: Self.table.emptyValues.map { if case .text = $0 { .text("") } else { $0 } })
      var product = Product(row)
      (product.sku, product.skuFolded, product.name) = ("B", "b", String(repeating: "x", count: bytes))
      row = product.row
      return row
    }
    #expect(!isTooLarge(product(room)), "what was too large before is not this operation's")
    #expect(isTooLarge(product(room + 1)))
    #expect(isTooLarge(Self.product(String(repeating: "K", count: RowLimits.keyBytesMax))))
  }

  @Test("taking changes back leaves rows, ranges and changes as they were")
  func undo() throws {
    let view = WorkingSet()
    view.load(Self.range("a"), [Self.product("A")])
    view.load(Self.key("B"), nil)
    let mark = view.mark()
    view.put(Self.product("A", folded: "b"), in: Self.table)
    view.put(Self.product("B", folded: "a"), in: Self.table)
    #expect(try view.rows(Self.range("a")).map { Product($0).sku } == ["B"])
    view.rollBack(to: mark)
    #expect(try view.rows(Self.range("a")).map { Product($0).sku } == ["A"])
    #expect(try view.row(Self.key("B")) == nil)
    #expect(view.changes().isEmpty)
  }

  @Test("taking back goes to its mark and no further")
  func nestedUndo() throws {
    let view = WorkingSet()
    view.load(Self.key("A"), nil)
    view.put(Self.product("A", name: "one"), in: Self.table)
    let mark = view.mark()
    view.put(Self.product("A", name: "two"), in: Self.table)
    view.put(Self.product("A", name: "three"), in: Self.table)
    #expect(view.changes(since: mark).map { $0.before.map { Product($0).name } } == ["one"])
    view.rollBack(to: mark)
    #expect(try view.row(Self.key("A")).map { Product($0).name } == "one")
    #expect(view.changes().map { Product($0.after).name } == ["one"])
  }

  @Test("a range follows rows that enter and leave it")
  func ranges() throws {
    let view = WorkingSet()
    view.load(Self.range("a"), [])
    view.put(Self.product("A1", folded: "a"), in: Self.table)
    view.put(Self.product("A2", folded: "a"), in: Self.table)
    view.put(Self.product("A1", folded: "other"), in: Self.table)
    #expect(try view.rows(Self.range("a")).map { Product($0).sku } == ["A2"])
    // A range loaded after the change finds the row where it is now, not where the store has it.
    view.load(Self.range("other"), [])
    #expect(try view.rows(Self.range("other")).map { Product($0).sku } == ["A1"])
  }

  @Test("a stored row does not overwrite what was changed since")
  func lateLoad() throws {
    let view = WorkingSet()
    view.load(Self.key("A"), Self.product("A", name: "old"))
    view.put(Self.product("A", folded: "z", name: "new"), in: Self.table)
    view.load(Self.range("a"), [Self.product("A", name: "old")])
    #expect(try view.rows(Self.range("a")) == [])
    #expect(try view.row(Self.key("A")).map { Product($0).name } == "new")
  }

  @Test("a range from a time on is loaded again for an earlier one, and comes in order")
  func orderedRanges() throws {
    func movement(_ number: UInt64, _ time: Int64) -> Row {
      var movement = Movement()
      movement.id = RecordID(high: 0, low: number)
      movement.warehouse = "W1"
      movement.toBin = "MAIN"
      movement.occurredAt = Instant(milliseconds: time)
      return movement.row
    }
    func range(_ from: Int64?) -> RowRange {
      RowRange(
        MovementColumns.self, "movement_to", ["W1", "MAIN", "", "", ""],
        from: from.map { Instant(milliseconds: $0) })
    }
    let view = WorkingSet()
    view.load(range(20), [movement(1, 30), movement(2, 20)])
    #expect(try view.rows(range(20)).map { Movement($0).id.low } == [2, 1])
    #expect(try view.rows(range(25)).map { Movement($0).id.low } == [1])
    #expect(Self.needs { () throws(Interruption) in _ = try view.rows(range(10)) } == 1)
    #expect(Self.needs { () throws(Interruption) in _ = try view.rows(range(nil)) } == 1)
    view.load(range(nil), [movement(3, 5), movement(2, 20), movement(1, 30), movement(4, 20)])
    #expect(try view.rows(range(nil)).map { Movement($0).id.low } == [3, 2, 4, 1])
    #expect(try view.rows(range(10)).map { Movement($0).id.low } == [2, 4, 1])
  }

  @Test("rows changed since the mark get the version, others keep theirs")
  func stamping() throws {
    let view = WorkingSet()
    view.load(Self.key("A"), Row(values: Self.product("A").values, version: 3))
    view.load(Self.key("B"), nil)
    let mark = view.mark()
    view.put(Self.product("B"), in: Self.table)
    view.put(Self.product("A"), in: Self.table)
    view.stamp(9, since: mark)
    #expect(view.changes().map(\.after.version) == [9])
    #expect(try view.row(Self.key("A"))?.version == 3)
    view.markStored()
    #expect(view.changes().isEmpty)
  }

  @Test("on a replica a row outside the scope is unknown, one inside it is absent")
  func horizon() {
    let grants = Grants(role: .warehouse, device: "P", agent: nil, territory: nil, warehouses: ["W1"])
    func look(_ key: RowKey) -> String {
      let view = WorkingSet(horizon: grants)
      view.load(key, nil)
      do throws(Interruption) {
        return try view.row(key) == nil ? "absent" : "there"
      } catch {
        if case .unknown = error { return "unknown" }
        return "needed"
      }
    }
    #expect(look(RowKey(ProductColumns.self, "A")) == "absent")
    #expect(look(RowKey(WarehouseColumns.self, "W2")) == "absent")
    #expect(look(RowKey(StockLevelColumns.self, "W1", "A")) == "absent")
    #expect(look(RowKey(StockLevelColumns.self, "W2", "A")) == "unknown")
    #expect(look(RowKey(DeviceColumns.self, "P")) == "absent")
    #expect(look(RowKey(DeviceColumns.self, "Q")) == "unknown")
    // Only the row itself says whose customer it is.
    #expect(look(RowKey(CustomerColumns.self, RecordID(high: 1, low: 1))) == "unknown")
  }

  @Test("a group applies whole or not at all (#69)")
  func groups() {
    let bench = RuleBench.stocked(10)
    let rows = bench.rows
    let group = bench.group([
      bench.record("P", Filled<ReceiveStock>.of(5)), bench.record("P", Filled<ReceiveStock>.of(0)),
      bench.record("P", Filled<ReceiveStock>.of(7)),
    ])
    let verdicts = bench.decide(group)
    #expect(verdicts.map(\.outcome) == [.rejected, .rejected, .rejected])
    #expect(verdicts.map(\.codes) == [[.groupRejected], [.badQuantity], [.groupRejected]])
    #expect(bench.rows == rows)
  }

  @Test("an operation of a kind nobody knows is malformed, and stops nobody else (#70)")
  func unknownKind() {
    let bench = RuleBench.stocked(10)
    var operation = bench.record("P", Filled<ReceiveStock>.of(5))
    operation.kind = "stock.teleport"
    #expect(bench.decide(operation).codes == [.malformed])
    #expect(bench.does("P", Filled<ReceiveStock>.of(5)).outcome == .applied)
  }
}
