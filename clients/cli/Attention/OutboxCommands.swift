import ArgumentParser
import Foundation
import Glibc
import ReplicaStore
import TradeRules

struct OutboxCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "This device's work that is not done with: unsent, held, rejected.",
    subcommands: [
      OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxWithdraw.self, OutboxExport.self,
      OutboxImport.self, OutboxDiscard.self,
    ])
}

struct OutboxList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Unsent, held and rejected operations, oldest first.",
    discussion: "Examples:\n  waybill outbox list")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let work = try view.openWork()
      let text = try work.isEmpty ? WorkShown.nothingOpen(in: view) : WorkShown.text(of: work)
      return (["operations": .array(work.map(\.json))], text)
    }
  }
}

struct OutboxShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One operation: what was entered and what became of it.",
    discussion: "Examples:\n  waybill outbox show A7/42")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "As A7/42.") var operation: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.show { view in
      let work = try view.requireWork(operation)
      let more: JSONValue = [
        "group": .string(work.group.description), "entered": work.content,
        "outcome": .text(work.answer?.outcome.rawValue), "codes": work.answer?.codes.json ?? [],
        "decidedAt": .instant(work.answer?.decidedAt), "waitingFor": .text(work.held?.missing),
        "hash": .string(work.item.chainHash.hexadecimal),
      ]
      return (work.json.followed(by: more), WorkShown.text(of: work))
    }
  }
}

struct OutboxRetry: Command {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Records a rejected command again, on what is known now.",
    discussion: "Examples:\n  waybill outbox retry A7/42")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "As A7/42.") var operation: String

  func run(at desk: Desk) throws -> ExitStatus {
    let (work, recorded) = try desk.file.writing { store in
      let work = try store.view { try $0.requireWork(operation) }
      let clock = try desk.clock(of: store)
      return (work, try store.retry(work, actor: Work.actor, clock: clock, random: Randomness.bytes))
    }
    let document: JSONValue = [
      "operation": .string(recorded.id.description), "record": .string(recorded.record),
      "replaces": .string(work.group.description), "state": "unsent",
      "expected": recorded.expected?.json ?? .null, "provisional": true,
    ]
    desk.console.show(
      document, "Recorded \(work.group) again as \(recorded.id).\n  next: waybill sync sends it")
    return .done
  }
}

struct OutboxWithdraw: Command {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Gives up a command that waits at the centre for something.",
    discussion: "Examples:\n  waybill outbox withdraw A7/42")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "As A7/42.") var operation: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.record { view, _ in
      let work = try view.requireWork(operation)
      let group = try view.group(of: work)
      guard group.contains(where: { $0.state == .held }) else {
        throw Failure(.notHeld, "\(work.id) is \(work.state.rawValue)")
      }
      let form = Filled<WithdrawWork> {
        $0.first = group.first?.id.number ?? work.id.number
        $0.last = group.last?.id.number ?? work.id.number
      }
      return Work(drafts: [Draft(form)], sentence: "Gave up \(work.group).")
    }
  }
}

struct OutboxExport: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes work that is not done with as signed lines of JSON.",
    discussion: """
      Examples:
        waybill outbox export > work.jsonl
        waybill outbox export work.jsonl
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The file to write; - is standard output.", completion: .file()) var output = "-"

  func run(at desk: Desk) throws -> ExitStatus {
    let (text, count) = try desk.reading { view in
      let work = try view.workToExport()
      return (try view.export(work, at: Clocks.now), work.count)
    }
    if output == "-" {
      try WorkFile.writeAll(text, to: STDOUT_FILENO, called: "standard output")
      return .done
    }
    try WorkFile.write(text, to: output)
    desk.console.show(
      ["file": .string(output), "operations": .integer(count)], "Wrote \(count) operations to \(output).")
    return .done
  }
}

struct OutboxDiscard: Command {
  static let configuration = CommandConfiguration(
    commandName: "discard", abstract: "Gives a rejected command up, after writing it to a file.",
    discussion: "Examples:\n  waybill outbox discard A7/42 --confirm")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "As A7/42.") var operation: String
  @Flag(help: "Yes, give it up.") var confirm = false
  @Option(
    help: "The file to write it to; - is standard output; by default beside the replica.",
    completion: .file())
  var to: String?

  func run(at desk: Desk) throws -> ExitStatus {
    guard confirm else { throw Failure.usage("discarding needs --confirm") }
    let (group, path) = try desk.file.writing { store in
      let (work, group, text) = try store.view { view in
        let work = try view.requireWork(operation)
        let group = try view.requireDiscardable(work)
        return (work, group, try view.export(group, at: Clocks.now))
      }
      let name = "\(work.group.device)-\(work.group.number).jsonl"
      let path = to ?? desk.file.path + ReplicaFile.discardedMark + name
      if path == "-" {
        try WorkFile.writeAll(text, to: STDOUT_FILENO, called: "standard output")
      } else {
        try WorkFile.write(text, to: path)
      }
      try store.discard(work)
      return (group, path)
    }
    // Standard output has the work then, and nothing else.
    guard path != "-" else { return .done }
    let ids = group.map(\.id.description)
    desk.console.show(
      ["discarded": .strings(ids), "file": .string(path)],
      "Gave up \(ids.joined(separator: ", ")); what was entered is in \(path).")
    return .done
  }
}

enum WorkFile {
  /// Writes a new file for its owner alone, whole and on the disk, or none; one that is there is not overwritten.
  static func write(_ text: String, to path: String) throws {
    let draft = path + ".new-\(getpid())"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer {
      close(descriptor)
      unlink(draft)
    }
    try writeAll(text, to: descriptor, called: path)
    guard fsync(descriptor) == 0, link(draft, path) == 0 else { throw failure(path) }
  }

  /// Writes all of it.
  ///
  /// - Throws: `Failure` with `DISK_FULL`, `FILE_UNUSABLE` or `IO_FAILED`: this may be the only copy of somebody's work.
  static func writeAll(_ text: String, to descriptor: Int32, called name: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written >= 0 else { throw failure(name) }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func failure(_ name: String) -> Failure {
    let code = errno
    let why = String(cString: strerror(code))
    switch code {
    case EEXIST: return Failure(.fileUnusable, "\(name) is there already")
    case ENOSPC, EDQUOT: return Failure(.diskFull, "\(name) cannot be written: \(why)")
    case EIO: return Failure(.ioFailed, "\(name) cannot be written: \(why)")
    default: return Failure(.fileUnusable, "\(name) cannot be written: \(why)")
    }
  }
}

enum WorkShown {
  /// What an outbox says that has nothing to do any more, and what of the device's work was not applied all the same.
  static func nothingOpen(in view: ReplicaView) throws -> String {
    guard !view.state.isWiped else { return CodeBook.entry(for: .deviceWiped).sentence }
    var lines = ["Nothing is unsent, held or rejected."]
    let ends = try view.endsOfWork()
    if ends.setAside > 0 { lines.append("  set aside at the centre: \(ends.setAside) operations") }
    if ends.discarded > 0 { lines.append("  given up, or recorded again: \(ends.discarded) operations") }
    if ends.lost > 0 {
      lines.append(
        "  lost with a damaged file: \(ends.lost) operations; next: waybill status --json names them")
    }
    return lines.joined(separator: "\n")
  }

  static func text(of work: [OwnWork]) -> String {
    var table = TextTable([
      .left(""), .left("ID"), .left("KIND"), .left("RECORD"), .left("STATE"), .left("CODE"),
      .left("RECORDED"),
    ])
    for item in work {
      table.add(
        Marks.mark(of: item.state), item.id.description, item.item.kind.rawValue, item.item.record,
        item.state.rawValue, item.code?.rawValue ?? item.held.map { "waits for \($0.missing)" } ?? "",
        Times.local(item.item.recordedAt, now: Clocks.now))
    }
    return table.text
  }

  static func text(of work: OwnWork) -> String {
    var lines = [
      "\(work.id)  \(work.item.kind)  \(work.item.record)  \(work.state.rawValue)",
      "  recorded \(Times.local(work.item.recordedAt, now: Clocks.now))",
    ]
    if case .object(let members) = work.content {
      for member in members { lines.append("  \(member.name): \(member.value.plain)") }
    }
    for code in (work.answer?.codes.words ?? []).map(Code.init(rawValue:)) {
      let entry = CodeBook.entry(for: code)
      lines.append("  [\(code)] \(entry.sentence) \(entry.hint)")
    }
    if let held = work.held { lines.append("  waits for \(held.missing)") }
    if work.state == .rejected {
      lines.append("  next: waybill outbox retry \(work.id), or waybill outbox discard \(work.id) --confirm")
    }
    return lines.joined(separator: "\n")
  }
}

extension OwnWork {
  fileprivate var json: JSONValue {
    [
      "id": .string(id.description), "kind": .string(item.kind.rawValue), "record": .string(item.record),
      "state": .string(state.rawValue), "code": .text(code?.rawValue),
      "recordedAt": .instant(item.recordedAt),
    ]
  }
}

extension ReplicaView {
  fileprivate func requireWork(_ key: String) throws -> OwnWork {
    guard let work = try own(key) else { throw ReplicaFault.noRecord(.unknownRecord, key: key) }
    return work
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    let digits = [Character]("0123456789abcdef")
    return reduce(into: "") { text, byte in
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }
}
