import ArgumentParser
import TradeRules

struct SettingCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setting", abstract: "The numbers that rules read: floors, windows, times.",
    subcommands: [SettingList.self, SettingSet.self])
}

struct SettingList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What each setting is, and what it is unless somebody sets it.",
    discussion: "Examples:\n  waybill-server setting list\n  waybill-server setting list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.settings)
    var table = TextTable([.left("SETTING"), .right("AMOUNT"), .right("STANDARD")])
    for setting in document["settings"]?.array ?? [] {
      table.add(["name", "amount", "standard"].map { setting[$0]?.plain ?? "" })
    }
    desk.console.show(document, table.text)
    return .done
  }
}

struct SettingSet: Command {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Sets one, from now on: what was decided before stays decided.",
    discussion: """
      Examples:
        waybill-server setting set priceFloorPerMille 850
        waybill-server setting set duplicateOrderMilliseconds 0
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its name, as setting list has it.") var name: String
  @Argument(help: "A whole number; the name ends with its unit.") var amount: Int64

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.changeSetting(name: name, amount: amount))
    desk.console.show(document, "\(name) is \(amount) from now on; devices learn it with their next sync.")
    return .done
  }
}
