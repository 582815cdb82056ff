import TradeRules

/// What happens to an order's goods. Facts: they stand whatever the order is.
extension ReferenceModel {
  func playGoods(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(PickLine.self) {
      return onGoods(form.order, form.warehouse, deed) { _ in
        guard deed.stands, let line = lines[form.line] else { return .open }
        let bin = form.bin ?? onlyBin(of: line.sku, in: form.warehouse)
        move(deed, form.warehouse, line.sku, form.lot, bin, "STAGING", form.quantity)
        stage(line.id, form.warehouse, form.lot ?? "", form.quantity.thousandths, deed)
        return .done(partly: false)
      }
    }
    if let form = deed.form(PutBackLine.self) {
      return onGoods(form.order, form.warehouse, deed) { _ in
        guard deed.stands, let line = lines[form.line] else { return .open }
        move(deed, form.warehouse, line.sku, form.lot, "STAGING", form.bin, form.quantity)
        let ready = line.staged[form.warehouse]?[form.lot ?? ""] ?? 0
        let back = min(ready, form.quantity.thousandths)
        lines[line.id]?.staged[form.warehouse, default: [:]][form.lot ?? "", default: 0] -= back
        lines[line.id]?.picked -= back
        // What else is picked of the line was a surplus until now.
        for place in (lines[line.id]?.staged ?? [:]).keys.sorted() { riseToPicked(line.id, place, deed) }
        return .done(partly: false)
      }
    }
    if let form = deed.form(ShipOrder.self) {
      return onGoods(form.order, form.warehouse, deed) { order in
        guard deed.stands else { return .open }
        ship(form, order, deed)
        return .done(partly: false)
      }
    }
    return playDelivery(deed)
  }

  private func playDelivery(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(DeliverOrder.self) {
      guard let order = orders[form.order] else { return .open }
      guard sees(deed, order) else { return .refused(["NOT_PERMITTED"]) }
      guard deed.stands else { return .open }
      for entry in form.lines { lines[entry.line]?.handedOver += entry.quantity.thousandths }
      if form.lines.isEmpty {
        for line in linesInOrder(of: order) {
          lines[line.id]?.handedOver = max(line.handedOver, line.shipped)
        }
      }
      closeIfDone(order.id)
      return .stands
    }
    if let form = deed.form(TrackShipment.self), let shipment = shipments[form.shipment], deed.stands {
      if form.status == .delivered, !shipment.isDelivered {
        shipments[form.shipment]?.isDelivered = true
        for (line, quantity) in shipment.lines { tell(line, quantity) }
        closeIfDone(shipment.order)
      }
      return .stands
    }
    return .open
  }

  /// A carrier tells of goods that somebody may have told of before.
  private func tell(_ id: RecordID, _ quantity: Int64) {
    guard let line = lines[id] else { return }
    lines[id]?.handedOver += min(quantity, max(0, line.shipped - line.handedOver))
  }

  private func onGoods(
    _ order: RecordID, _ warehouse: String, _ deed: ModelDeed, _ body: (ModelOrder) -> Forecast
  ) -> Forecast {
    guard let order = orders[order] else { return .open }
    guard mayWork(deed, in: warehouse) else { return .refused(["NOT_PERMITTED"]) }
    return body(order)
  }

  /// Picked goods are in staging; the promise rises to what was picked, as far as the line is open.
  private func stage(
    _ id: RecordID, _ warehouse: String, _ lot: String, _ quantity: Int64, _ deed: ModelDeed
  ) {
    guard var line = lines[id] else { return }
    line.staged[warehouse, default: [:]][lot, default: 0] += quantity
    line.picked += quantity
    lines[id] = line
    riseToPicked(id, warehouse, deed)
  }

  func riseToPicked(_ id: RecordID, _ warehouse: String, _ deed: ModelDeed) {
    guard var line = lines[id], orders[line.order]?.state == "accepted" else { return }
    for other in orders[line.order]?.lines ?? [] {
      queued.append(other)
      // What was picked of one line may let an order that ships complete have the rest.
      if let other = lines[other], other.backordered > 0 {
        unsettled.formUnion(warehouses.map { ModelGoods(warehouse: $0, sku: other.sku) })
      }
    }
    var promise = line.promises[warehouse] ?? ModelPromise()
    let pickedElsewhere = line.promises.keys.filter { $0 != warehouse }.reduce(Int64(0)) { sum, other in
      sum + min(line.ready(at: other), line.promises[other]?.quantity ?? 0)
    }
    let risen = min(line.ready(at: warehouse), line.open - pickedElsewhere)
    guard risen > promise.quantity else { return }
    promise.quantity = risen
    promise.version = deed.version
    line.promises[warehouse] = promise
    lines[id] = line
    trim(id)
  }

  /// Leaves staging for the customer; named lines beyond what is picked were picked as well.
  private func ship(_ form: Filled<ShipOrder>, _ order: ModelOrder, _ deed: ModelDeed) {
    var shipment = ModelShipment(order: order.id)
    let cancelledBefore = cancelled(of: order)
    var wanted = form.lines.map { ($0.line, $0.quantity.thousandths) }
    if form.lines.isEmpty {
      // Who had not heard of a cancellation shipped what was ordered before it.
      let hasHeard = deed.basedOn >= order.cancelledVersion
      wanted = linesInOrder(of: order).map { line in
        let open = hasHeard || line.isRemoved ? line.open : line.ordered - line.shipped
        return (line.id, min(line.ready(at: form.warehouse), open))
      }
    }
    for (id, quantity) in wanted where quantity > 0 {
      guard let line = lines[id] else { continue }
      let missing = quantity - line.ready(at: form.warehouse)
      if missing > 0 {
        let bin = onlyBin(of: line.sku, in: form.warehouse)
        move(deed, form.warehouse, line.sku, nil, bin, "STAGING", Quantity(thousandths: missing))
        stage(id, form.warehouse, "", missing, deed)
      }
      leave(id, form.warehouse, quantity, deed)
      shipment.lines.append((id, quantity))
    }
    shipments[form.shipment] = shipment
    // It had left before somebody cancelled (#32).
    let isCancelled = order.state == "cancelled" || cancelled(of: order) < cancelledBefore
    if isCancelled, deed.occurredAt <= order.cancelledAt ?? 0 { orders[order.id]?.state = "accepted" }
    closeIfDone(order.id)
  }

  private func cancelled(of order: ModelOrder) -> Int64 {
    linesInOrder(of: order).reduce(0) { $0 + $1.cancelled }
  }

  private func leave(_ id: RecordID, _ warehouse: String, _ quantity: Int64, _ deed: ModelDeed) {
    guard var line = lines[id] else { return }
    var rest = quantity
    for (lot, ready) in (line.staged[warehouse] ?? [:]).sorted(by: { $0.key < $1.key }) where rest > 0 {
      let gone = min(rest, ready)
      guard gone > 0 else { continue }
      line.staged[warehouse]?[lot] = ready - gone
      rest -= gone
      move(deed, warehouse, line.sku, lot, "STAGING", nil, Quantity(thousandths: gone))
    }
    line.shipped += quantity
    // What is shipped is not cancelled any more.
    line.cancelled = max(0, min(line.cancelled, line.ordered - line.shipped))
    if var promise = line.promises[warehouse] {
      promise.quantity -= min(promise.quantity, quantity)
      promise.fromQuota = min(promise.fromQuota, promise.quantity)
      line.promises[warehouse] = promise
    }
    lines[id] = line
    trim(id)
  }
}
