import Foundation
import Testing

@Suite("Disks that fail, fill up and forget")
struct FailingDiskTests {
  @Test(
    "G23 a centre whose file was damaged decides nothing, says what and where, and comes back from a backup",
    .timeLimit(.minutes(4)))
  func damagedCentre() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let backup = try #require(try await company.atCentre("backup", "create")["id"].text)
    try await company.close()
    try company.change("Product 2", to: "Produkt 2", in: company.path("centre/centre.db"))
    try await company.open()
    // It reads everything again when it starts.
    let halted = try await company.untilCentre { $0["halted"]["code"].text == "STORE_CORRUPT" }
    #expect(halted["halted"]["detail"].text?.isEmpty == false, "\(halted)")
    try await company.on(tablet, "stock", "receive", "P-1", "7", "--warehouse", "MAD", "--bin", "A-01")
    let refused = try await company.on(tablet, "sync", exits: 1)
    #expect(refused["error"]["code"].text == "STORE_CORRUPT")
    #expect(try await company.on(tablet, "status")["unsent"].number == 1)
    let checks = try await company.atCentre("verify", exits: 1)
    #expect(checks["checks"].list.contains { $0["ok"].flag == false }, "\(checks)")
    #expect(try await company.on(tablet, "product", "show", "P-2")["name"].text == "Product 2")
    let csv = company.path("products.csv")
    #expect(
      try await company.atCentre("import", "products", csv, exits: 1)["error"]["code"].text == "STORE_CORRUPT"
    )
    // Whoever starts it again has it decide as little, from the first moment on.
    #expect(FileManager.default.fileExists(atPath: company.path("centre/store-damaged")))
    try await company.close()
    try await company.open()
    #expect(try await company.atCentre("status")["halted"]["code"].text == "STORE_CORRUPT")
    try await company.close()
    _ = try await company.atCentre("restore", backup)
    try await company.open()
    try await company.sync(tablet)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 107)
    try await company.expectVerified([tablet])
    try await company.close()
  }

  @Test(
    "G23 a centre that was wrongly thought damaged reads everything, and then goes on",
    .timeLimit(.minutes(4)))
  func acquittedCentre() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    try await company.close()
    let mark = company.path("centre/store-damaged")
    try Data().write(to: URL(filePath: mark))
    let refused = try await company.atCentre(
      "setting", "set", "priceFloorPerMille", "850", exits: 1)
    #expect(refused["error"]["code"].text == "STORE_CORRUPT")
    try await company.open()
    _ = try await company.untilCentre { $0["halted"]["code"].exists == false }
    #expect(!FileManager.default.fileExists(atPath: mark))
    _ = try await company.atCentre("setting", "set", "priceFloorPerMille", "850")
    try await company.close()
  }

  @Test(
    "G23 bits of a replica's file flip between syncs: the next one mends it, or says what it cannot",
    .timeLimit(.minutes(6)))
  func rottingReplica() async throws {
    let company = try Company()
    try await company.open()
    try await company.importBasics()
    var chance = Chance(seed: 11)
    var device = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    var (booked, mended, stopped) = (0, 0, 0)
    for round in 1...6 {
      try await company.on(device, "stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01")
      var bytes = try Data(contentsOf: URL(filePath: device.replica))
      for _ in 0..<8 { bytes[chance.pick(0...bytes.count - 1)] ^= 1 << UInt8(chance.pick(0...7)) }
      try bytes.write(to: URL(filePath: device.replica))
      let outcome = try await company.run(device, ["sync"])
      if [0, 5].contains(outcome.status) {
        let summary = try Document(outcome.output)
        if summary["repaired"].exists { mended += 1 }
        booked += 1 - summary["repaired"]["lost"].list.count
        let checks = try await company.on(device, "verify")
        #expect(checks["ok"].flag == true, "round \(round): \(checks)")
        let stock = try await company.on(device, "stock", "show", "P-1", "--warehouse", "MAD")
        #expect(stock["warehouses"][0]["onHand"].number == Decimal(100 + booked), "round \(round)")
      } else {
        stopped += 1
        let code = try Document(outcome.errors)["error"]["code"].text
        let told: [String?] = [
          "REPLICA_CORRUPT", "REPLICA_LOST", "FILE_UNUSABLE", "NOT_ENROLLED", "UPGRADE_REQUIRED",
        ]
        let isTold = told.contains(code)
        #expect(isTold, "round \(round): \(outcome)")
        device = try await company.enrol("W1\(round)", as: "warehouse", "--warehouse", "MAD")
      }
    }
    print("FailingDiskTests: mended \(mended), stopped \(stopped)")
    #expect(try await company.atCentre("verify", "--deep")["ok"].flag == true)
    try await company.close()
  }

  @Test(
    "G22 the centre's disk is full: nothing is lost, work goes on by itself when there is room",
    .enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(4)))
  func fullDisk() async throws {
    let company = try Company()
    let disk = try SmallDisk(at: company.path("centre"), megabytes: 64)
    defer { disk.unmount() }
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrol("W1", as: "warehouse", "--warehouse", "MAD")
    try disk.fill()
    // The log beside the store has some room of its own; beyond it nothing is taken.
    var refused = 0
    for _ in 1...40 where refused == 0 {
      try await company.on(tablet, "stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01")
      let outcome = try await company.run(tablet, ["sync"])
      if outcome.status == 1 {
        #expect(outcome.errors.contains("DISK_FULL"), "\(outcome)")
        refused += 1
      }
    }
    #expect(refused == 1)
    try disk.empty()
    let unsent = try await company.on(tablet, "status")["unsent"].number
    #expect(unsent != 0)
    _ = try await company.untilCentre { $0["halted"]["code"].exists == false }
    try await company.sync(tablet)
    try await company.expectVerified([tablet])
    try await company.close()
  }

  @Test(
    "a new centre without room for its key says that the disk is full, and begins when there is room",
    .enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(2)))
  func noRoomToBegin() async throws {
    let company = try Company()
    let disk = try SmallDisk(at: company.path("centre"), megabytes: 32)
    defer { disk.unmount() }
    try disk.fill()
    let words = ["invite", "--name", "Ana's phone", "--role", "agent"]
    let refused = try await company.atCentre(words, exits: 1)
    #expect(refused["error"]["code"].text == "DISK_FULL", "\(refused)")
    try disk.empty()
    #expect(try await company.atCentre(words)["deviceCode"].text == "A1")
  }
}

extension FailingDiskTests {
  @Test(
    "G22 a device's disk is full: what is there is read, what is not taken is said, and a live sync goes on by itself",
    .enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(12)))
  func fullDevice() async throws {
    let company = try Company()
    let disk = try SmallDisk(at: company.path("tablet"), megabytes: 48)
    defer { disk.unmount() }
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrolTablet(on: disk)
    try await company.on(tablet, "stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01")
    try disk.fill()
    let refused = try await company.run(
      tablet, ["stock", "receive", "P-1", "50", "--warehouse", "MAD", "--bin", "A-01"])
    #expect(refused.status == 1 && refused.errors.contains("DISK_FULL"), "\(refused)")
    #expect(try await company.on(tablet, "status")["unsent"].number == 1)
    let full = try await company.run(tablet, ["sync"])
    #expect(full.status == 1 && full.errors.contains("DISK_FULL"), "\(full)")
    try disk.empty()

    let live = try company.start(tablet, "sync", "--watch")
    try await company.untilStock(of: "P-1", on: tablet, is: 101, through: live)
    try disk.fill()
    let other = try await company.enrol("W2", as: "warehouse", "--warehouse", "MAD")
    for _ in 1...3 {
      try await company.on(other, "stock", "receive", "P-1", "2", "--warehouse", "MAD", "--bin", "A-01")
      try await company.sync(other)
    }
    try disk.empty()
    try await company.untilStock(of: "P-1", on: tablet, is: 107, through: live)
    live.send(SIGINT)
    #expect(await live.ended().status == 0)
    try await company.sync(tablet)
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 107)
    try await company.expectVerified([tablet, other])
    try await company.close()
  }
}

extension FailingDiskTests {
  @Test(
    "G22 a device with a few megabytes left: people record, their work goes up, what others did waits for room",
    .enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(6)))
  func littleRoom() async throws {
    let company = try Company()
    let disk = try SmallDisk(at: company.path("tablet"), megabytes: 48)
    defer { disk.unmount() }
    try await company.open()
    try await company.importBasics()
    let tablet = try await company.enrolTablet(on: disk)
    let other = try await company.enrol("W2", as: "warehouse", "--warehouse", "MAD")
    try await company.on(other, "stock", "receive", "P-1", "2", "--warehouse", "MAD", "--bin", "A-01")
    try await company.sync(other)
    try disk.fill(leaving: 6)
    try await company.on(tablet, "stock", "receive", "P-1", "1", "--warehouse", "MAD", "--bin", "A-01")
    let waiting = try await company.run(tablet, ["sync"])
    #expect(waiting.status == 1 && waiting.errors.contains("DISK_FULL"), "\(waiting)")
    #expect(try await company.atCentre("export", "stock")[0]["qty"].number == 103)
    let live = try company.start(tablet, "sync", "--watch")
    #expect(await live.firstLine(with: #""event":"waiting""#) != nil)
    let stock = try await company.on(tablet, "stock", "show", "P-1", "--warehouse", "MAD")
    #expect(stock["warehouses"][0]["onHand"].number == 101)
    try disk.empty()
    try await company.untilStock(of: "P-1", on: tablet, is: 103, through: live)
    live.send(SIGINT)
    #expect(await live.ended().status == 0)
    try await company.expectVerified([tablet, other])
    try await company.close()
  }
}

/// A file system of a few megabytes in memory, for tests that fill it.
struct SmallDisk {
  let path: String

  static let isPossible = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/bin/mount")

  init(at path: String, megabytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try SmallDisk.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", path])
  }

  func unmount() { try? SmallDisk.run("/bin/umount", ["-l", path]) }

  /// Writes a file until nothing more fits, or but a few megabytes.
  func fill(leaving megabytes: Int = 0) throws {
    // A program that another test starts meanwhile must not keep the file's room for as long as it runs.
    let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    let size = lseek(descriptor, 0, SEEK_CUR)
    try #require(size > megabytes << 20 && ftruncate(descriptor, size - megabytes << 20) == 0)
  }

  func empty() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = try Process.run(URL(filePath: program), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Surprise("\(program) \(arguments) failed") }
  }
}

extension Company {
  /// A tablet whose replica lies on a small disk; it was loaded elsewhere.
  fileprivate func enrolTablet(on disk: SmallDisk) async throws -> Device {
    let enrolled = try await enrol("W1", as: "warehouse", "--warehouse", "MAD")
    let tablet = Device(code: enrolled.code, replica: disk.path + "/W1.waybill")
    try FileManager.default.moveItem(atPath: enrolled.replica, toPath: tablet.replica)
    return tablet
  }

  /// Asks a device how much there is until it says so, as long as its live sync goes on.
  fileprivate func untilStock(
    of sku: String, on device: Device, is quantity: Decimal, through live: Running
  ) async throws {
    let pulse = Latch()
    // Twice the longest time between two attempts to connect.
    for _ in 0..<6_000 {
      let stock = try await on(device, "stock", "show", sku, "--warehouse", "MAD")
      let unsent = try await on(device, "status")["unsent"].number
      if stock["warehouses"][0]["onHand"].number == quantity, unsent == 0 { return }
      guard live.isRunning else { throw Surprise("the live sync ended: \(await live.ended())") }
      await pulse.wait(atMost: 0.1)
    }
    throw Surprise("the device never had \(quantity): \(live.output)")
  }

  /// Asks for the centre's status until it says something.
  fileprivate func untilCentre(_ holds: (Document) -> Bool) async throws -> Document {
    let pulse = Latch()
    for _ in 0..<900 {
      let status = try await atCentre("status")
      if holds(status) { return status }
      await pulse.wait(atMost: 0.1)
    }
    throw Surprise("the centre never said so: \(try await atCentre("status"))")
  }

  /// Replaces a text in a file wherever it stands.
  fileprivate func change(_ text: String, to other: String, in file: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: file))
    var count = 0
    while let range = bytes.range(of: Data(text.utf8)) {
      bytes.replaceSubrange(range, with: Data(other.utf8))
      count += 1
    }
    try #require(count > 0)
    try bytes.write(to: URL(filePath: file))
  }
}
