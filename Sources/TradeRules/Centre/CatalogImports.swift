extension BeginImport {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.check(form.rows >= 0, "rows")
    try trade.check(form.fileHash.count == 32, "fileHash")
    return Verdict(.applied)
  }
}

extension EndImport {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.check(form.fileHash.count == 32, "fileHash")
    return Verdict(.applied)
  }
}

extension ImportWarehouses {
  private static let entry = FormDescription(WarehouseEntry.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let codes = form.rows.map(\.code)
    try trade.prepare(
      ImportedRow.needs("warehouse", codes) + codes.map { .row(RowKey(WarehouseColumns.self, $0)) })
    return try Importing.each(form.rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func take(
    _ row: Filled<WarehouseEntry>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    try trade.check(Names.isWord(row.code), "code")
    try trade.check(row.country.isEmpty || Names.isCountry(row.country), "country")
    let imported = try ImportedRow("warehouse", row.code, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    var new = Warehouse()
    new.code = row.code
    new.name = row.name
    new.country = row.country
    imported.keep(in: trade)
    guard var warehouse = try trade.find(WarehouseColumns.self, row.code) else {
      trade.put(new)
      return .created
    }
    _ = try imported.update(&warehouse, to: new, in: trade)
    trade.put(warehouse)
    return .updated
  }
}

extension ImportProducts {
  private static let entry = FormDescription(CreateProduct.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("product", rows.map(\.sku))
        + rows.flatMap { row -> [Need] in
          [
            .row(RowKey(ProductColumns.self, row.sku)),
            .row(RowKey(UnitColumns.self, row.baseUnit ?? "EA")),
            .range(RowRange(ProductColumns.self, "product_folded", [row.skuFolded])),
          ]
            + (row.category.map { [.row(RowKey(CategoryColumns.self, $0))] } ?? [])
            + Barcodes.needs(row.gtin ?? "")
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func take(
    _ row: Filled<CreateProduct>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let imported = try ImportedRow("product", row.sku, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    var new = try CreateProduct.makeProduct(row, in: trade)
    if !new.gtin.isEmpty {
      try Barcodes.checkIsFree(new.gtin, for: BarcodeTarget(sku: new.sku), in: trade)
    }
    let found = try trade.find(ProductColumns.self, row.sku)
    // Stock is counted in the base unit: another one would change what every quantity means.
    try trade.check(found.map { $0.baseUnit == new.baseUnit } ?? true, "baseUnit")
    try Categories.ensure(new.category, in: trade)
    imported.keep(in: trade)
    guard var product = found else {
      _ = try Barcodes.follow(gtin: "", of: &new, in: trade)
      trade.put(new)
      return .created
    }
    let gtin = product.gtin
    let fields = try imported.update(&product, to: new, in: trade)
    _ = try Barcodes.follow(gtin: gtin, of: &product, in: trade)
    trade.put(product)
    trade.tell(
      kind.rawValue, of: product.sku, PersonalText(fields.joined(separator: ", ")), places: [.hq])
    return .updated
  }
}

extension ImportPrices {
  private static let entry = FormDescription(PriceEntry.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("price", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [
            .row(RowKey(ProductColumns.self, row.sku)), .row(RowKey(CurrencyColumns.self, row.currency)),
            .row(RowKey(PriceListColumns.self, row.list)),
            .range(RowRange(PriceListColumns.self, "price_list_currency", [row.currency])),
            .range(RowRange(PriceColumns.self, "price_of_product", [row.sku, row.list])),
          ] + (row.pack.map { [.row(RowKey(PackColumns.self, row.sku, $0))] } ?? [])
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<PriceEntry>) -> String {
    let from = row.validFrom.map { "\($0.milliseconds)" } ?? ""
    return ([row.list, row.sku, "\(row.minQuantity.thousandths)", from] + (row.pack.map { [$0] } ?? []))
      .joined(separator: "\u{1F}")
  }

  /// Publishes a price, unless the one in force at that time says the same. What is published never
  /// changes.
  private static func take(
    _ row: Filled<PriceEntry>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let imported = try ImportedRow("price", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    _ = try trade.checkProduct(row.sku)
    var list = try Prices.checkedList(
      row.list, row.currency, isTaxIncluded: row.isTaxIncluded, in: trade)
    try Prices.check(row.amount, row.minQuantity, in: trade)
    let factor = try Prices.factor(of: row.pack ?? "", row.sku, in: trade)
    let from = row.validFrom ?? trade.entry.receivedAt
    let inForce = try trade.all(PriceColumns.self, "price_of_product", row.sku, row.list)
      .filter { $0.minQuantity == row.minQuantity && $0.pack == row.pack ?? "" && $0.validFrom <= from }
      .max { $0.yields(to: $1) }
    if let inForce, inForce.amount != row.amount, inForce.validFrom == from {
      throw .refused(Refusal(.badValue, "a published price never changes; give a later date"))
    }
    imported.keep(in: trade)
    if inForce?.amount == row.amount {
      trade.put(list)
      return .unchanged
    }
    list.publication = trade.place
    trade.put(list)
    var price = Price()
    price.list = row.list
    price.sku = row.sku
    price.minQuantity = row.minQuantity
    price.validFrom = from
    price.amount = row.amount
    price.pack = row.pack ?? ""
    price.packFactor = factor
    price.publication = trade.place
    trade.put(price)
    return inForce == nil ? .created : .updated
  }
}
