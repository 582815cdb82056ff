import GRDB
import Testing
import TradeRules

@testable import CentralStore

@Suite("The store as it was")
struct AsOfTests {
  /// What the store was after a commit.
  private struct Moment {
    let version: Int64
    let at: Instant
    /// By table.
    let rows: [String: Set<GRDB.Row>]
  }

  @Test(
    "G29 deciding the log up to an entry, or up to a time, gives every row of every table as it was then, after each commit of a day"
  )
  func everyCommit() throws {
    let centre = try TestCentre()
    var moments: [Moment] = []
    func note() throws {
      moments.append(
        Moment(version: centre.store.head.version, at: centre.now, rows: try rows(of: centre.store)))
    }
    try note()
    centre.afterCommit = note
    try centre.day()
    centre.afterCommit = nil
    for (one, next) in zip(moments, moments.dropFirst()) {
      let differs = one.rows != next.rows
      #expect(differs && one.version < next.version, "something was done at \(next.version)")
      // To the log it is as late as that until the next thing is received.
      let justBefore = Instant(milliseconds: next.at.milliseconds - 1)
      #expect(try centre.queries.version(at: justBefore) == one.version)
    }
    for moment in moments {
      #expect(try centre.queries.version(at: moment.at) == moment.version)
      let past = try centre.queries.replayed(through: moment.version)
      #expect(past.head.version == moment.version)
      #expect(try past.queries.facts().head.hash == centre.queries.logHash(at: moment.version))
      let found = try rows(of: past)
      for table in TableDescription.all.map(\.name) {
        let isSame = found[table] == moment.rows[table]
        #expect(isSame, "\(table) after entry \(moment.version)")
      }
    }
    #expect(moments.last?.version == centre.store.head.version)
  }

  @Test("a time stands for the last entry received by then")
  func times() throws {
    let centre = try TestCentre()
    try centre.day()
    let received = try centre.store.read { db in
      try Int64.fetchAll(db, sql: "SELECT received_at FROM log_entry ORDER BY version")
    }
    let last = Instant(milliseconds: try #require(received.last))
    #expect(try centre.queries.version(at: last) == Int64(received.count))
    #expect(try centre.queries.version(at: last.advanced(byMilliseconds: 1)) == Int64(received.count))
    let before = Instant(milliseconds: try #require(received.first) - 1)
    #expect(try centre.queries.version(at: before) == 0)
    #expect(try centre.queries.replayed(through: 0).head == .empty)
    let middle = received[received.count / 2]
    let wanted = received.lastIndex { $0 <= middle }.map { Int64($0) + 1 }
    #expect(try centre.queries.version(at: Instant(milliseconds: middle)) == wanted)
  }

  @Test("an entry that is not decided as it was logged ends it")
  func damaged() throws {
    let centre = try TestCentre()
    try centre.day()
    try centre.store.database.write { db in
      try db.execute(sql: "UPDATE log_entry SET hash = zeroblob(32) WHERE version = 3")
    }
    #expect(throws: LogDamage.self) { try centre.queries.replayed(through: 5) }
    #expect(try centre.queries.replayed(through: 2).head.version == 2)
  }

  private func rows(of store: CentralStore) throws -> [String: Set<GRDB.Row>] {
    try store.read { db in
      var rows: [String: Set<GRDB.Row>] = [:]
      for table in TableDescription.all {
        rows[table.name] = try GRDB.Row.fetchSet(db, sql: "SELECT * FROM \(table.name)")
      }
      return rows
    }
  }
}
