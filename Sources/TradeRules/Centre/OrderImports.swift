extension ImportOrders {
  private static let entry = FormDescription(ImportedOrder.self)

  /// Brings in orders that were taken elsewhere, each once: an order that is here is changed by people, not by
  /// files. A file that says of it what the books say, an export for one, changes nothing.
  ///
  /// An `accepted` one asks for stock like any other, at its place in the log; a `closed` one was delivered
  /// before there were books here, so it moves no stock. Nothing holds them and no price is questioned: that
  /// was done where they were taken. Refuses, row by row, `CODE_TAKEN`, `UNKNOWN_CUSTOMER`, `UNKNOWN_CURRENCY`,
  /// `UNKNOWN_WAREHOUSE`, `UNKNOWN_SKU`, `BAD_QUANTITY`, `PRICE_MISSING`, `ORDER_EMPTY`, `BAD_VALUE`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let rows = form.rows
    try trade.prepare(ImportedRow.needs("order", rows.map(\.number)) + rows.flatMap(needs))
    return try Importing.each(rows, in: trade) { row throws(Interruption) in try take(row, in: trade) }
  }

  private static func needs(_ row: Filled<ImportedOrder>) -> [Need] {
    var needs: [Need] = [
      .row(RowKey(OrderColumns.self, row.id)),
      .range(RowRange(OrderColumns.self, "sales_order_number", [row.number])),
      .range(RowRange(CustomerColumns.self, "customer_code", [row.customer])),
    ]
    for line in row.lines {
      needs.append(.row(RowKey(ProductColumns.self, line.sku)))
      needs.append(.row(RowKey(OrderLineColumns.self, line.id)))
    }
    if let warehouse = row.warehouse { needs.append(.row(RowKey(WarehouseColumns.self, warehouse))) }
    return needs
  }

  private static func take(
    _ row: Filled<ImportedOrder>, in trade: Trade
  ) throws(Interruption) -> RowOutcome {
    try trade.check(Names.isWord(row.number), "number")
    try trade.check([.accepted, .closed].contains(row.state), "state \(row.state)")
    let imported = try ImportedRow("order", row.number, row.form, entry, in: trade)
    if imported.isUnchanged { return .unchanged }
    let namesakes = try trade.all(OrderColumns.self, "sales_order_number", row.number)
    if namesakes.count == 1, try isKnown(row, as: namesakes[0], in: trade) {
      imported.keep(in: trade)
      return .unchanged
    }
    guard namesakes.isEmpty, try trade.find(OrderColumns.self, row.id) == nil else {
      throw .refused(Refusal(.codeTaken, row.number))
    }
    guard !row.lines.isEmpty else { throw .refused(Refusal(.orderEmpty, row.number)) }
    var sheet = OrderSheet(try order(of: row, in: trade))
    try addLines(of: row, to: &sheet, in: trade)
    try sheet.total(in: trade)
    imported.keep(in: trade)
    if row.state == .closed { sheet.deliverAll() }
    try sheet.accept(in: trade)
    trade.tell(kind.rawValue, of: row.number, places: sheet.places)
    return .created
  }

  /// Whether an order that is here is the one of the row: same customer, time and lines.
  private static func isKnown(
    _ row: Filled<ImportedOrder>, as order: Order, in trade: Trade
  ) throws(Interruption) -> Bool {
    guard order.customerCode == row.customer, order.state == row.state || order.state == .submitted,
      row.currency ?? order.currency == order.currency, row.orderedAt ?? order.orderedAt == order.orderedAt
    else { return false }
    let lines = try trade.all(OrderLineColumns.self, "order_line_order", order.id)
      .filter { !$0.isRemoved }.sorted { ($0.line, $0.id) < ($1.line, $1.id) }
    guard lines.count == row.lines.count else { return false }
    for (line, entry) in zip(lines, row.lines) {
      guard line.sku == entry.sku, line.ordered == entry.quantity,
        entry.price ?? line.unitPrice == line.unitPrice
      else { return false }
    }
    return true
  }

  private static func order(
    of row: Filled<ImportedOrder>, in trade: Trade
  ) throws(Interruption) -> Order {
    guard let customer = try Aliases.find(code: row.customer, in: trade) else {
      throw .refused(Refusal(.unknownCustomer, row.customer))
    }
    let currency = row.currency ?? customer.currency
    guard try trade.find(CurrencyColumns.self, currency) != nil else {
      throw .refused(Refusal(.unknownCurrency, currency))
    }
    if let warehouse = row.warehouse, try trade.find(WarehouseColumns.self, warehouse) == nil {
      throw .refused(Refusal(.unknownWarehouse, warehouse))
    }
    try trade.check(row.agent.map(Names.isWord) ?? true, "agent")
    try Agents.ensure(row.agent, in: trade)
    var order = Order()
    order.id = row.id
    order.number = row.number
    order.customer = customer.id
    order.customerCode = customer.code
    order.customerName = customer.name
    order.deliveryAddress = customer.address
    order.agent = row.agent ?? customer.agent
    order.territory = customer.territory
    order.warehouse = row.warehouse ?? customer.warehouse ?? ""
    order.currency = currency
    order.priceList = customer.priceList
    order.state = .submitted
    order.orderedAt = row.orderedAt ?? trade.occurredAt
    order.submittedAt = order.orderedAt
    order.device = trade.operation.id.device
    order.nextLine = 1
    return order
  }

  private static func addLines(
    of row: Filled<ImportedOrder>, to sheet: inout OrderSheet, in trade: Trade
  ) throws(Interruption) {
    let unpriced = row.lines.filter { $0.price == nil }.map(\.sku)
    let prices = try PriceBook(unpriced, for: sheet.order, in: trade)
    for line in row.lines {
      try sheet.add(line, prices, in: trade)
    }
    // Agreed elsewhere: there is nothing to say of them here.
    for index in sheet.lines.indices { sheet.lines[index].priceCode = "" }
  }
}

extension OrderSheet {
  /// The whole order was with the customer before it was known here.
  fileprivate mutating func deliverAll() {
    for index in lines.indices {
      lines[index].picked = lines[index].ordered
      lines[index].shipped = lines[index].ordered
      lines[index].handedOver = lines[index].ordered
      lines[index].delivered = lines[index].ordered
    }
  }
}
