import ReplicaStore
import TradeRules

/// One order for people and programs.
struct OrderShown {
  let reading: OrderReading
  /// Of a draft: what submitting it now would take from the device's quotas.
  var coverage: Coverage?
  let console: Console

  private var order: Order { reading.order }

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    reading.summary.adding([
      "lines": .array(reading.lines.map(\.json)),
      "shipments": .array(reading.shipments.map(\.json)),
      "deliveryAddress": .string(order.deliveryAddress.text), "notes": .string(order.notes.text),
      "warehouse": order.warehouse.isEmpty ? .null : .string(order.warehouse),
      "priceList": .string(order.priceList), "shipComplete": .bool(order.shipComplete),
      "freightMinor": .integer(order.freightMinor), "feesMinor": .integer(order.feesMinor),
      "taxMinor": .integer(order.taxMinor),
      "orderedAt": .instant(order.orderedAt), "submittedAt": .instant(order.submittedAt),
      "quota": coverage?.json ?? .null, "codes": .array(reading.codes.map(\.json)),
      "rev": .integer(order.row.version),
    ])
  }

  private var text: String {
    var lines = [heading, "  customer \(order.customerCode)  \(order.customerName.text)"]
    let total = Money(amountMinor: order.totalMinor, currency: order.currency, exponent: reading.exponent)
    lines.append(
      "  total \(total.shown) · \(reading.fulfilment.rawValue)"
        + (reading.payment.map { " · \($0.rawValue)" } ?? ""))
    let charges = Money(
      amountMinor: order.freightMinor + order.feesMinor, currency: order.currency, exponent: reading.exponent)
    let tax = Money(amountMinor: order.taxMinor, currency: order.currency, exponent: reading.exponent)
    if tax.amountMinor > 0 {
      let isInside = reading.lines.contains { $0.isTaxIncluded }
      lines.append("  with \(tax.shown) of tax\(isInside ? ", in the prices" : "")")
    }
    if charges.amountMinor > 0 { lines.append("  with \(charges.shown) of freight and fees") }
    if !order.warehouse.isEmpty { lines.append("  served from \(order.warehouse)") }
    if !order.deliveryAddress.text.isEmpty { lines.append("  deliver to \(order.deliveryAddress.text)") }
    if !order.notes.text.isEmpty { lines.append("  notes: \(order.notes.text)") }
    for hold in order.holds.words.map(Code.init(rawValue:)) {
      lines.append(console.styled("  on hold[\(hold)]", .yellow) + ": \(CodeBook.entry(for: hold).sentence)")
    }
    for code in reading.codes where !order.holds.contains(code.rawValue) {
      lines.append("  \(code): \(CodeBook.entry(for: code).sentence)")
    }
    lines += coverage?.sentences ?? []
    lines += [""] + table.lines
    for shipment in reading.shipments {
      let by = [shipment.carrier, shipment.tracking].filter { !$0.isEmpty }.joined(separator: " ")
      let when = Times.local(shipment.shippedAt, now: Clocks.now)
      lines.append("shipped \(when) as \(shipment.number)\(by.isEmpty ? "" : " by \(by)")")
    }
    return lines.joined(separator: "\n")
  }

  private var heading: String {
    let marks = Marks.mark(of: reading.syncState) + (reading.isProvisional ? Marks.provisional : "")
    let state = console.styled("\(order.number)  \(order.state.rawValue)", .bold)
    return "\(state)  \(marks) \(reading.syncState.rawValue)\(reading.isProvisional ? ", provisional" : "")"
  }

  /// Counters that are zero on every line are left out.
  private var table: TextTable {
    var table = TextTable([
      .right("LINE"), .left("SKU"), .right("ORDERED"), .left("PACKS"), .right("PRICE"), .right("ALLOCATED"),
      .right("BACKORDERED"), .right("PICKED"), .right("SHIPPED"), .right("DELIVERED"), .right("CANCELLED"),
      .right("RETURNED"),
    ])
    func shown(_ quantity: Quantity) -> String { quantity == .zero ? "" : quantity.decimalText }
    for line in reading.lines {
      table.add(
        "\(line.line)", line.sku, line.ordered.decimalText, line.packText(of: line.ordered),
        line.unitPrice.shown(exponent: reading.exponent),
        shown(line.allocated), shown(line.backordered), shown(line.picked), shown(line.shipped),
        shown(line.delivered), shown(line.cancelled), shown(line.returned))
    }
    return table
  }
}

/// A list of orders, one line each.
struct OrdersShown {
  let orders: [OrderReading]

  var shown: (document: JSONValue, text: String) {
    (["orders": .array(orders.map { $0.summary.adding(["codes": .array($0.codes.map(\.json))]) })], text)
  }

  private var text: String {
    guard !orders.isEmpty else { return "No orders." }
    var table = TextTable([
      .left(""), .left("NUMBER"), .left("STATE"), .left("FULFILMENT"), .left("CUSTOMER"), .right("TOTAL"),
      .left("ON HOLD"),
    ])
    for reading in orders {
      let order = reading.order
      let total = Money(amountMinor: order.totalMinor, currency: order.currency, exponent: reading.exponent)
      table.add(
        Marks.mark(of: reading.syncState) + (reading.isProvisional ? Marks.provisional : ""), order.number,
        order.state.rawValue, reading.fulfilment.rawValue, order.customerName.text, total.shown,
        order.holds.words.joined(separator: " "))
    }
    return table.text
  }
}

extension OrderReading {
  var fulfilment: Fulfilment { Fulfilment.of(lines) }

  /// Nil where payments are not visible.
  var payment: PaymentState? { seesMoney ? PaymentState.of(order, account) : nil }

  /// Zero before the first payment, null where nobody may know.
  private func money(_ amountMinor: Int64?) -> JSONValue { seesMoney ? .integer(amountMinor ?? 0) : .null }

  fileprivate var summary: JSONValue {
    [
      "number": .string(order.number), "id": .string(order.id.description),
      "state": .string(order.state.rawValue), "hold": order.holds.json,
      "fulfilment": .string(fulfilment.rawValue), "payment": .text(payment?.rawValue),
      "syncState": .string(syncState.rawValue), "provisional": .bool(isProvisional),
      "customer": [
        "id": .string(order.customer.description), "code": .string(order.customerCode),
        "name": .string(order.customerName.text),
      ],
      "currency": .string(order.currency), "totalMinor": .integer(order.totalMinor),
      "paidMinor": money(account?.paidMinor), "refundedMinor": money(account?.refundedMinor),
      "creditMinor": money(account?.creditMinor),
    ]
  }
}

extension Record where Columns == OrderLineColumns {
  /// `3 BOX12`; empty where the quantity is no whole number of the line's packs, or it has none.
  func packText(of quantity: Quantity) -> String {
    packs(in: quantity).map { $0 == 0 ? "" : "\($0) \(self.pack)" } ?? ""
  }

  fileprivate var json: JSONValue {
    [
      "line": .integer(self.line), "id": .string(self.id.description), "sku": .string(self.sku),
      "ordered": .quantity(self.ordered), "allocated": .quantity(self.allocated),
      "backordered": .quantity(self.backordered),
      "picked": .quantity(self.picked), "shipped": .quantity(self.shipped),
      "delivered": .quantity(self.delivered),
      "cancelled": .quantity(self.cancelled), "returned": .quantity(self.returned),
      "unitPrice": .string(self.unitPrice.decimalText),
      "pack": self.pack.isEmpty ? .null : .string(self.pack),
      "packs": packs(in: self.ordered).map { .integer($0) } ?? .null,
      "taxPercent": .string(self.taxPercent.decimalText), "taxIncluded": .bool(self.isTaxIncluded),
      "priceCode": self.priceCode.isEmpty ? .null : .string(self.priceCode),
    ]
  }
}

extension Record where Columns == ShipmentColumns {
  fileprivate var json: JSONValue {
    [
      "number": .string(self.number), "id": .string(self.id.description),
      "warehouse": .string(self.warehouse), "carrier": .string(self.carrier),
      "tracking": .string(self.tracking), "shippedAt": .instant(self.shippedAt),
    ]
  }
}
