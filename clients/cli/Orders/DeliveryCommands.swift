import ArgumentParser
import ReplicaStore
import TradeRules

struct PackGoods: Command {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Records picked goods packed together; alone, all that is picked. It may be left out.",
    discussion: """
      Examples:
        waybill pack SO-A7-0001
        waybill pack SO-A7-0001 --line 1=6 --weight-g 3200
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(
    name: .customLong("line"), parsing: .singleValue,
    help: ArgumentHelp("Only so much of a line; any number of them.", valueName: "LINE=QTY"))
  var lines: [String] = []
  @Option(name: .customLong("weight-g"), help: "Of the packed parcel, grams.") var weightGrams: Int64?
  @Option(help: "By default where the goods were picked.") var warehouse: String?
  @Option(help: ArgumentHelp("When it really happened, RFC 3339; by default now.", valueName: "time"))
  var at: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (parts, time) = (try lines.map(Entered.part), try Entered.time(at))
    return try desk.record { view, numbering in
      let order = try view.requireOrder(order)
      let entries = try parts.map { part in
        (line: try view.requireLine(part.line, of: order), quantity: part.quantity)
      }
      let packed =
        entries.isEmpty ? try view.requireReading(order.id.description).lines : entries.map(\.line)
      let warehouse = try view.warehouse(warehouse, for: packed, of: order)
      let number = try numbering.take("PK")
      let id = Randomness.recordID(at: Clocks.now)
      let form = Filled<PackOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.package = id
        $0.packageNumber = number
        $0.warehouse = warehouse
        $0.weightGrams = weightGrams
        $0.lines = entries.map { entry in
          Filled<PackLineEntry> {
            $0.line = entry.line.id
            $0.quantity = entry.quantity
          }
        }
      }
      return Work(
        drafts: [Draft(form, at: time)], sentence: "Packed \(order.number) as \(number).",
        fields: ["number": .string(order.number), "package": .string(number), "id": .string(id.description)],
        next: "waybill ship \(order.number)")
    }
  }
}

struct Deliver: Command {
  static let configuration = CommandConfiguration(
    commandName: "deliver",
    abstract: "Records goods handed over to the customer; alone, all that is shipped.",
    discussion: """
      Examples:
        waybill deliver SO-A7-0001
        waybill deliver SO-A7-0001 --line 1=6 --at 2026-11-20T16:30:00Z
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(
    name: .customLong("line"), parsing: .singleValue,
    help: ArgumentHelp("Only so much of a line; any number of them.", valueName: "LINE=QTY"))
  var lines: [String] = []
  @Option(help: ArgumentHelp("When it really happened, RFC 3339; by default now.", valueName: "time"))
  var at: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (parts, time) = (try lines.map(Entered.part), try Entered.time(at))
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let entries = try parts.map { part in
        (line: try view.requireLine(part.line, of: order), quantity: part.quantity)
      }
      let form = Filled<DeliverOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.lines = entries.map { entry in
          Filled<DeliverLineEntry> {
            $0.line = entry.line.id
            $0.quantity = entry.quantity
          }
        }
      }
      return Work(drafts: [Draft(form, at: time)], sentence: "Delivered \(order.number).")
    }
  }
}

struct Track: Command {
  static let configuration = CommandConfiguration(
    commandName: "track", abstract: "Records what a carrier says of a shipment.",
    discussion: """
      Examples:
        waybill track SH-W1-0001 in_transit --place DEHAM --at 2026-11-20T09:10:00Z
        waybill track SH-W1-0001 delivered

      Known words: in_transit, out_for_delivery, exception, delivered, returned; others are kept as they come.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The shipment's number or id.") var shipment: String
  @Argument(help: ArgumentHelp(valueName: "code")) var status: String
  @Option(help: "Where it was, such as a UN/LOCODE.") var place: String?
  @Option(help: ArgumentHelp("When it happened, RFC 3339; by default now.", valueName: "time"))
  var at: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let time = try Entered.time(at)
    let status = TrackingStatus(rawValue: status.lowercased().replacing("-", with: "_"))
    return try desk.record { view, _ in
      let shipment = try view.requireShipment(shipment)
      let form = Filled<TrackShipment> {
        $0.shipment = shipment.id
        $0.number = shipment.number
        $0.status = status
        $0.place = Entered.optional(place)
      }
      return Work(drafts: [Draft(form, at: time)], sentence: "Tracked \(shipment.number): \(status).")
    }
  }
}

struct ShipmentCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shipment", abstract: "Shipments: what left, and where it is.",
    subcommands: [ShipmentShow.self, ShipmentDocuments.self])
}

struct ShipmentShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One shipment: what it carries and what its carrier said.",
    discussion: "Examples:\n  waybill shipment show SH-W1-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.") var shipment: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      ShipmentShown(reading: try view.reading(try view.requireShipment(shipment)), console: desk.console)
        .shown
    }
  }
}

extension ReplicaView {
  func requireShipment(_ key: String) throws -> Shipment {
    guard let shipment = try shipment(key) else { throw ReplicaFault.noRecord(.unknownShipment, key: key) }
    return shipment
  }
}
