import ReplicaStore
import TradeRules

/// What becomes of goods that were picked: packed, handed over, tracked.
extension Workload {
  mutating func packing(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    guard let goods = try sight.some(StagedColumns.self, where: "quantity > 0", using: &random),
      let order = try sight.find(OrderColumns.self, goods.order)
    else { return nil }
    var form = Filled<PackOrder> {
      ($0.order, $0.number, $0.warehouse) = (order.id, order.number, goods.warehouse)
      $0.package = device.newID(at: world.now)
    }
    if random.chance(400) {
      let quantity = random.chance(700) ? goods.quantity : self.quantity(of: "")
      form.lines = [Filled<PackLineEntry> { ($0.line, $0.quantity) = (goods.line, quantity) }]
    }
    if random.chance(300) { form.weightGrams = Int64(random.number(1...50_000)) }
    let (filled, statedAt) = (form, statedAt())
    return { numbering in
      var form = filled
      form.packageNumber = try numbering.take("PK")
      return [Draft(form, at: statedAt)]
    }
  }

  mutating func delivery(_ sight: Sight) throws -> Drafts? {
    let condition = random.chance(850) ? "shipped > delivered" : "allocated + picked > 0"
    guard let line = try sight.some(OrderLineColumns.self, where: condition, using: &random),
      let order = try sight.find(OrderColumns.self, line.order)
    else { return nil }
    var form = Filled<DeliverOrder> { ($0.order, $0.number) = (order.id, order.number) }
    if random.chance(300) {
      let quantity = quantity(of: line.sku)
      form.lines = [Filled<DeliverLineEntry> { ($0.line, $0.quantity) = (line.id, quantity) }]
    }
    let (filled, statedAt) = (form, statedAt())
    return { _ in [Draft(filled, at: statedAt)] }
  }

  mutating func tracking(_ sight: Sight) throws -> Drafts? {
    guard let shipment = try sight.some(ShipmentColumns.self, using: &random) else { return nil }
    let status = random.pick([TrackingStatus.inTransit, .outForDelivery, .exception, .delivered, .returned])
    let place = random.chance(500) ? "PLACE-\(random.number(1...3))" : nil
    let form = Filled<TrackShipment> {
      ($0.shipment, $0.number) = (shipment.id, shipment.number)
      ($0.status, $0.place) = (status ?? .inTransit, place)
    }
    let statedAt = statedAt()
    return { _ in [Draft(form, at: statedAt)] }
  }

  /// Somebody gives up what waits at the centre, or what no longer does.
  mutating func withdrawal(_ device: SimulatedDevice) throws -> Drafts? {
    let groups = try device.store.view { view in
      try view.openWork().filter { $0.state == .held }.map { try view.group(of: $0) }
    }
    guard let group = random.pick(groups), let first = group.first, let last = group.last else { return nil }
    let form = Filled<WithdrawWork> { ($0.first, $0.last) = (first.id.number, last.id.number) }
    return { _ in [Draft(form)] }
  }
}
