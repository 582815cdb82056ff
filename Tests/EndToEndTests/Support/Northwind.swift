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
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["WAYBILL_SAMPLE_DATA"].map { URL(filePath: $0) }
    let places = [named, Checkout.root.deletingLastPathComponent().appending(path: "shared/data")]
    return places.compactMap { $0?.appending(path: "northwind") }.first {
      FileManager.default.fileExists(
        atPath: $0.appending(path: "Orders.csv").path(percentEncoded: false))
    }
  }()

  /// Units in stock by SKU.
  let stock: [String: Int]
  /// SKUs that are not sold any more.
  let archived: Set<String>
  /// Orders of April 1997, in order of their numbers.
  let orders: [Order]

  init() throws {
    let products = try Northwind.table("Products.csv")
    stock = Dictionary(
      uniqueKeysWithValues: try products.map { ("NW-" + (try $0["ProductID"]), try $0.whole("UnitsInStock")) }
    )
    archived = Set(
      try products.filter { try $0["Discontinued"] == "1" }.map { "NW-" + (try $0["ProductID"]) })
    let lines = try Dictionary(grouping: Northwind.table("OrderDetails.csv")) { try $0["OrderID"] }
    orders = try Northwind.table("Orders.csv")
      .filter { try $0["OrderDate"].hasPrefix("1997-04") }
      .sorted { try $0.whole("OrderID") < $1.whole("OrderID") }
      .map { order in
        Order(
          customer: try order["CustomerID"], employee: try order.whole("EmployeeID"),
          lines: try lines[order["OrderID"], default: []].map(Line.init))
      }
  }

  /// One row of a file by the names of its columns.
  fileprivate struct Cells {
    let cells: [String: String]

    subscript(_ name: String) -> String {
      get throws {
        guard let cell = cells[name] else { throw Surprise("no column \(name)") }
        return cell
      }
    }

    func whole(_ name: String) throws -> Int { try #require(Int(try self[name])) }
    func decimal(_ name: String) throws -> Decimal { try #require(Decimal(string: try self[name])) }
  }

  /// The rows of a CSV file as the sample writes them: commas, double quotes, CRLF, a header.
  private static func table(_ name: String) throws -> [Cells] {
    let text = try String(contentsOf: try #require(folder).appending(path: name), encoding: .utf8)
    var rows: [[String]] = [[]]
    var cell = ""
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        rows[rows.count - 1].append(cell)
        cell = ""
      case "\r\n" where !isQuoted, "\n" where !isQuoted:
        rows[rows.count - 1].append(cell)
        cell = ""
        rows.append([])
      default: cell.append(character)
      }
    }
    let header = rows.removeFirst()
    return rows.filter { $0.count == header.count }
      .map { Cells(cells: Dictionary(uniqueKeysWithValues: zip(header, $0))) }
  }
}

extension Northwind.Line {
  fileprivate init(_ row: Northwind.Cells) throws {
    sku = "NW-" + (try row["ProductID"])
    quantity = try row.whole("Quantity")
    price = try row.decimal("UnitPrice") * (1 - row.decimal("Discount"))
  }
}
