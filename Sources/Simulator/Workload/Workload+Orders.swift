import ReplicaStore
import TradeRules

/// What is done to orders.
extension Workload {
  // MARK: New

  mutating func newOrder(
    _ sight: Sight, _ device: SimulatedDevice, submitting: Bool, numbered number: String? = nil
  ) throws -> Drafts? {
    guard let customer = try sight.some(CustomerColumns.self, using: &random) else { return nil }
    var lines: [Filled<OrderLineEntry>] = []
    for _ in 0..<random.number(1...3) { lines.append(orderLine(device)) }
    let id = device.newID(at: world.now)
    var form = Filled<CreateOrder> {
      $0.id = id
      $0.customer = customer.id
      $0.lines = lines
    }
    form.shipComplete = random.chance(150)
    if random.chance(300) { form.warehouse = random.pick(Shop.warehouses) }
    if random.chance(200) { form.notes = text("note") }
    if random.chance(200) { form.deliveryAddress = text("address") }
    if customer.currency.isEmpty { form.currency = "EUR" }
    return { numbering in
      var form = form
      form.number = try number ?? numbering.take("SO")
      let wants = form.lines.map { line in
        QuotaClaims.Want(
          line: line.id, sku: line.sku, warehouse: form.warehouse ?? "", quantity: line.quantity)
      }
      let covers = try numbering.covers(for: wants)
      let submission = Filled<SubmitOrder> {
        $0.order = id
        $0.number = form.number
        $0.covers = covers
      }
      return submitting ? [Draft(form), Draft(submission)] : [Draft(form)]
    }
  }

  private mutating func orderLine(_ device: SimulatedDevice) -> Filled<OrderLineEntry> {
    let sku = random.pick(Shop.hotProducts) ?? Shop.weighed
    var line = Filled<OrderLineEntry> {
      $0.id = device.newID(at: world.now)
      $0.sku = sku
    }
    line.quantity = quantity(of: sku)
    if random.chance(100) { line.price = UnitPrice(tenThousandths: Int64(random.number(1_000...200_000))) }
    return line
  }

  mutating func newLine(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    guard let order = try openOrder(sight) else { return nil }
    let line = orderLine(device)
    let form = Filled<AddOrderLine> {
      $0.order = order.id
      $0.number = order.number
      $0.line = line.id
      $0.sku = line.sku
      $0.quantity = line.quantity
      $0.price = line.price
    }
    return { _ in [Draft(form)] }
  }

  // MARK: Changes

  /// An order that may still be changed; drafts come as often as all others together.
  private mutating func openOrder(_ sight: Sight) throws -> Order? {
    let isDraft = random.chance(500)
    return try sight.some(
      OrderColumns.self,
      where: isDraft ? "state = 'draft' AND is_deleted = 0" : "state IN ('submitted', 'accepted')",
      using: &random)
  }

  private mutating func line(of order: Order, _ sight: Sight) throws -> OrderLine? {
    try sight.some(OrderLineColumns.self, where: "\"order\" = ?", [order.id.sqlBytes], using: &random)
  }

  mutating func lineChange(_ sight: Sight) throws -> Drafts? {
    guard let order = try openOrder(sight), let line = try line(of: order, sight) else { return nil }
    let quantity = quantity(of: line.sku)
    let form = Filled<SetOrderLine> {
      $0.order = order.id
      $0.number = order.number
      $0.line = line.id
      $0.quantity = quantity
      $0.quantitySeen = line.ordered
    }
    return { _ in [Draft(form)] }
  }

  mutating func lineRemoval(_ sight: Sight) throws -> Drafts? {
    guard let order = try openOrder(sight), let line = try line(of: order, sight) else { return nil }
    let form = Filled<RemoveOrderLine> {
      $0.order = order.id
      $0.number = order.number
      $0.line = line.id
    }
    return { _ in [Draft(form)] }
  }

  mutating func orderEdit(_ sight: Sight) throws -> Drafts? {
    guard let order = try openOrder(sight) else { return nil }
    var form = Filled<EditOrder> {
      $0.order = order.id
      $0.number = order.number
    }
    if random.chance(500) {
      form.notes = text("note")
      form.notesSeen = order.notes
    } else {
      form.deliveryAddress = text("address")
      form.deliveryAddressSeen = order.deliveryAddress
    }
    let filled = form
    return { _ in [Draft(filled)] }
  }

  mutating func orderStep(_ deed: Deed, _ sight: Sight) throws -> Drafts? {
    let condition =
      switch deed {
      case .submit: "state = 'draft'"
      case .delete: "state = 'draft' AND is_deleted = 0"
      case .release: "holds <> ''"
      case .hold: "state <> 'cancelled' AND holds = ''"
      default: "state IN ('draft', 'submitted', 'accepted')"
      }
    guard let order = try sight.some(OrderColumns.self, where: condition, using: &random) else { return nil }
    return step(deed, order)
  }

  /// A step in an order's life, whether it is allowed or not.
  mutating func step(_ deed: Deed, _ order: Order) -> Drafts {
    let reason = random.chance(300) ? text("reason") : nil
    return { _ in
      switch deed {
      case .submit: [Draft(Filled<SubmitOrder> { ($0.order, $0.number) = (order.id, order.number) })]
      case .delete: [Draft(Filled<DeleteOrder> { ($0.order, $0.number) = (order.id, order.number) })]
      case .release: [Draft(Filled<ReleaseOrder> { ($0.order, $0.number) = (order.id, order.number) })]
      case .hold:
        [Draft(Filled<HoldOrder> { ($0.order, $0.number, $0.reason) = (order.id, order.number, reason) })]
      default:
        [Draft(Filled<CancelOrder> { ($0.order, $0.number, $0.reason) = (order.id, order.number, reason) })]
      }
    }
  }

  // MARK: Fulfilment

  mutating func pick(_ sight: Sight) throws -> Drafts? {
    let condition = random.chance(900) ? "allocated > picked - shipped" : "accepted_version > 0"
    guard let line = try sight.some(OrderLineColumns.self, where: condition, using: &random),
      let order = try sight.find(OrderColumns.self, line.order),
      let warehouse = random.pick(order.warehouses.words)
    else { return nil }
    var form = Filled<PickLine> {
      $0.order = order.id
      $0.number = order.number
      $0.line = line.id
      $0.warehouse = warehouse
      $0.quantity = line.allocated > .zero ? line.allocated : line.ordered
    }
    if random.chance(300) { form.quantity = quantity(of: line.sku) }
    if random.chance(400) { form.bin = random.pick(Shop.bins) }
    if line.sku == Shop.lotted { form.lot = random.pick(Shop.lots) }
    let (filled, statedAt) = (form, statedAt())
    return { _ in [Draft(filled, at: statedAt)] }
  }

  mutating func putBack(_ sight: Sight) throws -> Drafts? {
    guard let goods = try sight.some(StagedColumns.self, where: "quantity > 0", using: &random),
      let order = try sight.find(OrderColumns.self, goods.order),
      let line = try sight.find(OrderLineColumns.self, goods.line)
    else { return nil }
    let quantity = random.chance(600) ? goods.quantity : quantity(of: line.sku)
    let bin = random.pick(Shop.bins) ?? BinColumns.main
    let form = Filled<PutBackLine> {
      $0.order = order.id
      $0.number = order.number
      $0.line = goods.line
      $0.quantity = quantity
      $0.warehouse = goods.warehouse
      $0.bin = bin
      $0.lot = goods.lot.isEmpty ? nil : goods.lot
    }
    let statedAt = statedAt()
    return { _ in [Draft(form, at: statedAt)] }
  }

  mutating func shipment(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    guard let goods = try sight.some(StagedColumns.self, where: "quantity > 0", using: &random),
      let order = try sight.find(OrderColumns.self, goods.order)
    else { return nil }
    var form = Filled<ShipOrder> {
      $0.order = order.id
      $0.number = order.number
      $0.shipment = device.newID(at: world.now)
      $0.warehouse = goods.warehouse
    }
    if random.chance(300) {
      let quantity = random.chance(700) ? goods.quantity : self.quantity(of: "")
      form.lines = [
        Filled<ShipLineEntry> { ($0.line, $0.quantity) = (goods.line, quantity) }
      ]
    }
    if random.chance(200) { form.carrier = "carrier" }
    let (filled, statedAt) = (form, statedAt())
    return { numbering in
      var form = filled
      form.shipmentNumber = try numbering.take("SH")
      return [Draft(form, at: statedAt)]
    }
  }
}
