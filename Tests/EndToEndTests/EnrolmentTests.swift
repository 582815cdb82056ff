import Foundation
import Testing

@Suite("An enrolment that was interrupted")
struct EnrolmentTests {
  @Test(
    "it goes on with its own code; with another one it begins anew, and what was begun is kept for its code",
    .timeLimit(.minutes(3)))
  func anotherCode() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = Company.Device(code: "W1", replica: company.path("tablet.waybill"))
    let first = try await company.code(for: "W1", as: "warehouse")
    let second = try await company.code(for: "K1", as: "picker")
    try await company.on(tablet, "enroll", company.address, "--code", first)
    try company.interrupt(tablet)
    let same = try await company.on(tablet, "enroll", company.address, "--code", first)
    #expect(same["device"].text == "W1")

    // Somebody gave the wrong role, and a new code for the right one.
    try company.interrupt(tablet)
    let outcome = try await company.run(tablet, ["enroll", company.address, "--code", second])
    #expect(outcome.status == 0, "\(outcome)")
    let enrolled = try Document(outcome.output)
    #expect(enrolled["device"].text == "K1")
    #expect(enrolled["role"].text == "picker")
    let kept = try company.kept(beside: tablet)
    #expect(kept.count == 1)
    for file in kept { #expect(outcome.errors.contains(file), "\(outcome)") }

    try FileManager.default.removeItem(atPath: tablet.replica)
    let back = try await company.on(tablet, "enroll", company.address, "--code", first)
    #expect(back["device"].text == "W1")
    #expect(try company.kept(beside: tablet).isEmpty)
    try await company.expectVerified([tablet])
    try await company.close()
  }

  @Test("a code that was mistyped costs nothing: the right one goes on", .timeLimit(.minutes(3)))
  func mistypedCode() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = Company.Device(code: "W1", replica: company.path("tablet.waybill"))
    let code = try await company.code(for: "W1", as: "warehouse")
    try await company.on(tablet, "enroll", company.address, "--code", code)
    try company.interrupt(tablet)
    // Another secret of the same centre.
    let letter = code.dropFirst(4).first == "0" ? "1" : "0"
    let mistyped = "\(code.prefix(4))\(letter)\(code.dropFirst(5))"
    try await company.enrolment(of: tablet, with: mistyped, isRefused: "CODE_INVALID")
    try await company.enrolment(of: tablet, with: "WB1-7K3QD", isRefused: "CODE_INVALID")
    let enrolled = try await company.on(tablet, "enroll", company.address, "--code", code)
    #expect(enrolled["device"].text == "W1")
    try await company.close()
  }

  @Test("one that was begun at another centre does not keep this one's out", .timeLimit(.minutes(3)))
  func anotherCentre() async throws {
    let (old, new) = (try Company(), try Company())
    for company in [old, new] {
      try await company.open()
      try await company.importBasics()
    }
    let tablet = Company.Device(code: "W1", replica: old.path("tablet.waybill"))
    let begun = try await old.code(for: "W1", as: "warehouse")
    try await old.on(tablet, "enroll", old.address, "--code", begun)
    try old.interrupt(tablet)
    let code = try await new.code(for: "W7", as: "warehouse")
    let enrolled = try await new.on(tablet, "enroll", new.address, "--code", code)
    #expect(enrolled["device"].text == "W7")
    try await new.sync(tablet)
    try await new.expectVerified([tablet])
    try await old.close()
    try await new.close()
  }

  enum Damage: CaseIterable { case header, pages }

  @Test(
    "G23 one whose file is damaged is kept and told, and keeps no new code out", .timeLimit(.minutes(3)),
    arguments: Damage.allCases)
  func damaged(_ damage: Damage) async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = Company.Device(code: "W1", replica: company.path("tablet.waybill"))
    let spent = try await company.code(for: "W1", as: "warehouse")
    try await company.on(tablet, "enroll", company.address, "--code", spent)
    try company.interrupt(tablet)
    let begun = URL(filePath: tablet.replica + ".partial")
    var bytes = try Data(contentsOf: begun)
    // SQLite's header has 100 bytes (https://sqlite.org/fileformat.html).
    let rotten = damage == .header ? 0..<100 : 100..<bytes.count
    bytes.replaceSubrange(rotten, with: Data(repeating: 0xA5, count: rotten.count))
    try bytes.write(to: begun)

    // The device's key was in it, and the centre knows the code by it.
    let outcome = try await company.enrolment(of: tablet, with: spent, isRefused: "CODE_INVALID")
    let kept = try #require(try company.kept(beside: tablet).first { !$0.hasSuffix("-wal") })
    #expect(outcome.errors.contains(kept), "\(outcome)")
    #expect(try Data(contentsOf: URL(filePath: kept)) == bytes)
    let code = try await company.code(for: "W2", as: "warehouse")
    let enrolled = try await company.on(tablet, "enroll", company.address, "--code", code)
    #expect(enrolled["device"].text == "W2")
    try await company.expectVerified([tablet])
    try await company.close()
  }
}

extension Company {
  /// A one-time code for a device in Madrid.
  fileprivate func code(for device: String, as role: String) async throws -> String {
    let invitation = try await atCentre(
      "invite", "--name", "Device \(device)", "--role", role, "--device-code", device, "--warehouse", "MAD")
    return try #require(invitation["code"].text)
  }

  /// Leaves of an enrolment what a crash leaves that comes just before its end.
  fileprivate func interrupt(_ device: Device) throws {
    try FileManager.default.moveItem(atPath: device.replica, toPath: device.replica + ".partial")
  }

  /// Enrolments that were set aside.
  fileprivate func kept(beside device: Device) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted()
      .map(path).filter { $0.hasPrefix(device.replica + ".enrolment-") }
  }

  /// What is said beside the refusal stands before it.
  @discardableResult
  fileprivate func enrolment(
    of device: Device, with code: String, isRefused refusal: String
  ) async throws -> Programs.Outcome {
    let outcome = try await run(device, ["enroll", address, "--code", code])
    #expect(outcome.status == 4, "\(outcome)")
    let last = try Document(String(outcome.errors.split(separator: "\n").last ?? ""))
    #expect(last["error"]["code"].text == refusal, "\(outcome)")
    return outcome
  }
}
