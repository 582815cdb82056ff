import ArgumentParser
import TradeRules

struct Status: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "The state of sync at a glance.",
    discussion: "Examples:\n  waybill-server status\n  waybill-server status --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.status)
    desk.console.show(document, Status.text(of: document))
    return .done
  }

  static func text(of status: JSONValue) -> String {
    func number(_ path: String...) -> String {
      path.reduce(status) { $0[$1] ?? .null }.plain
    }
    let isServing = status["serving"]?.bool ?? false
    var table = TextTable([.left(""), .left("")])
    table.add("Server", isServing ? "running" : "not running")
    table.add("Log", "version \(number("head")), epoch \(number("epoch"))")
    table.add(
      "Devices",
      "\(number("replicas", "enrolled")) enrolled, \(number("replicas", "online")) online, "
        + "\(number("replicas", "stale")) without a sync for a day")
    if status["replicas"]?["mended"]?.integer ?? 0 > 0 {
      table.add("", "\(number("replicas", "mended")) had damaged rows mended since yesterday")
    }
    table.add(
      "Attention",
      "\(number("conflicts", "open")) conflicts open, \(number("tasks", "open")) tasks open, "
        + "\(number("held")) operations held, \(number("rejected")) refused so far")
    table.add("Store", "\(Sizes.text(status["store"]?["bytes"]?.integer ?? 0))")
    if let halted = status["halted"], !halted.isNull {
      table.add("Halted", "\(halted["code"]?.plain ?? ""): \(halted["detail"]?.plain ?? "")")
    }
    table.add(
      "Last backup",
      status["backupsUnreadable"]?.string ?? status["lastBackup"]?.string
        ?? "none: waybill-server backup create")
    return table.lines.dropFirst().joined(separator: "\n")
  }
}

/// Bytes as people read them.
enum Sizes {
  static func text(_ bytes: Int64) -> String {
    switch bytes {
    case ..<10_000: "\(bytes) B"
    case ..<10_000_000: "\(bytes / 1_000) kB"
    case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
    default: "\(bytes / 1_000_000_000) GB"
    }
  }
}
