import ArgumentParser
import ReplicaStore
import TradeRules

struct TerritoryCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "territory", abstract: "Territories: where customers are, and who sees them.",
    subcommands: [TerritoryList.self, TerritoryCreate.self, TerritorySet.self])
}

struct TerritoryList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All territories.",
    discussion: "Examples:\n  waybill territory list\n  waybill territory list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      PartiesShown(
        "territories", try view.territories().map { ($0.code, $0.name, $0.status, $0.row.version) }
      ).shown
    }
  }
}

struct TerritoryCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes a territory.",
    discussion: """
      Examples:
        waybill territory create NORTH --name "The north"

      A code that a device, a customer or an import names is a territory without it.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Letters, digits and the like, without spaces.") var code: String
  @Option(help: "What people say; by default the code.") var name: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { _, _ in
      let form = Filled<CreateTerritory> { ($0.code, $0.name) = (code, name) }
      return Work(
        drafts: [Draft(form)], sentence: "Made the territory \(code).", fields: ["code": .string(code)])
    }
  }
}

struct TerritorySet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Renames a territory, or says that nothing new goes there.",
    discussion: """
      Examples:
        waybill territory set NORTH name="The north"
        waybill territory set NORTH status=inactive

      Fields: name, status (active, inactive).
      """)
  @OptionGroup var global: GlobalOptions
  @Argument var code: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      guard let territory = try view.territory(code) else {
        throw ReplicaFault.noRecord(.unknownTerritory, key: code)
      }
      var form = Filled<EditTerritory> { $0.code = territory.code }
      try edits.fill(&form, seeing: territory)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(territory.code).")
    }
  }
}
