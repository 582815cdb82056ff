import GRDB
import TradeRules

/// What each warehouse has of each product, beside the least it should have.
enum StockReport {
  private static let sql = """
    SELECT w.code, p.sku, p.name, p.base_unit, coalesce(l.on_hand, 0), coalesce(l.unavailable, 0),
      coalesce(l.allocated, 0), coalesce(l.set_aside, 0), m.quantity
    FROM (
      SELECT warehouse AS code, sku FROM stock_level
      UNION
      SELECT warehouse, sku FROM stock_minimum
    ) AS w
    JOIN product AS p ON p.sku = w.sku
    LEFT JOIN stock_level AS l ON l.warehouse = w.code AND l.sku = w.sku
    LEFT JOIN stock_minimum AS m ON m.warehouse = w.code AND m.sku = w.sku AND m.quantity > 0
    WHERE (?1 IS NULL OR w.code = ?1) AND (?2 IS NULL OR w.sku = ?2)
      AND (NOT ?3 OR m.quantity > coalesce(l.on_hand - l.unavailable - l.allocated - l.set_aside, 0))
    ORDER BY w.code, w.sku
    LIMIT ?4
    """

  static func run(_ request: ReportRequest, in db: Database) throws -> ReportFindings {
    let statement = try RawStatement(sql, in: db)
    try statement.bind(request.warehouse, at: 0)
    try statement.bind(request.sku, at: 1)
    try statement.bind(request.isOnlyBelow ? 1 : 0, at: 2)
    // One more tells whether there is more.
    try statement.bind(Int64(request.limit) + 1, at: 3)
    var rows: [JSONValue] = []
    while try statement.step() { rows.append(try row(statement)) }
    return ReportFindings(rows: rows)
  }

  private static func row(_ row: RawStatement) throws -> JSONValue {
    let (onHand, unavailable) = (row.integer(at: 4), row.integer(at: 5))
    let (allocated, setAside) = (row.integer(at: 6), row.integer(at: 7))
    let available = onHand - unavailable - allocated - setAside
    let minimum = row.isNull(at: 8) ? nil : row.integer(at: 8)
    return [
      "warehouse": .string(try row.text(at: 0)), "sku": .string(try row.text(at: 1)),
      "name": .string(try row.text(at: 2)), "unit": .string(try row.text(at: 3)), "onHand": .units(onHand),
      "unavailable": .units(unavailable), "allocated": .units(allocated), "setAside": .units(setAside),
      "available": .units(available), "minimum": minimum.map { .units($0) } ?? .null,
      "below": minimum.map { $0 > available ? .units($0 - available) : .null } ?? .null,
    ]
  }
}
