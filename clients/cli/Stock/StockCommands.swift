import ArgumentParser
import ReplicaStore
import TradeRules

struct StockCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stock", abstract: "Stock: what is where, and what happens to it.",
    subcommands: [
      StockList.self, StockShow.self, StockReceive.self, StockAdjust.self, StockMove.self, StockCount.self,
      StockScrap.self, SetMinimum.self,
    ])
}

struct StockList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "On hand, allocated and available of every product.",
    discussion: "Examples:\n  waybill stock list\n  waybill stock list --warehouse W1")
  @OptionGroup var global: GlobalOptions
  @Option var warehouse: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let warehouse = try warehouse.map { try view.requireWarehouse($0) }
      return StockListed(levels: try view.stockLevels(warehouse: warehouse), asOf: view.state.lastSyncAt)
        .shown
    }
  }
}

struct StockShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One product: what each warehouse has, in which bins and lots.",
    discussion: "Examples:\n  waybill stock show CHAI-1KG\n  waybill stock show CHAI-1KG --warehouse W1")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Option var warehouse: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let product = try view.requireProduct(sku)
      let warehouse = try warehouse.map { try view.requireWarehouse($0) }
      return StockShown(
        product: product, sheets: try view.stock(of: product.sku, warehouse: warehouse),
        asOf: view.state.lastSyncAt
      ).shown
    }
  }
}

/// Where goods are and when it happened: what every stock command takes.
struct StockPlaceOptions: ParsableArguments {
  @Option(help: "By default the only warehouse this device works for.") var warehouse: String?
  @Option(help: "A batch of the product.") var lot: String?
  @Option(help: ArgumentHelp("When it really happened, RFC 3339; by default now.", valueName: "time"))
  var at: String?
}

struct StockReceive: Command {
  static let configuration = CommandConfiguration(
    commandName: "receive", abstract: "Records goods that arrived.",
    discussion: """
      Examples:
        waybill stock receive CHAI-1KG 24 --warehouse W1 --bin RCV-01 --lot L77 --expiry 2027-03-31
        waybill stock receive RICE 12.5 --warehouse W1 --note LS-55410 --at 2026-11-20T09:10:00Z
        waybill stock receive CHAI-1KG/CASE 2 --warehouse W1      two cases; so does a case's barcode
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @OptionGroup var place: StockPlaceOptions
  @Option(help: "By default the product's only bin, else MAIN.", completion: Completions.bins)
  var bin: String?
  @Option(help: ArgumentHelp("Best before, 2027-03-31.", valueName: "date")) var expiry: String?
  @Option(help: "The supplier's delivery note.") var note: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let (sku, quantity) = try view.goods(sku, quantity)
      let warehouse = try view.warehouseOrOwn(place.warehouse)
      let bin = try Entered.optional(bin) ?? view.meantBin(of: sku, at: warehouse)
      let form = Filled<ReceiveStock> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.quantity = quantity
        $0.bin = bin
        $0.lot = place.lot
        $0.expiry = expiry
        $0.note = note
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Received \(quantity.decimalText) of \(sku) into \(warehouse).")
    }
  }
}

struct StockAdjust: Command {
  static let configuration = CommandConfiguration(
    commandName: "adjust", abstract: "Corrects the books by a difference, with its reason.",
    discussion: """
      Examples:
        waybill stock adjust CHAI-1KG -3 --warehouse W1 --reason damaged
        waybill stock adjust CHAI-1KG 2 --warehouse W1 --reason found --bin A-03-2

      Reasons: damaged, expired, found, missing, stolen, recounted, data_entry_error, wrong_lot_picked, \
      could_not_locate, sample, scrapped, returned, inbound_not_recorded, outbound_not_recorded, other.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: "How many more, or less: -3.") var delta: String
  @OptionGroup var place: StockPlaceOptions
  @Option var reason: String
  @Option(help: "Needed when several bins may be meant.", completion: Completions.bins) var bin: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (delta, time) = (try Entered.quantity(delta), try Entered.time(place.at))
    return try desk.record { view, _ in
      let (sku, delta) = try view.goods(sku, delta)
      let warehouse = try view.warehouseOrOwn(place.warehouse)
      let (bin, lot) = try view.meantPlace(
        of: sku, at: warehouse, bin: Entered.optional(bin), lot: place.lot,
        taking: delta < .zero ? Quantity(thousandths: Int64(clamping: delta.thousandths.magnitude)) : .zero)
      let form = Filled<AdjustStock> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.delta = delta
        $0.reason = reason
        $0.bin = bin
        $0.lot = lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Adjusted \(sku) in \(warehouse) by \(delta.signedText) (\(reason)).")
    }
  }
}

struct StockMove: Command {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Records goods moved from bin to bin.",
    discussion:
      "Examples:\n  waybill stock move CHAI-1KG 24 --warehouse W1 --from RCV-01 --to A-03-2 --lot L77")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @OptionGroup var place: StockPlaceOptions
  @Option(completion: Completions.bins) var from: String
  @Option(completion: Completions.bins) var to: String

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let (sku, quantity) = try view.goods(sku, quantity)
      let warehouse = try view.warehouseOrOwn(place.warehouse)
      let form = Filled<MoveStock> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.quantity = quantity
        $0.fromBin = from
        $0.toBin = to
        $0.lot = place.lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Moved \(quantity.decimalText) of \(sku) from \(from) to \(to) in \(warehouse).")
    }
  }
}

struct StockCount: Command {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "Records that so many were there, at that time.",
    discussion: """
      Examples:
        waybill stock count CHAI-1KG 96 --warehouse W1 --bin A-03-2
        waybill stock count CHAI-1KG 0 --warehouse W1 --at 2026-11-20T09:10:00Z

      The books follow: goods moved before that time are part of the count, goods moved later are not. A count is of \
      one lot: the only one that lies there, or --lot; --lot "" means goods without one.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @OptionGroup var place: StockPlaceOptions
  @Option(help: "Needed when the product lies in several bins.", completion: Completions.bins)
  var bin: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let (sku, quantity) = try view.goods(sku, quantity)
      let warehouse = try view.warehouseOrOwn(place.warehouse)
      let bin = try Entered.optional(bin) ?? view.meantBin(of: sku, at: warehouse, isCount: true)
      let lot = try place.lot ?? view.onlyLot(of: sku, at: warehouse, in: bin)
      let form = Filled<CountStock> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.quantity = quantity
        $0.bin = bin
        $0.lot = lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Counted \(quantity.decimalText) of \(sku) in \(warehouse).")
    }
  }
}

struct StockScrap: Command {
  static let configuration = CommandConfiguration(
    commandName: "scrap", abstract: "Records goods thrown away.",
    discussion: "Examples:\n  waybill stock scrap CHAI-1KG 2 --warehouse W1 --reason expired --lot L77")
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @OptionGroup var place: StockPlaceOptions
  @Option var reason = "scrapped"
  @Option(help: "Needed when several bins may be meant.", completion: Completions.bins) var bin: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let (quantity, time) = (try Entered.quantity(quantity), try Entered.time(place.at))
    return try desk.record { view, _ in
      let (sku, quantity) = try view.goods(sku, quantity)
      let warehouse = try view.warehouseOrOwn(place.warehouse)
      let (bin, lot) = try view.meantPlace(
        of: sku, at: warehouse, bin: Entered.optional(bin), lot: place.lot, taking: quantity)
      let form = Filled<ScrapStock> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.quantity = quantity
        $0.reason = reason
        $0.bin = bin
        $0.lot = lot
      }
      return Work(
        drafts: [Draft(form, at: time)],
        sentence: "Scrapped \(quantity.decimalText) of \(sku) in \(warehouse) (\(reason)).")
    }
  }
}

extension ReplicaView {
  /// The lot that a count without one is of.
  ///
  /// - Throws: `BAD_VALUE` when several lie in the bin: it would say nothing about any of them.
  func onlyLot(of sku: String, at warehouse: String, in bin: String?) throws -> String? {
    guard let bin, state.grants.contains(.stock(warehouse)) else { return nil }
    let lots = try lots(of: sku, at: warehouse, in: bin).map(\.stock.lot)
    guard lots.count > 1 else { return lots.first }
    let names = lots.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ", ")
    throw Failure(.badValue, "\(sku) lies in \(bin) in several lots: \(names)", hint: "Name one: --lot LOT.")
  }
}
