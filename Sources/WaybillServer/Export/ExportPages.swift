import CentralStore
import TradeRules

/// Reads an export page by page: `{"rows":[…],"next":…}`, where `next` is the place to go on from, null at the
/// end.
struct ExportPages {
  private let queries: CentralQueries

  static let rowsMax = 1_000

  init(_ queries: CentralQueries) { self.queries = queries }

  /// - Parameter place: `next` of the page before; empty for the first.
  func page(of kind: ExportKind, after place: String) throws -> JSONValue {
    switch kind {
    case .warehouses: return try page(after: place, warehouse)
    case .products: return try page(after: place, product)
    case .categories: return try page(after: place, CatalogExports.category)
    case .packs: return try page(after: place, CatalogExports.pack)
    case .translations: return try page(after: place, CatalogExports.translation)
    case .attributes: return try page(after: place, CatalogExports.attribute)
    case .barcodes: return try page(after: place, CatalogExports.barcode)
    case .rates: return try page(after: place, CatalogExports.rate)
    case .taxes: return try page(after: place, CatalogExports.tax)
    case .prices:
      let lists = try queries.priceLists()
      return try page(after: place) { price($0, lists[$0.list]) }
    case .customers:
      let customers = try queries.customers(after: place, limit: ExportPages.rowsMax)
      return document(customers.map(customer), next: customers.last?.code)
    case .suppliers: return try page(after: place, CatalogExports.supplier)
    case .stock: return try stockPage(after: place)
    case .payments: return try paymentPage(after: place)
    case .orders:
      let orders = try queries.orders(after: place, limit: ExportPages.rowsMax)
      return document(orders.map(order), next: orders.last?.order.number)
    }
  }

  private func document(_ rows: [JSONValue], next: String?, count: Int? = nil) -> JSONValue {
    ["rows": .array(rows), "next": (count ?? rows.count) < ExportPages.rowsMax ? nil : .text(next)]
  }

  private func page<C: TableColumns>(
    after place: String, _ row: (Record<C>) -> JSONValue
  ) throws -> JSONValue {
    let records = try queries.page(of: C.self, after: try key(C.self, place), limit: ExportPages.rowsMax)
    return document(records.map(row), next: records.last.map { Base64.text($0.key.bytes) })
  }

  private func key<C: TableColumns>(_: C.Type, _ place: String) throws -> RowKey? {
    if place.isEmpty { return nil }
    guard let bytes = Base64.bytes(place) else { throw Failure(.malformed, "the place of a page") }
    return RowKey(table: C.number, bytes: bytes)
  }

  // MARK: Rows

  private func warehouse(_ row: Warehouse) -> JSONValue {
    ["code": .string(row.code), "name": .string(row.name), "country": .string(row.country)]
  }

  private func product(_ row: Product) -> JSONValue {
    [
      "sku": .string(row.sku), "name": .string(row.name), "category": .string(row.category),
      "baseUnit": .string(row.baseUnit), "gtin": .string(row.gtin), "hsCode": .string(row.hsCode),
      "origin": .string(row.origin), "weightG": row.weightGrams == 0 ? nil : .integer(row.weightGrams),
      "status": .string(row.status.rawValue), "description": .string(row.description),
      "taxClass": .string(row.taxClass),
    ]
  }

  private func price(_ row: Price, _ list: PriceList?) -> JSONValue {
    [
      "sku": .string(row.sku), "list": .string(row.list), "currency": .text(list?.currency),
      "amount": .string(row.amount.decimalText), "minQty": .quantity(row.minQuantity),
      "from": .instant(row.validFrom), "pack": .string(row.pack),
      "taxIncluded": .bool(list?.isTaxIncluded ?? false),
    ]
  }

  private func customer(_ row: Customer) -> JSONValue {
    [
      "id": .string(row.id.description), "code": .string(row.code), "name": .string(row.name.text),
      "country": .string(row.country), "currency": .string(row.currency), "taxId": .string(row.taxId.text),
      "phone": .string(row.phone.text), "email": .string(row.email.text),
      "address": .string(row.address.text),
      "status": .string(row.status.rawValue), "agent": .text(row.agent), "territory": .text(row.territory),
      "priceList": .string(row.priceList), "warehouse": .text(row.warehouse),
    ]
  }

  private func stockPage(after place: String) throws -> JSONValue {
    let key = try key(StockColumns.self, place)
    let rows = try queries.page(of: StockColumns.self, after: key, limit: ExportPages.rowsMax)
    let expiries = try queries.expiries(of: rows)
    let minimums = try queries.minimums(of: rows)
    // Places that are empty now are no stock, but where somebody minds that they are.
    let shown = rows.compactMap { row -> JSONValue? in
      let minimum = minimums[RowKey(StockMinimumColumns.self, row.warehouse, row.sku)]
      guard row.onHand != .zero || minimum != nil else { return nil }
      return [
        "warehouse": .string(row.warehouse), "sku": .string(row.sku), "qty": .quantity(row.onHand),
        "bin": .string(row.bin), "lot": .string(row.lot),
        "expiry": .string(expiries[RowKey(LotColumns.self, row.sku, row.lot)] ?? ""),
        "condition": .string(row.condition.rawValue), "minimum": minimum.map { .quantity($0) } ?? .null,
      ]
    }
    return document(shown, next: rows.last.map { Base64.text($0.key.bytes) }, count: rows.count)
  }

  /// Money that came in; what was given back is no payment of anybody's.
  private func paymentPage(after place: String) throws -> JSONValue {
    let key = try key(PaymentColumns.self, place)
    let rows = try queries.page(of: PaymentColumns.self, after: key, limit: ExportPages.rowsMax)
    let (numbers, exponents) = (try queries.orderNumbers(of: rows), try queries.exponents())
    let shown = rows.filter { $0.kind == .payment }.map { row -> JSONValue in
      let exponent = Int(exponents[row.currency] ?? 2)
      return [
        "reference": .string(row.reference), "order": .text(numbers[row.order]),
        "method": .string(row.method.rawValue),
        "amount": .string(Decimals.text(row.amountMinor, decimals: exponent, showing: exponent)),
        "currency": .string(row.currency), "at": .instant(row.at),
      ]
    }
    return document(shown, next: rows.last.map { Base64.text($0.key.bytes) }, count: rows.count)
  }

  private func order(_ sheet: OrderSheetRows) -> JSONValue {
    let order = sheet.order
    return [
      "id": .string(order.id.description), "number": .string(order.number),
      "state": .string(order.state.rawValue), "customer": .string(order.customerCode),
      "agent": .text(order.agent), "warehouse": .string(order.warehouse),
      "currency": .string(order.currency), "orderedAt": .instant(order.orderedAt),
      "totalMinor": .integer(order.totalMinor),
      "lines": .array(
        sheet.lines.filter { !$0.isRemoved }.map { line in
          [
            "line": .integer(line.line), "sku": .string(line.sku), "qty": .quantity(line.ordered),
            "unitPrice": .string(line.unitPrice.decimalText), "allocated": .quantity(line.allocated),
            "backordered": .quantity(line.backordered), "picked": .quantity(line.picked),
            "shipped": .quantity(line.shipped), "cancelled": .quantity(line.cancelled),
            "pack": .string(line.pack),
          ]
        }),
    ]
  }
}
