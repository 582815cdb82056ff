import GRDB
import TradeRules

/// What customers wait for: lines of accepted orders with a backorder, in the order in which stock will
/// serve them.
enum BackorderReport {
  private static let sql = """
    SELECT o.number, l.line, o.customer_code, coalesce(o.agent, ''), l.sku, coalesce(p.name, ''), l.waiting_at,
      l.ordered - l.cancelled, l.backordered, coalesce(p.base_unit, ''), o.ordered_at, o.id
    FROM order_line AS l
    JOIN sales_order AS o ON o.id = l."order"
    LEFT JOIN product AS p ON p.sku = l.sku
    WHERE l.waiting_at > '' AND l.backordered > 0 AND l.is_removed = 0
      AND (?1 IS NULL OR l.waiting_at IN (?1, '*')) AND (?2 IS NULL OR o.agent = ?2)
      AND (?3 IS NULL OR l.sku = ?3)
    ORDER BY l.waiting_at, l.sku, l.accepted_version, o.number, l.line, l.id
    """

  static func run(_ request: ReportRequest, in db: Database) throws -> ReportFindings {
    let statement = try RawStatement(sql, in: db)
    for (position, filter) in [request.warehouse, request.agent, request.sku].enumerated() {
      try statement.bind(filter, at: position)
    }
    return ReportFindings(
      rows: request.by == .product ? try products(statement) : try lines(statement, limit: request.limit))
  }

  private static func lines(_ statement: RawStatement, limit: Int) throws -> [JSONValue] {
    var rows: [JSONValue] = []
    while rows.count <= limit, try statement.step() {
      rows.append([
        "order": .string(try statement.text(at: 0)), "line": .integer(statement.integer(at: 1)),
        "customer": .string(try statement.text(at: 2)), "agent": .string(try statement.text(at: 3)),
        "sku": .string(try statement.text(at: 4)), "name": .string(try statement.text(at: 5)),
        "warehouse": .string(try statement.text(at: 6)), "ordered": .units(statement.integer(at: 7)),
        "waiting": .units(statement.integer(at: 8)), "unit": .string(try statement.text(at: 9)),
        "orderedAt": .instant(Instant(milliseconds: statement.integer(at: 10))),
      ])
    }
    return rows
  }

  private struct Sum {
    var name = ""
    var unit = ""
    var orders: Set<[UInt8]> = []
    var lines = 0
    var waiting: Int128 = 0
  }

  private static func products(_ statement: RawStatement) throws -> [JSONValue] {
    var sums: [String: Sum] = [:]
    while try statement.step() {
      let sku = try statement.text(at: 4)
      var sum = sums.removeValue(forKey: sku) ?? Sum()
      sum.name = try statement.text(at: 5)
      sum.unit = try statement.text(at: 9)
      sum.orders.insert(statement.blob(at: 11))
      sum.lines += 1
      sum.waiting += Int128(statement.integer(at: 8))
      sums[sku] = sum
    }
    return sums.sorted { ($1.value.waiting, $0.key) < ($0.value.waiting, $1.key) }.map { sku, sum in
      [
        "sku": .string(sku), "name": .string(sum.name), "orders": .integer(sum.orders.count),
        "lines": .integer(sum.lines), "waiting": .units(sum.waiting), "unit": .string(sum.unit),
      ]
    }
  }
}
