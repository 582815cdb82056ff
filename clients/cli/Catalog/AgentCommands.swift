import ArgumentParser
import ReplicaStore
import TradeRules

struct AgentCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Agents: who sells, and to whom customers belong.",
    subcommands: [AgentList.self, AgentCreate.self, AgentSet.self])
}

struct AgentList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All agents.",
    discussion: "Examples:\n  waybill agent list\n  waybill agent list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      PartiesShown("agents", try view.agents().map { ($0.code, $0.name, $0.status, $0.row.version) }).shown
    }
  }
}

struct AgentCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes an agent.",
    discussion: """
      Examples:
        waybill agent create ANA --name "Ana Lima"

      A code that a device, a customer or an import names is an agent without it.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Letters, digits and the like, without spaces.") var code: String
  @Option(help: "What people say; by default the code.") var name: String?

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { _, _ in
      let form = Filled<CreateAgent> { ($0.code, $0.name) = (code, name) }
      return Work(
        drafts: [Draft(form)], sentence: "Made the agent \(code).", fields: ["code": .string(code)])
    }
  }
}

struct AgentSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Renames an agent, or says that nothing new goes there.",
    discussion: """
      Examples:
        waybill agent set ANA name="Ana Lima"
        waybill agent set ANA status=inactive

      Fields: name, status (active, inactive).
      """)
  @OptionGroup var global: GlobalOptions
  @Argument var code: String
  @Argument(help: ArgumentHelp("What to change.", valueName: "FIELD=VALUE")) var fields: [String]

  func run(at desk: Desk) throws -> ExitStatus {
    let edits = try FieldEdits(fields)
    return try desk.record { view, _ in
      guard let agent = try view.agent(code) else {
        throw ReplicaFault.noRecord(.unknownAgent, key: code)
      }
      var form = Filled<EditAgent> { $0.code = agent.code }
      try edits.fill(&form, seeing: agent)
      return Work(drafts: [Draft(form)], sentence: "Changed \(edits.names) of \(agent.code).")
    }
  }
}

/// Agents or territories, as a table.
struct PartiesShown {
  /// The name of the list.
  let name: String
  let parties: [(code: String, name: String, status: PartyStatus, version: Int64)]

  init(_ name: String, _ parties: [(code: String, name: String, status: PartyStatus, version: Int64)]) {
    self.name = name
    self.parties = parties
  }

  var shown: (document: JSONValue, text: String) {
    let rows: [JSONValue] = parties.map { party in
      [
        "code": .string(party.code), "name": .string(party.name), "status": .string(party.status.rawValue),
        "rev": .integer(party.version),
      ]
    }
    guard !parties.isEmpty else { return ([name: .array(rows)], "No \(name).") }
    var table = TextTable([.left("CODE"), .left("NAME"), .left("STATUS")])
    for party in parties {
      table.add(party.code, party.name, party.status == .active ? "" : party.status.rawValue)
    }
    return ([name: .array(rows)], table.text)
  }
}
