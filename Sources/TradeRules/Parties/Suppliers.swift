extension CreateSupplier {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard try trade.find(SupplierColumns.self, form.code) == nil else {
      throw .refused(Refusal(.codeTaken, form.code))
    }
    let supplier = try makeSupplier(form, in: trade)
    trade.put(supplier)
    trade.tell(kind.rawValue, of: supplier.code, places: trade.catalogPlaces)
    return Verdict(.applied)
  }

  /// The supplier a form describes; its code may still be taken.
  static func makeSupplier(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> Supplier {
    var supplier = Supplier()
    supplier.code = form.code
    supplier.name = form.name
    supplier.country = form.country ?? ""
    supplier.currency = form.currency ?? ""
    supplier.status = form.status ?? .active
    try trade.check(Names.isLabel(form.code), "code")
    try trade.checkFields(of: supplier)
    return supplier
  }
}

extension EditSupplier {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var supplier = try trade.find(SupplierColumns.self, form.code) else {
      throw .refused(Refusal(.unknownSupplier, form.code))
    }
    var wanted = supplier
    wanted.name = form.name ?? supplier.name
    wanted.country = form.country ?? ""
    wanted.currency = form.currency ?? ""
    wanted.status = SupplierStatus(rawValue: form.status ?? supplier.status.rawValue)
    try trade.checkFields(of: wanted)
    let result = try FieldMerge.apply(
      form.form, to: &supplier, called: supplier.code, places: trade.catalogPlaces, in: trade)
    trade.put(supplier)
    return result.verdict()
  }
}

extension Trade {
  /// Refuses what no supplier can be.
  func checkFields(of supplier: Supplier) throws(Interruption) {
    try check(!supplier.name.isEmpty, "name")
    try check(supplier.status == .active || supplier.status == .blocked, "status")
    try check(supplier.country.isEmpty || Names.isCountry(supplier.country), "country")
    if !supplier.currency.isEmpty, try find(CurrencyColumns.self, supplier.currency) == nil {
      throw .refused(Refusal(.unknownCurrency, supplier.currency))
    }
  }
}

extension ImportSuppliers {
  private static let entry = FormDescription(CreateSupplier.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("supplier", rows.map(\.code))
        + rows.flatMap { row -> [Need] in
          [.row(RowKey(SupplierColumns.self, row.code))]
            + (row.currency.map { [.row(RowKey(CurrencyColumns.self, $0))] } ?? [])
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func take(
    _ row: Filled<CreateSupplier>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let imported = try ImportedRow("supplier", row.code, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let new = try CreateSupplier.makeSupplier(row, in: trade)
    let found = try trade.find(SupplierColumns.self, row.code)
    imported.keep(in: trade)
    guard var supplier = found else {
      trade.put(new)
      return .created
    }
    let fields = try imported.update(&supplier, to: new, in: trade)
    trade.put(supplier)
    trade.tell(
      kind.rawValue, of: supplier.code, PersonalText(fields.joined(separator: ", ")),
      places: trade.catalogPlaces)
    return .updated
  }
}
