import ArgumentParser
import ReplicaStore
import TradeRules

struct TaskCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Work that exceptions left for somebody: put back, recount, review …",
    subcommands: [TaskList.self, TaskShow.self, TaskDone.self])
}

struct TaskList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Open tasks, the most urgent first.",
    discussion: "Examples:\n  waybill task list\n  waybill task list --all")
  @OptionGroup var global: GlobalOptions
  @Flag(help: "Done ones too.") var all = false
  @Flag(help: "Only open ones, as by default.") var open = false

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let tasks = try view.tasks(openOnly: !all || open)
      return (["tasks": .array(tasks.map(\.json))], TasksShown.text(of: tasks))
    }
  }
}

struct TaskShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One task.", discussion: "Examples:\n  waybill task show 8f1c2d3e")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var task: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let task = try view.requireTask(task)
      return (task.json, TasksShown.text(of: task))
    }
  }
}

struct TaskDone: Command {
  static let configuration = CommandConfiguration(
    commandName: "done", abstract: "Says that a task is done.",
    discussion: "Examples:\n  waybill task done 8f1c2d3e")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The id, or how it begins.") var task: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let task = try view.requireTask(task)
      let form = Filled<FinishTask> { $0.task = task.id }
      return Work(drafts: [Draft(form)], sentence: "Done: \(task.what) (\(task.record)).")
    }
  }
}

enum TasksShown {
  static func text(of tasks: [TradeTask]) -> String {
    guard !tasks.isEmpty else { return "No tasks." }
    var table = TextTable([
      .left("ID"), .left("TASK"), .left("RECORD"), .left("SKU"), .right("QTY"), .left("BIN"), .left("OWNER"),
      .left("DUE"), .left("STATE"),
    ])
    for task in tasks {
      table.add(
        task.id.beginning, task.what, task.record, task.sku,
        task.quantity == .zero ? "" : task.quantity.decimalText, task.bin, task.owners,
        Times.local(task.dueAt, now: Clocks.now), task.isOpen ? "" : "done")
    }
    return table.text
  }

  static func text(of task: TradeTask) -> String {
    var lines = [
      "\(task.what)  \(task.isOpen ? "open" : "done")", "  id \(task.id)", "  about \(task.record)",
    ]
    if !task.sku.isEmpty { lines.append("  product \(task.sku)") }
    if task.quantity != .zero { lines.append("  quantity \(task.quantity.decimalText)") }
    if !task.bin.isEmpty { lines.append("  bin \(task.bin)") }
    lines.append("  owner \(task.owners)")
    lines.append("  due \(Times.local(task.dueAt, now: Clocks.now))")
    let entry = CodeBook.entry(for: Code(rawValue: task.code))
    lines.append("  why: \(entry.sentence) \(entry.hint)")
    if task.isOpen { lines.append("  next: waybill task done \(task.id.beginning)") }
    return lines.joined(separator: "\n")
  }
}

extension Record where Columns == TaskColumns {
  /// `put back`.
  fileprivate var what: String { self.kind.rawValue.split(separator: "_").joined(separator: " ") }

  /// A role at a place, an agent, or headquarters.
  fileprivate var owners: String {
    if let agent = self.agent, self.warehouse.isEmpty { return "agent \(agent)" }
    return self.warehouse.isEmpty ? self.owner.rawValue : "\(self.owner.rawValue) \(self.warehouse)"
  }

  fileprivate var json: JSONValue {
    [
      "id": .string(self.id.description), "kind": .string(self.kind.rawValue), "code": .string(self.code),
      "record": .string(self.record), "sku": self.sku.isEmpty ? .null : .string(self.sku),
      "qty": .quantity(self.quantity), "owner": .string(self.owner.rawValue), "due": .instant(self.dueAt),
      "state": self.isOpen ? "open" : "done", "bin": self.bin.isEmpty ? .null : .string(self.bin),
      "warehouse": self.warehouse.isEmpty ? .null : .string(self.warehouse), "agent": .text(self.agent),
      "openedAt": .instant(self.openedAt), "device": .string(self.device),
    ]
  }
}

extension RecordID {
  /// Enough of an id to know it again, and to type it.
  var beginning: String { String(description.prefix(8)) }
}
