import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("What a person is told is so")
struct TellingTests {
  /// A device with a customer whose phone was changed so many times.
  private func edited(_ times: Int = 1) throws -> Desktop {
    let desk = try Desktop()
    let customer = try desk.addCustomer("C-1")
    for number in 0..<times {
      try desk.record { _, _ in
        [
          Draft(
            Filled<EditCustomer> {
              ($0.id, $0.code, $0.phone) = (customer.id, "C-1", PersonalText("\(number)"))
            })
        ]
      }
    }
    return desk
  }

  // MARK: Sync

  @Test("after a restore the answers that the centre gave anew are told, and that some of them refuse (#67)")
  func answersAfterRestore() throws {
    let desk = try edited(3)
    for number in 1...3 { try desk.answer(Int64(number), "customer.set", .applied) }
    var report = try desk.store.view { try SyncReport($0) }
    #expect(try desk.store.view { try report.news($0).answers.isEmpty })

    var state = try #require(try desk.store.state())
    state.checkpointEpoch = RecordID(high: 7, low: 8)
    try desk.store.keep(state)
    try desk.answer(2, "customer.set", .rejected, [.unknownCustomer])
    let answers = try desk.store.view { try report.news($0).answers }
    #expect(answers.map(\.id.number) == [2])
    #expect(answers.first?.needsAttention == true)
    #expect(try desk.store.view { try report.news($0).answers.isEmpty }, "once")
  }

  @Test("a centre whose disk is full is not taken for this device, and the work is said to be safe")
  func centresDisk() {
    let failure = Failure(saidByCentre: .diskFull)
    #expect(failure.message.contains("centre's disk is full"))
    #expect(failure.hint?.contains("safe on this device") == true)
    #expect(failure.status == Failure(.diskFull).status)
    #expect(Failure(.diskFull, "/r.db").message == "The disk is full; nothing was recorded: /r.db")
    #expect(Failure(saidByCentre: .clockJumped) == Failure(.clockJumped))
  }

  @Test("a live sync tells once that it has no link, once that it lost it, and that it is back")
  func linkNews() {
    var link = LinkNews()
    func step(_ isConnected: Bool, _ trouble: Code?) -> LinkNews.News? {
      var progress = ReplicaHost.Progress()
      (progress.isConnected, progress.trouble) = (isConnected, trouble)
      return link.news(progress)
    }
    #expect(step(false, nil) == nil, "it is just connecting")
    #expect(step(false, .noLink) == .notMade(.noLink))
    #expect(step(false, .noLink) == nil)
    #expect(step(true, nil) == .connected)
    #expect(step(true, nil) == nil)
    #expect(step(false, .diskFull) == .lost(.diskFull))
    #expect(step(false, nil) == nil)
    #expect(step(false, .noLink) == nil)
    #expect(step(true, nil) == .connected)
    #expect(LinkNews.News.notMade(.noLink).json("ws://hq")["event"] == "disconnected")
  }

  // MARK: Outbox

  @Test("an outbox with nothing to do does not say that all was applied when some of it was lost or given up")
  func nothingOpen() throws {
    let desk = try edited(2)
    try desk.answer(1, "customer.set", .applied)
    try desk.answer(2, "customer.set", .rejected, [.unknownCustomer])
    let work = try desk.store.view { view in try #require(try view.own("A7/2")) }
    try desk.store.discard(work)
    try desk.store.note(.operationUnreadable, "A7/3", at: Desktop.syncedAt)
    let text = try desk.store.view { try WorkShown.nothingOpen(in: $0) }
    #expect(text.hasPrefix("Nothing is unsent, held or rejected."))
    #expect(text.contains("given up, or recorded again: 1 operations"))
    #expect(text.contains("lost with a damaged file: 1 operations"))
    try desk.store.write { db in try db.execute(sql: "UPDATE outbox SET state = 'set_aside'") }
    #expect(
      try desk.store.view { try WorkShown.nothingOpen(in: $0) }.contains("set aside at the centre: 2"))
  }

  @Test("work that was brought in and known already asks nobody for anything (#66)")
  func knownWork() throws {
    let desk = try edited(2)
    // As the two operations of one command: who brought it in, and what.
    try desk.store.write { db in try db.execute(sql: "UPDATE outbox SET group_number = 1") }
    try desk.answer(1, "work.bring", .rejected, [.workKnown])
    try desk.answer(2, "customer.set", .rejected, [.groupRejected])
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.openWork().isEmpty)
      #expect(try view.attention().total == 0)
      #expect(try view.answers(to: [1, 2]).map(\.needsAttention) == [false])
    }
  }

  @Test("status names the last incidents, what was lost as such, and says how many more there are")
  func incidents() throws {
    let desk = try Desktop()
    for number in 1...4 {
      try desk.store.note(.operationUnreadable, "A7/\(number)", at: Desktop.syncedAt)
    }
    try desk.store.note(.replicaCorrupt, "the file was made anew", at: Desktop.syncedAt)
    let report = try desk.store.view {
      try StatusReport($0, file: ReplicaFile("/nowhere/replica.db"), now: Desktop.syncedAt)
    }
    let lines = report.text(console: Console(isJSON: false, isQuiet: true, environment: [:]))
      .split(separator: "\n").map(String.init)
    #expect(lines.count { $0.hasPrefix("Lost ") } == 2)
    #expect(lines.count { $0.hasPrefix("Mended ") } == 1)
    #expect(lines.last == "           and 2 more: waybill status --json")
    #expect(report.document["incidents"]?.array?.count == 5)
    #expect(report.document["incidentCount"]?.integer == 5)
  }

  @Test("a lost operation of which nothing can be read is named without a gap")
  func lostOperation() {
    var report = RebuildReport()
    report.lost = [LostOperation(id: OperationID(device: "A1", number: 50), item: nil)]
    #expect(Mending.rebuilt(report).text.contains("A1/50, of which nothing can be read: record it again"))
  }

  @Test("whoever is told where a damaged file is kept is told how long it is there")
  func keptFile() {
    var report = RebuildReport()
    report.aside = "/r.db.damaged-1"
    let text = Mending.rebuilt(report).text
    #expect(text.contains("the damaged file: /r.db.damaged-1\n  it is kept until rows leave this device"))
  }

  // MARK: Forecasts

  @Test("what the centre will probably refuse is not told as done, and the next step stands with the reason")
  func expectedRefusal() {
    let work = Work(
      drafts: [Draft(Filled<ShipOrder> { $0.number = "SO-1" })], sentence: "Shipped SO-1 as SH-W1-0002.",
      next: "waybill deliver SO-1")
    func text(_ verdict: Verdict) -> String {
      let id = OperationID(device: "W1", number: 5)
      return work.text(of: Recorded(id: id, record: "SO-1", expected: verdict))
    }
    let refused = text(Verdict(.rejected, [.nothingPicked]))
    #expect(!refused.contains("Shipped"))
    #expect(refused.hasPrefix("Recorded order.ship of SO-1, which will probably not be done."))
    #expect(refused.contains("  The centre is expected to refuse it:\n  NOTHING_PICKED: "))
    #expect(refused.contains("try: \(CodeBook.entry(for: .nothingPicked).hint)"))
    #expect(refused.hasSuffix("next: waybill sync sends it"))
    #expect(text(Verdict(.applied)).hasPrefix("Shipped SO-1 as SH-W1-0002."))
  }

  @Test("a conflict that a third value settled shows that value (#36)")
  func thirdValue() throws {
    let desk = try Desktop()
    var conflict = try desk.addConflict(RecordID(high: 0xABCD, low: 1), of: "C-1")
    conflict.state = .resolved
    conflict.chosen = "value"
    conflict.value = PersonalText("10")
    let text = ConflictsShown.text(of: conflict, mine: "Mira", theirs: "Ken")
    let line = text.split(separator: "\n").first { $0.hasPrefix("given") }
    #expect(line?.contains("10") == true)
    #expect(line?.contains("stands") == true)
  }
}
