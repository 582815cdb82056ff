import Foundation
import Testing

@Suite("Backups, and coming back from one")
struct RestoreTests {
  @Test(
    "#67 G27 the centre is restored from last night's backup: its devices bring the day back, once",
    .timeLimit(.minutes(5)))
  func lastNightsBackup() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let agent = try await company.enrolAgent()
    try await company.receive(10, on: tablet)
    try await company.sync(tablet)
    #expect(try await company.atCentre("status")["lastBackup"].exists == false)
    let backup = try await company.atCentre("backup", "create")
    let name = try #require(backup["id"].text)

    // The day that will be lost at the centre.
    try await company.receive(7, on: tablet)
    try await company.on(
      agent, "order", "create", "--customer", "C-1", "--line", "P-1=4", "--line", "P-2=2", "--submit")
    try await company.sync(tablet)
    try await company.sync(agent)
    let before = try await company.atCentre("status")
    #expect(before["lastBackup"].text == backup["createdAt"].text)
    let orders = try await company.atCentre("export", "orders")
    let stock = try await company.atCentre("export", "stock")
    #expect(orders.list.count == 1)
    let lastNight = try #require(backup["head"].number)
    let then = try await company.atCentre("export", "stock", "--as-of", "\(lastNight)")
    #expect(then[0]["qty"].number == 110)
    let time = try #require(backup["createdAt"].text)
    #expect("\(try await company.atCentre("export", "stock", "--as-of", time))" == "\(then)")
    #expect(try await company.atCentre("export", "orders", "--as-of", "\(lastNight)").list.isEmpty)

    // Not while it serves.
    let refused = try await company.atCentre("restore", name, exits: 9)
    #expect(refused["error"]["code"].text == "STORE_BUSY")
    try await company.close()
    let restored = try await company.atCentre("restore", name)
    let aside = try #require(restored["aside"].text)
    #expect(FileManager.default.fileExists(atPath: aside + "/centre.db"))
    #expect(try await company.atCentre("export", "orders").list.isEmpty)

    try await company.open()
    let after = try await company.atCentre("status")
    #expect(after["epoch"].text == restored["epoch"].text)
    #expect(after["epoch"].text != before["epoch"].text)
    // Work goes on before the devices hear of it.
    try await company.receive(1, on: tablet)
    try await company.sync(agent)
    try await company.sync(tablet)
    try await company.sync(agent)
    #expect("\(try await company.atCentre("export", "orders"))" == "\(orders)")
    let log = try await company.atCentre("log", "--device", "W1")
    #expect(log["operations"].list.compactMap { $0["id"].text } == ["W1/1", "W1/2", "W1/3"])
    #expect(stock[0]["qty"].number == 117)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 118)
    try await company.expectVerified([tablet, agent])
    try await company.close()
  }

  @Test(
    "#67 G27 what a device did that enrolled after the backup comes back through its file, once",
    .timeLimit(.minutes(5)))
  func enrolledSince() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let name = try #require(try await company.atCentre("backup", "create")["id"].text)
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    try await company.receive(7, on: tablet)
    try await company.sync(tablet)
    // Answered work alone does not go into a file while the centre knows the device.
    let none = try await company.on(tablet, "outbox", "export", company.path("none.jsonl"))
    #expect(none["operations"].number == 0)
    try await company.receive(5, on: tablet)
    try await company.close()
    #expect(try await company.atCentre("restore", name)["epoch"].exists)
    try await company.open()

    let refused = try await company.on(tablet, "sync", exits: 4)
    #expect(refused["error"]["code"].text == "NOT_AUTHORISED")
    let file = company.path("work.jsonl")
    #expect(try await company.on(tablet, "outbox", "export", file)["operations"].number == 2)
    // Whoever may not do it is told so of each, and none of it is recorded.
    let picker = try await company.enrol("K1", as: "picker", "--warehouse", "MAD")
    let told = try await company.on(picker, "outbox", "import", file, exits: 5)
    #expect(told["refused"].number == 2)
    #expect(told["operations"].list.map { $0["code"].text } == ["NOT_PERMITTED", "NOT_PERMITTED"])
    let anew = try await company.enrol("W9", as: "warehouse", "--warehouse", "MAD")
    #expect(try await company.on(anew, "outbox", "import", file)["imported"].number == 2)
    let twice = try await company.on(anew, "outbox", "import", file)
    #expect(twice["operations"].list.map { $0["code"].text } == ["WORK_KNOWN", "WORK_KNOWN"])
    try await company.sync(anew)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 112)
    let other = try await company.enrol("W8", as: "warehouse", "--warehouse", "MAD")
    _ = try await company.run(other, ["outbox", "import", file])
    try await company.sync(other)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 112)
    try await company.expectVerified([anew, other])
    try await company.close()
  }

  @Test("a backup is listed, checked, and restored in a drill; what is no sound backup changes nothing")
  func drillAndRefusals() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    try await company.close()
    // A backup that was cut short two days ago, and one that is being made.
    let (left, busy) = (
      company.path("centre/backups/.draft-1.db"), company.path("centre/backups/.draft-2.db")
    )
    try FileManager.default.createDirectory(
      atPath: company.path("centre/backups"), withIntermediateDirectories: true)
    for file in [left, busy] { try Data().write(to: URL(filePath: file)) }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -2 * 86_400)], ofItemAtPath: left)
    let name = try #require(try await company.atCentre("backup", "create")["id"].text)
    #expect(!FileManager.default.fileExists(atPath: left) && FileManager.default.fileExists(atPath: busy))
    let listed = try await company.atCentre("backup", "list")
    #expect(listed["backups"].list.compactMap { $0["id"].text } == [name])
    #expect(try await company.atCentre("backup", "verify", name)["ok"].flag == true)
    let drill = try await company.atCentre("backup", "drill", name)
    #expect(drill["ok"].flag == true, "\(drill)")
    #expect(drill["checks"].list.compactMap { $0["name"].text }.contains("replay"))

    let file = company.path("centre/backups/\(name).db")
    let unknown = try await company.atCentre("restore", "yesterday", exits: 3)
    #expect(unknown["error"]["code"].text == "UNKNOWN_BACKUP")
    // A file that is something else, a backup with one byte changed, a manifest with one figure changed.
    let other = company.path("products.csv")
    #expect(try await company.atCentre("restore", other, exits: 6)["error"]["code"].text == "BACKUP_UNUSABLE")
    let before = try await company.atCentre("status")
    try company.flip(file, at: 5_000)
    #expect(try await company.atCentre("backup", "verify", name, exits: 1)["ok"].flag == false)
    #expect(try await company.atCentre("restore", name, exits: 6)["error"]["code"].text == "BACKUP_UNUSABLE")
    try company.flip(file, at: 5_000)
    let manifest = company.path("centre/backups/\(name).json")
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    try text.replacing("\"schema\":1", with: "\"schema\":0").write(
      toFile: manifest, atomically: true, encoding: .utf8)
    #expect(try await company.atCentre("restore", name, exits: 6)["error"]["code"].text == "BACKUP_UNUSABLE")
    let after = try await company.atCentre("status")
    #expect(after["epoch"].text == before["epoch"].text)
    #expect(after["head"].number == before["head"].number)
  }

  @Test("a backup goes to another place and comes back from there; one of another centre is refused")
  func elsewhere() async throws {
    let (company, other) = (try Company(), try Company())
    try await company.open()
    try await company.importBasics()
    let made = try await company.atCentre("backup", "create", "--to", company.path("far away"))
    let file = try #require(made["file"].text)
    #expect(file.hasPrefix(company.path("far away")))
    try await company.close()
    try await other.open()
    try await other.close()
    #expect(try await other.atCentre("restore", file, exits: 6)["error"]["code"].text == "BACKUP_UNUSABLE")

    // The disk is gone; the key was kept apart.
    let key = try Data(contentsOf: URL(filePath: company.path("centre/centre.key")))
    try FileManager.default.removeItem(atPath: company.path("centre"))
    let lost = try await company.atCentre("restore", file, exits: 3)
    #expect(lost["error"]["code"].text == "NO_STORE")
    try FileManager.default.createDirectory(
      atPath: company.path("centre"), withIntermediateDirectories: false)
    let keyless = try await company.atCentre("restore", file, exits: 6)
    #expect(keyless["error"]["code"].text == "FILE_UNUSABLE")
    try key.write(to: URL(filePath: company.path("centre/centre.key")))
    let restored = try await company.atCentre("restore", file)
    #expect(restored["aside"].exists == false)
    #expect(try await company.atCentre("verify", "--deep")["ok"].flag == true)
    #expect(try await company.atCentre("export", "products").list.count == 3)
  }
}

extension Company {
  /// Books goods in on a device.
  fileprivate func receive(_ quantity: Int, on device: Device) async throws {
    try await on(device, "stock", "receive", "P-1", "\(quantity)", "--warehouse", "MAD", "--bin", "A-01")
  }

  /// Changes one bit of a file, or changes it back.
  fileprivate func flip(_ file: String, at place: UInt64) throws {
    let handle = try FileHandle(forUpdating: URL(filePath: file))
    try handle.seek(toOffset: place)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: place)
    try handle.write(contentsOf: Data([byte ^ 0x10]))
    try handle.close()
  }
}
