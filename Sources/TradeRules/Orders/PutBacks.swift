/// Put-back tasks: what is picked and cannot be shipped belongs back in its bin.
enum PutBacks {
  /// Opens a task for more surplus, or closes tasks for less, the oldest first.
  static func follow(
    _ change: Quantity, of line: OrderLine, of order: Order, at warehouse: String, _ code: Code,
    in trade: Trade
  ) throws(Interruption) {
    if change > .zero {
      var task = try trade.openTask(
        .putBack, code, record: order.number, owner: .warehouse, warehouse: warehouse, sku: line.sku,
        quantity: change, bin: BinColumns.staging)
      task.line = line.id
      trade.put(task)
    } else if change < .zero {
      try close(-change, of: line, at: warehouse, in: trade)
    }
  }

  private static func close(
    _ quantity: Quantity, of line: OrderLine, at warehouse: String, in trade: Trade
  ) throws(Interruption) {
    var rest = quantity
    let tasks = try trade.all(
      TaskColumns.self, "task_of_stock", warehouse, line.sku, BinColumns.staging, true
    )
    .filter { $0.kind == .putBack && $0.line == line.id }
    .sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
    for var task in tasks where rest > .zero {
      let met = min(rest, task.quantity)
      rest -= met
      // A task that is done keeps its quantity: it says what was to be done.
      if met == task.quantity { task.isOpen = false } else { task.quantity -= met }
      trade.put(task)
    }
  }
}
