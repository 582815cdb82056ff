import Foundation
import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import WaybillClient

@Suite("The replica's file")
struct ReplicaFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "waybill-file-\(UUID().uuidString)")
  }

  private var file: ReplicaFile { ReplicaFile(folder.appending(path: "deep/replica.db").path) }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  private func enrolledState() -> ReplicaState {
    ReplicaState(
      device: "A7", role: .agent, name: "Mira", url: "ws://127.0.0.1:1/sync", caFile: "", centreKey: [],
      keySeed: [UInt8](repeating: 2, count: 32), epoch: .none, incarnation: .none, grants: .nothing)
  }

  private func enrol() throws {
    try file.makeFolder()
    let store = try file.openToEnrol()
    try store.keep(enrolledState())
    try file.finishEnrolment(store)
  }

  @Test("the file is the one given, else WAYBILL_REPLICA's, else the one under XDG_DATA_HOME")
  func paths() {
    let all = ["WAYBILL_REPLICA": "/w.db", "XDG_DATA_HOME": "/data", "HOME": "/home/mira"]
    #expect(ReplicaFile.path(given: "/g.db", environment: all) == "/g.db")
    #expect(ReplicaFile.path(given: nil, environment: all) == "/w.db")
    #expect(
      ReplicaFile.path(given: nil, environment: ["XDG_DATA_HOME": "/data"]) == "/data/waybill/replica.db")
    #expect(
      ReplicaFile.path(given: nil, environment: ["XDG_DATA_HOME": "here", "HOME": "/home/mira"])
        == "/home/mira/.local/share/waybill/replica.db")
  }

  @Test("without a replica every command but enroll says NOT_ENROLLED and leaves no file behind")
  func nothingThere() throws {
    for words in [["status"], ["order", "list"], ["sync"], ["stock", "adjust", "X", "-1", "--reason", "x"]] {
      #expect(Program.run(words + ["--replica", file.path, "--quiet"], environment: [:]) == .notFound)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("an enrolment grows beside its place, resumes after a crash, and takes the name when it is whole")
  func enrolment() throws {
    defer { cleanUp() }
    try file.makeFolder()
    let first = try file.openToEnrol()
    try first.keep(enrolledState())
    // The process dies here: nothing is closed.
    #expect(!file.exists)
    let second = try file.openToEnrol()
    #expect(try second.state()?.device == "A7")
    try first.close()
    try file.finishEnrolment(second)
    #expect(file.exists)
    #expect(!file.partial.exists)
    #expect(try file.reading { $0.state.device } == "A7")
    #expect(throws: ReplicaFault.self) { try file.openToEnrol() }
    let leftovers = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "deep").path)
    #expect(leftovers.allSatisfy { !$0.contains("partial") }, "\(leftovers)")
  }

  @Test("an enrolment whose code was wrong leaves nothing")
  func abandoned() throws {
    defer { cleanUp() }
    try file.makeFolder()
    try file.abandonEnrolment(try file.openToEnrol())
    let rest = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "deep").path)
    #expect(rest.isEmpty, "\(rest)")
  }

  @Test("#74 a second sync is refused with the holder's process id; readers and writers are not")
  func secondSync() throws {
    defer { cleanUp() }
    try enrol()
    #expect(!file.isSyncing)
    let lock = try file.lockSync()
    #expect(file.isSyncing)
    let fault = #expect(throws: ReplicaFault.self) { _ = try file.lockSync() }
    let failure = fault.map { Failure($0, replica: file.path) }
    #expect(failure?.code == .replicaBusy)
    #expect(failure?.message.contains("pid \(ProcessInfo.processInfo.processIdentifier)") == true)
    #expect(try file.reading { $0.state.name } == "Mira")
    #expect(try file.writing { try $0.state()?.device } == "A7")
    lock.release()
    #expect(!file.isSyncing)
  }

  @Test("status does not say that it syncs while the program that does has no link")
  func withoutLink() throws {
    defer { cleanUp() }
    try enrol()
    func state() throws -> String? {
      try file.reading {
        try StatusReport($0, file: file, now: Instant(milliseconds: 0)).document["state"]?.string
      }
    }
    let lock = try file.lockSync()
    #expect(try state() == "syncing")
    lock.note(hasLink: false)
    #expect(try state() == "connecting")
    lock.note(hasLink: true)
    #expect(try state() == "syncing")
    lock.note(hasLink: false)
    lock.release()
    #expect(try state() == "stale")
  }

  @Test("a discard that is refused leaves no file behind, and - is standard output")
  func discardFile() throws {
    defer { cleanUp() }
    try enrol()
    let clock = ClockReading(wall: Instant(milliseconds: 1_795_000_000_000))
    _ = try file.writing { store in
      try store.record(actor: "user", clock: clock, random: { [UInt8](repeating: 5, count: $0) }) { _, _ in
        [
          Draft(
            Filled<CreateCustomer> {
              ($0.id, $0.code, $0.name) = (RecordID(high: 1, low: 1), "C-A7-0001", PersonalText("Ana"))
            })
        ]
      }
    }
    let words = ["outbox", "discard", "A7/1", "--confirm", "--replica", file.path, "-q"]
    #expect(Program.run(words, environment: [:]) == Failure(.notRejected).status)
    let folder = folder.appending(path: "deep").path
    func discarded() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.contains(ReplicaFile.discardedMark) }
    }
    #expect(try discarded().isEmpty)
    try file.writing { store in
      var answer = Answer()
      (answer.device, answer.number, answer.kind) = ("A7", 1, "customer.create")
      (answer.outcome, answer.codes) = (.rejected, [Code.codeTaken.rawValue])
      try store.write { db in
        try TradeTables.write([(key: answer.key, row: answer.row)], in: db)
        try Outbox.settle(through: 1, held: [], of: "A7", in: db)
      }
    }
    #expect(Program.run(words + ["--to", "-"], environment: [:]) == .done)
    #expect(try discarded().isEmpty)
    #expect(!FileManager.default.fileExists(atPath: "-"))
    #expect(try file.reading { try $0.own("A7/1")?.state } == .discarded)
  }

  @Test("#74 asking whether a sync goes on keeps none from beginning")
  func askingTakesNothing() async throws {
    defer { cleanUp() }
    try file.makeFolder()
    try file.lockSync().release()
    let file = file
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { while !Task.isCancelled { _ = file.isSyncing } }
      for _ in 1...2_000 { try file.lockSync().release() }
      group.cancelAll()
    }
  }

  @Test("G1 G23 a program that was cut short as it put a file made anew in its place: the next one ends it")
  func cutShortRebuild() throws {
    defer { cleanUp() }
    try enrol()
    var state = enrolledState()
    state.name = "Made anew"
    let anew = try ReplicaStore.open(at: file.path + ".rebuilt", create: true)
    try anew.keep(state)
    try anew.close()
    #expect(try file.writing { try $0.state()?.name } == "Made anew")
    #expect(!FileManager.default.fileExists(atPath: file.path + ".rebuilt"))
    #expect(try file.reading { $0.state.name } == "Made anew")
  }

  @Test("a reader sees what a writer has just recorded, and a live sync notices it")
  func severalPrograms() throws {
    defer { cleanUp() }
    try enrol()
    let live = try file.openToSync()
    let before = try live.othersCommits()
    #expect(try live.othersCommits() == before)
    try live.moveCentre(to: "ws://127.0.0.1:2/sync")
    #expect(try live.othersCommits() == before, "its own commit is no news")
    try file.writing { try $0.moveCentre(to: "ws://127.0.0.1:3/sync") }
    #expect(try live.othersCommits() != before)
    #expect(try live.state()?.url == "ws://127.0.0.1:3/sync")
    #expect(try file.reading { $0.state.url } == "ws://127.0.0.1:3/sync")
    try live.close()
  }

  @Test("another program's file is left as it is")
  func foreignFile() throws {
    defer { cleanUp() }
    try file.makeFolder()
    let bytes = Data("not a database, and longer than a header of a hundred bytes would be, by some".utf8)
    try bytes.write(to: URL(fileURLWithPath: file.path))
    #expect(Program.run(["status", "--replica", file.path, "--quiet"], environment: [:]) == .validation)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == bytes)
  }

  @Test("a sync without a link ends with 7 at once, and with --timeout after that time")
  func noLink() throws {
    defer { cleanUp() }
    try enrol()
    #expect(Program.run(["sync", "--replica", file.path, "--quiet"], environment: [:]) == .needsLink)
    let began = ContinuousClock.now
    let status = Program.run(["sync", "--timeout", "1", "--replica", file.path, "-q"], environment: [:])
    #expect(status == .needsLink)
    #expect(ContinuousClock.now - began >= .seconds(1))
  }

  @Test(
    "a command that is not written as it should be ends with 2, a version with 0",
    arguments: [
      (["ordr"], TradeRules.ExitStatus.usage), (["order", "show"], .usage),
      (["sync", "--timeout", "0"], .usage), (["stock", "adjust", "X", "-3"], .usage), (["--version"], .done),
    ])
  func usage(words: [String], status: TradeRules.ExitStatus) {
    #expect(Program.run(words, environment: ["WAYBILL_REPLICA": "/nowhere/r.db"]) == status)
  }
}
