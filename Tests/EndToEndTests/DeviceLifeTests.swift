import Foundation
import Testing

@Suite("The life of a device, through both programs")
struct DeviceLifeTests {
  /// A company with a second warehouse.
  private func company() async throws -> Company {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    for (kind, lines) in [
      ("warehouses", "code,name,country\nLIS,Lisboa,PT\n"),
      ("stock", "warehouse,sku,qty,bin\nLIS,P-1,7,B-01\n"),
    ] {
      let csv = company.path("lis-\(kind).csv")
      try lines.write(toFile: csv, atomically: true, encoding: .utf8)
      _ = try await company.atCentre("import", kind, csv)
    }
    return company
  }

  /// The warehouses whose stock a device has.
  private func warehouses(on device: Company.Device, of company: Company) async throws -> [String] {
    let found = try await company.on(
      device, "sql", "SELECT DISTINCT warehouse FROM stock_level ORDER BY warehouse")
    return found["rows"].list.compactMap { $0[0].text }
  }

  /// Returns once a device's replica has exactly these warehouses.
  private func wait(for wanted: [String], on device: Company.Device, of company: Company) async throws {
    let pulse = Latch()
    for _ in 0..<200 {
      if try await warehouses(on: device, of: company) == wanted { return }
      await pulse.wait(atMost: 0.05)
    }
    throw Surprise("\(device.code) still has \(try await warehouses(on: device, of: company))")
  }

  /// Returns once the centre has let a device in.
  private func waitUntilOnline(_ device: Company.Device, of company: Company) async throws {
    let pulse = Latch()
    for _ in 0..<200 {
      if try await company.atCentre("device", "show", device.code)["online"].flag == true { return }
      await pulse.wait(atMost: 0.05)
    }
    throw Surprise("\(device.code) never connected")
  }

  @Test(
    "G15 G16 a new scope takes effect on a live device at once, and on one that was away when it is back",
    .timeLimit(.minutes(3)))
  func scope() async throws {
    let company = try await company()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let live = try company.start(tablet, "sync", "--watch")
    try await waitUntilOnline(tablet, of: company)
    let changed = try await company.atCentre("device", "scope", "W1", "--warehouse", "LIS")
    #expect(changed["warehouses"].texts == ["LIS"])
    try await wait(for: ["LIS"], on: tablet, of: company)
    live.send(SIGINT)
    live.kill(after: 20)
    let ended = await live.ended()
    #expect(ended.status == 0, "\(ended)")

    // Away: it works on where it was, and hears when it comes back.
    let receipt = ["stock", "receive", "P-1", "3", "--warehouse", "LIS", "--bin", "B-01"]
    try await company.on(tablet, receipt)
    _ = try await company.atCentre("device", "scope", "W1", "--warehouse", "MAD")
    let summary = try await company.sync(tablet)
    #expect(summary["sent"].number == 1)
    #expect(try await warehouses(on: tablet, of: company) == ["MAD"])
    let log = try await company.atCentre("log", "--device", "W1")
    let answer = try #require(log["operations"].list.last)["answer"]
    #expect(answer["outcome"].text == "applied")
    #expect(answer["codes"].texts == ["PREVIOUS_OWNER"])
    let refused = try await company.run(tablet, receipt)
    #expect(refused.status == 4)

    // Of customers who go to somebody else no byte stays behind.
    let phone = try await company.enrol("A1", as: "agent", "--territory", "IBERIA", "--warehouse", "MAD")
    company.expect(bytes: "Café Lumière", in: phone, areThere: true)
    _ = try await company.atCentre("device", "scope", "A1", "--territory", "NORTH", "--warehouse", "MAD")
    try await company.sync(phone)
    for canary in ["Café Lumière", "Bäckerei Groß", "23 45 67 89"] {
      company.expect(bytes: canary, in: phone, areThere: false)
    }
    try await company.expectVerified([tablet, phone])
    try await company.close()
  }

  @Test(
    "G16 G23 what was kept of a damaged file goes with the rows that leave, and its device says so",
    .timeLimit(.minutes(3)))
  func keptFile() async throws {
    let company = try await company()
    let phone = try await company.enrol("A1", as: "agent", "--territory", "IBERIA", "--warehouse", "MAD")
    let kept = [".damaged-1", ".enrolment-1"].map { phone.replica + $0 }
    for file in kept { try "Café Lumière".write(toFile: file, atomically: true, encoding: .utf8) }
    try await company.on(phone, "customer", "set", "C-1", "phone=+33 9 99 88 77 66")
    try await company.sync(phone)
    for file in kept { #expect(FileManager.default.fileExists(atPath: file), "\(file)") }

    _ = try await company.atCentre("device", "scope", "A1", "--territory", "NORTH", "--warehouse", "MAD")
    let outcome = try await company.run(phone, ["sync"])
    #expect([0, 5].contains(outcome.status), "\(outcome)")
    for file in kept {
      #expect(!FileManager.default.fileExists(atPath: file), "\(file)")
      #expect(outcome.errors.contains("removed \(file)"), "\(outcome)")
    }
    let incidents = try await company.on(phone, "status")["incidents"].list.compactMap { $0["detail"].text }
    #expect(incidents.count { $0.contains(kept[0]) } == 1, "\(incidents)")
    try await company.expectVerified([phone])
    try await company.close()
  }

  @Test(
    "G17 #71 a suspended device is cut off at once, with its reason and its work, and goes on when it is resumed",
    .timeLimit(.minutes(3)))
  func suspended() async throws {
    let company = try await company()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let live = try company.start(tablet, "sync", "--watch")
    try await waitUntilOnline(tablet, of: company)
    let suspended = try await company.atCentre("device", "suspend", "W1")
    #expect(suspended["state"].text == "suspended")
    live.kill(after: 20)
    let ended = await live.ended()
    #expect(ended.status == 4, "\(ended)")
    let error = try Document(String(ended.errors.split(separator: "\n").last ?? ""))["error"]
    #expect(error["code"].text == "DEVICE_SUSPENDED")
    #expect(error["hint"].text?.contains("resume") == true)

    try await company.on(tablet, "stock", "receive", "P-1", "3", "--warehouse", "MAD", "--bin", "A-01")
    let tried = try await company.run(tablet, ["sync"])
    #expect(tried.status == 4)
    let status = try await company.on(tablet, "status")
    #expect(status["state"].text == "suspended")
    #expect(status["unsent"].number == 1)
    #expect(try await company.atCentre("device", "show", "W1")["unsent"].number == 1)
    let again = try await company.atCentre("device", "suspend", "W1", exits: 6)
    #expect(again["error"]["code"].text == "WRONG_DEVICE_STATE")

    _ = try await company.atCentre("device", "resume", "W1")
    let summary = try await company.sync(tablet)
    #expect(summary["sent"].number == 1)
    #expect(try await company.on(tablet, "status")["state"].text == "idle")
    try await company.expectVerified([tablet])
    try await company.close()
  }

  @Test(
    "G20 a lost device hands over its work and wipes itself; its person goes on with another",
    .timeLimit(.minutes(3)))
  func lost() async throws {
    let company = try await company()
    let phone = try await company.enrol("A1", as: "agent", "--territory", "IBERIA", "--warehouse", "MAD")
    try await company.on(phone, "customer", "set", "C-1", "phone=+33 9 99 88 77 66")
    // What was kept aside, or saved before it was discarded, has rows and work as well.
    let aside = [".damaged-1", ".discarded-A1-1.jsonl", ".rebuilding", ".enrolment-1"].map {
      phone.replica + $0
    }
    for file in aside { try "Café Lumière".write(toFile: file, atomically: true, encoding: .utf8) }
    _ = try await company.atCentre("device", "lost", "A1")
    let tried = try await company.run(phone, ["sync"])
    #expect(tried.status == 4, "\(tried)")
    #expect(tried.errors.contains("DEVICE_WIPED"), "\(tried)")
    #expect(try await company.atCentre("device", "show", "A1")["state"].text == "wiped")
    let log = try await company.atCentre("log", "--device", "A1")
    #expect(log["operations"].list.last?["answer"]["outcome"].text == "quarantined")
    let waiting = try await company.atCentre("quarantine", "list", "--device", "A1")
    #expect(waiting["commands"].list.map { $0["id"].text } == ["A1/1"])
    for canary in ["Café Lumière", "99 88 77 66", "Product P-1"] {
      company.expect(bytes: canary, in: phone, areThere: false)
    }
    for file in aside { #expect(!FileManager.default.fileExists(atPath: file), "\(file)") }
    let later = try await company.run(phone, ["sync"])
    #expect(later.status == 4)
    #expect(try await company.on(phone, "status")["state"].text == "wiped")
    let another = try await company.enrol("A2", as: "agent", "--territory", "IBERIA", "--warehouse", "MAD")
    let customer = try await company.on(another, "customer", "show", "C-1")
    #expect(customer["phone"].text == "+33 1 23 45 67 89")
    let released = try await company.atCentre("quarantine", "release", "--device", "A1")
    #expect(released["released"].list.count == 1)
    try await company.sync(another)
    let mended = try await company.on(another, "customer", "show", "C-1")
    #expect(mended["phone"].text == "+33 9 99 88 77 66")
    try await company.expectVerified([another])
    try await company.close()
  }
}

extension Company {
  /// Whether a text stands anywhere in a replica's file or the log beside it.
  fileprivate func expect(
    bytes text: String, in device: Device, areThere: Bool, _ location: SourceLocation = #_sourceLocation
  ) {
    let found = ["", "-wal"].contains { suffix in
      let bytes = (try? Data(contentsOf: URL(filePath: device.replica + suffix))) ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
    #expect(found == areThere, "\(text)", sourceLocation: location)
  }
}
