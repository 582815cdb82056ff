import ArgumentParser
import Foundation
import TradeRules

struct Log: Command {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Operations and their answers, oldest first.",
    discussion: """
      Examples:
        waybill-server log --limit 20                  the newest twenty
        waybill-server log --record SO-A7-0001
        waybill-server log --device W1 --since 24h
        waybill-server log --since 2026-11-01T00:00:00Z --json
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Only about this order, SKU or customer.") var record: String?
  @Option(help: "Only of this device; centre is the centre itself.") var device: String?
  @Option(help: "Only what the centre received then or later: a time, or a length such as 24h.")
  var since: String?
  @Option(help: "The newest so many; without it, all.") var limit: Int?

  func run(at desk: Desk) throws -> ExitStatus {
    var request = LogRequest(record: record, device: device, since: try start(), limit: limit)
    if let limit, !(1...LogRequest.limitMax).contains(limit) {
      throw Failure.usage("--limit is 1 … \(LogRequest.limitMax); without it all are listed")
    }
    let link = try AdminLink(desk.folder, creating: false, console: desk.console)
    var list = ListWriter(console: desk.console)
    while true {
      let page = try link.ask(.log(request))
      list.add(page["operations"]?.array ?? [])
      try desk.console.requireWholeOutput()
      guard let next = page["next"]?.integer else { break }
      request.after = next
    }
    list.end()
    return .done
  }

  private func start() throws -> Int64? {
    guard let since else { return nil }
    if let age = Timespan.milliseconds(since) {
      return SystemClock.now.advanced(byMilliseconds: -age).milliseconds
    }
    guard let instant = Instant(timestamp: since) else {
      throw Failure.usage("--since takes a time such as 2026-11-03T09:10:00Z, or a length such as 24h")
    }
    return instant.milliseconds
  }

  /// Writes operations as pages come in: one document, or lines.
  private struct ListWriter {
    private let console: Console
    private var count = 0
    private var isJSON: Bool { console.isJSON }

    init(console: Console) { self.console = console }

    mutating func add(_ operations: [JSONValue]) {
      var bytes: [UInt8] = []
      if isJSON, count == 0 { bytes += Array(#"{"operations":["#.utf8) }
      for operation in operations {
        if isJSON {
          if count > 0 { bytes.append(UInt8(ascii: ",")) }
          operation.write(to: &bytes)
        } else {
          bytes += Array((ListWriter.line(operation) + "\n").utf8)
        }
        count += 1
      }
      // An empty page begins the document, and the next one with something must not begin it again.
      if isJSON, count == 0 { return }
      if !bytes.isEmpty { console.write(bytes) }
    }

    func end() {
      if isJSON { console.write(count == 0 ? "{\"operations\":[]}\n" : "]}\n") }
    }

    private static func line(_ operation: JSONValue) -> String {
      func plain(_ name: String) -> String { operation[name]?.plain ?? "" }
      let answer = operation["answer"]
      var outcome = [answer?["outcome"]?.plain ?? "", answer?["codes"]?.plain ?? ""]
      if let waiting = answer?["waitingFor"]?.string { outcome.append("waits for \(waiting)") }
      let fields =
        [plain("version"), plain("receivedAt"), plain("id"), plain("kind"), plain("record")] + outcome
      return fields.filter { !$0.isEmpty }.joined(separator: "  ")
    }
  }
}
