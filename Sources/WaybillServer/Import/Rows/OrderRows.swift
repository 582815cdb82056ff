import TradeRules

/// The rows of one order: a line of it each, what they say of the order the same in all of them.
struct OrderRows {
  private let rows: [RowValues]

  init(_ rows: [RowValues]) { self.rows = rows }

  private static let shared = ["customer", "state", "agent", "warehouse", "currency", "ordered_at"]

  /// - Throws: `Refusal` with `BAD_VALUE` or `BAD_QUANTITY` and the column.
  var form: Form {
    get throws(Refusal) {
      let first = rows[0]
      for column in OrderRows.shared {
        for row in rows where row.text(column) != first.text(column) {
          throw Refusal(.badValue, "\(column) of \(first.text("number")) is not the same in all its rows")
        }
      }
      let orderedAt = try first.value("ordered_at") { Instant(timestamp: $0) }
      var lines: [Filled<OrderLineEntry>] = []
      for row in rows { lines.append(try line(of: row)) }
      return Filled<ImportedOrder> {
        $0.number = first.text("number")
        $0.customer = first.text("customer")
        $0.agent = first.optional("agent")
        $0.warehouse = first.optional("warehouse")
        $0.currency = first.optional("currency")
        $0.orderedAt = orderedAt
        // What was submitted elsewhere is accepted here.
        let state = first.optional("state") ?? "accepted"
        $0.state = state == "submitted" ? .accepted : OrderState(rawValue: state)
        $0.lines = lines
      }.form
    }
  }

  private func line(of row: RowValues) throws(Refusal) -> Filled<OrderLineEntry> {
    let quantity = try row.quantity("qty")
    let price = try row.value("unit_price") { UnitPrice(decimal: $0) }
    return Filled<OrderLineEntry> {
      $0.sku = row.text("sku")
      $0.quantity = quantity
      $0.price = price
      $0.pack = row.optional("pack")
    }
  }
}
