import TradeRules

/// What can be exported. The columns are those an import reads, so that an export can be imported elsewhere.
enum ExportKind: String, CaseIterable, Codable, Sendable {
  case warehouses, categories, products, packs, translations, attributes, prices, barcodes, rates, taxes
  case customers, suppliers, stock, orders, payments

  /// A column of a CSV file.
  struct Column {
    /// In the header of a CSV file.
    let name: String
    /// In a JSON object.
    let member: String
    /// A text that a spreadsheet could take for a formula; numbers and times keep their sign.
    let isText: Bool
  }

  var columns: [Column] {
    switch self {
    case .warehouses: texts("code", "name", "country")
    case .products:
      texts("sku", "name", "category", "base_unit", "gtin", "hs_code", "origin")
        + [number("weight_g")] + texts("status", "description", "tax_class")
    case .categories: texts("code", "parent", "name")
    case .packs: texts("sku", "code") + [number("factor")] + texts("unit")
    case .translations: texts("sku", "locale", "name", "description")
    case .attributes: texts("sku", "name", "value")
    case .barcodes: texts("code", "sku", "pack")
    case .rates: texts("from", "to") + [number("rate"), number("as_of")] + texts("source")
    case .taxes: texts("class", "jurisdiction") + [number("rate"), number("from")]
    case .prices:
      texts("sku", "list", "currency") + [number("amount"), number("min_qty"), number("from")]
        + texts("pack", "tax_included")
    case .customers:
      texts(
        "code", "name", "country", "currency", "tax_id", "phone", "email", "address", "status", "agent",
        "territory", "price_list", "warehouse")
    case .suppliers: texts("code", "name", "country", "currency", "status")
    case .stock:
      texts("warehouse", "sku") + [number("qty")] + texts("bin", "lot", "expiry", "condition")
        + [number("minimum")]
    case .payments:
      texts("reference", "order", "method") + [number("amount")] + texts("currency") + [number("at")]
    case .orders:
      texts("number", "state", "customer", "agent", "warehouse", "currency") + [number("ordered_at")]
        + [number("line")] + texts("sku") + [number("qty"), number("unit_price")]
        + texts("pack")
    }
  }

  private func texts(_ names: String...) -> [Column] {
    names.map { Column(name: $0, member: ExportKind.member($0), isText: true) }
  }

  private func number(_ name: String) -> Column {
    Column(name: name, member: ExportKind.member(name), isText: false)
  }

  /// `base_unit` → `baseUnit`.
  private static func member(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}
