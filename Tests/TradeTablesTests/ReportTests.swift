import GRDB
import Testing
import TradeRules
import TradeTables

/// Trade made up at random, kept as plain values beside the tables it is written to.
private struct MadeUpTrade {
  struct Line {
    let sku: String
    let ordered: Int64
    let cancelled: Int64
    let price: Int64
    let isRemoved: Bool
    let backordered: Int64
    let waitingAt: String
  }

  struct Sale {
    let number: String
    let at: Int64
    let agent: String?
    let customer: Int
    let currency: String
    let state: OrderState
    let isDeleted: Bool
    let lines: [Line]
  }

  static let countries = ["DE", "FR", "JP", ""]
  static let currencies = [("EUR", Int64(2)), ("JPY", 0), ("KWD", 3)]
  static let day: Int64 = 86_400_000
  static let start: Int64 = 1_793_000_000_000
  static let now = Instant(milliseconds: start)
  private(set) var sales: [Sale] = []

  init(_ dice: inout Dice) {
    let states: [OrderState] = [.draft, .submitted, .accepted, .closed, .rejected, .cancelled]
    for number in 0..<60 {
      let lines = (0..<(1 + dice.roll(4))).map { _ in
        let ordered = Int64(1 + dice.roll(20)) * 500
        return Line(
          sku: "P\(dice.roll(5))", ordered: ordered, cancelled: dice.roll(4) == 0 ? ordered / 2 : 0,
          price: Int64(dice.roll(2_000_000)), isRemoved: dice.roll(6) == 0,
          backordered: dice.roll(3) == 0 ? 500 : 0, waitingAt: dice.roll(3) == 0 ? "*" : "W\(dice.roll(2))")
      }
      sales.append(
        Sale(
          number: "SO-\(1_000 + number)", at: MadeUpTrade.start + Int64(dice.roll(5 * 86_400_000)),
          agent: dice.roll(4) == 0 ? nil : "A\(dice.roll(3))", customer: dice.roll(4),
          currency: MadeUpTrade.currencies[dice.roll(3)].0, state: states[dice.roll(6)],
          isDeleted: dice.roll(8) == 0, lines: lines))
    }
  }

  // MARK: Into tables

  func write(_ db: Database) throws {
    for (code, exponent) in MadeUpTrade.currencies {
      var currency = Currency()
      (currency.code, currency.exponent) = (code, exponent)
      try put(currency, in: db)
    }
    for number in 0..<5 {
      var product = Product()
      (product.sku, product.name) = ("P\(number)", "Product \(number)")
      (product.baseUnit, product.category) = ("EA", "C\(number % 2)")
      try put(product, in: db)
    }
    for number in 0..<2 {
      var warehouse = Warehouse()
      warehouse.code = "W\(number)"
      try put(warehouse, in: db)
    }
    for number in 0..<4 {
      var customer = Customer()
      customer.id = RecordID(high: 1, low: UInt64(number))
      customer.country = MadeUpTrade.countries[number]
      try put(customer, in: db)
    }
    for (place, sale) in sales.enumerated() { try write(sale, place, db) }
  }

  private func write(_ sale: Sale, _ place: Int, _ db: Database) throws {
    var order = Order()
    order.id = RecordID(high: 2, low: UInt64(place))
    (order.number, order.agent, order.currency) = (sale.number, sale.agent, sale.currency)
    (order.state, order.isDeleted) = (sale.state, sale.isDeleted)
    order.orderedAt = Instant(milliseconds: sale.at)
    order.customer = RecordID(high: 1, low: UInt64(sale.customer))
    order.customerCode = "C\(sale.customer)"
    try put(order, in: db)
    for (number, entry) in sale.lines.enumerated() {
      var line = OrderLine()
      line.id = RecordID(high: 3, low: UInt64(place * 100 + number))
      (line.order, line.line, line.sku) = (order.id, Int64(number + 1), entry.sku)
      line.ordered = Quantity(thousandths: entry.ordered)
      line.cancelled = Quantity(thousandths: entry.cancelled)
      line.unitPrice = UnitPrice(tenThousandths: entry.price)
      line.backordered = Quantity(thousandths: entry.backordered)
      line.waitingAt = entry.backordered > 0 ? entry.waitingAt : ""
      line.isRemoved = entry.isRemoved
      try put(line, in: db)
    }
  }

  private func put<C: TableColumns>(_ record: TradeRules.Record<C>, in db: Database) throws {
    try TradeTables.write([(key: record.key, row: record.row)], in: db)
  }

  // MARK: By another way

  /// Minor units by group and currency: prices × quantities as fractions, rounded half up.
  func amounts(
    from: Int64 = .min, to: Int64 = .max, by group: (Sale, Line) -> String
  ) -> [String: Int64] {
    var amounts: [String: Int64] = [:]
    for sale in sales
    where !sale.isDeleted && ["submitted", "accepted", "closed"].contains(sale.state.rawValue) {
      guard sale.at >= from, sale.at < to else { continue }
      for line in sale.lines where !line.isRemoved && line.ordered > line.cancelled {
        let tenth: [String: Int64] = ["EUR": 100_000, "JPY": 10_000_000, "KWD": 10_000]
        let step = tenth[sale.currency] ?? 1
        let product = line.price * (line.ordered - line.cancelled)
        amounts[group(sale, line) + " " + sale.currency, default: 0] += (2 * product + step) / (2 * step)
      }
    }
    return amounts
  }
}

@Suite("Reports are what a calculation by hand says")
struct ReportTests {
  private func run(_ request: ReportRequest, _ trade: MadeUpTrade) throws -> JSONValue {
    try World.store().write { db in
      try trade.write(db)
      return try Reports.run(request, at: MadeUpTrade.now, in: db)
    }
  }

  private func amounts(_ document: JSONValue, _ member: String) -> [String: Int64] {
    let rows = document["rows"]?.array ?? []
    return Dictionary(
      rows.map { row in
        let amount = row["amount"] ?? .null
        return (
          (row[member]?.plain ?? "?") + " " + (amount["currency"]?.plain ?? ""),
          amount["amountMinor"]?.integer ?? -1
        )
      }, uniquingKeysWith: { _, _ in -1 })
  }

  @Test("sales by day, agent, product, category, country, customer and currency add up", arguments: 1...20)
  func sales(seed: UInt64) throws {
    var dice = Dice(seed)
    let trade = MadeUpTrade(&dice)
    let ways: [(ReportGroup, String, (MadeUpTrade.Sale, MadeUpTrade.Line) -> String)] = [
      (
        .day, "day",
        { sale, _ in Instant(milliseconds: sale.at / MadeUpTrade.day * MadeUpTrade.day).dateText }
      ),
      (.agent, "agent", { sale, _ in sale.agent ?? "" }), (.product, "sku", { $1.sku }),
      (.category, "category", { $1.sku == "P1" || $1.sku == "P3" ? "C1" : "C0" }),
      (.country, "country", { sale, _ in MadeUpTrade.countries[sale.customer] }),
      (.customer, "customer", { sale, _ in "C\(sale.customer)" }),
      (.currency, "currency", { sale, _ in sale.currency }),
    ]
    for (group, member, key) in ways {
      let document = try run(ReportRequest(.sales, by: group), trade)
      #expect(amounts(document, member) == trade.amounts(by: key), "by \(group)")
      let again = try run(ReportRequest(.sales, by: group), trade)
      #expect(document == again)
    }
  }

  @Test("a period takes its first moment and not its last; a zone moves the day", arguments: 1...5)
  func periods(seed: UInt64) throws {
    var dice = Dice(seed)
    let trade = MadeUpTrade(&dice)
    var request = ReportRequest(.sales, by: .currency)
    let (from, to) = (MadeUpTrade.start + MadeUpTrade.day, MadeUpTrade.start + 3 * MadeUpTrade.day)
    request.from = Instant(milliseconds: from).timestamp
    request.to = Instant(milliseconds: to).timestamp
    #expect(
      amounts(try run(request, trade), "currency")
        == trade.amounts(from: from, to: to) { sale, _ in sale.currency })
    let first = Instant(milliseconds: from).dateText
    request.from = first
    request.to = nil
    request.zone = "+05:30"
    let midnight = (Instant(timestamp: first)?.milliseconds ?? 0) - 19_800_000
    #expect(
      amounts(try run(request, trade), "currency")
        == trade.amounts(from: midnight) { sale, _ in sale.currency })
    request.by = .day
    #expect(
      amounts(try run(request, trade), "day")
        == trade.amounts(from: midnight) { sale, _ in
          Instant(milliseconds: sale.at + 19_800_000).dateText
        })
  }

  @Test(
    "summer time moves the day of a named zone",
    arguments: [
      ("2026-07-01T21:59:59Z", "2026-07-01"), ("2026-07-01T22:00:00Z", "2026-07-02"),
      ("2026-12-01T22:59:59Z", "2026-12-01"), ("2026-12-01T23:00:00Z", "2026-12-02"),
    ])
  func namedZone(moment: String, day: String) throws {
    let at = try #require(Instant(timestamp: moment))
    var request = ReportRequest(.sales, by: .day)
    request.zone = "Europe/Madrid"
    let rows = try World.store().write { db in
      var order = Order()
      order.id = RecordID(high: 2, low: 1)
      (order.state, order.orderedAt, order.currency) = (.accepted, at, "EUR")
      var line = OrderLine()
      (line.order, line.ordered, line.id) = (order.id, 1, RecordID(high: 3, low: 1))
      try TradeTables.write([(key: order.key, row: order.row), (key: line.key, row: line.row)], in: db)
      return try Reports.run(request, at: MadeUpTrade.now, in: db)["rows"]?.array ?? []
    }
    #expect(rows.map { $0["day"] } == [.string(day)])
  }

  @Test("backorders are the lines that wait, and by product their sum", arguments: 1...10)
  func backorders(seed: UInt64) throws {
    var dice = Dice(seed)
    let trade = MadeUpTrade(&dice)
    let waiting = trade.sales.flatMap { sale in
      sale.lines.enumerated().filter { $0.element.backordered > 0 && !$0.element.isRemoved }
        .map { (sale.number, $0.offset + 1, $0.element) }
    }
    let rows = try run(ReportRequest(.backorders), trade)["rows"]?.array ?? []
    #expect(
      rows.map { "\($0["order"]?.plain ?? "") \($0["line"]?.plain ?? "")" }.sorted()
        == waiting.map { "\($0.0) \($0.1)" }.sorted())
    var request = ReportRequest(.backorders, by: .product)
    request.warehouse = "W1"
    let sums = Dictionary(
      grouping: waiting.filter { $0.2.waitingAt != "W0" }, by: { $0.2.sku }
    ).mapValues { Quantity(thousandths: Int64(500 * $0.count)).decimalText }
    let found = try run(request, trade)["rows"]?.array ?? []
    #expect(
      Dictionary(uniqueKeysWithValues: found.map { ($0["sku"]?.plain ?? "", $0["waiting"]?.plain ?? "") })
        == sums)
  }

  @Test("a warehouse or product that nobody knows is refused, and so is a time that ends before it begins")
  func nothingMeant() throws {
    var dice = Dice(3)
    let trade = MadeUpTrade(&dice)
    func code(_ change: (inout ReportRequest) -> Void) -> Code? {
      var request = ReportRequest(.backorders)
      change(&request)
      return #expect(throws: Refusal.self) { try run(request, trade) }?.code
    }
    #expect(code { $0.warehouse = "W9" } == .unknownWarehouse)
    #expect(code { $0.sku = "P9" } == .unknownSku)
    #expect(code { ($0.from, $0.to) = ("2026-03-02", "2026-03-01") } == .usage)
  }

  @Test("more rows than asked for are counted in the sums and said to be there")
  func cut() throws {
    var dice = Dice(7)
    let trade = MadeUpTrade(&dice)
    var request = ReportRequest(.sales, by: .product)
    let whole = try run(request, trade)
    request.limit = 2
    let cut = try run(request, trade)
    #expect(cut["rows"]?.array?.count == 2)
    #expect(cut["more"] == true && whole["more"] == false)
    #expect(cut["totals"] == whole["totals"])
    #expect(cut["rows"]?.array?.first == whole["rows"]?.array?.first)
  }

  @Test("a sum beyond 64 bits is said exactly")
  func largeSums() throws {
    let rows = try World.store().write { db in
      var order = Order()
      order.id = RecordID(high: 2, low: 1)
      (order.state, order.currency) = (.accepted, "XXX")
      var currency = Currency()
      (currency.code, currency.exponent) = ("XXX", 4)
      var written = [(key: order.key, row: order.row), (key: currency.key, row: currency.row)]
      for number in 1...3 {
        var line = OrderLine()
        (line.order, line.id) = (order.id, RecordID(high: 3, low: UInt64(number)))
        line.ordered = 1
        line.unitPrice = UnitPrice(tenThousandths: .max - 7)
        written.append((key: line.key, row: line.row))
      }
      try TradeTables.write(written, in: db)
      return try Reports.run(
        ReportRequest(.sales, by: .product), at: MadeUpTrade.now, in: db)["rows"]?.array ?? []
    }
    // Three times 2^63 − 8.
    #expect(rows.first?["amount"]?["amountMinor"]?.plain == "27670116110564327400")
    #expect(rows.first?["amount"]?["decimal"]?.plain == "2767011611056432.7400")
  }
}
