import ArgumentParser
import TradeRules

struct Invite: Command {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "Makes a one-time enrolment code for a new device.",
    discussion: """
      Examples:
        waybill-server invite --name "Mira's phone" --role agent --warehouse W1
        waybill-server invite --name "Dock 1" --role warehouse --device-code W1-03 --warehouse W1
        waybill-server invite --name "HQ" --role admin --expires 2h

      The code is shown once; the store keeps its hash only. An agent's device works for --agent, by default \
      for an agent with the device's own code; several devices may share one.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "What people call the device.") var name: String
  @Option(
    help: ArgumentHelp(
      "What its user may do: \(Role.all.map(\.rawValue).joined(separator: ", ")).", valueName: "role"))
  var role: String
  @Option(help: "Part of every number the device makes; never used again. By default the next free one.")
  var deviceCode: String?
  @Option(help: "A warehouse it sees and works for; may be given several times.") var warehouse: [String] = []
  @Option(help: "The agent it works for.") var agent: String?
  @Option(help: "The sales territory it sees.") var territory: String?
  @Option(help: "How long the code can be used: 30m, 24h, 7d at most.") var expires = "24h"

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.invite(try request()), creating: true)
    desk.console.show(document, document["code"]?.plain ?? "")
    if !desk.console.isJSON { desk.console.note(explanation(of: document)) }
    return .done
  }

  private func request() throws -> InviteRequest {
    let known = Role(rawValue: role)
    guard Role.all.contains(known) else {
      throw Failure.usage("--role takes \(Role.all.map(\.rawValue).joined(separator: ", "))")
    }
    guard !known.worksInWarehouses || !warehouse.isEmpty else {
      throw Failure.usage("a device with role \(role) needs --warehouse")
    }
    guard known != .sales || agent != nil || territory != nil else {
      throw Failure.usage("a device with role sales needs --territory or --agent")
    }
    guard let valid = Timespan.milliseconds(expires), valid > 0 else {
      throw Failure.usage("--expires takes a time such as 30m, 24h or 7d")
    }
    guard valid <= InviteRequest.validMillisecondsMax else { throw Failure.usage("--expires is 7d at most") }
    return InviteRequest(
      name: name, role: role, deviceCode: deviceCode, agent: agent, territory: territory,
      warehouses: warehouse, validMilliseconds: valid)
  }

  /// Beside the code, so that a script gets the code alone.
  private func explanation(of document: JSONValue) -> String {
    """
    for device \(document["deviceCode"]?.plain ?? "") (\(name)), once, until \(document["expiresAt"]?.plain ?? "")
    on the device: waybill enroll URL --code CODE
    """
  }
}

/// Lengths of time as people write them.
enum Timespan {
  private static let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

  /// `90s`, `30m`, `24h`, `7d`; nil for anything else.
  static func milliseconds(_ text: String) -> Int64? {
    guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count >= 0 else {
      return nil
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }
}
