import ArgumentParser
import Foundation
import ReplicaStore
import TradeRules

struct OutboxImport: Command {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Brings in the work of a device that is lost or was copied, from its file.",
    discussion: """
      Examples:
        waybill outbox import work.jsonl

      The file is what outbox export wrote. Its unsent and held work becomes this device's own and is sent with the
      next sync; what the centre knows already counts once.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The file; - is standard input.", completion: .file()) var input: String

  func run(at desk: Desk) throws -> ExitStatus {
    let file = try OutboxFile(parsing: try text())
    let brought = try desk.file.writing { store in
      try store.bring(file, actor: Work.actor, clock: try desk.clock(of: store), random: Randomness.bytes)
    }
    let refused = brought.filter { $0.recorded == nil }
    let document: JSONValue = [
      "device": .string(file.device), "imported": .integer(brought.count - refused.count),
      "refused": .integer(refused.count), "operations": .array(brought.map(\.json)),
    ]
    desk.console.show(document, shown(brought, of: file))
    // What is known already counts once: nobody has to do anything about it.
    return refused.allSatisfy { $0.refusal?.code == .workKnown } ? .done : .attention
  }

  private func text() throws -> String {
    if input == "-" { return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) }
    guard let data = FileManager.default.contents(atPath: input) else {
      throw Failure(.fileUnusable, "\(input) cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func shown(_ brought: [BroughtGroup], of file: OutboxFile) -> String {
    guard !brought.isEmpty else { return "The file has no unsent work of \(file.device)." }
    var table = TextTable([.left("WAS"), .left("IS"), .left("RECORD"), .left("")])
    for group in brought {
      table.add(
        group.original.description, group.recorded?.id.description ?? "–", group.record,
        group.refusal.map { "\($0.code): \($0.detail)" } ?? "")
    }
    guard brought.contains(where: { $0.recorded != nil }) else {
      return table.text + "\n  Nothing was brought in; nothing is to be sent."
    }
    return table.text + "\n  next: waybill sync sends it"
  }
}

extension BroughtGroup {
  fileprivate var json: JSONValue {
    [
      "was": .string(original.description), "operation": .text(recorded?.id.description),
      "record": .string(record), "state": recorded == nil ? "refused" : "unsent",
      "code": .text(refusal?.code.rawValue),
    ]
  }
}
