import ArgumentParser
import TradeRules

struct QuotaCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quota", abstract: "Stock set aside for devices: what they sell of it offline is certain.",
    subcommands: [QuotaList.self, QuotaGrant.self, QuotaWriteOff.self])
}

struct QuotaList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What is set aside for whom, and what of it is unsold.",
    discussion: "Examples:\n  waybill-server quota list\n  waybill-server quota list --device A7 --json")
  @OptionGroup var global: GlobalOptions
  @Option(help: "Only this device's.") var device: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.quotas(device: device))
    desk.console.show(document, QuotasShown.table(document["quotas"]?.array ?? []))
    return .done
  }
}

/// Of what, and for whom.
struct QuotaOptions: ParsableArguments {
  @Argument(help: "The device's code.") var device: String
  @Argument var sku: String
  @Option var warehouse: String
}

struct QuotaGrant: Command {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Sets stock that nobody was promised aside for a device.",
    discussion: "Examples:\n  waybill-server quota grant A7 CHAI-1KG 24 --warehouse W1")
  @OptionGroup var global: GlobalOptions
  @OptionGroup var quota: QuotaOptions
  @Argument(help: ArgumentHelp(valueName: "qty")) var quantity: String

  func run(at desk: Desk) throws -> ExitStatus {
    let request = try quota.request(quantity)
    let document = try desk.ask(.grantQuota(request))
    desk.console.show(
      document, "Set \(quantity) of \(quota.sku) at \(quota.warehouse) aside for \(quota.device).")
    return .done
  }
}

struct QuotaWriteOff: Command {
  static let configuration = CommandConfiguration(
    commandName: "write-off", abstract: "Ends a quota of a device that will not use it any more.",
    discussion: """
      Examples:
        waybill-server quota write-off A7 CHAI-1KG --warehouse W1 --reason "phone lost"
        waybill-server quota write-off A7 CHAI-1KG 4 --warehouse W1 --reason "needed for the fair"

      The device was promised these units: if it has sold some of them offline and comes back, that sale takes
      ordinary stock, and what is not there is reported as a task for headquarters, QUOTA_WRITTEN_OFF.
      """)
  @OptionGroup var global: GlobalOptions
  @OptionGroup var quota: QuotaOptions
  @Argument(help: ArgumentHelp("By default all that is unsold.", valueName: "qty")) var quantity: String?
  @Option(help: "Why; it stands in the log.") var reason: String

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.writeOffQuota(try quota.request(quantity), reason: reason))
    desk.console.show(
      document,
      """
      Wrote off \(quantity ?? "all that was unsold") of \(quota.sku) at \(quota.warehouse) for \(quota.device).
      what the device has sold of it and not sent may be oversold; a task will say so
      """)
    return .done
  }
}

extension QuotaOptions {
  fileprivate func request(_ quantity: String?) throws -> QuotaRequest {
    let amount = try quantity.map { text in
      guard let amount = Quantity(decimal: text) else {
        throw Failure(.badQuantity, "\(text) is no number with at most three decimals")
      }
      return amount
    }
    return QuotaRequest(device: device, sku: sku, warehouse: warehouse, thousandths: amount?.thousandths)
  }
}

enum QuotasShown {
  static func isUnsold(_ quota: JSONValue) -> Bool { quota["free"]?.plain != "0" }

  /// What stays set aside for a device that goes out of use, and how it comes free; empty when nothing does.
  static func leftBehind(_ quotas: [JSONValue], _ device: String) -> String {
    quotas.map { quota in
      let (sku, warehouse) = (quota["sku"]?.plain ?? "", quota["warehouse"]?.plain ?? "")
      return
        "\nstill set aside for it: \(quota["free"]?.plain ?? "") of \(sku) at \(warehouse); to free them: "
        + "waybill-server quota write-off \(device) \(sku) --warehouse \(warehouse) --reason WHY"
    }.joined()
  }

  static func table(_ quotas: [JSONValue]) -> String {
    guard !quotas.isEmpty else { return "Nothing is set aside for any device." }
    var table = TextTable([
      .left("DEVICE"), .left("SKU"), .left("WAREHOUSE"), .right("SET ASIDE"), .right("SOLD"),
      .right("GIVEN BACK"), .right("WRITTEN OFF"), .right("LEFT"),
    ])
    let names = ["device", "sku", "warehouse", "granted", "spent", "returned", "writtenOff", "free"]
    for quota in quotas { table.add(names.map { quota[$0]?.plain ?? "" }) }
    return table.text
  }
}
