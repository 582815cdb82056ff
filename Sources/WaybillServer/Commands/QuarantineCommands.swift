import ArgumentParser
import TradeRules

struct QuarantineCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine",
    abstract: "Work of devices that are out of use: set aside, and done over on your word.",
    subcommands: [QuarantineList.self, QuarantineRelease.self])
}

struct QuarantineList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What is set aside and was not released, oldest first.",
    discussion:
      "Examples:\n  waybill-server quarantine list\n  waybill-server quarantine list --device A7 --json")
  @OptionGroup var global: GlobalOptions
  @Option(help: "Only this device's.") var device: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.quarantine(device: device))
    let commands = document["commands"]?.array ?? []
    guard !commands.isEmpty else {
      desk.console.show(document, "Nothing is set aside.")
      return .done
    }
    var table = TextTable([.left("ID"), .left("WHAT"), .left("RECORD"), .left("WHY"), .left("SINCE")])
    for command in commands {
      table.add(["id", "kinds", "record", "code", "at"].map { command[$0]?.plain ?? "" })
    }
    desk.console.show(document, table.text)
    return .done
  }
}

struct QuarantineRelease: Command {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Has what was set aside done over as the centre's own work.",
    discussion: """
      Examples:
        waybill-server quarantine release A7/42
        waybill-server quarantine release --device A7

      A command is decided as a whole, on what is known now, and does nothing that its device's role may not;
      facts keep the time at which they happened. What is refused stays set aside. Released twice, nothing
      happens twice.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "An operation of the command, as A7/42.") var operation: String?
  @Option(help: "All of this device's, oldest first.") var device: String?

  func validate() throws {
    guard (operation == nil) != (device == nil) else {
      throw ValidationError("name an operation, or a device with --device")
    }
  }

  func run(at desk: Desk) throws -> ExitStatus {
    if let operation {
      let document = try desk.ask(.release(operation: operation))
      desk.console.show(document, QuarantineRelease.sentence(document))
      return .done
    }
    let waiting = try desk.ask(.quarantine(device: device))["commands"]?.array ?? []
    var released: [JSONValue] = []
    var refused: [JSONValue] = []
    for id in waiting.compactMap({ $0["id"]?.string }) {
      do { released.append(try desk.ask(.release(operation: id))) } catch let failure as Failure {
        refused.append([
          "id": .string(id), "code": .string(failure.code.rawValue), "message": .string(failure.message),
        ])
      }
    }
    let lines =
      released.map(QuarantineRelease.sentence)
      + refused.map { "\($0["id"]?.plain ?? "") stays set aside: \($0["message"]?.plain ?? "")" }
    desk.console.show(
      ["released": .array(released), "refused": .array(refused)],
      lines.isEmpty ? "Nothing is set aside." : lines.joined(separator: "\n"))
    return refused.isEmpty ? .done : .partial
  }

  private static func sentence(_ document: JSONValue) -> String {
    let codes = document["codes"]?.plain ?? ""
    return "Released \(document["id"]?.plain ?? ""): \(document["outcome"]?.plain ?? "") \(codes)"
  }
}
