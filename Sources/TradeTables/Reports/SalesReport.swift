import GRDB
import TradeRules

/// What was sold: lines of orders that were submitted and not refused or cancelled, at the prices agreed, on
/// the day the order was taken. A line's amount is rounded to the currency as the order's total is, and without
/// the tax, also where the price has it in it.
struct SalesReport {
  private let request: ReportRequest
  private var calendar: ReportCalendar
  private var sums: [Group: Sum] = [:]
  private var totals: [String: Int128] = [:]

  private struct Group: Hashable {
    let key: String
    let currency: String
  }

  private struct Sum {
    var orders = 0
    var lines = 0
    var quantity: Int128 = 0
    var amount: Int128 = 0
    /// The order of the last line: lines of one order come one after the other.
    var lastOrder: [UInt8] = []
    var name = ""
  }

  init(_ request: ReportRequest, _ calendar: ReportCalendar) {
    (self.request, self.calendar) = (request, calendar)
  }

  private static let sql = """
    SELECT o.id, o.ordered_at, o.currency, coalesce(o.agent, ''), o.warehouse, o.customer_code, o.customer_name,
      coalesce(c.country, ''), l.sku, coalesce(p.name, ''), coalesce(p.category, ''), l.unit_price,
      l.ordered - l.cancelled, iif(l.is_tax_included, l.tax_percent, 0)
    FROM sales_order AS o
    JOIN order_line AS l ON l."order" = o.id
    LEFT JOIN customer AS c ON c.id = o.customer
    LEFT JOIN product AS p ON p.sku = l.sku
    WHERE o.state IN ('submitted', 'accepted', 'closed') AND o.is_deleted = 0
      AND l.is_removed = 0 AND l.ordered > l.cancelled
      AND o.ordered_at BETWEEN ?1 AND ?2
      AND (?3 IS NULL OR o.warehouse = ?3) AND (?4 IS NULL OR o.agent = ?4) AND (?5 IS NULL OR l.sku = ?5)
    ORDER BY o.id, l.id
    """

  mutating func run(_ period: ReportPeriod, in db: Database) throws -> ReportFindings {
    let exponents = try ReportMoney.exponents(in: db)
    let statement = try RawStatement(SalesReport.sql, in: db)
    try statement.bind(period.first, at: 0)
    try statement.bind(period.last, at: 1)
    for (position, filter) in [request.warehouse, request.agent, request.sku].enumerated() {
      try statement.bind(filter, at: position + 2)
    }
    while try statement.step() { try take(statement, exponents) }
    return ReportFindings(
      rows: sorted().map { row($0.0, $0.1, exponents) },
      totals: totals.sorted { $0.key < $1.key }
        .map { ReportMoney.json($0.value, $0.key, exponents: exponents) })
  }

  private mutating func take(_ line: RawStatement, _ exponents: [String: Int64]) throws {
    let currency = try line.text(at: 2)
    let quantity = Quantity(thousandths: line.integer(at: 12))
    let price = UnitPrice(tenThousandths: line.integer(at: 11))
    guard let priced = price.amountMinor(for: quantity, exponent: exponents[currency] ?? 0),
      let tax = Percent(tenThousandths: line.integer(at: 13)).part(of: priced)
    else {
      throw line.damage("an order line's amount does not fit")
    }
    let amount = priced - tax
    let (key, name) = try group(of: line, currency)
    let order = line.blob(at: 0)
    var sum = sums.removeValue(forKey: Group(key: key, currency: currency)) ?? Sum()
    if sum.lastOrder != order {
      sum.orders += 1
      sum.lastOrder = order
    }
    sum.lines += 1
    sum.quantity += Int128(quantity.thousandths)
    sum.amount += Int128(amount)
    if sum.name.isEmpty { sum.name = name }
    sums[Group(key: key, currency: currency)] = sum
    totals[currency, default: 0] += Int128(amount)
  }

  private mutating func group(of line: RawStatement, _ currency: String) throws -> (String, String) {
    switch request.by {
    case .day: (calendar.day(of: Instant(milliseconds: line.integer(at: 1))), "")
    case .month: (calendar.month(of: Instant(milliseconds: line.integer(at: 1))), "")
    case .agent: (try line.text(at: 3), "")
    case .warehouse: (try line.text(at: 4), "")
    case .customer: (try line.text(at: 5), try line.text(at: 6))
    case .country: (try line.text(at: 7), "")
    case .product: (try line.text(at: 8), try line.text(at: 9))
    case .category: (try line.text(at: 10), "")
    case .currency: (currency, "")
    case .none, .kind: ("", "")
    }
  }

  /// Days in their order; other groups by currency, the largest first.
  private func sorted() -> [(Group, Sum)] {
    sums.map { ($0.key, $0.value) }.sorted { one, other in
      if request.by.isTime || one.0.currency == other.0.currency && one.1.amount == other.1.amount {
        return (one.0.key, one.0.currency) < (other.0.key, other.0.currency)
      }
      if one.0.currency != other.0.currency { return one.0.currency < other.0.currency }
      return one.1.amount > other.1.amount
    }
  }

  private func row(_ group: Group, _ sum: Sum, _ exponents: [String: Int64]) -> JSONValue {
    let key: JSONValue =
      switch request.by {
      case .product: ["sku": .string(group.key), "name": .string(sum.name)]
      case .customer: ["customer": .string(group.key), "name": .string(sum.name)]
      default: .object([JSONValue.Member(request.by.rawValue, .string(group.key))])
      }
    var row = key.adding(["orders": .integer(sum.orders), "lines": .integer(sum.lines)])
    if request.by == .product { row = row.adding(["quantity": .units(sum.quantity)]) }
    return row.adding(["amount": ReportMoney.json(sum.amount, group.currency, exponents: exponents)])
  }
}
