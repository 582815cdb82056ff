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
    discussion: """
      Examples:
        waybill-server device list
        waybill-server device list --stale 24h     those in use that have not synced for so long
        waybill-server device list --json

      REFUSED SO FAR counts every answer that refused; what of that was done again or given up, the device knows.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: ArgumentHelp("Only those in use without a sync for so long: 24h, 7d.", valueName: "age"))
  var stale: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let age = try stale.map { text in
      guard let age = Timespan.milliseconds(text) else {
        throw Failure.usage("--stale takes a length of time such as 24h, not \(text)")
      }
      return age
    }
    let document = try desk.ask(.devices)
    var devices = document["devices"]?.array ?? []
    if let age { devices = devices.filter { DevicesShown.isStale($0, for: age, at: SystemClock.now) } }
    desk.console.show(["devices": .array(devices)], DevicesShown.table(devices, areAll: age == nil))
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
  /// Whether a device in use has not synced for so many milliseconds.
  static func isStale(_ device: JSONValue, for age: Int64, at now: Instant) -> Bool {
    guard plain(device, "state") == DeviceState.active.rawValue else { return false }
    guard let synced = device["lastSyncAt"]?.string.flatMap({ Instant(timestamp: $0) }) else { return true }
    return now.milliseconds(since: synced) > age
  }

  /// - Parameter areAll: whether none was left out.
  static func table(_ devices: [JSONValue], areAll: Bool = true) -> String {
    guard !devices.isEmpty else {
      return areAll ? "No devices. Invite one: waybill-server invite" : "None."
    }
    var table = TextTable([
      .left("DEVICE"), .left("NAME"), .left("ROLE"), .left("STATE"), .left("LAST SEEN"), .left("LAST SYNC"),
      .right("BEHIND"), .right("UNSENT"), .right("REFUSED SO FAR"), .right("CONFLICTS"),
    ])
    for device in devices {
      table.add(
        plain(device, "code"), plain(device, "name"), plain(device, "role"), state(of: device),
        plain(device, "lastSeenAt"), plain(device, "lastSyncAt"), device["lag"]?["versions"]?.plain ?? "",
        plain(device, "unsent"),
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
      "\(plain(device, "rejected")) refused so far, \(plain(device, "conflicts")) conflicts, "
        + "\(plain(device, "held")) held")
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
    let state = device["online"]?.bool == true ? "online" : plain(device, "state")
    // Of two files of this device one was refused, some time.
    return device["forked"]?.bool == true ? state + ", forked" : state
  }
}
