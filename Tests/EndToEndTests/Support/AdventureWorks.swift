import Foundation
import Testing

/// What resellers ordered on 2024-06-29 of the sales persons 277 and 279, from the AdventureWorks sample.
struct AdventureWorks {
  struct Line {
    let sku: String
    let quantity: Int
    /// With the discount, half a ten-thousandth rounded up: what an order line can say.
    let price: Decimal
  }

  struct Order {
    let salesPerson: Int
    let customer: String
    /// As the sample has it: the sum of unrounded lines.
    let subTotal: Decimal
    let lines: [Line]

    /// Every line rounded to cents, half up, and added.
    var total: Decimal { lines.reduce(0) { $0 + ($1.price * Decimal($1.quantity)).rounded(to: 2) } }

    /// How far rounding may take the total from the sample's: half a cent a line for its amount, and half a
    /// ten-thousandth a piece for its price.
    var roundingMax: Decimal {
      lines.reduce(0) { $0 + Decimal(5) / 1_000 + Decimal($1.quantity) * 5 / 100_000 }
    }
  }

  static let folder = SampleRow.folder("adventureworks", with: "Product.csv")

  /// In order of their numbers.
  let orders: [Order]
  /// Pieces in Finished Goods Storage, place 7, by SKU.
  let stock: [String: Int]
  /// SKUs that are not sold any more.
  let archived: Set<String>

  init() async throws {
    let products = try SampleRow.table(AdventureWorks.folder, "Product.csv")
    let skus = Dictionary(
      uniqueKeysWithValues: try products.map { (try $0["ProductID"], try $0["ProductNumber"]) })
    archived = Set(try products.filter { try !$0["SellEndDate"].isEmpty }.map { try $0["ProductNumber"] })
    var stock: [String: Int] = [:]
    for row in try SampleRow.table(AdventureWorks.folder, "ProductInventory.csv")
    where try row["LocationID"] == "7" {
      stock[try #require(skus[try row["ProductID"]]), default: 0] += try row.whole("Quantity")
    }
    self.stock = stock
    let headers = try await AdventureWorks.headers()
    let lines = try await AdventureWorks.lines(of: headers, skus)
    let customers = try await AdventureWorks.customers(of: headers)
    orders = try headers.map { header in
      Order(
        salesPerson: try header.whole("SalesPersonID"),
        customer: try #require(customers[try header["CustomerID"]]), subTotal: try header.decimal("SubTotal"),
        lines: lines[try header["SalesOrderID"], default: []])
    }
  }

  private static func headers() async throws -> [SampleRow] {
    try await SampleRow.packedTable(folder, "SalesOrderHeader.csv.gz") { $0.contains(",2024-06-29 ") }
      .filter {
        try $0["OrderDate"].hasPrefix("2024-06-29") && ["277", "279"].contains(try $0["SalesPersonID"])
      }
      .sorted { try $0.whole("SalesOrderID") < $1.whole("SalesOrderID") }
  }

  private static func lines(
    of headers: [SampleRow], _ skus: [String: String]
  ) async throws -> [String: [Line]] {
    let orders = Set(try headers.map { try $0["SalesOrderID"] })
    let rows = try await SampleRow.packedTable(folder, "SalesOrderDetail.csv.gz") {
      orders.contains(String($0.prefix { $0 != "," }))
    }
    return try Dictionary(grouping: rows) { try $0["SalesOrderID"] }.mapValues { rows in
      try rows.map { row in
        let price = try row.decimal("UnitPrice") * (1 - row.decimal("UnitPriceDiscount"))
        return Line(
          sku: try #require(skus[try row["ProductID"]]), quantity: try row.whole("OrderQty"),
          price: price.rounded(to: 4))
      }
    }
  }

  /// The customers' codes by their numbers.
  private static func customers(of headers: [SampleRow]) async throws -> [String: String] {
    let numbers = Set(try headers.map { try $0["CustomerID"] })
    let rows = try await SampleRow.packedTable(folder, "Customer.csv.gz") {
      numbers.contains(String($0.prefix { $0 != "," }))
    }
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0["CustomerID"], try $0["AccountNumber"]) })
  }
}

extension Decimal {
  /// Half away from zero.
  func rounded(to places: Int) -> Decimal {
    var (number, result) = (self, Decimal())
    NSDecimalRound(&result, &number, places, .plain)
    return result
  }
}
