import ArgumentParser
import ReplicaStore
import TradeRules

struct OrderAccept: Command {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Accepts a submitted order, whatever holds it: stock is promised to it.",
    discussion: "Examples:\n  waybill order accept SO-A7-0001")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<AcceptOrder> {
        $0.order = order.id
        $0.number = order.number
      }
      return Work(drafts: [Draft(form)], sentence: "Accepted \(order.number).")
    }
  }
}

struct OrderReject: Command {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Refuses a submitted order for good; its author is told.",
    discussion: "Examples:\n  waybill order reject SO-A7-0001 --reason \"entered twice\"")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option var reason: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let form = Filled<RejectOrder> {
        $0.order = order.id
        $0.number = order.number
        $0.reason = Entered.personal(reason)
      }
      return Work(drafts: [Draft(form)], sentence: "Rejected \(order.number).")
    }
  }
}

struct OrderAllocate: Command {
  static let configuration = CommandConfiguration(
    commandName: "allocate",
    abstract: "Serves a part of a line from another warehouse: the line is split.",
    discussion: "Examples:\n  waybill order allocate SO-A7-0001 1 --warehouse W2 --qty 3")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Argument(help: "The line's number, or its id.") var line: String
  @Option var warehouse: String
  @Option(name: .customLong("qty")) var quantity: String

  func run(at desk: Desk) throws -> ExitStatus {
    let quantity = try Entered.quantity(quantity)
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let line = try view.requireLine(line, of: order)
      let warehouse = try view.requireWarehouse(warehouse)
      let form = Filled<AllocateLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = line.id
        $0.warehouse = warehouse
        $0.quantity = quantity
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "Asked \(warehouse) for \(quantity.decimalText) of line \(line.line) of \(order.number).")
    }
  }
}

struct OrderCharge: Command {
  static let configuration = CommandConfiguration(
    commandName: "charge", abstract: "Sets what an order costs beside its goods.",
    discussion: "Examples:\n  waybill order charge SO-A7-0001 --freight 12.50 --fees 3")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Number or id.", completion: Completions.orders) var order: String
  @Option(help: "In the order's currency.") var freight: String?
  @Option(help: "In the order's currency.") var fees: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard freight != nil || fees != nil else { throw Failure.usage("give --freight or --fees") }
    return try desk.record { view, _ in
      let order = try view.requireOrder(order)
      let exponent = try view.exponent(of: order.currency)
      let form = try Filled<ChargeOrder>.filling {
        $0.order = order.id
        $0.number = order.number
        $0.freightMinor = try freight.map { try Entered.amountMinor($0, exponent: exponent) }
        $0.feesMinor = try fees.map { try Entered.amountMinor($0, exponent: exponent) }
      }
      return Work(drafts: [Draft(form)], sentence: "Set the charges of \(order.number).")
    }
  }
}
