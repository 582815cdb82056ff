import ArgumentParser
import ReplicaStore
import TradeRules

struct CustomerMerge: Command {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Makes two customers one: the first one's code leads to the second.",
    discussion: """
      Examples:
        waybill customer merge C-B2-0004 C-A7-0001
        waybill task list --open            customers who may be one

      The second one's record is kept, and the first one's orders and credit become theirs. The first one's code \
      and id go on working everywhere.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Code or id of the one that becomes an alias.") var from: String
  @Argument(help: "Code or id of the one that stays.") var into: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let (merged, survivor) = (try view.requireCustomer(from), try view.requireCustomer(into))
      let form = Filled<MergeCustomers> {
        ($0.merged, $0.mergedCode) = (merged.id, merged.code)
        ($0.survivor, $0.survivorCode) = (survivor.id, survivor.code)
      }
      return Work(drafts: [Draft(form)], sentence: "Merged \(merged.code) into \(survivor.code).")
    }
  }
}

struct CustomerAssign: Command {
  static let configuration = CommandConfiguration(
    commandName: "assign", abstract: "Gives a customer, with the open orders, to another agent or territory.",
    discussion: """
      Examples:
        waybill customer assign C-A7-0001 --agent BEN
        waybill customer assign C-A7-0001 --agent "" --territory NORTH
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Code or id.") var customer: String
  @Option(help: "Empty = no agent.") var agent: String?
  @Option(help: "Empty = no territory.") var territory: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard agent != nil || territory != nil else { throw Failure.usage("give --agent or --territory") }
    return try desk.record { view, _ in
      let customer = try view.requireCustomer(customer)
      let agent = try agent.map { try view.agent($0)?.code ?? $0 }
      let territory = try territory.map { try view.territory($0)?.code ?? $0 }
      let form = Filled<AssignCustomer> {
        ($0.id, $0.code) = (customer.id, customer.code)
        ($0.agent, $0.territory) = (agent, territory)
      }
      let to = [agent, territory].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
      return Work(
        drafts: [Draft(form)], sentence: "Gave \(customer.code) to \(to.isEmpty ? "nobody" : to).")
    }
  }
}
