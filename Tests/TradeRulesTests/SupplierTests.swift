import Testing

@testable import TradeRules

@Suite("Suppliers")
struct SupplierTests {
  private static func shop() -> RuleBench {
    let bench = RuleBench.founded()
    bench.addDevice("H1", .admin)
    bench.addDevice("H2", .admin)
    bench.addDevice("P", .warehouse, warehouses: ["W1"])
    bench.addDevice("PICK", .picker, warehouses: ["W1"])
    bench.addDevice("B", .buyer)
    bench.addDevice("A", .agent, agent: "ANA")
    return bench
  }

  private static func made(_ code: String, _ name: String, country: String? = nil, currency: String? = nil)
    -> Filled<CreateSupplier>
  {
    Filled {
      ($0.code, $0.name) = (code, name)
      ($0.country, $0.currency) = (country, currency)
    }
  }

  @Test("headquarters and buyers make suppliers, each code once; nobody else does")
  func making() {
    let bench = Self.shop()
    #expect(
      bench.does("H1", Self.made("TEA", "Tea & Co", country: "GB", currency: "JPY")).outcome == .applied)
    #expect(bench.does("H2", Self.made("TEA", "Another")).codes == [.codeTaken])
    #expect(bench.does("P", Self.made("RICE", "Rice")).codes == [.notPermitted])
    #expect(bench.does("A", Self.made("RICE", "Rice")).codes == [.notPermitted])
    #expect(bench.does("H1", Self.made("RICE", "")).codes == [.badValue])
    #expect(bench.does("H1", Self.made("RICE", "Rice", country: "Britain")).codes == [.badValue])
    #expect(bench.does("H1", Self.made("RICE", "Rice", currency: "ZZZ")).codes == [.unknownCurrency])
    #expect(bench.does("B", Self.made("SALT", "Salt")).outcome == .applied)
    #expect(bench.all(SupplierColumns.self).map(\.code) == ["SALT", "TEA"])
  }

  @Test(
    "two who edit different fields of a supplier both have their way; of one field the later recording stands"
  )
  func merging() {
    let bench = Self.shop()
    bench.does("H1", Self.made("TEA", "Tea & Co", currency: "JPY"))
    for device in ["H1", "H2"] { bench.sync(device) }
    let edits = [
      bench.record(
        "H1",
        Filled<EditSupplier> {
          ($0.code, $0.currency, $0.currencySeen) = ("TEA", "EUR", "JPY")
          ($0.name, $0.nameSeen) = ("Tea Company", "Tea & Co")
        }),
      bench.record(
        "H2",
        Filled<EditSupplier> {
          ($0.code, $0.country, $0.countrySeen) = ("TEA", "IE", "")
          ($0.name, $0.nameSeen) = ("Tea Limited", "Tea & Co")
        }),
    ]
    let verdicts = edits.reversed().map { bench.decide($0) }
    #expect(verdicts.map(\.outcome) == [.applied, .partly])
    #expect(verdicts[1].codes == [.fieldConflict])
    let supplier = bench.find(SupplierColumns.self, "TEA")
    #expect(supplier?.currency == "EUR")
    #expect(supplier?.country == "IE")
    #expect(supplier?.name == "Tea Limited")
    #expect(
      bench.does("H1", Filled<EditSupplier> { ($0.code, $0.status) = ("TEA", "asleep") }).codes == [.badValue]
    )
    #expect(bench.does("H1", Filled<EditSupplier> { $0.code = "RICE" }).codes == [.unknownSupplier])
  }

  @Test(
    "a file of suppliers is taken in row by row; a second time it changes nothing and undoes nobody's edit")
  func importing() {
    let bench = Self.shop()
    func file(_ name: String) -> Filled<ImportSuppliers> {
      Filled {
        $0.rows = [
          Self.made("TEA", name, country: "GB", currency: "JPY"), Self.made("RICE", "Rice", currency: "ZZZ"),
        ]
      }
    }
    let refused = RowOutcome.rejected(Refusal(.unknownCurrency, "ZZZ"))
    #expect(bench.does("centre", file("Tea")).rows == [.created, refused])
    bench.does("H1", Filled<EditSupplier> { ($0.code, $0.country, $0.countrySeen) = ("TEA", "IE", "GB") })
    #expect(bench.does("centre", file("Tea")).rows == [.unchanged, refused])
    #expect(bench.does("centre", file("Tea & Co")).rows == [.updated, refused])
    let supplier = bench.find(SupplierColumns.self, "TEA")
    #expect(supplier?.name == "Tea & Co")
    #expect(supplier?.country == "IE")
  }

  @Test("buyers and those who take goods in see suppliers, agents and pickers do not (G15)")
  func scope() {
    let bench = Self.shop()
    bench.does("H1", Self.made("TEA", "Tea & Co"))
    for device in ["P", "B"] {
      #expect(bench.replica(of: device).all(SupplierColumns.self).map(\.code) == ["TEA"], "\(device)")
    }
    for device in ["A", "PICK"] {
      #expect(bench.replica(of: device).all(SupplierColumns.self).isEmpty, "\(device)")
    }
  }
}
