extension TrackShipment {
  /// Adds what a carrier said. The same status of the same time is known already and changes nothing; a
  /// late event is listed and never sets the shipment back (#64).
  ///
  /// The first that says `delivered` hands the shipment's goods over. Waits for a shipment that has not
  /// arrived. Refuses `NOT_PERMITTED` out of scope and `BAD_VALUE` for a status that is no word.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard let shipment = try trade.find(ShipmentColumns.self, form.shipment) else {
      guard trade.entry.isFinal else { throw .refused(Refusal(.unknownShipment, form.number)) }
      throw try trade.missing(RowKey(ShipmentColumns.self, form.shipment), called: form.number)
    }
    guard trade.mayChange(shipment.places) else {
      throw .refused(Refusal(.notPermitted, shipment.number))
    }
    let word = form.status.rawValue
    guard !word.isEmpty, word.utf8.count <= 32, word.utf8.allSatisfy(isWordByte) else {
      throw .refused(Refusal(.badValue, "a status is a word such as in_transit, not “\(word)”"))
    }
    let known = try trade.all(TrackingEventColumns.self, "tracking_of_shipment", shipment.id)
    if known.contains(where: { $0.status == form.status && $0.at == trade.occurredAt }) {
      return Verdict(.applied, [.trackingKnown], record: shipment.number)
    }
    note(form, of: shipment, in: trade)
    if form.status == .delivered, !known.contains(where: { $0.status == .delivered }) {
      try handOver(shipment, in: trade)
    }
    return Verdict(.applied, record: shipment.number)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  private static func note(_ form: Filled<Self>, of shipment: Shipment, in trade: Trade) {
    var event = TrackingEvent()
    event.shipment = shipment.id
    event.status = form.status
    event.at = trade.occurredAt
    event.place = form.place ?? ""
    event.receivedAt = trade.entry.receivedAt
    event.operation = trade.operation.id.description
    event.follow(shipment)
    trade.put(event)
    let detail = [form.status.rawValue, form.place ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    trade.tell(kind.rawValue, of: shipment.number, PersonalText(detail), places: shipment.places)
  }

  /// Every line the shipment carries is delivered as far as it was shipped and not handed over before.
  private static func handOver(_ shipment: Shipment, in trade: Trade) throws(Interruption) {
    let carried = try trade.all(ShipmentLineColumns.self, "shipment_line_of", shipment.id)
    let orders = Set(carried.map(\.order)).sorted()
    var sheets: [OrderSheet] = []
    for order in orders {
      let sheet = try trade.ifVisible { () throws(Interruption) in try OrderSheet.find(order, in: trade) }
      if let sheet { sheets.append(sheet) }
    }
    for var sheet in sheets {
      for part in carried where part.order == sheet.order.id {
        guard let index = sheet.lines.firstIndex(where: { $0.id == part.line }) else { continue }
        let line = sheet.lines[index]
        sheet.deliver(min(part.quantity, max(.zero, line.shipped - line.handedOver)), of: index)
      }
      try sheet.save(in: trade)
      trade.tell(
        DeliverOrder.kind.rawValue, of: sheet.order.number, PersonalText(shipment.number),
        places: sheet.places)
    }
  }
}
