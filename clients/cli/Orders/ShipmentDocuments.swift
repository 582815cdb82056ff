import ArgumentParser
import ReplicaStore
import TradeRules

struct ShipmentDocuments: Command {
  static let configuration = CommandConfiguration(
    commandName: "documents", abstract: "The papers of a shipment: commercial invoice and packing list.",
    discussion: """
      Examples:
        waybill shipment documents SH-W1-0001
        waybill shipment documents SH-W1-0001 --json
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.") var shipment: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let reading = try view.reading(try view.requireShipment(shipment))
      return ShipmentPapers(reading: reading, goods: try view.goods(of: reading)).shown
    }
  }
}

/// Commercial invoice and packing list of one shipment, for people and programs.
struct ShipmentPapers {
  let reading: ShipmentReading
  let goods: [ShippedGoods]

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var shipment: Shipment { reading.shipment }

  private var document: JSONValue {
    [
      "shipment": .string(shipment.number), "shippedAt": .instant(shipment.shippedAt),
      "from": .string(shipment.warehouse), "carrier": .string(shipment.carrier),
      "tracking": .string(shipment.tracking),
      "invoice": [
        "consignees": .array(consignees.map { ["name": .string($0.name), "address": .string($0.address)] }),
        "lines": .array(goods.map(\.invoiceJSON)),
        "totals": .array(
          totals.map { ["currency": .string($0.currency), "amountMinor": .integer($0.amountMinor)] }),
      ],
      "packingList": [
        "lines": .array(goods.map(\.packingJSON)), "weightGrams": .integer(weightGrams),
      ],
    ]
  }

  private var text: String {
    let by = [shipment.carrier, shipment.tracking].filter { !$0.isEmpty }.joined(separator: " ")
    var lines = [
      "COMMERCIAL INVOICE  \(shipment.number)",
      "  shipped \(Times.local(shipment.shippedAt, now: Clocks.now)) from \(shipment.warehouse)"
        + (by.isEmpty ? "" : " by \(by)"),
    ]
    for consignee in consignees {
      lines.append("  to \(consignee.name)\(consignee.address.isEmpty ? "" : ", \(consignee.address)")")
    }
    var invoice = TextTable([
      .left("ORDER"), .left("SKU"), .left("DESCRIPTION"), .left("HS CODE"), .left("ORIGIN"), .right("QTY"),
      .left("PACKS"),
      .right("PRICE"), .right("AMOUNT"),
    ])
    for item in goods {
      invoice.add(
        item.order, item.sku, item.name, item.hsCode, item.origin, item.quantity.decimalText,
        item.packs, item.unitPrice.shown(exponent: item.exponent), item.amount.shown)
    }
    lines += [""] + invoice.lines + totals.map { "total \($0.shown)" }
    if goods.contains(where: \.isTaxIncluded) { lines.append("prices include tax") }
    var packing = TextTable([
      .left("SKU"), .left("DESCRIPTION"), .right("QTY"), .left("PACKS"), .right("WEIGHT KG"),
    ])
    for item in goods {
      packing.add(
        item.sku, item.name, item.quantity.decimalText, item.packs,
        Decimals.text(item.weightGrams, decimals: 3, showing: 3))
    }
    lines += ["", "PACKING LIST  \(shipment.number)", ""] + packing.lines
    lines.append("total weight \(Decimals.text(weightGrams, decimals: 3, showing: 3)) kg")
    return lines.joined(separator: "\n")
  }

  /// Each consignee once, in order of the lines.
  private var consignees: [(name: String, address: String)] {
    var found: [(name: String, address: String)] = []
    for item in goods
    where !found.contains(where: { $0.name == item.consignee && $0.address == item.address }) {
      found.append((item.consignee, item.address))
    }
    return found
  }

  /// One sum for each currency, in order of their codes.
  private var totals: [Money] {
    var sums: [String: Money] = [:]
    for item in goods {
      let before = sums[item.amount.currency]?.amountMinor ?? 0
      sums[item.amount.currency] = Money(
        amountMinor: before + item.amount.amountMinor, currency: item.amount.currency, exponent: item.exponent
      )
    }
    return sums.keys.sorted().compactMap { sums[$0] }
  }

  private var weightGrams: Int64 { goods.reduce(0) { $0 + $1.weightGrams } }
}

/// What one line of a shipment says on its papers.
struct ShippedGoods {
  let order: String
  let consignee: String
  let address: String
  let sku: String
  let name: String
  let hsCode: String
  let origin: String
  let quantity: Quantity
  /// `3 BOX12`; empty without packs.
  let packs: String
  /// Whether the tax is in the price.
  let isTaxIncluded: Bool
  let unitPrice: UnitPrice
  let amount: Money
  let exponent: Int64
  let weightGrams: Int64

  fileprivate var invoiceJSON: JSONValue {
    [
      "order": .string(order), "sku": .string(sku), "name": .string(name), "hsCode": .string(hsCode),
      "origin": .string(origin), "qty": .quantity(quantity), "packs": .string(packs),
      "taxIncluded": .bool(isTaxIncluded), "unitPrice": .string(unitPrice.decimalText),
      "amountMinor": .integer(amount.amountMinor), "currency": .string(amount.currency),
    ]
  }

  fileprivate var packingJSON: JSONValue {
    [
      "order": .string(order), "sku": .string(sku), "name": .string(name), "qty": .quantity(quantity),
      "packs": .string(packs), "weightGrams": .integer(weightGrams),
    ]
  }
}

extension ReplicaView {
  /// What a shipment's lines say on paper. A line whose order is out of sight has its product and quantity.
  func goods(of reading: ShipmentReading) throws -> [ShippedGoods] {
    try reading.lines.map { line in
      let order = try order(line.part.order.description)
      let ordered = try order.map { try requireLine("\(line.part.line)", of: $0) }
      let product = try product(line.part.sku)
      let exponent = try order.map { try self.exponent(of: $0.currency) } ?? 2
      let unitPrice = ordered?.unitPrice ?? UnitPrice(tenThousandths: 0)
      return ShippedGoods(
        order: line.order, consignee: order?.customerName.text ?? "",
        address: order?.deliveryAddress.text ?? "", sku: line.part.sku, name: product?.name ?? "",
        hsCode: product?.hsCode ?? "", origin: product?.origin ?? "", quantity: line.part.quantity,
        packs: ordered?.packText(of: line.part.quantity) ?? "",
        isTaxIncluded: ordered?.isTaxIncluded ?? false, unitPrice: unitPrice,
        amount: Money(
          amountMinor: unitPrice.amountMinor(for: line.part.quantity, exponent: exponent) ?? 0,
          currency: order?.currency ?? "", exponent: exponent),
        exponent: exponent,
        weightGrams: ShippedGoods.weight(of: line.part.quantity, each: product?.weightGrams ?? 0))
    }
  }
}

extension ShippedGoods {
  /// Grams of so many units, rounded to the gram.
  fileprivate static func weight(of quantity: Quantity, each grams: Int64) -> Int64 {
    let (product, overflow) = quantity.thousandths.multipliedReportingOverflow(by: grams)
    return overflow ? 0 : (product + 500) / 1000
  }
}
