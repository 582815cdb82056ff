import TradeRules

/// Rows of the catalog, and of what money is worth, as an export has them.
enum CatalogExports {
  static func category(_ row: TradeRules.Category) -> JSONValue {
    ["code": .string(row.code), "parent": .string(row.parent), "name": .string(row.name)]
  }

  static func supplier(_ row: Supplier) -> JSONValue {
    [
      "code": .string(row.code), "name": .string(row.name), "country": .string(row.country),
      "currency": .string(row.currency), "status": .string(row.status.rawValue),
    ]
  }

  static func pack(_ row: Pack) -> JSONValue {
    [
      "sku": .string(row.sku), "code": .string(row.code), "factor": .quantity(row.factor),
      "unit": .string(row.unit),
    ]
  }

  static func translation(_ row: Translation) -> JSONValue {
    [
      "sku": .string(row.sku), "locale": .string(row.locale), "name": .string(row.name),
      "description": .string(row.description),
    ]
  }

  static func attribute(_ row: Attribute) -> JSONValue {
    ["sku": .string(row.sku), "name": .string(row.name), "value": .string(row.value)]
  }

  static func barcode(_ row: Barcode) -> JSONValue {
    ["code": .string(row.code), "sku": .string(row.sku), "pack": .string(row.pack)]
  }

  static func rate(_ row: ExchangeRate) -> JSONValue {
    [
      "from": .string(row.fromCurrency), "to": .string(row.toCurrency),
      "rate": .string(row.ratio.decimalText), "asOf": .instant(row.asOf), "source": .string(row.source),
    ]
  }

  static func tax(_ row: TaxRate) -> JSONValue {
    [
      "class": .string(row.taxClass), "jurisdiction": .string(row.jurisdiction),
      "rate": .string(row.percent.decimalText), "from": .instant(row.validFrom),
    ]
  }
}
