public import GRDB
public import TradeRules

/// The reports of both stores: the trade tables are the same, so one query answers for the centre and for a
/// replica, which has fewer rows. Each report is a file: its SQL beside the function that runs it.
///
/// Sums are made here and not by SQLite: its integers turn into floating point when they overflow.
public enum Reports {
  /// Answers a question from one consistent view.
  ///
  /// - Parameters:
  ///   - now: what ages are counted back from.
  ///   - grants: what the store holds: the centre everything, a replica its scope.
  /// - Returns: `{"report","by","from","to","zone","rows":[…],"totals":[…],"more"}`.
  /// - Throws: `Refusal` with `USAGE` for a question the report cannot answer, with `UNKNOWN_WAREHOUSE` or
  ///   `UNKNOWN_SKU` for a filter that nothing can meet.
  public static func run(
    _ request: ReportRequest, at now: Instant, seeing grants: Grants = Grants(exact: [], everything: true),
    in db: Database
  ) throws -> JSONValue {
    try request.check()
    try requireKnown(request, in: db)
    var calendar = try ReportCalendar(request.zone)
    let from = try calendar.moment(request.from, "--from")
    let to = try calendar.moment(request.to, "--to")
    if let from, let to, from >= to { throw Refusal(.usage, "--from is not before --to") }
    let period = ReportPeriod(from: from, to: to)
    var findings: ReportFindings
    switch request.name {
    case .sales:
      var report = SalesReport(request, calendar)
      findings = try report.run(period, in: db)
    case .movements:
      var report = MovementReport(request, calendar)
      findings = try report.run(period, in: db)
    case .stock: findings = try StockReport.run(request, in: db)
    case .backorders: findings = try BackorderReport.run(request, in: db)
    case .receivables:
      var report = ReceivablesReport(request, at: now, seeing: grants)
      findings = try report.run(in: db)
    case .sync: throw Refusal(.usage, "the centre reports on sync: waybill-server report sync")
    }
    return document(request, &findings, period)
  }

  /// Nothing of what is misspelt looks like nothing of what there is.
  private static func requireKnown(_ request: ReportRequest, in db: Database) throws {
    if let code = request.warehouse, try TradeTables.row(RowKey(WarehouseColumns.self, code), in: db) == nil {
      throw Refusal(.unknownWarehouse, code)
    }
    if let sku = request.sku, try TradeTables.row(RowKey(ProductColumns.self, sku), in: db) == nil {
      throw Refusal(.unknownSku, sku)
    }
  }

  /// The document of a report whose rows were found elsewhere.
  public static func document(_ request: ReportRequest, rows: [JSONValue]) -> JSONValue {
    var findings = ReportFindings(rows: rows)
    return document(request, &findings, ReportPeriod(from: nil, to: nil))
  }

  private static func document(
    _ request: ReportRequest, _ findings: inout ReportFindings, _ period: ReportPeriod
  ) -> JSONValue {
    let isCut = findings.rows.count > request.limit
    if isCut { findings.rows.removeLast(findings.rows.count - request.limit) }
    return [
      "report": .string(request.name.rawValue),
      "by": request.by == .none ? nil : .string(request.by.rawValue),
      "from": .instant(period.from), "to": .instant(period.to), "zone": .string(request.zone),
      "rows": .array(findings.rows), "totals": .array(findings.totals), "more": .bool(isCut),
    ]
  }
}

/// From a moment on, before another.
struct ReportPeriod {
  let from: Instant?
  let to: Instant?

  var first: Int64 { from?.milliseconds ?? .min }
  /// The last millisecond that counts.
  var last: Int64 { to.map { $0.milliseconds - 1 } ?? .max }
}

/// What a report found: its rows in order, and sums over all of them, also those that are not told.
struct ReportFindings {
  var rows: [JSONValue]
  /// Money by currency.
  var totals: [JSONValue] = []
}

/// Money as documents have it, with the amount a person reads beside it.
enum ReportMoney {
  static func json(_ minor: Int128, _ currency: String, exponents: [String: Int64]) -> JSONValue {
    let exponent = Int(exponents[currency] ?? 0)
    return [
      "amountMinor": .integer(minor), "currency": .string(currency),
      "decimal": .string(Decimals.text(minor, decimals: exponent, showing: exponent)),
    ]
  }

  /// Decimals of each currency.
  static func exponents(in db: Database) throws -> [String: Int64] {
    let statement = try RawStatement("SELECT code, exponent FROM currency", in: db)
    var exponents: [String: Int64] = [:]
    while try statement.step() { exponents[try statement.text(at: 0)] = statement.integer(at: 1) }
    return exponents
  }
}

extension JSONValue {
  /// A sum of thousandths: 2500 is `2.5`.
  static func units(_ thousandths: Int128) -> JSONValue { .number(Decimals.text(thousandths, decimals: 3)) }
  static func units(_ thousandths: Int64) -> JSONValue { units(Int128(thousandths)) }
}

extension RawStatement {
  /// Binds a text or null.
  func bind(_ text: String?, at parameter: Int) throws {
    try bind(text.map { Value.text($0) } ?? .null, at: parameter)
  }

  /// A text, empty for null.
  func textOrEmpty(at column: Int) throws -> String { isNull(at: column) ? "" : try text(at: column) }
}
