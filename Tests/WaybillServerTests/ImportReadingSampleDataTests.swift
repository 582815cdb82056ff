import Foundation
import Testing

@testable import WaybillServer

/// The folder with `northwind/` and `adventureworks/` in it, as in the data sets' own README files.
private let sampleData = ProcessInfo.processInfo.environment["WAYBILL_SAMPLE_DATA"]

private let hasSampleData = ConditionTrait.enabled(
  if: sampleData != nil,
  "NOT RUN: set WAYBILL_SAMPLE_DATA to the folder that holds northwind/ and adventureworks/")

@Suite("Real shops' data can be read", hasSampleData)
struct ImportReadingSampleDataTests {
  /// `docs/examples/northwind`, found from this file.
  private let examples = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/examples/northwind").path

  private func northwind(_ file: String, _ mapping: String) throws -> [MappedRow] {
    let folder = try #require(sampleData) + "/northwind"
    let map = try MappingFile(path: examples + "/" + mapping + ".json")
    #expect(map.kind == mapping)
    let source = try ByteSource(path: folder + "/" + file)
    var rows = try MappedRows(source: source, mapping: map, lookupFolder: folder)
    var all: [MappedRow] = []
    while let row = try rows.next() { all.append(try row.get()) }
    return all
  }

  @Test("Northwind's 77 products have a number, a category by name and a state")
  func products() throws {
    let rows = try northwind("Products.csv", "products")
    #expect(rows.count == 77)
    #expect(
      rows.first?.values == [
        "sku": "NW-1", "name": "Chai", "category": "Beverages", "base_unit": "EA",
        "status": "active",
      ])
    #expect(rows.filter { $0.values["status"] == "archived" }.count == 8)
    #expect(Set(rows.map { $0.values["category"] }).count == 8)
    var categories: [String?] = []
    let folder = try #require(sampleData) + "/northwind"
    var file = try MappedRows(source: ByteSource(path: folder + "/Categories.csv"))
    while let row = try file.next() { categories.append(try row.get().values["categoryname"]) }
    #expect(Set(categories) == Set(rows.map { $0.values["category"] }))
  }

  @Test("Northwind's stock and prices name its products")
  func stockAndPrices() throws {
    let skus = Set(try northwind("Products.csv", "products").map { $0.values["sku"] })
    let stock = try northwind("Products.csv", "stock")
    #expect(stock.count == 72)
    #expect(stock.first?.values == ["warehouse": "SEA", "sku": "NW-1", "qty": "39"])
    #expect(stock.allSatisfy { skus.contains($0.values["sku"]) })
    let prices = try northwind("Products.csv", "prices")
    #expect(prices.count == 77)
    #expect(
      prices.first?.values
        == ["sku": "NW-1", "list": "STANDARD", "currency": "USD", "amount": "18"])
  }

  @Test("Northwind's 91 customers have a country code, an address in one line and their accents")
  func customers() throws {
    let rows = try northwind("Customers.csv", "customers")
    #expect(rows.count == 91)
    #expect(Set(rows.map { $0.values["country"] }).count == 21)
    #expect(
      rows[1].values == [
        "code": "ANATR", "name": "Ana Trujillo Emparedados y helados", "country": "MX",
        "currency": "USD", "phone": "(5) 555-4729", "price_list": "STANDARD", "territory": "NORTHWIND",
        "address": "Avda. de la Constitución 2222, México D.F., 05021",
      ])
  }

  @Test("the warehouse that Northwind's stock names is in the file beside the mappings")
  func warehouses() throws {
    var rows = try MappedRows(source: ByteSource(path: examples + "/warehouses.csv"))
    #expect(rows.columns == ["code", "country", "name"])
    #expect(try rows.next()?.get().values["code"] == "SEA")
    #expect(try rows.next() == nil)
  }

  @Test("every file has as many rows as its README says, packed or not")
  func rowCounts() throws {
    let data = try #require(sampleData)
    var filesRead = 0
    for set in ["northwind", "adventureworks"] {
      let readme = try String(contentsOfFile: "\(data)/\(set)/README.md", encoding: .utf8)
      for line in readme.split(separator: "\n") where line.hasPrefix("| ") && line.contains(".csv") {
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let count = Int(cells[1].replacing(",", with: "")) else { continue }
        var reader = try CSVReader(source: ByteSource(path: "\(data)/\(set)/\(cells[0])"))
        var rows = 0
        while let row = try reader.next() {
          _ = try row.get()
          rows += 1
        }
        #expect(rows == count, "\(set)/\(cells[0])")
        filesRead += 1
      }
    }
    #expect(filesRead == 53)
  }

  @Test("AdventureWorks: a packed order line finds its product's number in another file")
  func adventureWorks() throws {
    let folder = try #require(sampleData) + "/adventureworks"
    let scratch = try ImportReadingFolder()
    let json = """
      {"kind": "orders", "where": {"column": "SourceSet", "in": ["A", "R"]}, "columns": {
        "number": {"from": "SalesOrderID", "transform": [{"prefix": "SO"}]},
        "customer": {"from": "SalesOrderID", "lookup": [
          {"file": "SalesOrderHeader.csv.gz", "key": "SalesOrderID", "column": "CustomerID"}]},
        "ordered_at": {"from": "SalesOrderID",
          "lookup": {"file": "SalesOrderHeader.csv.gz", "key": "SalesOrderID", "column": "OrderDate"},
          "transform": [{"date": "yyyy-MM-dd HH:mm:ss.SSS"}]},
        "sku": {"from": "ProductID",
          "lookup": {"file": "Product.csv", "key": "ProductID", "column": "ProductNumber"}},
        "qty": {"from": "OrderQty"}, "unit_price": {"from": "UnitPrice"}}}
      """
    let map = try MappingFile(path: try scratch.file("orders.json", json))
    var rows = try MappedRows(
      source: ByteSource(path: folder + "/SalesOrderDetail.csv.gz"), mapping: map,
      lookupFolder: folder)
    #expect(
      try rows.next()?.get().values == [
        "number": "SO43659", "customer": "29825", "ordered_at": "2022-05-30", "sku": "BK-M82B-42",
        "qty": "1", "unit_price": "2024.9940",
      ])
    var refused = 0
    while let row = try rows.next() { if case .failure = row { refused += 1 } }
    #expect(refused == 0)
  }
}
