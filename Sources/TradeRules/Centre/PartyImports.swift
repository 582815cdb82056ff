extension ImportCustomers {
  private static let entry = FormDescription(CreateCustomer.self)
  /// The id of a customer who is there already stays, whatever the importer made up.
  private static let idField = CreateCustomer.fields.id.number

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(
      ImportedRow.needs("customer", rows.map(\.code))
        + rows.flatMap { row -> [Need] in
          [
            .row(RowKey(CustomerColumns.self, row.id)),
            .range(RowRange(CustomerColumns.self, "customer_code", [row.code])),
          ] + sellers(of: row)
        })
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func sellers(of row: Filled<CreateCustomer>) -> [Need] {
    [
      row.agent.map { RowKey(AgentColumns.self, $0) },
      row.territory.map { RowKey(TerritoryColumns.self, $0) },
    ]
    .compactMap { $0 }.map(Need.row)
  }

  private static func take(
    _ row: Filled<CreateCustomer>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    var content = row.form
    content[idField] = .value(RecordID.none.value)
    let imported = try ImportedRow("customer", row.code, content, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let new = try CreateCustomer.makeCustomer(row, in: trade)
    guard var customer = try Aliases.find(code: row.code, in: trade) else {
      try CreateCustomer.checkIsNew(new, in: trade)
      try ensureSellers(of: new, in: trade)
      trade.put(new)
      imported.keep(in: trade)
      return .created
    }
    imported.keep(in: trade)
    let before = customer
    let fields = try imported.update(&customer, to: new, keeping: kept(of: customer, row), in: trade)
    if customer.places != before.places { try ensureSellers(of: customer, in: trade) }
    trade.put(customer)
    try Assigning.follow(customer, before: before, in: trade)
    trade.tell(
      kind.rawValue, of: customer.code, PersonalText(fields.joined(separator: ", ")),
      places: customer.places)
    return .updated
  }

  /// Of a customer who was merged the file still edits what is left, but not who they are and who sells to them.
  private static func kept(of customer: Customer, _ row: Filled<CreateCustomer>) -> [Int] {
    let columns = CustomerColumns.columns
    return customer.code == row.code
      ? [] : [columns.code.number, columns.agent.number, columns.territory.number]
  }

  private static func ensureSellers(of customer: Customer, in trade: Trade) throws(Interruption) {
    try Agents.ensure(customer.agent, in: trade)
    try Territories.ensure(customer.territory, in: trade)
  }
}

extension ImportStock {
  private static let entry = FormDescription(StockEntry.self)

  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(ImportedRow.needs("stock", rows.map(external)) + rows.flatMap(needs))
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func external(_ row: Filled<StockEntry>) -> String {
    [row.warehouse, row.sku, row.bin, row.lot].joined(separator: "\u{1F}")
  }

  private static func bin(_ row: Filled<StockEntry>) -> String {
    row.bin.isEmpty ? BinColumns.main : row.bin
  }

  private static func needs(_ row: Filled<StockEntry>) -> [Need] {
    var needs: [Need] = [
      .row(RowKey(WarehouseColumns.self, row.warehouse)), .row(RowKey(ProductColumns.self, row.sku)),
      .row(RowKey(StockLevelColumns.self, row.warehouse, row.sku)),
      .row(RowKey(StockMinimumColumns.self, row.warehouse, row.sku)),
      .row(RowKey(BinColumns.self, row.warehouse, bin(row))),
      .row(
        RowKey(
          StockColumns.self, row.warehouse, bin(row), row.sku, row.lot, Condition.good)),
      .range(
        RowRange(
          ObservationColumns.self, "observation_of_stock",
          [row.warehouse, bin(row), row.sku, row.lot, Condition.good])),
    ]
    if !row.lot.isEmpty { needs.append(.row(RowKey(LotColumns.self, row.sku, row.lot))) }
    return needs
  }

  /// Books the difference to what was last imported as an opening: it lies before every count.
  private static func take(
    _ row: Filled<StockEntry>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    try trade.checkStockPlace(row.warehouse)
    let product = try trade.checkProduct(row.sku)
    try trade.checkQuantity(row.quantity, of: product, .zeroOrMore)
    try trade.check(row.bin.isEmpty || Names.isLabel(row.bin), "bin")
    try trade.check(row.lot.isEmpty || Names.isLabel(row.lot), "lot")
    try trade.check(row.expiry.isEmpty || CivilDate(row.expiry) != nil, "expiry")
    try trade.check(row.expiry.isEmpty || !row.lot.isEmpty, "lot")
    if let minimum = row.minimum { try trade.checkQuantity(minimum, of: product, .zeroOrMore) }
    let imported = try ImportedRow("stock", external(row), row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    imported.keep(in: trade)
    if let minimum = row.minimum, imported.last.map({ Filled<StockEntry>($0).minimum }) != minimum {
      try trade.putMinimum(minimum, of: row.sku, at: row.warehouse)
    }
    let before = imported.last.map { Filled<StockEntry>($0).quantity } ?? .zero
    let difference = row.quantity - before
    if difference != .zero {
      let isMore = difference > .zero
      var draft = MovementDraft(
        kind: .opening, warehouse: row.warehouse, sku: row.sku,
        quantity: isMore ? difference : -difference, fromBin: isMore ? "" : bin(row),
        toBin: isMore ? bin(row) : "")
      draft.lot = row.lot
      try StockLedger.record(draft, in: trade)
    }
    try Lots.keep(row.lot, of: row.sku, expiry: row.expiry, at: row.warehouse, in: trade)
    return imported.last == nil ? .created : .updated
  }
}
