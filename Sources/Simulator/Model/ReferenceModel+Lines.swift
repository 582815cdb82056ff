import GRDB
import TradeRules

/// What is changed of an order's lines.
extension ReferenceModel {
  func playLine(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(AddOrderLine.self) {
      return onOrder(form.order, deed) { order in
        guard deed.stands else { return .open }
        lines[form.line] = ModelLine(
          id: form.line, order: order.id, sku: form.sku, place: order.lines.count,
          ordered: form.quantity.thousandths)
        orders[order.id]?.lines.append(form.line)
        holdAsAnswered(order.id, deed)
        spend(form.covers, deed)
        queueAll(order.id)
        return .stands
      }
    }
    if let form = deed.form(SetOrderLine.self) {
      return onLine(form.order, form.line, deed) { line in
        guard deed.stands else { return .open }
        set(line, to: form.quantity.thousandths, deed)
        holdAsAnswered(line.order, deed)
        spend(form.covers, deed)
        queueAll(line.order)
        closeIfDone(line.order)
        return .stands
      }
    }
    if let form = deed.form(RemoveOrderLine.self) {
      return onLine(form.order, form.line, deed) { line in
        guard deed.stands else { return .open }
        remove(line, deed)
        queueAll(line.order)
        closeIfDone(line.order)
        return .stands
      }
    }
    return .open
  }

  private func onLine(
    _ order: RecordID, _ line: RecordID, _ deed: ModelDeed, _ body: (ModelLine) -> Forecast
  ) -> Forecast {
    // A line of a closed order is refused as one that was shipped.
    if orders[order]?.state == "closed" { return .open }
    return onOrder(order, deed) { _ in lines[line].map(body) ?? .open }
  }

  private func holdAsAnswered(_ order: RecordID, _ deed: ModelDeed) {
    let isDraft = orders[order]?.state == "draft"
    let codes = isDraft ? ["CONFIRM_LINE"] : ReferenceModel.holdCodes.union(["SHIP_COMPLETE_WAIT"])
    let told = codes.intersection(deed.codes)
    orders[order]?.holds.formUnion(told)
    if !told.isEmpty { count("holds taken over", told.count) }
  }

  private func queueAll(_ order: RecordID) {
    for line in orders[order]?.lines ?? [] { queue(line) }
  }

  /// Of two that did not know of each other the later recorded stands; never below what is shipped.
  private func set(_ line: ModelLine, to quantity: Int64, _ deed: ModelDeed) {
    let mine = ModelStamp(deed)
    // Who says what is there already has said nothing.
    if !line.isRemoved, max(quantity, line.shipped) == line.ordered { return }
    if let theirs = line.stamp, mine.meets(theirs) {
      // Against a removal a quantity stands, whichever was later.
      let isOutdone = !line.isRemoved && mine < theirs
      metQuantities[line.id] = isOutdone ? line.ordered : quantity
      if isOutdone { return }
    }
    lines[line.id]?.ordered = max(quantity, line.shipped)
    lines[line.id]?.isRemoved = false
    lines[line.id]?.stamp = mine
    for warehouse in line.staged.keys { riseToPicked(line.id, warehouse, deed) }
    trim(line.id)
  }

  private func remove(_ line: ModelLine, _ deed: ModelDeed) {
    // A second time it says nothing, whatever was shipped meanwhile.
    if line.isRemoved { return }
    if let theirs = line.stamp, ModelStamp(deed).meets(theirs) {
      metQuantities[line.id] = line.ordered
      return
    }
    lines[line.id]?.isRemoved = line.shipped == 0
    if line.shipped > 0 { lines[line.id]?.ordered = line.shipped }
    lines[line.id]?.stamp = ModelStamp(deed)
    trim(line.id)
  }

  func check(_ row: GRDB.Row) throws {
    let id = RecordID(sql: row["id"])
    guard let line = lines[id] else { throw Finding("model", "the model has no line \(id)") }
    let name = "line \(line.place + 1) of \(orders[line.order]?.number ?? "?") (\(line.sku))"
    try compare("removed", name, line.isRemoved, row["is_removed"] as Bool)
    try compare("ordered", name, line.ordered, row["ordered"] as Int64)
    try compare("cancelled", name, line.cancelled, row["cancelled"] as Int64)
    try compare("picked", name, line.picked, row["picked"] as Int64)
    try compare("shipped", name, line.shipped, row["shipped"] as Int64)
    try compare("handed over", name, line.handedOver, row["handed_over"] as Int64)
    try compare("delivered", name, line.delivered, row["delivered"] as Int64)
    count("lines")
    if doubtful.contains(line.sku) { return count("promises taken over") }
    try compare("allocated", name, line.allocated, row["allocated"] as Int64)
    try compare("backordered", name, line.backordered, row["backordered"] as Int64)
  }

  func checkPromises(_ centre: ModelRows) throws {
    for row in centre.promises {
      let line = RecordID(sql: row["line"])
      if doubtful.contains(lines[line]?.sku ?? "") { continue }
      let promise = lines[line]?.promises[row["warehouse"]] ?? ModelPromise()
      let name = "\(line) from \(row["warehouse"] as String)"
      try compare("promised", name, promise.quantity, row["quantity"] as Int64)
      try compare("from quota", name, promise.fromQuota, row["from_quota"] as Int64)
      count("promises")
    }
    for row in centre.staged {
      let line = RecordID(sql: row["line"])
      let ready = lines[line]?.staged[row["warehouse"]]?[row["lot"]] ?? 0
      try compare("staged", "\(line) \(row["lot"] as String)", ready, row["quantity"] as Int64)
    }
  }
}
