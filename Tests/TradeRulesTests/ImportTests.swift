import Testing

@testable import TradeRules

@Suite("Imports: a second run is a no-op, and nobody's edits are undone")
struct ImportTests {
  private static func products(_ rows: [(sku: String, name: String)]) -> Filled<ImportProducts> {
    Filled {
      $0.rows = rows.map { row in
        Filled<CreateProduct> {
          $0.sku = row.sku
          $0.skuFolded = row.sku.lowercased()
          $0.name = row.name
          $0.category = "Tea"
        }
      }
    }
  }

  private static func price(
    _ amount: Int64, list: String = "EU", currency: String = "EUR", sku: String = "CHAI",
    from: Instant? = nil
  ) -> Filled<ImportPrices> {
    Filled {
      $0.rows = [
        Filled<PriceEntry> {
          $0.sku = sku
          $0.list = list
          $0.currency = currency
          $0.amount = UnitPrice(tenThousandths: amount)
          $0.minQuantity = .zero
          $0.validFrom = from
        }
      ]
    }
  }

  private static func customer(
    _ bench: RuleBench, phone: String, agent: String? = "A7"
  ) -> Filled<ImportCustomers> {
    Filled {
      $0.rows = [
        Filled<CreateCustomer> {
          $0.id = bench.newID()
          $0.code = "C-1"
          $0.name = PersonalText("Müller")
          $0.phone = PersonalText(phone)
          $0.country = "DE"
          $0.agent = agent
        }
      ]
    }
  }

  @Test("a row of a file that would make a record too large to be sent is refused alone")
  func largeRows() {
    let bench = RuleBench.founded()
    let long = String(repeating: "x", count: RowLimits.textBytesMax)
    var file = Self.products([("A", "One"), ("B", long), ("C", "Three")])
    var rows = file.rows
    rows[1].description = long
    file.rows = rows
    let answer = bench.does("centre", file)
    #expect(answer.outcome == .partly)
    #expect(bench.all(ProductColumns.self).map(\.sku) == ["A", "C"])
    // As somebody's edits: each text is short enough, together they are not.
    bench.addDevice("X", .admin)
    func edit(_ change: (inout Filled<EditProduct>) -> Void) -> Verdict {
      var form = Filled<EditProduct> { $0.sku = "A" }
      change(&form)
      return bench.does("X", form)
    }
    #expect(edit { $0.name = long }.outcome == .applied)
    let before = bench.find(ProductColumns.self, "A")
    #expect(edit { $0.description = long }.codes == [.badValue])
    #expect(bench.find(ProductColumns.self, "A") == before)
    #expect(edit { $0.name = "Tea" }.outcome == .applied)
    #expect(edit { $0.description = long }.outcome == .applied)
  }

  @Test("a file is taken in row by row: one bad row stops no other")
  func badRows() {
    let bench = RuleBench.founded()
    let file = Self.products([("A", "One"), ("", "None"), ("B", "Two"), ("a", "Dup")])
    let answer = bench.does("centre", file)
    #expect(answer.outcome == .partly)
    #expect(answer.codes == [.rowsRejected])
    #expect(
      answer.rows == [
        .created, .rejected(Refusal(.badValue, "sku")), .created, .rejected(Refusal(.skuTaken, "A")),
      ])
    #expect(bench.all(ProductColumns.self).map(\.sku) == ["A", "B"])
  }

  @Test("the same file again changes nothing at all")
  func secondRun() {
    let bench = RuleBench.founded()
    let file = Self.products([("A", "One"), ("B", "Two")])
    bench.does("centre", file)
    let rows = bench.rows
    #expect(bench.does("centre", file).rows == [.unchanged, .unchanged])
    #expect(bench.rows == rows)
  }

  @Test("a changed row changes only what changed in the file; edits of people stand")
  func changedRows() {
    let bench = RuleBench.founded()
    bench.does("centre", Self.products([("A", "One")]))
    bench.does("centre", .category("Hot drinks"))
    bench.does(
      "centre",
      Filled<EditProduct> {
        $0.sku = "A"
        $0.category = "Hot drinks"
      })
    #expect(bench.does("centre", Self.products([("A", "Uno")])).rows == [.updated])
    let product = bench.find(ProductColumns.self, "A")
    #expect(product?.name == "Uno")
    #expect(product?.category == "Hot drinks")
  }

  @Test("an edit that did not see the import meets it as somebody else's change")
  func importIsAnEdit() {
    let bench = RuleBench.founded()
    bench.does("centre", Self.products([("A", "One")]))
    bench.addDevice("X", .admin)
    let edit = bench.record(
      "X",
      Filled<EditProduct> {
        $0.sku = "A"
        $0.name = "Mine"
      })
    bench.does("centre", Self.products([("A", "Uno")]))
    #expect(bench.decide(edit).codes == [.fieldConflict])
    #expect(bench.conflicts.first?.theirDevice == "centre")
  }

  @Test("a product somebody made before is taken over by the file, its unit never changes")
  func takenOver() {
    let bench = RuleBench.founded()
    bench.addProduct("A", unit: "KGM")
    let answer = bench.does("centre", Self.products([("A", "One")]))
    #expect(answer.rows == [.rejected(Refusal(.badValue, "baseUnit"))])
    bench.addProduct("B")
    #expect(bench.does("centre", Self.products([("B", "Two")])).rows == [.updated])
    #expect(bench.find(ProductColumns.self, "B")?.name == "Two")
  }

  @Test("warehouses are imported by code; a code that could not name a bucket is refused")
  func warehouses() {
    let bench = RuleBench.founded()
    bench.addWarehouses("W1", "A B", "W/1", "VAN-7")
    #expect(bench.all(WarehouseColumns.self).map(\.code) == ["VAN-7", "W1", "W2"])
  }

  @Test("importing a price publishes it; the first list of a currency is the company's")
  func prices() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    #expect(bench.does("centre", Self.price(125_000)).rows == [.created])
    #expect(bench.does("centre", Self.price(119_000, list: "EU-VIP")).rows == [.created])
    #expect(bench.does("centre", Self.price(20_000_000, list: "JP", currency: "JPY")).rows == [.created])
    let lists = bench.all(PriceListColumns.self)
    #expect(lists.map(\.code) == ["EU", "EU-VIP", "JP"])
    #expect(lists.map(\.isCompanyList) == [true, false, true])
    #expect(bench.all(PriceColumns.self).first?.validFrom == bench.now)
  }

  @Test("an equal price publishes nothing, another one follows, a published one never changes")
  func priceVersions() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    bench.does("centre", Self.price(100_000))
    bench.now = .day(hour: 9)
    #expect(bench.does("centre", Self.price(100_000)).rows == [.unchanged])
    #expect(bench.does("centre", Self.price(110_000)).rows == [.updated])
    #expect(bench.all(PriceColumns.self).map(\.amount.tenThousandths) == [100_000, 110_000])
    let again = bench.does("centre", Self.price(120_000, from: .day(hour: 9)))
    #expect(again.outcome == .partly)
    #expect(bench.does("centre", Self.price(120_000, from: .day(hour: 48))).rows == [.updated])
    // The old price is meant again: it is a new version, the one before stays as it was.
    bench.now = .day(hour: 10)
    #expect(bench.does("centre", Self.price(100_000)).rows == [.updated])
    #expect(bench.all(PriceColumns.self).count == 4)
  }

  @Test("a price needs its product, its currency, and a list of that currency")
  func badPrices() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    bench.does("centre", Self.price(100_000))
    let codes = [
      Self.price(1, sku: "NONE"), Self.price(1, currency: "XXX"), Self.price(1, currency: "JPY"),
      Self.price(-1),
    ].map { form -> Code? in
      guard case .rejected(let refusal)? = bench.does("centre", form).rows.first else { return nil }
      return refusal.code
    }
    #expect(codes == [.unknownSku, .unknownCurrency, .badValue, .badValue])
  }

  @Test("customers are imported by code and keep the id they had")
  func customers() {
    let bench = RuleBench.founded()
    #expect(bench.does("centre", Self.customer(bench, phone: "1")).rows == [.created])
    let id = bench.all(CustomerColumns.self).first?.id
    let rows = bench.rows
    #expect(bench.does("centre", Self.customer(bench, phone: "1")).rows == [.unchanged])
    #expect(bench.rows == rows)
    #expect(bench.does("centre", Self.customer(bench, phone: "2")).rows == [.updated])
    #expect(bench.all(CustomerColumns.self).map(\.id) == [id])
    #expect(bench.all(CustomerColumns.self).first?.phone.text == "2")
  }

  @Test("an agent's edit survives the next run of the same file, and a change of another field")
  func customerEdits() throws {
    let bench = RuleBench.founded()
    bench.does("centre", Self.customer(bench, phone: "1"))
    let id = try #require(bench.all(CustomerColumns.self).first).id
    bench.addDevice("A7", .agent, agent: "A7")
    bench.does("A7", .phone(id, "99", seen: "1"))
    #expect(bench.does("centre", Self.customer(bench, phone: "1")).rows == [.unchanged])
    #expect(bench.does("centre", Self.customer(bench, phone: "1", agent: "B8")).rows == [.updated])
    #expect(bench.customer(id).phone.text == "99")
    #expect(bench.customer(id).agent == "B8")
  }

  @Test("what an import keeps of a person holds no text outside its personal column (G28)")
  func personalTexts() {
    let bench = RuleBench.founded()
    bench.does("centre", Self.customer(bench, phone: "0301234567"))
    let kept = bench.all(ImportedColumns.self).first { $0.kind == "customer" }
    let content = String(decoding: kept?.content ?? [], as: UTF8.self)
    #expect(!content.contains("0301234567"))
    #expect(!content.contains("Müller"))
  }

  @Test("a replay without the texts decides each row the same (G29)")
  func replay() {
    func run(_ texts: [String], replaying: [[Bool]]?) -> ([Verdict], [[Bool]]) {
      let bench = RuleBench.founded()
      let operations = texts.map { bench.record("centre", Self.customer(bench, phone: $0)) }
      let verdicts = operations.enumerated().map { place, operation in
        bench.decide([operation], replaying: replaying?[place])[0]
      }
      return (verdicts, operations.map { bench.observed[$0.id] ?? [] })
    }
    let (first, observed) = run(["1", "1", "2", "2"], replaying: nil)
    #expect(first.map(\.rows) == [[.created], [.unchanged], [.updated], [.unchanged]])
    let (again, _) = run(["", "", "", ""], replaying: observed)
    #expect(again == first)
  }

  @Test("imported stock is an opening; a second run moves nothing, a changed row its difference")
  func stock() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    #expect(bench.addStock("W1", "CHAI", 100, bin: "").rows == [.created])
    #expect(bench.onHand("W1", "CHAI") == 100)
    let rows = bench.rows
    #expect(bench.addStock("W1", "CHAI", 100, bin: "").rows == [.unchanged])
    #expect(bench.rows == rows)
    #expect(bench.addStock("W1", "CHAI", 90, bin: "").rows == [.updated])
    #expect(bench.onHand("W1", "CHAI") == 90)
    #expect(bench.all(MovementColumns.self).map(\.kind) == [.opening, .opening])
    #expect(bench.ledgerFaults() == [])
  }

  @Test("a count knows better than the books it found: a corrected opening does not change it")
  func openingBeforeCounts() {
    let bench = RuleBench.founded()
    bench.stock(100)
    bench.now = .day(hour: 12)
    bench.does("P", stated: .day(hour: 6), Filled<CountStock>.of(96))
    #expect(bench.onHand("W1", "CHAI") == 96)
    bench.addStock("W1", "CHAI", 120)
    #expect(bench.onHand("W1", "CHAI") == 96)
    #expect(bench.ledgerFaults() == [])
  }

  @Test("stock rows are checked like entries of people")
  func badStock() {
    let bench = RuleBench.founded()
    bench.addProduct("CHAI")
    let codes = [
      bench.addStock("W9", "CHAI", 1), bench.addStock("W1", "NONE", 1), bench.addStock("W1", "CHAI", -1),
      bench.addStock("W1", "CHAI", Quantity(thousandths: 500)),
      bench.addStock("W1", "CHAI", 1, bin: String(repeating: "B", count: 41)),
    ].map { answer -> Code? in
      guard case .rejected(let refusal)? = answer.rows.first else { return nil }
      return refusal.code
    }
    #expect(codes == [.unknownWarehouse, .unknownSku, .badQuantity, .badQuantity, .badValue])
    #expect(bench.all(StockColumns.self) == [])
  }

  @Test("more than 500 rows in one operation are refused")
  func tooManyRows() {
    let bench = RuleBench.founded()
    let rows = (0...500).map { (sku: "S\($0)", name: "N") }
    #expect(bench.does("centre", Self.products(rows)).codes == [.malformed])
    #expect(bench.does("centre", Self.products(Array(rows.prefix(500)))).outcome == .applied)
    #expect(bench.all(ProductColumns.self).count == 500)
  }

  @Test("an import begins and ends with its file's hash")
  func beginAndEnd() {
    let bench = RuleBench.founded()
    let begin = Filled<BeginImport> {
      $0.kind = "products"
      $0.fileHash = mixed([1])
      $0.rows = 3
    }
    let end = Filled<EndImport> {
      $0.kind = "products"
      $0.fileHash = mixed([1])
    }
    #expect(bench.does("centre", begin).record == "products")
    #expect(bench.does("centre", end).outcome == .applied)
    #expect(bench.does("centre", Filled<EndImport> { $0.fileHash = [1] }).codes == [.badValue])
  }
}
