import CentralStore
import TradeRules

/// The values of one row of a file, by our columns.
struct RowValues {
  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// Without outer blanks, and without the apostrophe that our exports put before what a spreadsheet would
  /// run; empty when the file has no such column.
  func text(_ column: String) -> String {
    guard let value = values[column] else { return "" }
    let text = String(value.trimmingWhitespace())
    guard text.utf8.first == UInt8(ascii: "'") else { return text }
    let rest = String(text.dropFirst())
    return CSVField.escapedForSpreadsheet(rest) == text ? rest : text
  }

  /// Nil when empty.
  func optional(_ column: String) -> String? {
    let text = text(column)
    return text.isEmpty ? nil : text
  }

  func personal(_ column: String) -> PersonalText? { optional(column).map { PersonalText($0) } }

  /// - Throws: `BAD_QUANTITY` for a text that is no number with at most three decimals.
  func quantity(_ column: String) throws(Refusal) -> Quantity {
    guard let quantity = Quantity(decimal: text(column)) else {
      throw Refusal(.badQuantity, "\(column) “\(text(column))”")
    }
    return quantity
  }

  /// - Throws: `BAD_VALUE` when `read` finds no value in a text that is not empty.
  func value<V>(_ column: String, _ read: (String) -> V?) throws(Refusal) -> V? {
    guard let text = optional(column) else { return nil }
    guard let value = read(text) else { throw Refusal(.badValue, "\(column) “\(text)”") }
    return value
  }
}

extension ImportKind {
  /// The form that a row's values fill in, or those of the rows of one order. Syntax only; the rules judge
  /// what it means.
  ///
  /// - Parameter rows: more than one only of orders, never none.
  /// - Throws: `Refusal` with `BAD_VALUE` or `BAD_QUANTITY` and the column.
  func form(of rows: [RowValues]) throws(Refusal) -> Form {
    let form = try read(rows)
    // A mapping may have made a text longer than the file's.
    guard form.longestTextBytes <= RowLimits.textBytesMax else {
      throw Refusal(.badValue, "a text of \(form.longestTextBytes) bytes")
    }
    return form
  }

  private func read(_ rows: [RowValues]) throws(Refusal) -> Form {
    let values = rows[0]
    switch self {
    case .orders: return try OrderRows(rows).form
    case .warehouses: return warehouse(values)
    case .categories: return category(values)
    case .products: return try product(values)
    case .packs: return try pack(values)
    case .translations: return translation(values)
    case .attributes: return attribute(values)
    case .barcodes: return barcode(values)
    case .rates: return try rate(values)
    case .taxes: return try tax(values)
    case .prices: return try price(values)
    case .customers: return customer(values)
    case .suppliers: return supplier(values)
    case .stock: return try stock(values)
    case .payments: return try payment(values)
    }
  }

  private func warehouse(_ values: RowValues) -> Form {
    Filled<WarehouseEntry> {
      $0.code = values.text("code")
      $0.name = values.text("name")
      $0.country = values.text("country")
    }.form
  }

  private func product(_ values: RowValues) throws(Refusal) -> Form {
    let weight = try values.value("weight_g") { Decimals.integer($0, decimals: 0) }
    return Filled<CreateProduct> {
      $0.sku = values.text("sku")
      $0.name = values.text("name")
      $0.category = values.optional("category")
      $0.baseUnit = values.optional("base_unit")
      $0.status = values.optional("status").map { ProductStatus(rawValue: $0) }
      $0.gtin = values.optional("gtin")
      $0.hsCode = values.optional("hs_code")
      $0.origin = values.optional("origin")
      $0.weightGrams = weight
      $0.description = values.optional("description")
      $0.taxClass = values.optional("tax_class")
    }.form
  }

  private func price(_ values: RowValues) throws(Refusal) -> Form {
    guard let amount = try values.value("amount", { UnitPrice(decimal: $0) }) else {
      throw Refusal(.badValue, "amount is empty")
    }
    let minQuantity = try values.optional("min_qty") == nil ? .zero : values.quantity("min_qty")
    let from = try values.value("from") { Instant(timestamp: $0) }
    let isTaxIncluded = try values.value("tax_included") {
      ["yes": true, "no": false, "true": true, "false": false][$0]
    }
    return Filled<PriceEntry> {
      $0.sku = values.text("sku")
      $0.list = values.text("list")
      $0.currency = values.text("currency")
      $0.amount = amount
      $0.minQuantity = minQuantity
      $0.validFrom = from
      $0.pack = values.optional("pack")
      $0.isTaxIncluded = isTaxIncluded
    }.form
  }

  private func customer(_ values: RowValues) -> Form {
    Filled<CreateCustomer> {
      $0.code = values.text("code")
      $0.name = PersonalText(values.text("name"))
      $0.phone = values.personal("phone")
      $0.email = values.personal("email")
      $0.taxId = values.personal("tax_id")
      $0.address = values.personal("address")
      $0.status = values.optional("status").map { CustomerStatus(rawValue: $0) }
      $0.country = values.optional("country")
      $0.currency = values.optional("currency")
      $0.priceList = values.optional("price_list")
      $0.agent = values.optional("agent")
      $0.territory = values.optional("territory")
      $0.warehouse = values.optional("warehouse")
    }.form
  }

  private func stock(_ values: RowValues) throws(Refusal) -> Form {
    let quantity = try values.quantity("qty")
    // An opening is of good stock: what is damaged is booked by people who look at it.
    guard [nil, "good"].contains(values.optional("condition")) else {
      throw Refusal(.badValue, "condition “\(values.text("condition"))”")
    }
    let minimum = try values.optional("minimum") == nil ? nil : values.quantity("minimum")
    return Filled<StockEntry> {
      $0.minimum = minimum
      $0.warehouse = values.text("warehouse")
      $0.sku = values.text("sku")
      $0.bin = values.text("bin")
      $0.lot = values.text("lot")
      $0.expiry = values.text("expiry")
      $0.quantity = quantity
    }.form
  }
}
