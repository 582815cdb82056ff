import CentralStore
import Foundation
import Logging
import Synchronization
import Testing
import TradeRules

@testable import WaybillServer

@Suite("What a server leaves behind for whoever starts it again")
struct MarkTests {
  /// Keeps what is logged.
  private final class Lines: Sendable {
    private let all = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { [self] _ in Keeper(lines: self) } }

    func add(_ line: String) { all.withLock { $0.append(line) } }

    func count(with text: String) -> Int { all.withLock { $0.filter { $0.contains(text) }.count } }
  }

  private struct Keeper: LogHandler {
    let lines: Lines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.level.rawValue): \(event.message)") }
  }

  /// A folder where a file's working name should be: the file cannot be written.
  private func obstruct(_ name: String, in folder: TestFolder) throws -> String {
    let path = folder.folder.path + "/\(name).new"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    return path
  }

  @Test("G23 damage that cannot be marked is told once, and marked as soon as it can be")
  func unmarkedDamage() throws {
    let folder = try TestFolder()
    let centre = try #require(try OpenCentre.open(folder.folder, creating: true))
    let (lines, mark) = (Lines(), DamageMark(folder.folder))
    var storeGuard = StoreGuard(folder.folder, log: lines.logger)
    let obstacle = try obstruct("store-damaged", in: folder)
    _ = centre.host.halt(Halt(.storeCorrupt, "as if"))
    for _ in 1...2 { _ = storeGuard.afterTurn(of: centre.host) }
    #expect(try !mark.isSet)
    #expect(lines.count(with: "critical: the damage could not be marked") == 1)
    try FileManager.default.removeItem(atPath: obstacle)
    _ = storeGuard.afterTurn(of: centre.host)
    #expect(try mark.isSet)
    try centre.close()
  }

  @Test("a server that cannot mark that its clock jumped stays up and decides nothing until it can")
  func unmarkedJump() throws {
    let folder = try TestFolder()
    let centre = try #require(try OpenCentre.open(folder.folder, creating: true))
    let (lines, start, tick) = (Lines(), SystemClock.now, ContinuousClock.now)
    var watch = ClockWatch(folder.folder, log: lines.logger, at: start, tick: tick)
    let obstacle = try obstruct("clock-jumped", in: folder)
    _ = try watch.beforeTurn(of: centre.host, at: start, tick: tick)
    #expect(centre.host.halted == nil)
    let tomorrow = start.advanced(byMilliseconds: 86_400_000)
    for _ in 1...2 { _ = try watch.beforeTurn(of: centre.host, at: tomorrow, tick: tick) }
    #expect(lines.count(with: "critical: the jump could not be marked") == 1)
    let head = centre.store.head
    let change = OwnDraft(Filled<ChangeSetting> { ($0.name, $0.amount) = ("priceFloorPerMille", 850) })
    let refusal = failureCode { _ = try centre.host.record([change], actor: "os:test", at: tomorrow) }
    #expect(refusal == .clockJumped)
    #expect(centre.store.head == head)
    let stopped = failureCode { try watch.end() }
    #expect(stopped == .clockJumped)

    try FileManager.default.removeItem(atPath: obstacle)
    let ended = failureCode { _ = try watch.beforeTurn(of: centre.host, at: tomorrow, tick: tick) }
    #expect(ended == .clockJumped)
    let restarted = failureCode { try ClockMark(folder.folder).check(head: head, isConfirmed: false) }
    #expect(restarted == .clockJumped)
    try centre.close()
  }
}
