import ArgumentParser
import TradeRules

struct DeviceCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "The devices: who they are, how far they have come, what they may.",
    subcommands: [
      DeviceList.self, DeviceShow.self, DeviceScope.self, DeviceSuspend.self, DeviceResume.self,
      DeviceRetire.self, DeviceLost.self,
    ])
}

struct DeviceList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All devices.",
    discussion: "Examples:\n  waybill-server device list\n  waybill-server device list --json")
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.devices)
    desk.console.show(document, DevicesShown.table(document["devices"]?.array ?? []))
    return .done
  }
}

struct DeviceShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One device.", discussion: "Examples:\n  waybill-server device show A7")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.device(code: code))
    desk.console.show(document, DevicesShown.text(of: document))
    return .done
  }
}

enum DevicesShown {
  static func table(_ devices: [JSONValue]) -> String {
    guard !devices.isEmpty else { return "No devices. Invite one: waybill-server invite" }
    var table = TextTable([
      .left("DEVICE"), .left("NAME"), .left("ROLE"), .left("STATE"), .left("LAST SYNC"), .right("BEHIND"),
      .right("UNSENT"), .right("REFUSED"), .right("CONFLICTS"),
    ])
    for device in devices {
      table.add(
        plain(device, "code"), plain(device, "name"), plain(device, "role"), state(of: device),
        plain(device, "lastSyncAt"), device["lag"]?["versions"]?.plain ?? "", plain(device, "unsent"),
        plain(device, "rejected"), plain(device, "conflicts"))
    }
    return table.text
  }

  static func text(of device: JSONValue) -> String {
    var table = TextTable([.left(""), .left("")])
    table.add("Device", "\(plain(device, "code")) (\(plain(device, "name"))), \(plain(device, "role"))")
    table.add("State", state(of: device))
    table.add("Last seen", plain(device, "lastSeenAt"))
    table.add("Last sync", plain(device, "lastSyncAt"))
    let lag = device["lag"]
    table.add(
      "Checkpoint",
      "\(plain(device, "checkpoint")), \(lag?["versions"]?.plain ?? "") versions and "
        + "\(lag?["seconds"]?.plain ?? "") s behind")
    table.add("Unsent", "\(plain(device, "unsent")), settled through \(plain(device, "appliedThrough"))")
    table.add(
      "Attention",
      "\(plain(device, "rejected")) refused, \(plain(device, "conflicts")) conflicts, \(plain(device, "held")) held"
    )
    if device["mends"]?.integer ?? 0 > 0 {
      table.add("Damage", "mended \(plain(device, "mends")) times, last \(plain(device, "lastMendAt"))")
    }
    table.add("Clock", "\(plain(device, "clockOffsetMs")) ms off")
    table.add("Program", plain(device, "appVersion"))
    table.add("Scope", plain(device, "scope"))
    return table.lines.dropFirst().joined(separator: "\n")
  }

  private static func plain(_ device: JSONValue, _ name: String) -> String { device[name]?.plain ?? "" }

  private static func state(of device: JSONValue) -> String {
    if device["forked"]?.bool == true { return "forked" }
    return device["online"]?.bool == true ? "online" : plain(device, "state")
  }
}
