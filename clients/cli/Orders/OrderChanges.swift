import ArgumentParser
import ReplicaStore
import TradeRules

struct OrderSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Edits fields of an order.",
    discussion: """
      Examples:
        waybill order set SO-A7-0001 notes="Ring twice"
        waybill order set SO-A7-0001 deliveryAddress="Hafenstr. 7, 20457 Hamburg"

      Fields: notes, deliveryAddress.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      var form = Filled<EditOrder> {
        $0.order = order.id
        $0.number = order.number
      }
      try edits.fill(&form, seeing: order)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(order.number).")
    }
  }
}

struct OrderSubmit: Command {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Submits a draft: from now on changes are amendments.",
    discussion: "Examples:\n  waybill order submit SO-A7-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let reading = try view.requireReading(order)
      let order = try view.requireOrder(order)
      let wants = try view.wants(of: order, lines: reading.lines)
      let covers = order.state == .draft ? try view.covers(for: wants) : []
      let form = Filled<SubmitOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.covers = covers
      }
      return Work(
        drafts: [Draft(form)], sentence: "Submitted \(order.number).",
        coverage: Coverage(wants, covers, isClaimed: true))
    }
  }
}

struct OrderCancel: Command {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancels an order, as far as nothing was shipped.",
    discussion: "Examples:\n  waybill order cancel SO-A7-0001 --reason \"customer changed their mind\"")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option var reason: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<CancelOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.reason = Entered.personal(reason)
      }
      return Work(drafts: [Draft(form)], sentence: "Cancelled \(order.number).")
    }
  }
}

struct OrderDelete: Command {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Deletes a draft.",
    discussion: "Examples:\n  waybill order delete SO-A7-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<DeleteOrder> {
        $0.order = order.id
        $0.number = order.number
      }
      return Work(drafts: [Draft(form)], sentence: "Deleted draft \(order.number).")
    }
  }
}

struct OrderRelease: Command {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Takes an order off hold: it is accepted and stock is promised to it.",
    discussion: "Examples:\n  waybill order release SO-A7-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<ReleaseOrder> {
        $0.order = order.id
        $0.number = order.number
      }
      return Work(drafts: [Draft(form)], sentence: "Released \(order.number).")
    }
  }
}

struct OrderHold: Command {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Puts an order on hold until somebody releases it.",
    discussion: "Examples:\n  waybill order hold SO-A7-0001 --reason \"address unclear\"")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option var reason: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<HoldOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.reason = Entered.personal(reason)
      }
      return Work(
        drafts: [Draft(form)], sentence: "Put \(order.number) on hold.",
        next: "waybill order release \(order.number) takes it off")
    }
  }
}

// MARK: - Lines

struct OrderLineCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "line", abstract: "Lines of an order: edits of a draft, amendments after the submission.",
    subcommands: [OrderLineAdd.self, OrderLineSet.self, OrderLineRemove.self])
}

struct OrderLineAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a line.",
    discussion: """
      Examples:
        waybill order line add SO-A7-0001 CHAI-1KG=12
        waybill order line add SO-A7-0001 CHAI-1KG=12@11.90
        waybill order line add SO-A7-0001 CHAI-1KG=3 --pack BOX12

      With a pack the quantity is a number of packs; prices are of one base unit.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: ArgumentHelp(valueName: "SKU=QTY[@PRICE]"), completion: Completions.lines) var line: String
  @Option(help: "The pack the quantity counts; CHAI-1KG/BOX12 says the same.") var pack: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let entered = try Entered.line(line)
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let (sku, quantity, pack) = try view.packedGoods(entered.sku, entered.quantity, in: pack)
      let id = Randomness.recordID(at: Clocks.now)
      let want = QuotaClaims.Want(
        line: id, sku: sku, warehouse: order.warehouse, quantity: quantity)
      let covers = try view.covers(raising: want, of: order)
      let form = Filled<AddOrderLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = id
        $0.sku = sku
        $0.quantity = quantity
        $0.price = entered.price
        $0.pack = pack
        $0.covers = covers
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "Added \(quantity.decimalText) of \(sku) to \(order.number).",
        fields: ["number": .string(order.number), "line": .string(id.description)],
        coverage: order.state == .draft ? nil : Coverage([want], covers, isClaimed: true))
    }
  }
}

struct OrderLineSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Sets the quantity of a line.",
    discussion: "Examples:\n  waybill order line set SO-A7-0001 2 --qty 6")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: "The line's number, or its id.") var line: String
  @Option(name: .customLong("qty")) var quantity: String

  func run(at desk: Desk) throws -> ExitStatus {
    let quantity = try Entered.quantity(quantity)
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let line = try view.requireLine(line, of: order)
      let want = QuotaClaims.Want(
        line: line.id, sku: line.sku, warehouse: order.warehouse, quantity: quantity - line.ordered)
      let covers = try view.covers(raising: want, of: order)
      let form = Filled<SetOrderLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = line.id
        $0.quantity = quantity
        $0.quantitySeen = line.ordered
        $0.covers = covers
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "Set line \(line.line) of \(order.number), \(line.sku): "
          + "\(line.ordered.decimalText) → \(quantity.decimalText).",
        coverage: order.state == .draft ? nil : Coverage([want], covers, isClaimed: true))
    }
  }
}

struct OrderLineRemove: Command {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Removes a line.",
    discussion: "Examples:\n  waybill order line remove SO-A7-0001 2")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: "The line's number, or its id.") var line: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let line = try view.requireLine(line, of: order)
      let form = Filled<RemoveOrderLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = line.id
      }
      return Work(
        drafts: [Draft(form)], sentence: "Removed line \(line.line) of \(order.number), \(line.sku).")
    }
  }
}
