/// The papers of what left: a shipment, and a line for each order line it carries.
enum Shipments {
  /// Adds an order's goods to a shipment, a new one or one that already carries another order's.
  ///
  /// - Returns: the shipment's id.
  static func record(
    _ form: Filled<ShipOrder>, _ sheet: OrderSheet, _ items: [ShippedItem], in trade: Trade
  ) throws(Interruption) -> RecordID {
    var shipment = try shipment(form, for: sheet.order, in: trade)
    if let carrier = form.carrier { shipment.carrier = carrier }
    if let tracking = form.tracking { shipment.tracking = tracking }
    let before = shipment.warehouses
    shipment.warehouses = union(before, sheet.order.warehouses)
    if before.isEmpty || before == shipment.warehouses {
      trade.put(shipment)
    } else {
      try put(shipment, in: trade)
    }
    let carried = try trade.all(ShipmentLineColumns.self, "shipment_line_order", sheet.order.id)
    for item in items {
      let line = sheet.lines[item.index]
      var shipped =
        carried.first { $0.shipment == shipment.id && $0.line == line.id } ?? ShipmentLine()
      shipped.shipment = shipment.id
      shipped.line = line.id
      shipped.order = sheet.order.id
      shipped.sku = line.sku
      shipped.quantity += item.quantity
      shipped.follow(sheet.order)
      trade.put(shipped)
    }
    return shipment.id
  }

  /// What of an order's lines has left, by the warehouse it left from; a surplus aside, which has a task of its
  /// own.
  static func left(
    of sheet: OrderSheet, in trade: Trade
  ) throws(Interruption) -> [(warehouse: String, quantity: Quantity)] {
    guard sheet.lines.contains(where: { $0.shipped > .zero }) else { return [] }
    var ordered: [RecordID: Quantity] = [:]
    for line in sheet.lines where !line.isRemoved { ordered[line.id] = line.ordered }
    var left: [String: Quantity] = [:]
    for part in try trade.all(ShipmentLineColumns.self, "shipment_line_order", sheet.order.id) {
      let shipment = try trade.ifVisible { () throws(Interruption) in
        try trade.find(ShipmentColumns.self, part.shipment)
      }
      let wanted = min(part.quantity, ordered[part.line] ?? .zero)
      ordered[part.line] = (ordered[part.line] ?? .zero) - wanted
      left[shipment?.warehouse ?? "", default: .zero] += wanted
    }
    return left.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The shipment named. Goods for somebody who may not see it, or from another warehouse, travel on papers of
  /// their own.
  private static func shipment(
    _ form: Filled<ShipOrder>, for order: Order, in trade: Trade
  ) throws(Interruption) -> Shipment {
    let known = try trade.ifVisible { () throws(Interruption) in
      try trade.find(ShipmentColumns.self, form.shipment)
    }
    if let known, known.warehouse == form.warehouse, known.agent == order.agent,
      known.territory == order.territory,
      known.device == order.device || order.agent != nil || order.territory != nil
    {
      return known
    }
    var shipment = Shipment()
    shipment.id = known == nil ? form.shipment : trade.derivedID("shipment")
    shipment.number = form.shipmentNumber
    shipment.warehouse = form.warehouse
    shipment.shippedAt = trade.occurredAt
    shipment.agent = order.agent
    shipment.territory = order.territory
    shipment.device = order.device
    return shipment
  }

  /// Shows an order's shipments to those who have to do with it now.
  static func show(
    _ sheet: OrderSheet, movedFrom before: Order, in trade: Trade
  ) throws(Interruption) {
    for var line in try trade.all(ShipmentLineColumns.self, "shipment_line_order", sheet.order.id) {
      line.follow(sheet.order)
      trade.put(line)
      let shipment = try trade.ifVisible { () throws(Interruption) in
        try trade.find(ShipmentColumns.self, line.shipment)
      }
      guard var shipment else { continue }
      let places = shipment.places
      shipment.warehouses = union(shipment.warehouses, sheet.order.warehouses)
      if shipment.agent == before.agent, shipment.territory == before.territory {
        (shipment.agent, shipment.territory) = (sheet.order.agent, sheet.order.territory)
      }
      try put(shipment, in: trade)
      try Following.move(shipment, from: places, in: trade)
    }
  }

  /// Writes a shipment; what carriers said of it is seen by whoever sees it.
  private static func put(_ shipment: Shipment, in trade: Trade) throws(Interruption) {
    trade.put(shipment)
    for var event in try trade.all(TrackingEventColumns.self, "tracking_of_shipment", shipment.id) {
      event.follow(shipment)
      trade.put(event)
    }
  }

  private static func union(_ one: WordList, _ other: WordList) -> WordList {
    var words = one
    for word in other.words { words.insert(word) }
    return WordList(words.words.sorted())
  }
}

extension Record where Columns == ShipmentColumns {
  /// Who sees the shipment, and so what is told of it.
  var places: [Bucket] { TableDescription.of(ShipmentColumns.self).buckets(of: row) }
}
