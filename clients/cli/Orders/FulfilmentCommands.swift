import ArgumentParser
import ReplicaStore
import TradeRules

struct Pick: Command {
  static let configuration = CommandConfiguration(
    commandName: "pick", abstract: "Records goods taken from a bin for a line of an order.",
    discussion: """
      Examples:
        waybill pick SO-A7-0001 1 12
        waybill pick SO-A7-0001 1 12 --bin A-03-2 --lot L77 --at 2026-11-20T09:10:00Z

      Without --bin and --lot they are those of what expires first and is so much; --lot "" means goods without a \
      lot. Bins between which no date decides are asked for: BIN_REQUIRED.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: "The line's number, or its id.") var line: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @Option(
    help: "By default the one with enough, what expires first; MAIN where none is known.",
    completion: Completions.bins)
  var bin: String?
  @OptionGroup var place: StockPlaceOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let line = try view.requireLine(line, of: order)
      let warehouse = try view.warehouse(place.warehouse, for: [line], of: order)
      let (bin, lot) = try view.meantPlace(
        of: line.sku, at: warehouse, bin: Entered.optional(bin), lot: place.lot, taking: quantity,
        firstToExpire: true)
      let form = Filled<PickLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = line.id
        $0.quantity = quantity
        $0.warehouse = warehouse
        $0.bin = bin
        $0.lot = lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Picked \(quantity.decimalText) of \(line.sku) for line \(line.line) of \(order.number)"
          + (Entered.optional(lot).map { ", lot \($0)." } ?? "."),
        next: "waybill ship \(order.number)")
    }
  }
}

struct PutBack: Command {
  static let configuration = CommandConfiguration(
    commandName: "putback", abstract: "Records picked goods put back into a bin.",
    discussion: "Examples:\n  waybill putback SO-A7-0001 1 4 --bin A-03-2")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: "The line's number, or its id.") var line: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @Option(completion: Completions.bins) var bin: String
  @OptionGroup var place: StockPlaceOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let line = try view.requireLine(line, of: order)
      let warehouse = try view.warehouse(place.warehouse, for: [line], of: order)
      let form = Filled<PutBackLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = line.id
        $0.quantity = quantity
        $0.warehouse = warehouse
        $0.bin = bin
        $0.lot = place.lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Put \(quantity.decimalText) of \(line.sku) of \(order.number) back into \(bin).")
    }
  }
}

struct Ship: Command {
  static let configuration = CommandConfiguration(
    commandName: "ship", abstract: "Records goods that left for the customer; alone, all that is picked.",
    discussion: """
      Examples:
        waybill ship SO-A7-0001
        waybill ship SO-A7-0001 --line 1=6 --line 2=3 --carrier DHL --tracking 00340434161094042557
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(
    name: .customLong("line"), parsing: .singleValue,
    help: ArgumentHelp("Only so much of a line; any number of them.", valueName: "LINE=QTY"))
  var lines: [String] = []
  @Option var carrier: String?
  @Option(help: "The carrier's code.") var tracking: String?
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
      let shipped =
        entries.isEmpty ? try view.requireReading(order.id.description).lines : entries.map(\.line)
      let warehouse = try view.warehouse(warehouse, for: shipped, of: order)
      let number = try numbering.take("SH")
      let id = Randomness.recordID(at: Clocks.now)
      let form = Filled<ShipOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.shipment = id
        $0.shipmentNumber = number
        $0.warehouse = warehouse
        $0.carrier = carrier
        $0.tracking = tracking
        $0.lines = entries.map { entry in
          Filled<ShipLineEntry> {
            $0.line = entry.line.id
            $0.quantity = entry.quantity
          }
        }
      }
      return Work(
        drafts: [Draft(form, at: time)], sentence: "Shipped \(order.number) from \(warehouse) as \(number).",
        fields: ["number": .string(order.number), "shipment": .string(number), "id": .string(id.description)])
    }
  }
}
