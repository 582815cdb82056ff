import Testing
import TradeRules

@testable import CentralStore

/// What somebody with a notebook would write down of sales and money, and add up by hand.
private struct Notebook {
  struct Sale {
    let order: TestOrder
    let at: Instant
    let totalCents: Int64
    var isAccepted = true
    var paidCents: Int64 = 0
  }

  var sales: [Sale] = []
  /// What customers paid with what they had to their credit.
  var spentCreditCents: Int64 = 0

  /// Cents owed by age, days up to 30, 60, 90 and more.
  func owed(at now: Instant) -> [Int64] {
    var bands: [Int64] = [0, 0, 0, 0]
    for sale in sales {
      let due = sale.isAccepted ? sale.totalCents : 0
      let days = (now.milliseconds - sale.at.milliseconds) / 86_400_000
      let band = [30, 60, 90].firstIndex { days <= $0 } ?? 3
      if due > sale.paidCents { bands[band] += due - sale.paidCents }
    }
    return bands
  }

  var creditCents: Int64 {
    sales.reduce(-spentCreditCents) { $0 + max(0, $1.paidCents - $1.totalCents) }
  }
}

@Suite("Receivables: what customers owe")
struct ReceivablesTests {
  private func cents(_ row: JSONValue, _ member: String) -> Int64 {
    row[member]?["amountMinor"]?.integer ?? -1
  }

  private func pay(
    _ sale: inout Notebook.Sale, _ cents: Int64, _ method: PaymentMethod = .cash, at centre: TestCentre
  ) throws {
    let order = sale.order
    let verdict = try centre.does(
      "A1",
      Filled<RecordPayment> {
        ($0.id, $0.order, $0.number) = (centre.newID(), order.id, order.number)
        ($0.method, $0.amountMinor) = (method, cents)
      })
    #expect(verdict.outcome == .applied)
    sale.paidCents += cents
  }

  private func refund(_ sale: inout Notebook.Sale, _ cents: Int64, at centre: TestCentre) throws {
    let order = sale.order
    try centre.does(
      "A1",
      Filled<RefundPayment> {
        ($0.id, $0.order, $0.number) = (centre.newID(), order.id, order.number)
        ($0.method, $0.amountMinor, $0.isPaidOut) = (.cash, cents, true)
      })
    sale.paidCents -= cents
  }

  @Test(
    "accepted orders less payments plus refunds, by age, are what a notebook says; credit stands apart",
    arguments: 1...6)
  func notebook(seed: UInt64) throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    var state = seed
    func roll(_ sides: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33 % sides)
    }
    var book = Notebook()
    for number in 1...12 {
      let quantity = 1 + roll(9)
      // 12.50 each; 3.3333 each, rounded half up to cents.
      let isChai = roll(2) == 0
      let total = isChai ? 1_250 * quantity : (33_333 * quantity + 50) / 100
      let order = try centre.order(
        "SO-A1-\(1_000 + number)", isChai ? "CHAI" : "MATE", Quantity(quantity))
      book.sales.append(Notebook.Sale(order: order, at: centre.now, totalCents: total))
      centre.now = centre.now.advanced(byMilliseconds: 86_400_000 * (2 + roll(20)))
    }
    for index in book.sales.indices {
      let total = book.sales[index].totalCents
      switch roll(5) {
      case 0: try pay(&book.sales[index], total, at: centre)
      case 1: try pay(&book.sales[index], total / 3 + 1, at: centre)
      case 2: try pay(&book.sales[index], total + 700, at: centre)
      case 3:
        try pay(&book.sales[index], total, at: centre)
        try refund(&book.sales[index], total / 2, at: centre)
      default: break
      }
    }
    if book.creditCents >= 300 {
      try pay(&book.sales[0], 300, .credit, at: centre)
      book.spentCreditCents += 300
    }
    let now = centre.now
    let report = try centre.queries.report(ReportRequest(.receivables), at: now)
    let owed = book.owed(at: now)
    let rows = report["rows"]?.array ?? []
    guard owed.contains(where: { $0 > 0 }) || book.creditCents != 0 else {
      #expect(rows.isEmpty)
      return
    }
    let row = try #require(rows.first)
    #expect(rows.count == 1 && row["customer"] == "C-1" && row["name"] == "Ana's shop")
    #expect(["upTo30", "upTo60", "upTo90", "older"].map { cents(row, $0) } == owed)
    #expect(cents(row, "owed") == owed.reduce(0, +))
    #expect(cents(row, "credit") == book.creditCents)
    #expect(cents(row, "prepaid") == 0)
    #expect(report["totals"]?.array?.first?["amountMinor"]?.integer == owed.reduce(0, +))
  }

  @Test("money for an order that is not accepted is neither owed nor credit: it is told as paid before")
  func prepaid() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    try centre.addDevice("HQ", .admin)
    let customer = try centre.customer("C-1")
    try centre.does("HQ", Filled<SetCredit> { ($0.id, $0.code, $0.isBlocked) = (customer.id, "C-1", true) })
    let order = try centre.order("SO-A1-0001", "CHAI", 4)
    var sale = Notebook.Sale(order: order, at: centre.now, totalCents: 5_000)
    try pay(&sale, 2_000, at: centre)
    func row() throws -> JSONValue? {
      try centre.queries.report(ReportRequest(.receivables), at: centre.now)["rows"]?.array?.first
    }
    let held = try #require(try row())
    #expect(["owed", "credit", "prepaid"].map { cents(held, $0) } == [0, 0, 2_000])
    try centre.does("HQ", Filled<ReleaseOrder> { ($0.order, $0.number) = (order.id, order.number) })
    let accepted = try #require(try row())
    #expect(["owed", "credit", "prepaid"].map { cents(accepted, $0) } == [3_000, 0, 0])
  }

  @Test("an order of the year 1 is owed for longest, and its time can be shown; an earlier one is malformed")
  func farPast() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    let customer = try centre.customer("C-1")
    func take(_ number: String, at stated: Instant) throws -> Verdict {
      let id = centre.newID()
      let create = Filled<CreateOrder> {
        ($0.id, $0.number, $0.customer, $0.shipComplete) = (id, number, customer.id, false)
        $0.lines = [
          Filled<OrderLineEntry> { ($0.id, $0.sku, $0.quantity) = (centre.newID(), "CHAI", 4) }
        ]
      }
      let verdict = try centre.does("A1", create, statedAt: stated)
      guard verdict.outcome == .applied else { return verdict }
      return try centre.does("A1", Filled<SubmitOrder> { ($0.order, $0.number) = (id, number) })
    }
    #expect(try take("SO-A1-0001", at: Instant(milliseconds: .min)).codes == [.malformed])
    #expect(try take("SO-A1-0002", at: Instant.range.lowerBound).outcome == .applied)
    let report = try centre.queries.report(ReportRequest(.receivables), at: Instant(milliseconds: .max))
    #expect((report["rows"]?.array ?? []).map { cents($0, "older") } == [5_000])
    let operations = try centre.queries.newestOperations(LogFilter(device: "A1"), limit: 10)
    let times = operations.map(\.occurredAt.timestamp)
    #expect(times.contains("0001-01-01T00:00:00.000Z") && times.count == 3)
  }

  @Test("receivables have no period and no product, and are put together by customer, agent or currency")
  func questions() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    try centre.order("SO-A1-0001", "CHAI", 4)
    for (group, member, value) in [
      (ReportGroup.agent, "agent", "ANA"), (.currency, "currency", "EUR"), (.customer, "customer", "C-1"),
    ] {
      let request = ReportRequest(.receivables, by: group)
      let rows = try centre.queries.report(request, at: centre.now)["rows"]?.array ?? []
      #expect(rows.map { $0[member]?.plain } == [value])
      #expect(rows.map { cents($0, "owed") } == [5_000])
    }
    var request = ReportRequest(.receivables)
    request.agent = "BEN"
    #expect(try centre.queries.report(request, at: centre.now)["rows"]?.array == [])
    request.sku = "CHAI"
    #expect(throws: Refusal.self) { try request.check() }
    #expect(throws: Refusal.self) { try ReportRequest(.receivables, by: .day).check() }
  }
}
