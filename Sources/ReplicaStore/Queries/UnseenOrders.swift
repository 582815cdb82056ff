import GRDB
public import TradeRules

/// Orders that exist only as this device's own work: made here, and not among its rows, because the centre
/// refused them or holds them, or because this device cannot foresee what will become of them. Nothing that
/// was entered is lost from sight.
extension ReplicaView {
  /// The order of a number or id, as it was entered here; nil when this device made no such order, or gave it
  /// up.
  public func unseenOrder(_ key: String) throws -> OrderReading? {
    try unseenOrders().first { $0.order.number == key.uppercased() || $0.order.id == RecordID(key) }
  }

  /// This device's operation that makes an order; nil when it has none that it did not give up.
  public func creation(of order: RecordID) throws -> OwnWork? {
    try ownCreations().first { $0.item.operation.map { Filled<CreateOrder>($0.form).id } == order }
  }

  /// All of them, in order of the operations.
  func unseenOrders() throws -> [OrderReading] {
    try ownCreations().compactMap { work in
      guard work.state != .answered, let operation = work.item.operation
      else { return nil }
      let form = Filled<CreateOrder>(operation.form)
      guard try find(OrderColumns.self, RowKey(OrderColumns.self, form.id)) == nil else { return nil }
      return try reading(of: form, work)
    }
  }

  private func reading(of form: Filled<CreateOrder>, _ work: OwnWork) throws -> OrderReading {
    let group = try self.group(of: work)
    let order = try order(of: form, work, isSubmitted: group.contains { $0.item.kind == SubmitOrder.kind })
    let predicted = group.flatMap { $0.item.predicted.split(separator: " ").dropFirst().map(String.init) }
    let codes = GroupAnswer(group)?.codes ?? predicted.map { Code(rawValue: $0) }
    return OrderReading(
      order: order, lines: try lines(of: form), shipments: [], account: nil, seesMoney: true,
      exponent: try exponent(of: order.currency),
      syncState: work.state == .held ? .held : work.state == .unsent ? .unsent : .rejected,
      codes: codes.filter { $0 != .groupRejected }, isProvisional: work.state != .rejected)
  }

  private func order(
    of form: Filled<CreateOrder>, _ work: OwnWork, isSubmitted: Bool
  ) throws -> Order {
    let customer = try customer(form.customer)
    var order = Order()
    order.id = form.id
    order.number = form.number
    order.customer = form.customer
    order.customerCode = customer?.code ?? ""
    order.customerName = customer?.name ?? PersonalText("")
    order.currency = form.currency ?? customer?.currency ?? ""
    order.priceList = form.priceList ?? customer?.priceList ?? ""
    order.warehouse = form.warehouse ?? customer?.warehouse ?? ""
    order.shipComplete = form.shipComplete
    order.notes = form.notes ?? PersonalText("")
    order.deliveryAddress = form.deliveryAddress ?? customer?.address ?? PersonalText("")
    order.orderedAt = work.item.recordedAt
    order.device = state.device
    order.state = work.state == .rejected ? .rejected : isSubmitted ? .submitted : .draft
    return order
  }

  private func lines(of form: Filled<CreateOrder>) throws -> [OrderLine] {
    try form.lines.enumerated().map { position, entry in
      var line = OrderLine()
      line.id = entry.id
      line.order = form.id
      line.line = Int64(position) + 1
      line.sku = try product(entry.sku)?.sku ?? entry.sku
      line.ordered = entry.quantity
      line.unitPrice = entry.price ?? line.unitPrice
      line.pack = entry.pack ?? ""
      line.packFactor = try pack(line.pack, of: line.sku)?.factor ?? .zero
      return line
    }
  }
}
