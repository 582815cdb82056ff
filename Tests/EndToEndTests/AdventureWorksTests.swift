import Foundation
import Testing

/// Runs only where the sample is; says plainly when it is not.
private let hasAdventureWorks = ConditionTrait.enabled(
  if: AdventureWorks.folder != nil,
  "NOT RUN: set WAYBILL_SAMPLE_DATA to the folder that holds adventureworks/ (docs/examples/adventureworks/README.md)"
)

@Suite("Real data: AdventureWorks, and its resellers sold to offline")
struct AdventureWorksTests {
  @Test(
    "43 orders of 673 lines, most at prices finer than a cent, taken offline by two agents, come to what the books say",
    hasAdventureWorks, .timeLimit(.minutes(10)))
  func resellers() async throws {
    let sample = try await AdventureWorks()
    #expect(sample.orders.count == 43)
    #expect(sample.orders.reduce(0) { $0 + $1.lines.count } == 673)
    let company = try Company()
    try await importAll(AdventureWorksTests.trade, into: company, again: false)
    try await company.open()
    let first = try await company.enrol("A1", as: "agent", ["--agent", "S277", "--warehouse", "L7"])
    let second = try await company.enrol("A2", as: "agent", ["--agent", "S279", "--warehouse", "L7"])

    // Both are cut off while they sell.
    try await company.close()
    let placed =
      try await place(sample.orders.filter { $0.salesPerson == 277 }, on: first, of: company)
      + place(sample.orders.filter { $0.salesPerson == 279 }, on: second, of: company)
    try await company.open()
    try await company.sync(first)
    try await company.sync(second)

    // The first at the centre is served first, out of the finished goods.
    var plan = Allocation(stock: sample.stock, archived: sample.archived)
    for (number, order) in placed {
      let lines = plan.take(order.lines.map { ($0.sku, $0.quantity, $0.price) })
      let device = order.salesPerson == 277 ? first : second
      try await expect(number, order, lines, on: device, of: company)
    }
    try await expectSales(of: sample, at: company, on: first)
    try await company.expectVerified([first, second], deep: false)
    try await company.close()
  }

  @Test("the whole company goes into a fresh centre, and a second time changes nothing", hasAdventureWorks)
  func twice() async throws {
    let company = try Company()
    let others = [
      SampleFile("suppliers", "suppliers", "Vendor.csv", 104),
      SampleFile("customers", "customers-people", "Customer.csv.gz", 18_484),
    ]
    try await importAll(AdventureWorksTests.trade + others, into: company, again: false)
    try await importAll(AdventureWorksTests.trade + others, into: company, again: true)
    try await expectSuppliers(at: company)
    try await company.expectVerified([], deep: false)
  }

  // MARK: Steps

  /// A file, the mapping it is read with, and how many rows it has; fewer are new where some repeat others.
  private struct SampleFile {
    let kind: String
    let map: String
    let file: String
    let rows: Int
    let new: Int

    init(_ kind: String, _ map: String, _ file: String, _ rows: Int, new: Int? = nil) {
      (self.kind, self.map, self.file, self.rows, self.new) = (kind, map, file, rows, new ?? rows)
    }
  }

  /// All but the private customers.
  private static let trade = [
    SampleFile("warehouses", "warehouses", "Location.csv", 14),
    SampleFile("products", "products", "Product.csv", 504),
    // 8 list prices repeat the one before: they are no new prices.
    SampleFile("prices", "prices", "ProductListPriceHistory.csv", 395, new: 387),
    SampleFile("stock", "stock", "ProductInventory.csv", 1_069),
    SampleFile("customers", "customers-shops", "Customer.csv.gz", 1_336),
  ]

  /// Imports what the mapping files describe; the second time everything must be known already.
  private func importAll(_ files: [SampleFile], into company: Company, again: Bool) async throws {
    let data = try #require(AdventureWorks.folder)
    let maps = Checkout.root.appending(path: "docs/examples/adventureworks")
    for file in files {
      let summary = try await company.atCentre(
        "import", file.kind, data.appending(path: file.file).path(percentEncoded: false),
        "--map", maps.appending(path: "\(file.map).json").path(percentEncoded: false))
      let created = (summary["create"].number ?? 0) + (summary["update"].number ?? 0)
      #expect(created == Decimal(again ? 0 : file.new), "\(file.map): \(summary)")
      let unchanged = again ? file.rows : file.rows - file.new
      #expect(summary["unchanged"].number == Decimal(unchanged), "\(file.map): \(summary)")
      #expect(summary["reject"].number == 0, "\(file.map): \(summary)")
    }
  }

  /// Takes orders on a device that has no link.
  private func place(
    _ orders: [AdventureWorks.Order], on device: Company.Device, of company: Company
  ) async throws -> [(number: String, order: AdventureWorks.Order)] {
    var placed: [(String, AdventureWorks.Order)] = []
    for order in orders {
      var command = ["order", "create", "--customer", order.customer, "--warehouse", "L7", "--submit"]
      for line in order.lines { command += ["--line", "\(line.sku)=\(line.quantity)@\(line.price)"] }
      let recorded = try await company.on(device, command)
      #expect(recorded["state"].text == "unsent")
      placed.append((try #require(recorded["number"].text), order))
    }
    return placed
  }

  // MARK: Expectations

  /// Every vendor of the sample is a supplier under its account number, the four inactive ones blocked.
  private func expectSuppliers(at company: Company) async throws {
    let vendors = try SampleRow.table(AdventureWorks.folder, "Vendor.csv")
    let exported = try await company.atCentre("export", "suppliers", "--format", "json").list
    #expect(exported.count == 104)
    let found = exported.map {
      "\($0["code"].text ?? "") \($0["name"].text ?? "") \($0["status"].text ?? "")"
    }
    let expected = try vendors.map { vendor in
      "\(try vendor["AccountNumber"]) \(try vendor["Name"]) \(try vendor["ActiveFlag"] == "1" ? "active" : "blocked")"
    }
    #expect(Set(found) == Set(expected))
    #expect(exported.allSatisfy { $0["country"].text?.count == 2 && $0["currency"].text == "USD" })
  }

  private func expect(
    _ number: String, _ order: AdventureWorks.Order, _ lines: [Allocation.Line],
    on device: Company.Device, of company: Company
  ) async throws {
    let shown = try await company.on(device, "order", "show", number)
    #expect(shown["state"].text == "accepted", "\(shown)")
    let cents = shown["totalMinor"].number ?? 0
    #expect(cents == order.total * 100, "\(number): \(shown)")
    let difference = abs(cents - order.subTotal * 100)
    #expect(difference <= order.roundingMax * 100, "\(number): \(cents) is not \(order.subTotal)")
    #expect(shown["lines"].list.count == lines.count)
    for (shown, line) in zip(shown["lines"].list, lines) {
      #expect(shown["sku"].text == line.sku)
      #expect(shown["allocated"].number == Decimal(line.granted), "\(number) \(line)")
      #expect(shown["backordered"].number == Decimal(line.waiting), "\(number) \(line)")
      #expect(Decimal(string: shown["unitPrice"].text ?? "") == line.price, "\(number) \(line)")
    }
  }

  /// The centre's report has both agents' sales, the device's its own.
  private func expectSales(
    of sample: AdventureWorks, at company: Company, on device: Company.Device
  ) async throws {
    func sum(_ salesPerson: Int) -> Decimal {
      sample.orders.filter { $0.salesPerson == salesPerson }.reduce(0) { $0 + $1.total } * 100
    }
    let all = try await company.atCentre("report", "sales", "--by", "agent")
    let amounts = all["rows"].list.map { ($0["agent"].text ?? "", $0["amount"]["amountMinor"].number ?? 0) }
    #expect(Dictionary(uniqueKeysWithValues: amounts) == ["S277": sum(277), "S279": sum(279)], "\(all)")
    let own = try await company.on(device, "report", "sales", "--by", "agent")
    #expect(own["rows"].list.map { $0["agent"].text } == ["S277"])
    #expect(own["totals"][0]["amountMinor"].number == sum(277))
  }
}
