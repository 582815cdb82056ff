import ArgumentParser
import ReplicaStore
import TradeRules

struct QuotaCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota",
    abstract: "Stock set aside for this device: selling within it offline is a promise, not a guess.",
    subcommands: [QuotaList.self, QuotaRequest.self, QuotaReturn.self])
}

struct QuotaList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What is set aside for this device, and what of it is unsold.",
    discussion: "Examples:\n  waybill quota list\n  waybill quota list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let quotas = try view.quotas()
      return (["quotas": .array(quotas.map(\.json))], text(of: quotas))
    }
  }

  private func text(of quotas: [Quota]) -> String {
    guard !quotas.isEmpty else { return "Nothing is set aside for this device: waybill quota request" }
    var table = TextTable([
      .left("SKU"), .left("WAREHOUSE"), .right("SET ASIDE"), .right("SOLD"), .right("GIVEN BACK"),
      .right("WRITTEN OFF"), .right("LEFT"),
    ])
    func shown(_ quantity: Quantity) -> String { quantity == .zero ? "" : quantity.decimalText }
    for quota in quotas {
      table.add(
        quota.sku, quota.warehouse, quota.granted.decimalText, shown(quota.spent), shown(quota.returned),
        shown(quota.writtenOff), quota.free.decimalText)
    }
    return table.text
  }
}

/// What a quota is of.
struct QuotaOptions: ParsableArguments {
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @Option(help: "By default the only warehouse this device works for.") var warehouse: String?
}

struct QuotaRequest: Command {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "Asks the centre to set stock aside for this device.",
    discussion: """
      Examples:
        waybill quota request CHAI-1KG 24 --warehouse W1

      The centre sets aside what nobody else was promised. Only when it has answered may this device count on
      it: waybill sync, then waybill quota list.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var wanted: QuotaOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let quantity = try Entered.quantity(wanted.quantity)
    return try desk.record { view, _ in
      let (sku, warehouse) = (try view.sku(wanted.sku), try view.warehouseOrOwn(wanted.warehouse))
      let form = Filled<RequestQuota> {
        $0.sku = sku
        $0.warehouse = warehouse
        $0.quantity = quantity
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "Asked for \(quantity.decimalText) of \(sku) at \(warehouse) to be set aside.")
    }
  }
}

struct QuotaReturn: Command {
  static let configuration = CommandConfiguration(
    commandName: "return", abstract: "Gives unsold stock that was set aside back to everybody.",
    discussion: "Examples:\n  waybill quota return CHAI-1KG 6 --warehouse W1")
  @OptionGroup var global: GlobalOptions
  @OptionGroup var wanted: QuotaOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let quantity = try Entered.quantity(wanted.quantity)
    return try desk.record { view, _ in
      let (sku, warehouse) = (try view.sku(wanted.sku), try view.warehouseOrOwn(wanted.warehouse))
      let form = Filled<ReturnQuota> {
        $0.sku = sku
        $0.warehouse = warehouse
        $0.quantity = quantity
      }
      return Work(
        drafts: [Draft(form)], sentence: "Gave back \(quantity.decimalText) of \(sku) at \(warehouse).")
    }
  }
}

extension Record where Columns == QuotaColumns {
  fileprivate var json: JSONValue {
    [
      "sku": .string(self.sku), "warehouse": .string(self.warehouse), "granted": .quantity(self.granted),
      "spent": .quantity(self.spent), "free": .quantity(free), "returned": .quantity(self.returned),
      "writtenOff": .quantity(self.writtenOff),
    ]
  }
}
