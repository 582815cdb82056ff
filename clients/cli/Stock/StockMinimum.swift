import ArgumentParser
import ReplicaStore
import TradeRules

struct SetMinimum: Command {
  static let configuration = CommandConfiguration(
    commandName: "minimum", abstract: "Says what a warehouse should have of a product at least.",
    discussion: """
      Examples:
        waybill stock minimum CHAI-1KG 24 --warehouse W1
        waybill stock minimum CHAI-1KG 0 --warehouse W1

      waybill report stock --below shows what has less available. With 0 nobody minds any more.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(completion: Completions.skus) var sku: String
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String
  @Option(help: "By default the only warehouse this device works for.") var warehouse: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let quantity = try Entered.quantity(quantity)
    return try desk.record { view, _ in
      let (sku, warehouse) = (try view.sku(sku), try view.warehouseOrOwn(warehouse))
      let form = Filled<SetStockMinimum> {
        $0.warehouse = warehouse
        $0.sku = sku
        $0.quantity = quantity
      }
      return Work(
        drafts: [Draft(form)],
        sentence: "\(warehouse) should have at least \(quantity.decimalText) of \(sku).")
    }
  }
}
