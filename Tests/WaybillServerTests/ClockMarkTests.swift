import CentralStore
import Foundation
import Testing
import TradeRules

@testable import WaybillServer

@Suite("A clock that somebody says is right")
struct ClockMarkTests {
  private let folder: TestFolder
  private let now = SystemClock.now

  init() throws { folder = try TestFolder() }

  private func later(minutes: Int64) -> Instant { now.advanced(byMilliseconds: minutes * 60_000) }

  private func end(_ version: Int64, _ receivedAt: Instant) -> LogEnd {
    var head = LogEnd.empty
    head.version = version
    head.receivedAt = receivedAt
    return head
  }

  /// Has the centre decide something while its clock shows a time.
  private func decide(at time: Instant) throws {
    let centre = try #require(try OpenCentre.open(folder.folder, creating: true))
    let form = Filled<ChangeSetting> { ($0.name, $0.amount) = ("priceFloorPerMille", 850) }
    _ = try centre.host.record([OwnDraft(form)], actor: "os:test", at: time)
    try centre.close()
  }

  /// What a server says that is started when its clock shows a time; nil when it decides.
  private func start(at time: Instant, confirming isConfirmed: Bool = false) throws -> Code? {
    let centre = try #require(try OpenCentre.open(folder.folder, creating: false))
    let head = centre.store.head
    try centre.close()
    return failureCode {
      try ClockMark(folder.folder).check(head: head, isConfirmed: isConfirmed, at: time)
    }
  }

  @Test("work was taken a day ahead, and the clock was set back and confirmed: once is enough")
  func confirmedOnce() throws {
    let day: Int64 = 24 * 60
    try decide(at: later(minutes: day))
    #expect(try start(at: now) == .clockJumped)
    #expect(try start(at: now, confirming: true) == nil)
    // For as long as the log is ahead, whatever was decided since.
    #expect(try start(at: now) == nil)
    _ = try folder.ask(.changeSetting(name: "priceFloorPerMille", amount: 900))
    #expect(try start(at: later(minutes: 60)) == nil)
    // A clock that goes back further than where it was confirmed has jumped anew.
    #expect(try start(at: later(minutes: -9)) == nil)
    #expect(try start(at: later(minutes: -11)) == .clockJumped)
    // And what was decided beyond that end counts as ever.
    try decide(at: later(minutes: day + 60))
    #expect(try start(at: later(minutes: day + 60)) == nil)
    #expect(try start(at: later(minutes: day)) == .clockJumped)
  }

  @Test("what was confirmed of one log does not count for another")
  func anotherLog() throws {
    try folder.folder.create()
    let mark = ClockMark(folder.folder)
    func refusal(_ version: Int64, _ receivedAt: Instant) -> Code? {
      failureCode { try mark.check(head: end(version, receivedAt), isConfirmed: false, at: now) }
    }
    try mark.check(head: end(7, later(minutes: 90)), isConfirmed: true, at: now)
    #expect(refusal(7, later(minutes: 90)) == nil)
    #expect(refusal(8, later(minutes: 90)) == nil)
    #expect(refusal(6, later(minutes: 90)) == .clockJumped)
    #expect(refusal(8, later(minutes: 91)) == .clockJumped)
    #expect(refusal(8, later(minutes: 89)) == .clockJumped)
    #expect(refusal(8, later(minutes: 9)) == nil)
  }

  @Test("a confirmation that cannot be made out was not given, and one that cannot be read is not guessed")
  func unreadable() throws {
    try folder.folder.create()
    let mark = ClockMark(folder.folder)
    let head = end(7, later(minutes: 90))
    let path = folder.folder.path + "/clock-confirmed"
    try Data("yes".utf8).write(to: URL(fileURLWithPath: path))
    #expect(failureCode { try mark.check(head: head, isConfirmed: false, at: now) } == .clockJumped)
    try mark.check(head: head, isConfirmed: true, at: now)
    try mark.check(head: head, isConfirmed: false, at: now)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    #expect(failureCode { try mark.check(head: head, isConfirmed: false, at: now) } == .ioFailed)
  }
}
