extension ImportCategories {
  private static let entry = FormDescription(CreateCategory.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("category", rows.map(\.code))
        + rows.flatMap { row -> [Need] in
          [row.code, row.parent ?? ""].filter { !$0.isEmpty }
            .map { .row(RowKey(CategoryColumns.self, $0)) }
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func take(
    _ row: Filled<CreateCategory>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let new = try CreateCategory.makeCategory(row, in: trade)
    let imported = try ImportedRow("category", row.code, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let found = try trade.find(CategoryColumns.self, row.code)
    // Read before anything is written: a row that is refused leaves nothing behind.
    if try trade.find(CategoryColumns.self, new.parent) != nil || new.parent == new.code {
      try Categories.checkParent(of: new, in: trade)
    } else {
      try Categories.ensure(new.parent, in: trade)
    }
    imported.keep(in: trade)
    guard var category = found else {
      trade.put(new)
      return .created
    }
    // A row before this one may have named it: then it is of this very operation, and has no version yet.
    let isNew = category.row.version == 0
    _ = try imported.update(&category, to: new, in: trade)
    trade.put(category)
    return isNew ? .created : .updated
  }
}

extension ImportRates {
  private static let entry = FormDescription(SetExchangeRate.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("rate", rows.map(external))
        + rows.flatMap { row -> [Need] in
          [row.from, row.to].map { .row(RowKey(CurrencyColumns.self, $0)) }
            + (row.asOf.map { [.row(RowKey(ExchangeRateColumns.self, row.from, row.to, $0))] } ?? [])
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<SetExchangeRate>) -> String {
    [row.from, row.to, row.asOf.map { "\($0.milliseconds)" } ?? ""].joined(separator: "\u{1F}")
  }

  private static func take(
    _ row: Filled<SetExchangeRate>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let new = try SetExchangeRate.makeRate(row, in: trade)
    let imported = try ImportedRow("rate", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    imported.keep(in: trade)
    guard
      var rate = try trade.find(ExchangeRateColumns.self, new.fromCurrency, new.toCurrency, new.asOf)
    else {
      trade.put(new)
      return .created
    }
    _ = try imported.update(&rate, to: new, in: trade)
    trade.put(rate)
    return .updated
  }
}

extension ImportTaxes {
  private static let entry = FormDescription(SetTaxRate.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(ImportedRow.needs("tax", rows.map(external)))
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<SetTaxRate>) -> String {
    [row.taxClass, row.jurisdiction, row.validFrom.map { "\($0.milliseconds)" } ?? ""]
      .joined(separator: "\u{1F}")
  }

  private static func take(
    _ row: Filled<SetTaxRate>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    let new = try SetTaxRate.makeRate(row, in: trade)
    let imported = try ImportedRow("tax", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    imported.keep(in: trade)
    guard var rate = try trade.find(TaxRateColumns.self, new.taxClass, new.jurisdiction, new.validFrom) else {
      trade.put(new)
      return .created
    }
    _ = try imported.update(&rate, to: new, in: trade)
    trade.put(rate)
    return .updated
  }
}
