extension CreateOrder {
  /// Makes a draft with its lines, priced, with the customer's name and address as they are now.
  ///
  /// Waits for a customer that has not arrived. Refuses `CODE_TAKEN` when another order has the number,
  /// `NOT_PERMITTED` when the customer or the order is outside the device's scope (#51), then as its lines are
  /// refused. Refuses `BAD_VALUE` before all else for more lines than an order may have.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try OrderSheet.checkCount(form.lines.count)
    try checkNumber(form, in: trade)
    guard let customer = try Aliases.find(form.customer, in: trade) else {
      guard trade.entry.isFinal else { throw .refused(Refusal(.unknownCustomer)) }
      throw try trade.missing(
        RowKey(CustomerColumns.self, form.customer), called: "customer of \(form.number)")
    }
    guard trade.mayChange(customer.places) else {
      throw .refused(Refusal(.notPermitted, "the customer of \(form.number)"))
    }
    var sheet = OrderSheet(try draft(form, for: customer, in: trade))
    try sheet.checkScope(in: trade)
    try sheet.checkCharges()
    let prices = try PriceBook(form.lines.map { $0.sku }, for: sheet.order, in: trade)
    for entry in form.lines {
      try sheet.add(entry, prices, in: trade)
    }
    try sheet.total(in: trade)
    try sheet.save(in: trade)
    trade.tell(kind.rawValue, of: form.number, places: sheet.places)
    return Verdict(.applied, sheet.priceCodes(of: sheet.lines), record: form.number)
  }

  /// Refuses a number or an id that another order has, and asks for what every new order needs in one go.
  private static func checkNumber(_ form: Filled<Self>, in trade: Trade) throws(Interruption) {
    guard !form.number.isEmpty, form.id != .none else {
      throw .refused(Refusal(.badValue, "the order's number"))
    }
    var readings = Readings()
    let namesakes = try readings.gather { () throws(Interruption) in
      try trade.all(OrderColumns.self, "sales_order_number", form.number)
    }
    _ = try readings.gather { () throws(Interruption) in
      try trade.prepare(neededRows(form))
      return true
    }
    try readings.finish()
    let known = try trade.ifVisible { () throws(Interruption) in
      try trade.find(OrderColumns.self, form.id)
    }
    guard known == nil, namesakes?.isEmpty ?? true else {
      throw .refused(Refusal(.codeTaken, form.number))
    }
  }

  private static func neededRows(_ form: Filled<Self>) -> [RowKey] {
    var keys = [RowKey(OrderColumns.self, form.id), RowKey(CustomerColumns.self, form.customer)]
    for entry in form.lines {
      keys.append(RowKey(ProductColumns.self, entry.sku))
      keys.append(RowKey(OrderLineColumns.self, entry.id))
    }
    if let warehouse = form.warehouse { keys.append(RowKey(WarehouseColumns.self, warehouse)) }
    return keys
  }

  private static func draft(
    _ form: Filled<Self>, for customer: Customer, in trade: Trade
  ) throws(Interruption) -> Order {
    var order = Order()
    order.id = form.id
    order.number = form.number
    order.customer = customer.id
    order.customerCode = customer.code
    order.customerName = customer.name
    order.deliveryAddress = form.deliveryAddress ?? customer.address
    order.notes = form.notes ?? PersonalText("")
    (order.agent, order.territory) = customer.seller(at: trade.device)
    order.warehouse = try warehouse(form, customer, in: trade)
    (order.currency, order.priceList) = try priceTerms(form, customer, in: trade)
    order.state = .draft
    order.shipComplete = form.shipComplete
    order.country = customer.country
    order.freightMinor = form.freightMinor ?? 0
    order.feesMinor = form.feesMinor ?? 0
    order.orderedAt = trade.occurredAt
    order.device = trade.operation.id.device
    order.nextLine = 1
    return order
  }

  /// The warehouse asked for, which must exist; else the customer's; else the device's first; else none yet.
  private static func warehouse(
    _ form: Filled<Self>, _ customer: Customer, in trade: Trade
  ) throws(Interruption) -> String {
    guard let named = form.warehouse, !named.isEmpty else {
      return customer.warehouse ?? trade.device.warehouses.words.first ?? ""
    }
    guard try trade.find(WarehouseColumns.self, named) != nil else {
      throw .refused(Refusal(.unknownWarehouse, named))
    }
    return named
  }

  /// The currency: asked for, else the customer's, else that of the list asked for. The list: asked for,
  /// else the customer's when it is of that currency, else none: then the company's holds.
  private static func priceTerms(
    _ form: Filled<Self>, _ customer: Customer, in trade: Trade
  ) throws(Interruption) -> (currency: String, list: String) {
    var named: PriceList?
    if let code = form.priceList, !code.isEmpty {
      named = try trade.find(PriceListColumns.self, code)
      if named == nil { throw .refused(Refusal(.unknownRecord, "price list \(code)")) }
    }
    var currency = form.currency ?? customer.currency
    if currency.isEmpty { currency = named?.currency ?? "" }
    guard try trade.find(CurrencyColumns.self, currency) != nil else {
      throw .refused(Refusal(.unknownCurrency, currency))
    }
    if let named {
      guard named.currency == currency else {
        throw .refused(Refusal(.badValue, "price list \(named.code) is in \(named.currency)"))
      }
      return (currency, named.code)
    }
    guard !customer.priceList.isEmpty,
      try trade.find(PriceListColumns.self, customer.priceList)?.currency == currency
    else { return (currency, "") }
    return (currency, customer.priceList)
  }
}

extension OrderSheet {
  /// Lines of an order, removed ones among them: whatever is done to an order reads and writes all of them, while
  /// everybody waits. The largest of the samples has 72.
  static let linesMax = 1_000

  static func checkCount(_ lines: Int) throws(Interruption) {
    guard lines <= linesMax else {
      throw .refused(Refusal(.badValue, "an order has at most \(linesMax) lines, those removed counted"))
    }
  }

  /// Adds a line. Its number is the next free one, so that latecomers disturb nobody's.
  ///
  /// - Throws: `.refused` with `BAD_VALUE` when the order has as many as it may, `CODE_TAKEN`, `UNKNOWN_SKU`, `BAD_QUANTITY`, `UNKNOWN_PACK`, `PRICE_MISSING`, in
  ///   this order.
  mutating func add(
    _ entry: Filled<OrderLineEntry>, _ prices: PriceBook, in trade: Trade
  ) throws(Interruption) {
    try OrderSheet.checkCount(lines.count + 1)
    let id = entry.id
    let known = try trade.ifVisible { () throws(Interruption) in
      try trade.find(OrderLineColumns.self, id)
    }
    guard known == nil, id != .none, !lines.contains(where: { $0.id == id }) else {
      throw .refused(Refusal(.codeTaken, "a line of \(order.number)"))
    }
    let product = try trade.checkProduct(entry.sku)
    try trade.checkQuantity(entry.quantity, of: product, .aboveZero)
    var line = OrderLine()
    line.id = id
    line.order = order.id
    line.line = order.nextLine
    line.sku = entry.sku
    line.ordered = entry.quantity
    if let pack = entry.pack, !pack.isEmpty { try line.take(pack, in: trade) }
    let quote = try prices.quote(line.sku, line.ordered, in: line.pack, given: entry.price, in: trade)
    line.take(quote)
    if !product.taxClass.isEmpty, !order.country.isEmpty {
      line.taxPercent =
        try trade.taxPercent(class: product.taxClass, in: order.country, at: trade.recordedAt) ?? .zero
    }
    lines.append(line)
    order.nextLine += 1
  }

  /// What an answer says of prices, each code once.
  func priceCodes(of lines: [OrderLine]) -> [Code] {
    var codes: [Code] = []
    for line in lines where !line.isRemoved && !line.priceCode.isEmpty {
      let code = Code(rawValue: line.priceCode)
      if !codes.contains(code) { codes.append(code) }
    }
    return codes
  }

  /// Puts the order on hold for the prices that somebody has to look at.
  ///
  /// - Parameter added: lines that nobody has looked at yet; nil = all.
  mutating func holdForPrices(of added: [OrderLine]? = nil) {
    for code in priceCodes(of: added ?? lines) where code == .priceBelowFloor || code == .priceReview {
      order.holds.insert(code.rawValue)
    }
  }
}

extension Record where Columns == OrderLineColumns {
  /// - Throws: `.refused` with `UNKNOWN_PACK`, `BAD_QUANTITY` for what is no whole number of the pack.
  fileprivate mutating func take(_ code: String, in trade: Trade) throws(Interruption) {
    let pack = try Packs.check(code, of: self.sku, in: trade)
    self.pack = pack.code
    self.packFactor = pack.factor
    guard packs(in: self.ordered) != nil else {
      throw .refused(Refusal(.badQuantity, "\(self.ordered.decimalText) is no whole number of \(code)"))
    }
  }

  mutating func take(_ quote: Quote) {
    self.unitPrice = quote.price
    self.priceCode = quote.code?.rawValue ?? ""
    self.isTaxIncluded = quote.isTaxIncluded
  }

  /// How many of the line's packs a quantity is; nil when it is no whole number of them, or there is no pack.
  public func packs(in quantity: Quantity) -> Int64? {
    let factor = self.packFactor.thousandths
    return factor > 0 && quantity.thousandths % factor == 0 ? quantity.thousandths / factor : nil
  }
}
