/// Picked goods of a line: which lots lie in staging for it.
extension OrderSheet {
  mutating func pick(
    _ quantity: Quantity, of index: Int, lot: String, from bin: String, at warehouse: String,
    in trade: Trade
  ) throws(Interruption) {
    try StockLedger.record(
      MovementDraft(
        kind: .pick, warehouse: warehouse, sku: lines[index].sku, lot: lot, quantity: quantity,
        fromBin: bin, toBin: BinColumns.staging, line: lines[index].id),
      in: trade)
    let known = staged.firstIndex {
      $0.line == lines[index].id && $0.warehouse == warehouse && $0.lot == lot
    }
    if let known {
      staged[known].quantity += quantity
    } else {
      var goods = Staged()
      goods.line = lines[index].id
      goods.warehouse = warehouse
      goods.lot = lot
      goods.order = order.id
      goods.quantity = quantity
      staged.append(goods)
    }
    lines[index].picked += quantity
    involve(warehouse)
  }

  /// Takes goods of a line out of staging, to another bin or out of the warehouse.
  ///
  /// - Parameter lot: nil = whatever lots lie there for the line, in order of their codes.
  /// - Returns: how much of it was not picked according to the books; it is booked all the same.
  mutating func unstage(
    _ quantity: Quantity, of index: Int, lot: String?, as kind: MovementKind, to bin: String,
    at warehouse: String, in trade: Trade
  ) throws(Interruption) -> Quantity {
    var rest = quantity
    var parts: [(lot: String, quantity: Quantity)] = []
    let mine = staged.indices
      .filter { staged[$0].line == lines[index].id && staged[$0].warehouse == warehouse }
      .sorted { staged[$0].lot < staged[$1].lot }
    for position in mine where lot == nil || staged[position].lot == lot {
      let part = min(rest, staged[position].quantity)
      guard part > .zero else { continue }
      if !PlantedBug.isPlanted(.stagedNotReduced) { staged[position].quantity -= part }
      rest -= part
      parts.append((staged[position].lot, part))
    }
    if rest > .zero || parts.isEmpty { parts.append((lot ?? "", rest)) }
    for part in parts {
      try StockLedger.record(
        MovementDraft(
          kind: kind, warehouse: warehouse, sku: lines[index].sku, lot: part.lot, quantity: part.quantity,
          fromBin: BinColumns.staging, toBin: bin, line: lines[index].id),
        in: trade)
    }
    involve(warehouse)
    // What left staging no longer shields its promise from a shortage.
    trade.touchLevel(warehouse, lines[index].sku)
    return rest
  }
}
