import ReplicaStore
import TradeRules

/// One product's stock, warehouse by warehouse.
struct StockShown {
  let product: Product
  let sheets: [StockSheet]
  /// When the centre was last heard.
  let asOf: Instant?

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    [
      "sku": .string(product.sku), "asOf": .instant(asOf),
      "warehouses": .array(
        sheets.map { sheet in sheet.json.adding(["bins": .array(sheet.places.map(\.json))]) }),
    ]
  }

  private var text: String {
    var lines = ["\(product.sku)  \(product.name)  (\(product.baseUnit))"]
    guard !sheets.isEmpty else { return lines[0] + "\nNo stock in any warehouse of this device." }
    var levels = TextTable.levels(first: "WAREHOUSE")
    var places = TextTable([
      .left("WAREHOUSE"), .left("BIN"), .left("LOT"), .left("EXPIRY"), .left("CONDITION"), .right("ON HAND"),
    ])
    for sheet in sheets {
      levels.add(sheet, first: sheet.level.warehouse)
      for place in sheet.places {
        let condition = place.stock.condition == .good ? "" : place.stock.condition.rawValue
        places.add(
          place.stock.warehouse, place.stock.bin, place.stock.lot, place.expiry, condition,
          place.stock.onHand.decimalText)
      }
    }
    lines += levels.lines
    if !places.isEmpty { lines += [""] + places.lines }
    return lines.joined(separator: "\n")
  }
}

/// Every level, one line each.
struct StockListed {
  let levels: [StockSheet]
  let asOf: Instant?

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    [
      "asOf": .instant(asOf),
      "stock": .array(levels.map { (["sku": .string($0.level.sku)] as JSONValue).followed(by: $0.json) }),
    ]
  }

  private var text: String {
    guard !levels.isEmpty else { return "No stock in any warehouse of this device." }
    var table = TextTable.levels(first: "WAREHOUSE", second: "SKU")
    for sheet in levels { table.add(sheet, first: sheet.level.warehouse, second: sheet.level.sku) }
    return table.text
  }
}

extension StockSheet {
  /// available = onHand − unavailable − allocated − setAside; `mine` is this device's part of setAside.
  /// Nothing is on its way before there are purchase orders.
  fileprivate var json: JSONValue {
    [
      "warehouse": .string(level.warehouse), "onHand": .quantity(level.onHand),
      "unavailable": .quantity(level.unavailable),
      "allocated": .quantity(level.allocated), "setAside": .quantity(level.setAside),
      "mine": .quantity(mine),
      "available": .quantity(level.available), "incoming": .quantity(Quantity.zero),
    ]
  }
}

extension StockPlace {
  fileprivate var json: JSONValue {
    [
      "bin": .string(stock.bin), "lot": stock.lot.isEmpty ? .null : .string(stock.lot),
      "expiry": expiry.isEmpty ? .null : .string(expiry), "condition": .string(stock.condition.rawValue),
      "onHand": .quantity(stock.onHand),
    ]
  }
}

extension TextTable {
  fileprivate static func levels(first: String, second: String? = nil) -> TextTable {
    let names = [first] + (second.map { [$0] } ?? [""])
    let numbers = ["ON HAND", "UNAVAILABLE", "ALLOCATED", "SET ASIDE", "MINE", "AVAILABLE"]
    return TextTable(names.map(Column.left) + numbers.map(Column.right))
  }

  fileprivate mutating func add(_ sheet: StockSheet, first: String, second: String = "") {
    let level = sheet.level
    add(
      first, second, level.onHand.decimalText, level.unavailable.decimalText, level.allocated.decimalText,
      level.setAside.decimalText, sheet.mine == .zero ? "" : sheet.mine.decimalText,
      level.available.decimalText)
  }
}
