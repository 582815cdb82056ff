import CentralStore

/// Our columns of each kind of file (docs/OPERATING.md, "Files to import").
extension ImportKind {
  /// A file without one of these is another kind of file.
  var requiredColumns: [String] {
    switch self {
    case .warehouses: ["code", "name"]
    case .categories: ["code"]
    case .products: ["sku", "name"]
    case .packs: ["sku", "code", "factor"]
    case .translations: ["sku", "locale"]
    case .attributes: ["sku", "name", "value"]
    case .barcodes: ["code", "sku"]
    case .rates: ["from", "to", "rate", "as_of"]
    case .taxes: ["class", "jurisdiction", "rate"]
    case .prices: ["sku", "list", "currency", "amount"]
    case .customers, .suppliers: ["code", "name"]
    case .stock: ["warehouse", "sku", "qty"]
    case .payments: ["reference", "order", "amount", "currency"]
    case .orders: ["number", "customer", "sku", "qty"]
    }
  }

  /// What may be missing, and is empty then.
  var optionalColumns: [String] {
    switch self {
    case .warehouses: ["country"]
    case .products:
      [
        "category", "base_unit", "gtin", "hs_code", "origin", "weight_g", "status", "description",
        "tax_class",
      ]
    case .categories: ["parent", "name"]
    case .packs: ["unit", "barcode"]
    case .translations: ["name", "description"]
    case .attributes: []
    case .barcodes: ["pack"]
    case .rates: ["source"]
    case .taxes: ["from"]
    case .prices: ["min_qty", "from", "pack", "tax_included"]
    case .customers:
      [
        "country", "currency", "tax_id", "phone", "email", "address", "status", "agent", "territory",
        "price_list", "warehouse",
      ]
    case .suppliers: ["country", "currency", "status"]
    case .stock: ["bin", "lot", "expiry", "condition", "minimum"]
    case .payments: ["method", "at"]
    case .orders: ["state", "agent", "warehouse", "currency", "ordered_at", "line", "unit_price", "pack"]
    }
  }

  var columns: [String] { requiredColumns + optionalColumns }

  /// How many are sent at once: an order has many lines, and everybody waits while they ask for stock.
  var chunkMax: Int { self == .orders ? 50 : ImportChunk.rowsMax }
}
