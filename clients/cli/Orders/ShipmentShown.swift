import ReplicaStore
import TradeRules

/// One shipment for people and programs.
struct ShipmentShown {
  let reading: ShipmentReading
  let console: Console

  private var shipment: Shipment { reading.shipment }

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    [
      "number": .string(shipment.number), "id": .string(shipment.id.description),
      "state": .string(reading.status.rawValue), "warehouse": .string(shipment.warehouse),
      "carrier": .string(shipment.carrier), "tracking": .string(shipment.tracking),
      "shippedAt": .instant(shipment.shippedAt),
      "lines": .array(
        reading.lines.map { line in
          [
            "order": .string(line.order), "line": .integer(line.line), "sku": .string(line.part.sku),
            "shipped": .quantity(line.part.quantity),
          ]
        }),
      "packages": .array(
        reading.packages.map { package in
          ["number": .string(package.number), "weightGrams": .integer(package.weightGrams)]
        }),
      "events": .array(
        reading.events.map { event in
          [
            "at": .instant(event.at), "status": .string(event.status.rawValue), "place": .string(event.place),
            "receivedAt": .instant(event.receivedAt), "operation": .string(event.operation),
          ]
        }),
      "rev": .integer(shipment.row.version),
    ]
  }

  private var text: String {
    let state = reading.status.rawValue.split(separator: "_").joined(separator: " ")
    var lines = [console.styled("\(shipment.number)  \(state)", .bold)]
    let by = [shipment.carrier, shipment.tracking].filter { !$0.isEmpty }.joined(separator: " ")
    let when = Times.local(shipment.shippedAt, now: Clocks.now)
    lines.append("  shipped \(when) from \(shipment.warehouse)\(by.isEmpty ? "" : " by \(by)")")
    var goods = TextTable([.left("ORDER"), .right("LINE"), .left("SKU"), .right("SHIPPED")])
    for line in reading.lines {
      goods.add(line.order, "\(line.line)", line.part.sku, line.part.quantity.decimalText)
    }
    lines += [""] + goods.lines
    if !reading.packages.isEmpty {
      lines.append("in \(reading.packages.map(\.number).joined(separator: ", "))")
    }
    guard !reading.events.isEmpty else { return lines.joined(separator: "\n") }
    var events = TextTable([.left("WHEN"), .left("STATUS"), .left("PLACE")])
    for event in reading.events {
      events.add(Times.local(event.at, now: Clocks.now), event.status.rawValue, event.place)
    }
    return (lines + [""] + events.lines).joined(separator: "\n")
  }
}
