import CentralStore

/// Our columns of each kind of file (docs/OPERATING.md, "Files to import").
extension ImportKind {
  /// A file without one of these is another kind of file.
  var requiredColumns: [String] {
    switch self {
    case .warehouses: ["code", "name"]
    case .products: ["sku", "name"]
    case .prices: ["sku", "list", "currency", "amount"]
    case .customers: ["code", "name"]
    case .stock: ["warehouse", "sku", "qty"]
    }
  }

  /// What may be missing, and is empty then.
  var optionalColumns: [String] {
    switch self {
    case .warehouses: ["country"]
    case .products:
      ["category", "base_unit", "gtin", "hs_code", "origin", "weight_g", "status", "description"]
    case .prices: ["min_qty", "from"]
    case .customers:
      [
        "country", "currency", "tax_id", "phone", "email", "address", "status", "agent", "territory",
        "price_list", "warehouse",
      ]
    case .stock: ["bin", "lot", "expiry", "condition", "minimum"]
    }
  }

  var columns: [String] { requiredColumns + optionalColumns }
}
