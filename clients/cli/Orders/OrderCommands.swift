import ArgumentParser
import ReplicaStore
import TradeRules

struct OrderCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Sales orders: make, change, submit, cancel and show them.",
    subcommands: [
      OrderCreate.self, OrderList.self, OrderShow.self, OrderLineCommands.self, OrderSet.self,
      OrderSubmit.self, OrderCancel.self, OrderDelete.self, OrderRelease.self, OrderHold.self,
      OrderAccept.self, OrderReject.self, OrderAllocate.self, OrderCharge.self,
    ])
}

struct OrderCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes an order; the number is made here, SO-A7-0001.",
    discussion: """
      Examples:
        waybill order create --customer C-A7-0001 --line CHAI-1KG=12 --line RICE=2.5@3.20 --submit
        waybill order create --customer C-A7-0001 --currency USD --warehouse W1 --line CHAI-1KG=6
        waybill order create --customer C-A7-0001 --line CHAI-1KG/BOX12=3      three boxes

      A price by hand (@3.20) is noted on the order. Currency, price list and warehouse are the customer's \
      unless given.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Code or id.") var customer: String
  @Option var currency: String?
  @Option var priceList: String?
  @Option(help: "Where to serve the order from.") var warehouse: String?
  @Flag(help: "Ship everything at once or nothing.") var shipComplete = false
  @Option(name: [.long, .customLong("note")], help: "For the warehouse.") var notes: String?
  @Option(help: "Where to deliver; by default the customer's address.") var address: String?
  @Option(
    name: .customLong("line"), parsing: .singleValue,
    help: ArgumentHelp("A line, any number of them.", valueName: "SKU=QTY[@PRICE]"),
    completion: Completions.lines)
  var lines: [String] = []
  @Flag(help: "Submit it at once.") var submit = false

  func run(at desk: Desk) throws -> ExitStatus {
    let lines = try lines.map(Entered.line)
    return try desk.record { view, numbering in
      let number = try numbering.take("SO")
      let id = Randomness.recordID(at: Clocks.now)
      let customer = try view.customerReference(customer)
      let warehouse = try warehouse.map { try view.warehouseOrOwn($0) }
      let form = try Filled<CreateOrder>.filling {
        $0.id = id
        $0.number = number
        $0.customer = customer
        $0.currency = currency
        $0.priceList = priceList
        $0.warehouse = warehouse
        $0.shipComplete = shipComplete
        $0.notes = Entered.personal(notes)
        $0.deliveryAddress = Entered.personal(address)
        $0.lines = try lines.map { try view.entry(for: $0) }
      }
      let serving = try view.servingWarehouse(warehouse, for: customer)
      let wants = form.lines.map { entry in
        QuotaClaims.Want(line: entry.id, sku: entry.sku, warehouse: serving, quantity: entry.quantity)
      }
      let covers = try view.covers(for: wants)
      let submission = Filled<SubmitOrder> {
        $0.order = id
        $0.number = number
        $0.covers = covers
      }
      return Work(
        drafts: [Draft(form)] + (submit ? [Draft(submission)] : []),
        sentence: (submit ? "Submitted order \(number)" : "Made draft \(number)")
          + (lines.count == 1 ? " with one line." : " with \(lines.count) lines."),
        fields: ["number": .string(number), "id": .string(id.description)],
        coverage: Coverage(wants, covers, isClaimed: submit),
        next: submit ? "waybill sync sends it" : "waybill order submit \(number)")
    }
  }
}

extension ReplicaView {
  /// The id of a customer. An id that is not known here is taken as it is: the customer may be on its way to
  /// the centre from another device, and the order then waits there.
  fileprivate func customerReference(_ key: String) throws -> RecordID {
    if let customer = try customer(key) { return customer.id }
    guard let id = RecordID(key) else { throw ReplicaFault.noRecord(.unknownCustomer, key: key) }
    return id
  }

  fileprivate func entry(for line: EnteredLine) throws -> Filled<OrderLineEntry> {
    let (sku, quantity, pack) = try packedGoods(line.sku, line.quantity)
    return Filled<OrderLineEntry> {
      $0.id = Randomness.recordID(at: Clocks.now)
      $0.sku = sku
      $0.quantity = quantity
      $0.price = line.price
      $0.pack = pack
    }
  }
}

extension Filled {
  /// Fills in a new form where filling can fail.
  static func filling(_ fill: (inout Filled<F>) throws -> Void) throws -> Filled<F> {
    var filled = Filled<F>()
    try fill(&filled)
    return filled
  }
}

struct OrderList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The orders of this device's scope.",
    discussion: """
      Examples:
        waybill order list
        waybill order list --state accepted
        waybill order list --state unsent,attention

      States: draft, submitted, accepted, rejected, cancelled, closed; unsent, held, conflict, synced; hold; \
      attention (rejected, held, in conflict or on hold).
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Only orders of these states, separated by commas.") var state: String?

  private static let states: [String] =
    [OrderState.draft, .submitted, .accepted, .rejected, .cancelled, .closed].map(\.rawValue)
    + [SyncState.unsent, .held, .conflict, .synced].map(\.rawValue) + ["hold", "attention"]

  func run(at desk: Desk) throws -> ExitStatus {
    let states = (state ?? "").split(separator: ",").map(String.init)
    if let unknown = states.first(where: { !OrderList.states.contains($0) }) {
      throw Failure.usage("--state takes \(OrderList.states.joined(separator: ", ")), not \(unknown)")
    }
    return try desk.show { view in
      OrdersShown(
        orders: try view.orders().filter { order in
          states.isEmpty || states.contains { order.isIn(state: $0) }
        }
      ).shown
    }
  }
}

extension OrderReading {
  /// Whether the order is in a state of its own, or of its work.
  fileprivate func isIn(state: String) -> Bool {
    switch state {
    case "hold": !order.holds.isEmpty
    case "attention":
      syncState == .rejected || syncState == .held || syncState == .conflict || !order.holds.isEmpty
    default: order.state.rawValue == state || syncState.rawValue == state
    }
  }
}

struct OrderShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One order: its state, lines and what is to be said about it.",
    discussion: "Examples:\n  waybill order show SO-A7-0001\n  waybill order show SO-A7-0001 --json")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let reading = try view.requireReading(order)
      let coverage = try view.coverage(ofDraft: reading)
      return OrderShown(reading: reading, coverage: coverage, console: desk.console).shown
    }
  }
}
