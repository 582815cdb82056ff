import ArgumentParser
import TradeRules

struct ConflictCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflict", abstract: "Two people gave one field two values: see both, choose one.",
    subcommands: [ConflictList.self, ConflictShow.self, ConflictResolve.self])
}

struct ConflictList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Conflicts, oldest first.",
    discussion: "Examples:\n  waybill-server conflict list --open\n  waybill-server conflict list --json")
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Only those that nobody has settled.") var open = false

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.conflicts(onlyOpen: open))
    desk.console.show(document, ConflictsShown.table(document["conflicts"]?.array ?? []))
    return .done
  }
}

struct ConflictShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One conflict with both values and their authors.",
    discussion: "Examples:\n  waybill-server conflict show 8f1c2d3e")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var conflict: String

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.conflict(id: conflict))
    desk.console.show(document, ConflictsShown.text(of: document))
    return .done
  }
}

struct ConflictResolve: Command {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Lets one value stand.",
    discussion: """
      Examples:
        waybill-server conflict resolve 8f1c2d3e --keep mine
        waybill-server conflict resolve 8f1c2d3e --value "+49 30 5678" --note "asked the customer"

      mine is the value of the operation that opened the conflict, theirs is what it met.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var conflict: String
  @Option(help: ArgumentHelp("Which of the two.", valueName: "mine|theirs")) var keep: String?
  @Option(help: "A third value instead.") var value: String?
  @Option(help: "Why.") var note: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let choice: String
    switch (keep, value) {
    case ("mine"?, nil), ("theirs"?, nil): choice = keep ?? ""
    case (nil, _?): choice = "value"
    case (nil, nil): throw Failure.usage("give --keep mine, --keep theirs or --value V")
    case (_?, nil): throw Failure.usage("--keep takes mine or theirs")
    case (_?, _?): throw Failure.usage("--keep and --value exclude each other")
    }
    let document = try desk.ask(.resolve(id: conflict, keep: choice, value: value, note: note))
    desk.console.show(document, ConflictsShown.text(of: document))
    return .done
  }
}

enum ConflictsShown {
  static func table(_ conflicts: [JSONValue]) -> String {
    guard !conflicts.isEmpty else { return "No conflicts." }
    var table = TextTable([
      .left("ID"), .left("RECORD"), .left("FIELD"), .left("MINE"), .left("THEIRS"), .left("STANDS"),
      .left("STATE"), .left("OPENED"),
    ])
    for conflict in conflicts {
      table.add(
        // What tells ids of conflicts apart, long enough to type.
        String(plain(conflict, "id").prefix(8)), plain(conflict, "record"), plain(conflict, "field"),
        plain(conflict, "mine"), plain(conflict, "theirs"), plain(conflict, "chosen"),
        plain(conflict, "state"), plain(conflict, "openedAt"))
    }
    return table.text
  }

  static func text(of conflict: JSONValue) -> String {
    let entry = CodeBook.entry(for: Code(rawValue: plain(conflict, "code")))
    var table = TextTable([.left(""), .left("VALUE"), .left("BY"), .left("DEVICE"), .left("")])
    func stands(_ side: String) -> String { plain(conflict, "chosen") == side ? "stands" : "" }
    table.add("before", plain(conflict, "base"), "", "", "")
    table.add(
      "mine", plain(conflict, "mine"), plain(conflict, "actor"), plain(conflict, "device"), stands("mine"))
    table.add(
      "theirs", plain(conflict, "theirs"), plain(conflict, "theirActor"), plain(conflict, "theirDevice"),
      stands("theirs"))
    if plain(conflict, "chosen") == "value" {
      table.add("given", plain(conflict, "value"), plain(conflict, "resolvedBy"), "", stands("value"))
    }
    var lines = [
      "\(plain(conflict, "field")) of \(plain(conflict, "record")), \(plain(conflict, "state"))",
      "  \(entry.sentence)", "",
    ]
    lines += table.lines
    if plain(conflict, "state") == ConflictState.open.rawValue {
      lines.append("next: waybill-server conflict resolve \(plain(conflict, "id")) --keep mine|theirs")
    } else {
      let note = plain(conflict, "note")
      lines.append("settled by \(plain(conflict, "resolvedBy"))" + (note.isEmpty ? "" : ": \(note)"))
    }
    return lines.joined(separator: "\n")
  }

  private static func plain(_ conflict: JSONValue, _ name: String) -> String { conflict[name]?.plain ?? "" }
}
