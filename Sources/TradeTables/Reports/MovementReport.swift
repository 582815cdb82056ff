import GRDB
import TradeRules

/// The ledger: what came in, went out and moved within, and what counts corrected. For a warehouse and a
/// product, in − out over all time is what is on hand.
struct MovementReport {
  private let request: ReportRequest
  private var calendar: ReportCalendar
  private var sums: [Group: Sum] = [:]

  private struct Group: Hashable {
    let key: String
    /// Units of different kinds have no sum.
    let unit: String
  }

  private struct Sum {
    var name = ""
    var movements = 0
    var into: Int128 = 0
    var out: Int128 = 0
    var within: Int128 = 0
  }

  init(_ request: ReportRequest, _ calendar: ReportCalendar) {
    (self.request, self.calendar) = (request, calendar)
  }

  /// A count's adjustment is a movement of its own, from nowhere or to nowhere, at the time of the count.
  private static let sql = """
    SELECT m.id, m.occurred_at, m.warehouse, m.sku, m.kind, m.quantity, m.from_bin, m.to_bin, m.lot, m.reason,
      coalesce(o.number, ''), m.device, m.actor, coalesce(p.name, ''), coalesce(p.base_unit, '')
    FROM (
      SELECT id, occurred_at, warehouse, sku, kind, quantity, from_bin, to_bin, lot, reason, line, device, actor
      FROM movement
      UNION ALL
      SELECT b.id, b.occurred_at, b.warehouse, b.sku, 'count', abs(a.quantity), iif(a.quantity < 0, b.bin, ''),
        iif(a.quantity > 0, b.bin, ''), b.lot, '', NULL, b.device, b.actor
      FROM count_adjustment AS a
      JOIN observation AS b ON b.id = a.observation
      WHERE a.quantity <> 0
    ) AS m
    LEFT JOIN order_line AS l ON l.id = m.line
    LEFT JOIN sales_order AS o ON o.id = l."order"
    LEFT JOIN product AS p ON p.sku = m.sku
    WHERE m.occurred_at BETWEEN ?1 AND ?2
      AND (?3 IS NULL OR m.warehouse = ?3) AND (?4 IS NULL OR m.sku = ?4)
    ORDER BY m.occurred_at DESC, m.id DESC
    """

  mutating func run(_ period: ReportPeriod, in db: Database) throws -> ReportFindings {
    let statement = try RawStatement(MovementReport.sql, in: db)
    try statement.bind(period.first, at: 0)
    try statement.bind(period.last, at: 1)
    try statement.bind(request.warehouse, at: 2)
    try statement.bind(request.sku, at: 3)
    if request.by == .none { return ReportFindings(rows: try list(statement)) }
    while try statement.step() { try take(statement) }
    return ReportFindings(rows: sorted().map { row($0.0, $0.1) })
  }

  /// The newest first: of a long ledger that is what somebody looks for.
  private func list(_ statement: RawStatement) throws -> [JSONValue] {
    var rows: [JSONValue] = []
    while rows.count <= request.limit, try statement.step() {
      rows.append([
        "at": .instant(Instant(milliseconds: statement.integer(at: 1))),
        "warehouse": .string(try statement.text(at: 2)), "sku": .string(try statement.text(at: 3)),
        "kind": .string(try statement.text(at: 4)), "quantity": .units(statement.integer(at: 5)),
        "from": .string(try statement.text(at: 6)), "to": .string(try statement.text(at: 7)),
        "lot": .string(try statement.text(at: 8)), "reason": .string(try statement.text(at: 9)),
        "order": .string(try statement.text(at: 10)), "device": .string(try statement.text(at: 11)),
        "actor": .string(try statement.text(at: 12)), "unit": .string(try statement.text(at: 14)),
      ])
    }
    return rows
  }

  private mutating func take(_ statement: RawStatement) throws {
    let key =
      switch request.by {
      case .day: calendar.day(of: Instant(milliseconds: statement.integer(at: 1)))
      case .kind: try statement.text(at: 4)
      case .product: try statement.text(at: 3)
      default: try statement.text(at: 2)
      }
    let group = Group(key: key, unit: try statement.text(at: 14))
    var sum = sums.removeValue(forKey: group) ?? Sum()
    if request.by == .product { sum.name = try statement.text(at: 13) }
    let quantity = Int128(statement.integer(at: 5))
    sum.movements += 1
    switch (try statement.text(at: 6).isEmpty, try statement.text(at: 7).isEmpty) {
    case (true, false): sum.into += quantity
    case (false, true): sum.out += quantity
    default: sum.within += quantity
    }
    sums[group] = sum
  }

  private func sorted() -> [(Group, Sum)] {
    sums.map { ($0.key, $0.value) }.sorted { ($0.0.key, $0.0.unit) < ($1.0.key, $1.0.unit) }
  }

  private func row(_ group: Group, _ sum: Sum) -> JSONValue {
    let key: JSONValue =
      request.by == .product
      ? ["sku": .string(group.key), "name": .string(sum.name)]
      : .object([JSONValue.Member(request.by.rawValue, .string(group.key))])
    return key.adding([
      "movements": .integer(sum.movements), "in": .units(sum.into), "out": .units(sum.out),
      "within": .units(sum.within), "unit": .string(group.unit),
    ])
  }
}
