import Foundation
import Testing

/// Runs only where the sample is; says plainly when it is not.
private let hasNorthwind = ConditionTrait.enabled(
  if: Northwind.folder != nil,
  "NOT RUN: set WAYBILL_SAMPLE_DATA to the folder that holds northwind/ (docs/examples/northwind/README.md)")

@Suite("Real data: Northwind's April 1997, sold offline", .serialized)
struct NorthwindTests {
  @Test(
    "a month's orders, taken offline by two agents, are allocated, picked, shipped and backordered as a calculation by hand says",
    hasNorthwind, .timeLimit(.minutes(10)))
  func aprilOf1997() async throws {
    let sample = try Northwind()
    #expect(sample.orders.count == 31)
    let company = try Company()
    try await company.open()
    try await importAll(into: company, again: false)
    let scope = ["--territory", "NORTHWIND", "--warehouse", "SEA"]
    let odd = try await company.enrol("A1", as: "agent", ["--agent", "ODD"] + scope)
    let even = try await company.enrol("A2", as: "agent", ["--agent", "EVEN"] + scope)
    let warehouse = try await company.enrol("W1", as: "warehouse", ["--warehouse", "SEA"])

    // Everybody is cut off while the orders are taken.
    try await company.close()
    let oddOrders = try await place(sample.orders.filter { $0.employee % 2 == 1 }, on: odd, of: company)
    let evenOrders = try await place(sample.orders.filter { $0.employee % 2 == 0 }, on: even, of: company)
    try await company.open()
    try await company.sync(odd)
    try await company.sync(even)
    try await company.sync(warehouse)

    // The first at the centre is served first: all of one agent's orders, then all of the other's.
    var plan = Allocation(stock: sample.stock, archived: sample.archived)
    let placed = (oddOrders + evenOrders).map {
      ($0.number, plan.take($0.order.lines.map { ($0.sku, $0.quantity, $0.price) }))
    }
    for (number, lines) in placed {
      try await expectAllocated(lines, of: number, on: warehouse, of: company)
    }

    try await company.close()
    for (number, lines) in placed { try await pickAndShip(lines, of: number, on: warehouse, of: company) }
    try await company.open()
    for device in [warehouse, odd, even] { try await company.sync(device) }
    for (number, lines) in placed { try await expectShipped(lines, of: number, on: odd, of: company) }
    try await expectStock(plan.left, on: odd, of: company)
    try await expectStock(plan.left, on: warehouse, of: company)
    try await company.expectVerified([odd, even, warehouse])

    let before = try await company.atCentre("export", "products")
    try await importAll(into: company, again: true)
    let after = try await company.atCentre("export", "products")
    #expect(before.description == after.description)
    for device in [odd, even, warehouse] { try await company.sync(device) }
    try await expectStock(plan.left, on: warehouse, of: company)
    try await company.expectVerified([odd, even, warehouse])
    try await company.close()
  }

  // MARK: Steps

  /// Imports what the mapping files describe; the second time everything must be known already.
  private func importAll(into company: Company, again: Bool) async throws {
    let data = try #require(Northwind.folder)
    let maps = Checkout.root.appending(path: "docs/examples/northwind")
    let files = [
      ("products", "Products.csv", 77), ("prices", "Products.csv", 77), ("stock", "Products.csv", 72),
      ("customers", "Customers.csv", 91),
    ]
    let warehouses = maps.appending(path: "warehouses.csv").path(percentEncoded: false)
    let summary = try await company.atCentre("import", "warehouses", warehouses)
    try expectSummary(summary, rows: 1, again: again)
    for (kind, file, rows) in files {
      let summary = try await company.atCentre(
        "import", kind, data.appending(path: file).path(percentEncoded: false),
        "--map", maps.appending(path: "\(kind).json").path(percentEncoded: false))
      try expectSummary(summary, rows: rows, again: again)
    }
  }

  private func expectSummary(_ summary: Document, rows: Int, again: Bool) throws {
    #expect(summary["create"].number == Decimal(again ? 0 : rows), "\(summary)")
    #expect(summary["unchanged"].number == Decimal(again ? rows : 0), "\(summary)")
    #expect(summary["update"].number == 0, "\(summary)")
    #expect(summary["reject"].number == 0, "\(summary)")
  }

  /// Takes orders on a device that has no link.
  private func place(
    _ orders: [Northwind.Order], on device: Company.Device, of company: Company
  ) async throws -> [(number: String, order: Northwind.Order)] {
    var placed: [(String, Northwind.Order)] = []
    for order in orders {
      var command = ["order", "create", "--customer", order.customer, "--warehouse", "SEA", "--submit"]
      for line in order.lines { command += ["--line", "\(line.sku)=\(line.quantity)@\(line.price)"] }
      let recorded = try await company.on(device, command)
      #expect(recorded["state"].text == "unsent")
      placed.append((try #require(recorded["number"].text), order))
    }
    return placed
  }

  private func pickAndShip(
    _ lines: [Allocation.Line], of number: String, on device: Company.Device, of company: Company
  ) async throws {
    for (index, line) in lines.enumerated() where line.granted > 0 {
      try await company.on(device, "pick", number, "\(index + 1)", "\(line.granted)")
    }
    if lines.contains(where: { $0.granted > 0 }) { try await company.on(device, "ship", number) }
  }

  // MARK: Expectations

  private func expectAllocated(
    _ lines: [Allocation.Line], of number: String, on device: Company.Device, of company: Company
  ) async throws {
    let order = try await company.on(device, "order", "show", number)
    #expect(order["state"].text == "accepted", "\(order)")
    #expect(order["lines"].list.count == lines.count)
    for (shown, line) in zip(order["lines"].list, lines) {
      #expect(shown["sku"].text == line.sku)
      #expect(shown["ordered"].number == Decimal(line.ordered), "\(number) \(line)")
      #expect(shown["allocated"].number == Decimal(line.granted), "\(number) \(line)")
      #expect(shown["backordered"].number == Decimal(line.waiting), "\(number) \(line)")
      #expect(Decimal(string: shown["unitPrice"].text ?? "") == line.price, "\(number) \(line)")
    }
  }

  private func expectShipped(
    _ lines: [Allocation.Line], of number: String, on device: Company.Device, of company: Company
  ) async throws {
    let order = try await company.on(device, "order", "show", number)
    for (shown, line) in zip(order["lines"].list, lines) {
      #expect(shown["picked"].number == Decimal(line.granted), "\(number) \(line)")
      #expect(shown["shipped"].number == Decimal(line.granted), "\(number) \(line)")
      #expect(shown["allocated"].number == 0, "\(number) \(line)")
      #expect(shown["backordered"].number == Decimal(line.waiting), "\(number) \(line)")
    }
  }

  private func expectStock(
    _ left: [String: Int], on device: Company.Device, of company: Company
  ) async throws {
    for sku in left.keys.sorted() {
      let stock = try await company.on(device, "stock", "show", sku, "--warehouse", "SEA")
      let level = stock["warehouses"][0]
      #expect((level["onHand"].number ?? 0) == Decimal(left[sku, default: 0]), "\(sku): \(stock)")
      #expect((level["available"].number ?? 0) == Decimal(left[sku, default: 0]), "\(sku): \(stock)")
    }
  }
}
