import Foundation
import Testing

/// A centre and its devices in a folder of their own, driven through the two programs alone.
final class Company: @unchecked Sendable {
  // One test owns it and calls it from one task at a time; `server` is only changed between those calls.
  let folder: URL
  /// Where the centre listens.
  let port: UInt16
  private var server: Running?

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "waybill-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    port = try Port.free()
  }

  deinit {
    server?.send(SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  // MARK: The centre

  /// Starts the centre and returns when it accepts connections.
  ///
  /// - Parameter options: more words for `serve`.
  func open(_ options: [String] = []) async throws {
    let running = try Running(
      Programs.server,
      ["serve", "--data", path("centre"), "--listen", "127.0.0.1:\(port)", "--json"] + options)
    server = running
    guard let line = await running.firstLine() else {
      throw Surprise("the centre did not start: \(await running.ended())")
    }
    try #require(try Document(line)["ready"].flag == true, "\(line)")
  }

  /// Stops the centre as an operator would; what was acknowledged stays.
  func close() async throws {
    guard let running = server else { return }
    running.send(SIGTERM)
    running.kill(after: 60)
    let outcome = await running.ended()
    server = nil
    #expect(outcome.status == 0, "\(outcome)")
  }

  /// Kills the centre where it stands.
  ///
  /// - Returns: whether it was still there, or had been killed before.
  @discardableResult
  func kill() async -> Bool {
    server?.send(SIGKILL)
    let outcome = await server?.ended()
    server = nil
    return outcome?.status == 128 + SIGKILL
  }

  /// Kills the centre after a while, whatever is going on then; `kill` waits for its end.
  func kill(after seconds: Double) { server?.kill(after: seconds) }

  var isOpen: Bool { server?.isRunning ?? false }

  /// Runs a command at the centre's console.
  func atCentre(_ arguments: String..., exits status: Int32 = 0) async throws -> Document {
    try await atCentre(arguments, exits: status)
  }

  func atCentre(_ arguments: [String], exits status: Int32 = 0) async throws -> Document {
    let outcome = try await Programs.run(
      Programs.server, arguments + ["--data", path("centre"), "--json"])
    return try read(outcome, status)
  }

  // MARK: Devices

  /// One device with a replica.
  struct Device: Sendable {
    let code: String
    let replica: String
  }

  /// Invites a device and enrols it.
  func enrol(_ code: String, as role: String, _ scope: String...) async throws -> Device {
    try await enrol(code, as: role, scope)
  }

  /// Ana's phone, which sells in Iberia from Madrid.
  func enrolAgent(_ code: String = "A1") async throws -> Device {
    try await enrol(code, as: "agent", "--agent", "ANA", "--territory", "IBERIA", "--warehouse", "MAD")
  }

  func enrol(_ code: String, as role: String, _ scope: [String]) async throws -> Device {
    let invitation = try await atCentre(
      ["invite", "--name", "Device \(code)", "--role", role, "--device-code", code] + scope)
    let secret = try #require(invitation["code"].text)
    let device = Device(code: code, replica: path("\(code).waybill"))
    let enrolled = try await on(device, ["enroll", address, "--code", secret])
    #expect(enrolled["device"].text == code)
    return device
  }

  var address: String { "ws://127.0.0.1:\(port)/sync" }
  /// Of a centre that was opened with a certificate.
  var secureAddress: String { "wss://127.0.0.1:\(port)/sync" }

  /// Runs a command on a device.
  @discardableResult
  func on(_ device: Device, _ arguments: String..., exits status: Int32 = 0) async throws -> Document {
    try await on(device, arguments, exits: status)
  }

  @discardableResult
  func on(_ device: Device, _ arguments: [String], exits status: Int32 = 0) async throws -> Document {
    let outcome = try await run(device, arguments)
    return try read(outcome, status)
  }

  func run(_ device: Device, _ arguments: [String]) async throws -> Programs.Outcome {
    try await Programs.run(Programs.waybill, arguments + ["--replica", device.replica, "--json"])
  }

  /// Starts a command on a device and does not wait for it.
  func start(_ device: Device, _ arguments: String...) throws -> Running {
    try start(device, arguments)
  }

  func start(_ device: Device, _ arguments: [String]) throws -> Running {
    try Running(Programs.waybill, arguments + ["--replica", device.replica, "--json"])
  }

  /// Syncs until the device's work is answered, whether or not something needs attention.
  @discardableResult
  func sync(_ device: Device) async throws -> Document {
    let outcome = try await run(device, ["sync", "--timeout", "150"])
    try #require([0, 5].contains(outcome.status), "\(outcome)")
    let summary = try Document(outcome.output)
    #expect(summary["unsent"].number == 0, "\(summary)")
    return summary
  }

  /// Every device and the centre say that all their checks hold.
  func expectVerified(_ devices: [Device], deep: Bool = true) async throws {
    for device in devices {
      let checks = try await on(device, "verify")
      #expect(checks["ok"].flag == true, "\(device.code): \(checks)")
    }
    let checks = try await atCentre(deep ? ["verify", "--deep"] : ["verify"])
    #expect(checks["ok"].flag == true, "\(checks)")
  }

  // MARK: Details

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  private func read(_ outcome: Programs.Outcome, _ status: Int32) throws -> Document {
    try #require(outcome.status == status, "\(outcome)")
    do { return try Document(outcome.output.isEmpty ? outcome.errors : outcome.output) } catch {
      throw Surprise("no JSON from \(outcome)")
    }
  }
}

/// Something no test expects.
struct Surprise: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
