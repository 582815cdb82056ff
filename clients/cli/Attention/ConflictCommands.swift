import ArgumentParser
import ReplicaStore
import TradeRules

struct ConflictCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflict", abstract: "Two people gave one field two values: see both, choose one.",
    subcommands: [ConflictList.self, ConflictShow.self, ConflictResolve.self])
}

struct ConflictList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Open conflicts, oldest first.",
    discussion: "Examples:\n  waybill conflict list\n  waybill conflict list --all")
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Resolved ones too.") var all = false
  @Flag(help: "Only open ones, as by default.") var open = false

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let conflicts = try view.conflicts(openOnly: !all || open)
      return (["conflicts": .array(conflicts.map(\.json))], ConflictsShown.text(of: conflicts))
    }
  }
}

struct ConflictShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One conflict with both values and their authors.",
    discussion: "Examples:\n  waybill conflict show 8f1c2d3e")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var conflict: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let conflict = try view.requireConflict(conflict)
      let mine = try view.person(conflict.actor, on: conflict.device)
      let theirs = try view.person(conflict.theirActor, on: conflict.theirDevice)
      return (conflict.json, ConflictsShown.text(of: conflict, mine: mine, theirs: theirs))
    }
  }
}

struct ConflictResolve: Command {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Lets one value stand.",
    discussion: """
      Examples:
        waybill conflict resolve 8f1c2d3e --keep mine
        waybill conflict resolve 8f1c2d3e --value "+49 30 5678" --note "asked the customer"

      mine is the value of the operation that opened the conflict, theirs is what it met.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var conflict: String
  @Option(help: ArgumentHelp("Which of the two.", valueName: "mine|theirs")) var keep: String?
  @Option(help: "A third value instead.") var value: String?
  @Option var note: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let choice: String
    switch (keep, value) {
    case ("mine"?, nil), ("theirs"?, nil): choice = keep ?? ""
    case (nil, _?): choice = "value"
    case (nil, nil): throw Failure.usage("give --keep mine, --keep theirs or --value V")
    case (_?, nil): throw Failure.usage("--keep takes mine or theirs")
    case (_?, _?): throw Failure.usage("--keep and --value exclude each other")
    }
    return try desk.record { view, _ in
      let conflict = try view.requireConflict(conflict)
      let form = Filled<ResolveConflict> {
        $0.conflict = conflict.id
        $0.keep = choice
        $0.value = Entered.personal(value)
        $0.note = Entered.personal(note)
      }
      let stands = choice == "mine" ? conflict.mine.text : choice == "theirs" ? conflict.theirs.text : value
      return Work(
        drafts: [Draft(form)],
        sentence: "Resolved: \(conflict.field) of \(conflict.record) is \(stands ?? "").",
        fields: ["conflict": .string(conflict.id.description)])
    }
  }
}

enum ConflictsShown {
  static func text(of conflicts: [Conflict]) -> String {
    guard !conflicts.isEmpty else { return "No conflicts." }
    var table = TextTable([
      .left("ID"), .left("RECORD"), .left("FIELD"), .left("MINE"), .left("THEIRS"), .left("STANDS"),
      .left("OPENED"), .left("STATE"),
    ])
    for conflict in conflicts {
      table.add(
        conflict.id.beginning, conflict.record, conflict.field, conflict.mine.text, conflict.theirs.text,
        conflict.chosen, Times.local(conflict.openedAt, now: Clocks.now),
        conflict.state == .open ? "" : conflict.state.rawValue)
    }
    return table.text
  }

  /// - Parameters:
  ///   - mine: who gave the value of the operation that opened the conflict.
  ///   - theirs: who gave the other.
  static func text(of conflict: Conflict, mine: String, theirs: String) -> String {
    let entry = CodeBook.entry(for: Code(rawValue: conflict.code))
    var table = TextTable([.left(""), .left("VALUE"), .left("BY"), .left("DEVICE"), .left("")])
    func stands(_ side: String) -> String { conflict.chosen == side ? "stands" : "" }
    table.add("before", conflict.base.text, "", "", "")
    table.add("mine", conflict.mine.text, mine, conflict.device, stands("mine"))
    table.add("theirs", conflict.theirs.text, theirs, conflict.theirDevice, stands("theirs"))
    if conflict.chosen == "value" {
      table.add("given", conflict.value.text, conflict.resolvedBy, "", stands("value"))
    }
    var lines = ["\(conflict.field) of \(conflict.record)  \(conflict.state)", "  \(entry.sentence)", ""]
    lines += table.lines
    if conflict.state == .open {
      lines.append("next: waybill conflict resolve \(conflict.id.beginning) --keep mine|theirs")
    } else {
      lines.append(
        "resolved by \(conflict.resolvedBy)\(conflict.note.text.isEmpty ? "" : ": \(conflict.note.text)")")
    }
    return lines.joined(separator: "\n")
  }
}

extension Record where Columns == ConflictColumns {
  fileprivate var json: JSONValue {
    [
      "id": .string(self.id.description), "kind": .string(self.kind), "code": .string(self.code),
      "record": .string(self.record), "field": .string(self.field), "base": .string(self.base.text),
      "mine": .string(self.mine.text), "theirs": .string(self.theirs.text), "chosen": .string(self.chosen),
      "value": self.chosen == "value" ? .string(self.value.text) : .null,
      "state": .string(self.state.rawValue), "device": .string(self.device),
      "actor": .string(self.actor), "theirDevice": .string(self.theirDevice),
      "theirActor": .string(self.theirActor), "openedAt": .instant(self.openedAt),
      "note": .string(self.note.text),
    ]
  }
}
