import ArgumentParser
import TradeRules

struct DeviceScope: Command {
  static let configuration = CommandConfiguration(
    commandName: "scope", abstract: "Replaces what a device sees and works for.",
    discussion: """
      Examples:
        waybill-server device scope W1-03 --warehouse W2
        waybill-server device scope A7 --agent ANA --warehouse W1 --warehouse W2
        waybill-server device scope A7 --agent ANA --territory IBERIA

      What is not named, the device has no more: rows that meet nothing of the new scope leave it, also when it
      is connected. Work that it recorded before it heard is decided as if the old scope still held, and
      marked PREVIOUS_OWNER.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The device's code.") var code: String
  @Option(help: "A warehouse it sees and works for; may be given several times.") var warehouse: [String] = []
  @Option(help: "The agent it works for.") var agent: String?
  @Option(help: "The sales territory it sees.") var territory: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let request = ScopeRequest(device: code, agent: agent, territory: territory, warehouses: warehouse)
    let document = try desk.ask(.scope(request))
    let scope = document["scope"]?.plain ?? ""
    desk.console.show(
      document,
      """
      \(code) now sees \(scope).
      it hears of it at once when it is connected, else when it next syncs
      """)
    return .done
  }
}

struct DeviceSuspend: Command {
  static let configuration = CommandConfiguration(
    commandName: "suspend", abstract: "Shuts a device out until it is resumed.",
    discussion: """
      Examples:
        waybill-server device suspend A7

      Its connection ends at once. What it has recorded and records meanwhile stays on it and is decided once
      it is resumed.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The device's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.changeState(
      of: code, to: .suspended, "Suspended \(code).\nto let it in again: waybill-server device resume \(code)"
    )
  }
}

struct DeviceResume: Command {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Lets a suspended device in again.",
    discussion: "Examples:\n  waybill-server device resume A7")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The device's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.changeState(
      of: code, to: .active, "Resumed \(code).\non the device: waybill sync sends what waited")
  }
}

struct DeviceRetire: Command {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Takes a device out of use for good.",
    discussion: """
      Examples:
        waybill-server device retire A7

      It gets no rows any more. When it next syncs it hands over what it has not sent: that is set aside and
      changes nothing. Its code is never used again; a person goes on with a new device. What is set aside for
      it of stock stays so: waybill-server quota list --device A7.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The device's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.changeState(
      of: code, to: .retired, "Retired \(code).\nits person goes on with: waybill-server invite")
  }
}

struct DeviceLost: Command {
  static let configuration = CommandConfiguration(
    commandName: "lost", abstract: "Has a device that is lost or stolen hand over its work and wipe itself.",
    discussion: """
      Examples:
        waybill-server device lost A7

      As retire; and when it next syncs, its replica is wiped once its unsent work is set aside at the centre.
      From then on its state is wiped. A device that never connects again keeps what it has: encrypt the disks.
      """, aliases: ["wipe"])
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The device's code.") var code: String

  func run(at desk: Desk) throws -> ExitStatus {
    try desk.changeState(
      of: code, to: .lost,
      "Reported \(code) lost; it is wiped when it next syncs.\nits person goes on with: waybill-server invite"
    )
  }
}

extension Desk {
  fileprivate func changeState(
    of code: String, to state: DeviceState, _ sentence: String
  ) throws -> ExitStatus {
    let document = try ask(.changeState(device: code, state: state.rawValue))
    guard [.retired, .lost].contains(state) else {
      console.show(document, sentence)
      return .done
    }
    // It is done, whether or not anybody can say what is left behind.
    let quotas = ((try? ask(.quotas(device: code)))?["quotas"]?.array ?? []).filter(QuotasShown.isUnsold)
    console.show(
      document.adding(["setAside": .array(quotas)]), sentence + QuotasShown.leftBehind(quotas, code))
    return .done
  }
}
