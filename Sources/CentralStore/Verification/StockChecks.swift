import GRDB
import TradeRules

/// What stock rows derive from each other. Each query gives the keys where the two sides differ, and by how
/// much; facts are counted on one side and taken off by the other.
enum StockChecks {
  /// The balance of every stock key is its movements plus its current count adjustments (P2).
  static func balances(in db: Database) throws -> CheckResult {
    try compare(
      "ledger and balances", count: "SELECT count(*) FROM stock", in: db,
      """
      SELECT warehouse || ' ' || bin || ' ' || sku || ' ' || lot || ' ' || condition AS place,
        sum(quantity) AS difference
      FROM (
        SELECT warehouse, to_bin AS bin, sku, lot, condition, quantity FROM movement WHERE to_bin <> ''
        UNION ALL
        SELECT warehouse, from_bin, sku, lot, condition, -quantity FROM movement WHERE from_bin <> ''
        UNION ALL
        SELECT observation.warehouse, bin, sku, lot, condition, count_adjustment.quantity
        FROM count_adjustment JOIN observation ON observation.id = count_adjustment.observation
        UNION ALL
        SELECT warehouse, bin, sku, lot, condition, -on_hand FROM stock
      )
      GROUP BY warehouse, bin, sku, lot, condition HAVING sum(quantity) <> 0 ORDER BY 1
      """)
  }

  /// Every count has its adjustment, which is the last of its revisions.
  static func adjustments(in db: Database) throws -> CheckResult {
    try compare(
      "counts and adjustments", count: "SELECT count(*) FROM observation", in: db,
      """
      SELECT lower(hex(observation.id)) AS place,
        count_adjustment.quantity - adjustment_revision.quantity AS difference
      FROM observation
        LEFT JOIN count_adjustment ON count_adjustment.observation = observation.id
        LEFT JOIN adjustment_revision ON adjustment_revision.observation = observation.id
          AND adjustment_revision.revision
            = (SELECT max(revision) FROM adjustment_revision WHERE observation = observation.id)
      WHERE count_adjustment.quantity IS NOT adjustment_revision.quantity
        OR count_adjustment.revision IS NOT adjustment_revision.revision
        OR count_adjustment.observation IS NULL
      ORDER BY 1
      """)
  }

  /// A warehouse has of a product what its bins have, and as much of it is unavailable.
  static func levels(in db: Database) throws -> CheckResult {
    try compare(
      "balances and levels", count: "SELECT count(*) FROM stock_level", in: db,
      """
      SELECT warehouse || ' ' || sku AS place,
        coalesce(nullif(sum(on_hand), 0), sum(unavailable)) AS difference
      FROM (
        SELECT warehouse, sku, on_hand, iif(condition = 'good', 0, on_hand) AS unavailable FROM stock
        UNION ALL
        SELECT warehouse, sku, -on_hand, -unavailable FROM stock_level
      )
      GROUP BY warehouse, sku HAVING sum(on_hand) <> 0 OR sum(unavailable) <> 0 ORDER BY 1
      """)
  }

  /// What levels and lines say is promised is the sum of the promises (P7).
  static func promises(in db: Database) throws -> CheckResult {
    try compare(
      "allocations", count: "SELECT count(*) FROM allocation", in: db,
      """
      SELECT warehouse || ' ' || sku AS place, sum(quantity) AS difference
      FROM (
        SELECT warehouse, sku, quantity FROM allocation
        UNION ALL
        SELECT warehouse, sku, -allocated FROM stock_level
      )
      GROUP BY warehouse, sku HAVING sum(quantity) <> 0
      UNION ALL
      SELECT 'line ' || lower(hex(line)), sum(quantity)
      FROM (
        SELECT line, quantity FROM allocation
        UNION ALL
        SELECT id, -allocated FROM order_line
      )
      GROUP BY line HAVING sum(quantity) <> 0
      UNION ALL
      SELECT 'open promise of line ' || lower(hex(line)), quantity FROM allocation
      WHERE open_at <> iif(quantity > 0, warehouse, '')
      ORDER BY 1
      """)
  }

  /// What levels say is set aside is what is unspent of the quotas (G13).
  static func quotas(in db: Database) throws -> CheckResult {
    try compare(
      "quotas", count: "SELECT count(*) FROM quota", in: db,
      """
      SELECT warehouse || ' ' || sku AS place, sum(quantity) AS difference
      FROM (
        SELECT warehouse, sku, granted - spent - returned - written_off AS quantity FROM quota
        UNION ALL
        SELECT warehouse, sku, -set_aside FROM stock_level
      )
      GROUP BY warehouse, sku HAVING sum(quantity) <> 0 ORDER BY 1
      """)
  }

  /// What is picked for a line and not shipped is staged for it.
  static func staging(in db: Database) throws -> CheckResult {
    try compare(
      "picked and staged", count: "SELECT count(*) FROM staged_goods", in: db,
      """
      SELECT 'line ' || lower(hex(line)) AS place, sum(quantity) AS difference
      FROM (
        SELECT line, quantity FROM staged_goods
        UNION ALL
        SELECT id, shipped - picked FROM order_line
      )
      GROUP BY line HAVING sum(quantity) <> 0 ORDER BY 1
      """)
  }

  private static func compare(
    _ name: String, count: String, in db: Database, _ differences: String
  ) throws -> CheckResult {
    var result = CheckResult(name)
    result.examine(try Int64.fetchOne(db, sql: count) ?? 0)
    let rows = try GRDB.Row.fetchCursor(db, sql: differences)
    while let row = try rows.next() {
      let (place, difference): (String, Int64?) = try (row.cell("place"), row.cell("difference"))
      let amount = difference.map { Quantity(thousandths: $0).decimalText } ?? "all"
      result.fault("\(place) differs by \(amount)")
    }
    return result
  }
}
