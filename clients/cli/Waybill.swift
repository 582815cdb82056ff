import ArgumentParser

/// The root of all commands.
struct Waybill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill",
    abstract: "Catalog, stock and orders of a company, on a device that is often offline.",
    discussion: """
      Examples:
        waybill enroll wss://centre.example:8420/sync --code WB1-…
        waybill sync
        waybill order create --customer C-A7-0001 --line CHAI-1KG=12 --submit
        waybill stock show CHAI-1KG
        waybill status

      Everything but enroll and sync works without a link and never waits for one.
      """,
    version: Program.version,
    subcommands: [
      Enroll.self, Sync.self, Status.self, ProductCommands.self, CategoryCommands.self, BarcodeCommands.self,
      ScanCommand.self, PriceCommands.self, RateCommands.self, TaxCommands.self, StockCommands.self,
      QuotaCommands.self, CustomerCommands.self, AgentCommands.self, TerritoryCommands.self,
      SupplierCommands.self, OrderCommands.self, Pick.self, PutBack.self, Ship.self,
      PackGoods.self, Deliver.self, Track.self, ShipmentCommands.self, PaymentCommands.self,
      TaskCommands.self, ConflictCommands.self,
      OutboxCommands.self, History.self, Report.self, Verify.self, Repair.self, SQL.self,
    ])
}
