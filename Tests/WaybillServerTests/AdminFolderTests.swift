import Foundation
import Logging
import Testing
import TradeRules

@testable import WaybillServer

@Suite("The centre's folder and its manners")
struct AdminFolderTests {
  @Test("a new folder, its key and its store are the owner's alone")
  func permissions() throws {
    umask(0o077)
    let folder = try TestFolder()
    _ = try folder.ask(.status)
    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try mode(folder.folder.path) == 0o700)
    #expect(try mode(folder.folder.keyPath) == 0o600)
    #expect(try mode(folder.folder.storePath) == 0o600)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.folder.keyPath)).count == 32)
  }

  @Test("one process at a time has the store")
  func lock() throws {
    let folder = try TestFolder()
    var first = try OpenCentre.open(folder.folder, creating: true)
    #expect(first != nil)
    #expect(try OpenCentre.open(folder.folder, creating: true) == nil)
    try first?.close()
    first = nil
    #expect(try OpenCentre.open(folder.folder, creating: false) != nil)
  }

  @Test("a store without its key is not opened with a new one: no device would come back")
  func lostKey() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    try FileManager.default.removeItem(atPath: folder.folder.keyPath)
    let failure = #expect(throws: Failure.self) { _ = try folder.ask(.status) }
    #expect(failure?.code == .fileUnusable)
    #expect(failure?.hint?.contains("no backup") == true, "no backup has the key")
    #expect(FileManager.default.fileExists(atPath: folder.folder.keyPath) == false)
  }

  @Test("a file that is no store is left as it is")
  func notAStore() throws {
    let folder = try TestFolder()
    try folder.folder.create()
    let text = Data("dear diary".utf8)
    try text.write(to: URL(fileURLWithPath: folder.folder.storePath))
    _ = try? Data(repeating: 1, count: 32).write(to: URL(fileURLWithPath: folder.folder.keyPath))
    #expect(failureCode { _ = try folder.ask(.status) } == .fileUnusable)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.folder.storePath)) == text)
  }

  @Test("an environment names the folder where no option does")
  func environment() {
    #expect(DataFolder.path(given: nil, environment: [:]) == "./waybill-data")
    #expect(DataFolder.path(given: nil, environment: ["WAYBILL_DATA": "/d"]) == "/d")
    #expect(DataFolder.path(given: "/o", environment: ["WAYBILL_DATA": "/d"]) == "/o")
  }

  @Test("a clock that jumps by more than ten minutes stops decisions; a slow drift and a long sleep do not")
  func clock() {
    let start = Instant(milliseconds: 1_790_000_000_000)
    let tick = ContinuousClock.now
    func check(_ milliseconds: Int64, after seconds: Int) -> Code? {
      var guarded = ClockGuard(at: start, tick: tick)
      return failureCode {
        try guarded.check(
          start.advanced(byMilliseconds: milliseconds), tick: tick.advanced(by: .seconds(seconds)))
      }
    }
    #expect(check(5_000, after: 5) == nil)
    #expect(check(8 * 3_600_000, after: 8 * 3_600) == nil)
    #expect(check(9 * 60_000, after: 0) == nil)
    #expect(check(11 * 60_000, after: 0) == .clockJumped)
    #expect(check(-11 * 60_000, after: 5) == .clockJumped)
  }

  @Test(
    "after a jump nothing is decided, with a server or without, before somebody says that the clock is right")
  func clockMark() throws {
    let folder = try TestFolder()
    try folder.folder.create()
    let mark = ClockMark(folder.folder)
    try mark.check(head: .empty, isConfirmed: false)
    try mark.set()
    #expect(failureCode { try mark.check(head: .empty, isConfirmed: false) } == .clockJumped)
    #expect(
      failureCode { _ = try folder.ask(.changeSetting(name: "priceFloorPerMille", amount: 850)) }
        == .clockJumped)
    #expect(try folder.ask(.status)["head"]?.integer != nil)
    try mark.check(head: .empty, isConfirmed: true)
    try mark.check(head: .empty, isConfirmed: false)
  }

  @Test("G23 a store that was found damaged is read, and changed by nobody, until it was found sound")
  func damageMark() throws {
    let folder = try TestFolder()
    _ = try folder.ask(.status)
    let mark = DamageMark(folder.folder)
    try mark.set()
    let changing = AdminRequest.changeSetting(name: "priceFloorPerMille", amount: 850)
    #expect(failureCode { _ = try folder.ask(changing) } == .storeCorrupt)
    #expect(failureCode { _ = try folder.ask(.release(operation: "A1/1")) } == .storeCorrupt)
    #expect(try folder.ask(.status)["head"]?.integer != nil)
    mark.clear()
    _ = try folder.ask(changing)
  }

  @Test(
    "a disk without room is called full, whoever lacks it, and another trouble of the disk is not",
    arguments: [
      (ENOSPC, Code.diskFull), (EDQUOT, Code.diskFull), (EIO, Code.ioFailed), (EACCES, Code.ioFailed),
    ])
  func fullDisk(number: Int32, code: Code) {
    errno = number
    let failure = DataFolder.failure("write centre.key")
    #expect(failure.code == code)
    #expect(failure.detail.hasPrefix("cannot write centre.key: "))
  }

  @Test("a line of the log is one line, whatever a peer calls itself")
  func logLines() {
    let line = LineLog.line(
      .info, "dropped", ["reason": "bye\n2026-01-01 critical forged", "code": "4000"],
      at: Instant(milliseconds: 0))
    #expect(
      line == #"1970-01-01T00:00:00.000Z info dropped code=4000 reason="bye\n2026-01-01 critical forged""#)
  }

  @Test(
    "addresses to listen on",
    arguments: [
      ("127.0.0.1:8420", "127.0.0.1", 8420, true), ("[::1]:0", "::1", 0, true),
      ("localhost:80", "localhost", 80, true), ("0.0.0.0:8420", "0.0.0.0", 8420, false),
      ("127.evil.example:1", "127.evil.example", 1, false), ("[::]:8420", "::", 8420, false),
    ])
  func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.isLoopback == isLoopback)
  }

  @Test("what is no address is refused", arguments: ["", "8420", ":8420", "host:", "host:70000", "host:x"])
  func noAddress(text: String) { #expect(failureCode { _ = try ListenAddress(text) } == .usage) }

  @Test("lengths of time")
  func timespans() {
    #expect(Timespan.milliseconds("90s") == 90_000)
    #expect(Timespan.milliseconds("7d") == 604_800_000)
    for text in ["", "h", "-1h", "1.5h", "24", "9223372036854775807d"] {
      #expect(Timespan.milliseconds(text) == nil, "\(text)")
    }
  }
}
