extension ImportTranslations {
  private static let entry = FormDescription(TranslateProduct.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("translation", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [
            .row(RowKey(ProductColumns.self, row.sku)),
            .row(RowKey(TranslationColumns.self, row.sku, row.locale)),
          ]
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<TranslateProduct>) -> String {
    [row.sku, row.locale].joined(separator: "\u{1F}")
  }

  private static func take(
    _ row: Filled<TranslateProduct>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    _ = try trade.checkProduct(row.sku)
    var new = try TranslateProduct.emptyTranslation(row, in: trade)
    new.name = row.name ?? ""
    new.description = row.description ?? ""
    let imported = try ImportedRow("translation", external(row), row.form, entry, in: trade)
    let found = try trade.find(TranslationColumns.self, new.sku, new.locale)
    // A row without texts takes back what it said before; where it said nothing there is nothing to take.
    let saysNothing = new.name.isEmpty && new.description.isEmpty && imported.last == nil
    if imported.isUnchanged || saysNothing { return .unchanged }
    imported.keep(in: trade)
    var translation = found ?? Translation()
    translation.sku = new.sku
    translation.locale = new.locale
    let fields = try imported.update(&translation, to: new, in: trade)
    trade.put(translation)
    trade.tell(
      kind.rawValue, of: new.sku, PersonalText("\(fields.joined(separator: ", ")) [\(new.locale)]"),
      places: [.hq])
    return found == nil ? .created : .updated
  }
}

extension ImportAttributes {
  private static let entry = FormDescription(SetAttribute.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("attribute", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [
            .row(RowKey(ProductColumns.self, row.sku)),
            .row(RowKey(AttributeColumns.self, row.sku, row.name)),
          ]
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<SetAttribute>) -> String {
    [row.sku, row.name].joined(separator: "\u{1F}")
  }

  private static func take(
    _ row: Filled<SetAttribute>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    _ = try trade.checkProduct(row.sku)
    try trade.check(Names.isLabel(row.name), "name")
    let imported = try ImportedRow("attribute", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    imported.keep(in: trade)
    var new = Attribute()
    new.sku = row.sku
    new.name = row.name
    new.value = row.value
    let found = try trade.find(AttributeColumns.self, row.sku, row.name)
    var attribute = found ?? new
    _ = try imported.update(&attribute, to: new, in: trade)
    trade.put(attribute)
    return found == nil ? .created : .updated
  }
}

extension ImportPacks {
  private static let entry = FormDescription(CreatePack.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("pack", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [.row(RowKey(ProductColumns.self, row.sku)), .row(RowKey(PackColumns.self, row.sku, row.code))]
            + Barcodes.needs(row.barcode ?? "")
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<CreatePack>) -> String {
    [row.sku, row.code].joined(separator: "\u{1F}")
  }

  private static func take(
    _ row: Filled<CreatePack>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let imported = try ImportedRow("pack", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let target = BarcodeTarget(sku: row.sku, pack: row.code)
    let barcode = row.barcode ?? ""
    if !barcode.isEmpty { try Barcodes.checkIsFree(barcode, for: target, in: trade) }
    let isNew = try Packs.make(row, in: trade)
    var isLinked = true
    if !barcode.isEmpty {
      let code = try Barcodes.checkedCode(barcode)
      isLinked = try trade.find(BarcodeColumns.self, code)?.target == target
      _ = try Barcodes.link(code, to: target, in: trade)
    }
    imported.keep(in: trade)
    return isNew ? .created : isLinked ? .unchanged : .updated
  }
}

extension ImportBarcodes {
  private static let entry = FormDescription(LinkBarcode.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("barcode", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [.row(RowKey(ProductColumns.self, row.sku))] + Barcodes.needs(row.code)
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<LinkBarcode>) -> String {
    BarcodeText.normal(row.code) ?? row.code
  }

  /// Links a free code. One that stands for something else is refused: a file's reader sees it at once and
  /// needs no conflict to be told.
  private static func take(
    _ row: Filled<LinkBarcode>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let product = try trade.checkProduct(row.sku)
    let pack = row.pack ?? ""
    if !pack.isEmpty { _ = try Packs.check(pack, of: product.sku, in: trade) }
    let code = try Barcodes.checkedCode(row.code)
    let imported = try ImportedRow("barcode", code, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let target = BarcodeTarget(sku: product.sku, pack: pack)
    try Barcodes.checkIsFree(code, for: target, in: trade)
    let isLinked = try trade.find(BarcodeColumns.self, code)?.target == target
    _ = try Barcodes.link(code, to: target, in: trade)
    imported.keep(in: trade)
    return isLinked ? .unchanged : .created
  }
}

extension Barcodes {
  /// What a claim to a code reads; nothing for an empty one.
  static func needs(_ code: String) -> [Need] {
    guard !code.isEmpty, let code = BarcodeText.normal(code) else { return [] }
    let key = RowKey(BarcodeColumns.self, code)
    return [
      .row(key),
      .row(
        RowKey(
          FieldStampColumns.self, Int64(key.table), Int64(BarcodeColumns.columns.sku.number), key.bytes)),
    ]
  }
}
