import GRDB
import Testing
import TradeRules

@testable import CentralStore

@Suite("The store as it was")
struct AsOfTests {
  @Test("G29 deciding the log up to an entry gives the rows that were there then, at every entry")
  func everyEntry() throws {
    let centre = try TestCentre()
    var wanted: [Int64: [String]] = [:]
    func note() throws { wanted[centre.store.head.version] = try stock(centre.store) }
    try note()
    try centre.day()
    try note()
    let first = try #require(wanted.keys.min())
    for (version, rows) in wanted.sorted(by: { $0.key < $1.key }) {
      let past = try centre.queries.replayed(through: version)
      #expect(past.head.version == version)
      #expect(try stock(past) == rows)
      #expect(try past.queries.facts().head.hash == centre.queries.logHash(at: version))
    }
    #expect(wanted.count == 2 && wanted[first] != wanted[centre.store.head.version])
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

  private func stock(_ store: CentralStore) throws -> [String] {
    try store.read { db in
      try String.fetchAll(
        db, sql: "SELECT warehouse || bin || sku || lot || on_hand FROM stock ORDER BY 1")
    }
  }
}
