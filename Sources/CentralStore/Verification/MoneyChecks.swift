import GRDB

/// What accounts derive from payments and orders. Each query gives where the two sides differ, and by how many
/// minor units.
enum MoneyChecks {
  /// An order's account is the sum of its payments; what is kept beyond the order's price is its credit; what
  /// customers have to their credit is that, less what they paid with it.
  static func accounts(in db: Database) throws -> CheckResult {
    var result = CheckResult("payments and accounts")
    result.examine(try Int64.fetchOne(db, sql: "SELECT count(*) FROM payment") ?? 0)
    let rows = try GRDB.Row.fetchCursor(db, sql: differences)
    while let row = try rows.next() {
      let (place, difference): (String, Int64) = try (row.cell("place"), row.cell("difference"))
      result.fault("\(place) differs by \(difference) minor units")
    }
    return result
  }

  private static let differences = """
    SELECT 'order ' || lower(hex("order")) AS place, sum(minor) AS difference
    FROM (
      SELECT "order", kind, order_minor AS minor FROM payment
      UNION ALL
      SELECT "order", 'payment', -paid_minor FROM order_account
      UNION ALL
      SELECT "order", 'refund', -refunded_minor FROM order_account
    )
    GROUP BY "order", kind HAVING sum(minor) <> 0
    UNION ALL
    SELECT 'credit of ' || number, credit_minor - credit
    FROM (
      SELECT number, credit_minor, max(0, paid_minor - refunded_minor
        - iif(state IN ('cancelled', 'rejected'), 0, total_minor)) AS credit
      FROM order_account JOIN sales_order ON sales_order.id = order_account."order"
    )
    WHERE credit_minor <> credit
    UNION ALL
    SELECT 'credit in ' || currency, sum(minor)
    FROM (
      SELECT currency, credit_minor AS minor
      FROM order_account JOIN sales_order ON sales_order.id = order_account."order"
      UNION ALL
      SELECT currency, iif(kind = 'payment', -amount_minor, amount_minor) FROM payment
      WHERE method = 'credit'
      UNION ALL
      SELECT currency, -credit_minor FROM customer_account
    )
    GROUP BY currency HAVING sum(minor) <> 0
    ORDER BY 1
    """
}
