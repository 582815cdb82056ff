import Foundation
import Testing

/// The checkout this test was built from.
enum Checkout {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}

/// The Northwind sample, read here by means of its own, so that nothing is checked against itself.
struct Northwind {
  struct Line {
    let sku: String
    let quantity: Int
    /// With the discount, up to four decimals.
    let price: Decimal
  }

  struct Order {
    let customer: String
    let employee: Int
    let lines: [Line]
  }

  /// The folder with the CSV files; nil when the sample is not here.
  static let folder = SampleRow.folder("northwind", with: "Orders.csv")

  /// Units in stock by SKU.
  let stock: [String: Int]
  /// SKUs that are not sold any more.
  let archived: Set<String>
  /// Orders of April 1997, in order of their numbers.
  let orders: [Order]

  init() throws {
    let products = try SampleRow.table(Northwind.folder, "Products.csv")
    stock = Dictionary(
      uniqueKeysWithValues: try products.map { ("NW-" + (try $0["ProductID"]), try $0.whole("UnitsInStock")) }
    )
    archived = Set(
      try products.filter { try $0["Discontinued"] == "1" }.map { "NW-" + (try $0["ProductID"]) })
    let lines = try Dictionary(grouping: SampleRow.table(Northwind.folder, "OrderDetails.csv")) {
      try $0["OrderID"]
    }
    orders = try SampleRow.table(Northwind.folder, "Orders.csv")
      .filter { try $0["OrderDate"].hasPrefix("1997-04") }
      .sorted { try $0.whole("OrderID") < $1.whole("OrderID") }
      .map { order in
        Order(
          customer: try order["CustomerID"], employee: try order.whole("EmployeeID"),
          lines: try lines[order["OrderID"], default: []].map(Line.init))
      }
  }
}

extension Northwind.Line {
  fileprivate init(_ row: SampleRow) throws {
    sku = "NW-" + (try row["ProductID"])
    quantity = try row.whole("Quantity")
    price = try row.decimal("UnitPrice") * (1 - row.decimal("Discount"))
  }
}
