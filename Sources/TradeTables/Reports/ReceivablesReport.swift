import GRDB
import TradeRules

/// What customers owe: orders that were accepted, less what was paid for them, by how long ago they were
/// taken. What customers have to their credit, and what was paid before an acceptance, stands apart: nothing
/// is set against it until somebody does.
struct ReceivablesReport {
  private let request: ReportRequest
  private let now: Instant
  private let grants: Grants
  private var sums: [Group: Sum] = [:]
  private var totals: [String: Int128] = [:]

  private struct Group: Hashable {
    let key: String
    let currency: String
  }

  private struct Sum {
    var code = ""
    var name = ""
    var orders = 0
    /// By age: up to 30, 60 and 90 days, older.
    var owed: [Int128] = [0, 0, 0, 0]
    var credit: Int128 = 0
    var prepaid: Int128 = 0
    var isNothing: Bool { owed.allSatisfy { $0 == 0 } && credit == 0 && prepaid == 0 }
    var total: Int128 { owed.reduce(0, +) }
  }

  /// - Parameters:
  ///   - now: the moment from which ages are counted back.
  ///   - grants: orders whose payments are not among these are left out: they would look unpaid.
  init(_ request: ReportRequest, at now: Instant, seeing grants: Grants) {
    (self.request, self.now, self.grants) = (request, now, grants)
  }

  private static let orders = """
    SELECT o.customer, o.customer_code, coalesce(c.name, o.customer_name), o.agent, o.territory, o.device,
      o.currency, o.state, o.total_minor, o.ordered_at,
      coalesce(a.paid_minor, 0) - coalesce(a.refunded_minor, 0)
    FROM sales_order AS o
    LEFT JOIN order_account AS a ON a."order" = o.id
    LEFT JOIN customer AS c ON c.id = o.customer
    WHERE (o.state IN ('accepted', 'closed') OR a."order" IS NOT NULL) AND (?1 IS NULL OR o.agent = ?1)
    ORDER BY o.id
    """

  private static let credits = """
    SELECT a.customer, coalesce(c.code, ''), coalesce(c.name, ''), a.agent, a.currency, a.credit_minor
    FROM customer_account AS a
    LEFT JOIN customer AS c ON c.id = a.customer
    WHERE a.credit_minor <> 0 AND (?1 IS NULL OR a.agent = ?1)
    ORDER BY a.customer, a.currency
    """

  mutating func run(in db: Database) throws -> ReportFindings {
    let exponents = try ReportMoney.exponents(in: db)
    let orders = try RawStatement(ReceivablesReport.orders, in: db)
    try orders.bind(request.agent, at: 0)
    while try orders.step() { try take(order: orders) }
    let credits = try RawStatement(ReceivablesReport.credits, in: db)
    try credits.bind(request.agent, at: 0)
    while try credits.step() { try take(credit: credits) }
    return ReportFindings(
      rows: sorted().map { row($0.0, $0.1, exponents) },
      totals: totals.sorted { $0.key < $1.key }
        .map { ReportMoney.json($0.value, $0.key, exponents: exponents) })
  }

  private mutating func take(order row: RawStatement) throws {
    let agent = row.isNull(at: 3) ? nil : try row.text(at: 3)
    let territory = row.isNull(at: 4) ? nil : try row.text(at: 4)
    let places = moneyBuckets(agent: agent, territory: territory, device: try row.text(at: 5))
    guard grants.meet(places) else { return }
    let currency = try row.text(at: 6)
    let state = OrderState(rawValue: try row.text(at: 7))
    let (total, kept) = (Int128(row.integer(at: 8)), Int128(row.integer(at: 10)))
    let isDue = state == .accepted || state == .closed
    let owed = max(0, (isDue ? total : 0) - kept)
    let group = Group(
      key: key(customer: row.blob(at: 0), agent: agent ?? "", currency), currency: currency)
    var sum = try sum(of: group, code: row.text(at: 1), name: row.text(at: 2))
    if owed > 0 { sum.orders += 1 }
    sum.owed[band(of: Instant(milliseconds: row.integer(at: 9)))] += owed
    if state == .draft || state == .submitted { sum.prepaid += min(max(0, kept), total) }
    sums[group] = sum
    totals[currency, default: 0] += owed
  }

  private mutating func take(credit row: RawStatement) throws {
    let currency = try row.text(at: 4)
    let key = key(customer: row.blob(at: 0), agent: try row.textOrEmpty(at: 3), currency)
    let group = Group(key: key, currency: currency)
    var sum = try sum(of: group, code: row.text(at: 1), name: row.text(at: 2))
    sum.credit += Int128(row.integer(at: 5))
    sums[group] = sum
  }

  private mutating func sum(of group: Group, code: String, name: String) -> Sum {
    var sum = sums.removeValue(forKey: group) ?? Sum()
    if sum.code.isEmpty { sum.code = code }
    if sum.name.isEmpty { sum.name = name }
    return sum
  }

  private func key(customer: [UInt8], agent: String, _ currency: String) -> String {
    switch request.by {
    case .agent: agent
    case .currency: currency
    default: RecordID(bytes: customer)?.description ?? ""
    }
  }

  private static let dayMilliseconds: Int64 = 86_400_000

  /// 0 … 3: at most 30, 60, 90 days old, or older.
  private func band(of moment: Instant) -> Int {
    let days = now.milliseconds(since: moment) / ReceivablesReport.dayMilliseconds
    return days <= 30 ? 0 : days <= 60 ? 1 : days <= 90 ? 2 : 3
  }

  /// By currency, who owes most first.
  private func sorted() -> [(Group, Sum)] {
    sums.filter { !$0.value.isNothing }.map { ($0.key, $0.value) }.sorted { one, other in
      if one.0.currency != other.0.currency { return one.0.currency < other.0.currency }
      if one.1.total != other.1.total { return one.1.total > other.1.total }
      return (one.1.code, one.0.key) < (other.1.code, other.0.key)
    }
  }

  private func row(_ group: Group, _ sum: Sum, _ exponents: [String: Int64]) -> JSONValue {
    let key: JSONValue =
      request.by == .customer
      ? ["customer": .string(sum.code), "name": .string(sum.name)]
      : .object([JSONValue.Member(request.by.rawValue, .string(group.key))])
    func money(_ minor: Int128) -> JSONValue {
      ReportMoney.json(minor, group.currency, exponents: exponents)
    }
    return key.adding([
      "orders": .integer(sum.orders), "owed": money(sum.total), "upTo30": money(sum.owed[0]),
      "upTo60": money(sum.owed[1]), "upTo90": money(sum.owed[2]), "older": money(sum.owed[3]),
      "credit": money(sum.credit), "prepaid": money(sum.prepaid),
    ])
  }
}
