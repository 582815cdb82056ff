import GRDB
import Testing
import TradeRules

@testable import CentralStore

@Suite("The store is held against its log")
struct VerificationTests {
  private func faulty(_ centre: TestCentre, deep: Bool = false) throws -> [String] {
    try centre.queries.verify(deep: deep).filter { !$0.isOK }.map(\.name)
  }

  @Test(
    "G10 G29 after a day with a bit of everything, all checks hold and replaying the log gives the same rows")
  func soundDay() throws {
    let centre = try TestCentre()
    try centre.day()
    let results = try centre.queries.verify(deep: true)
    for result in results { #expect(result.isOK, "\(result.name): \(result.detail)") }
    #expect(results.map(\.name).contains("replay"))
    #expect(results.allSatisfy { $0.examined > 0 }, "every check had something to look at")
  }

  @Test(
    "G28 G29 an operation with too long a text stays unread when it is decided again after the text was erased"
  )
  func erasedUnread() throws {
    let centre = try TestCentre()
    try centre.openForTrade()
    let verdict = try centre.does(
      "A1",
      Filled<CreateCustomer> {
        ($0.id, $0.code, $0.currency) = (centre.newID(), "C-2", "EUR")
        $0.name = PersonalText(String(repeating: "x", count: RowLimits.textBytesMax + 1))
      })
    #expect(verdict.codes == [.malformed])
    try centre.store.database.write { db in
      try db.execute(sql: "UPDATE personal SET salt = NULL, text = NULL WHERE device = 'A1'")
    }
    #expect(try faulty(centre, deep: true) == [])
  }

  /// What a bad disk or a clumsy hand does to a store, and which checks see it.
  struct Damage: CustomTestStringConvertible, Sendable {
    let name: String
    let sql: String
    let seenBy: Set<String>
    var testDescription: String { name }
  }

  static let damages: [Damage] = [
    Damage(
      name: "an answer is changed",
      sql: "UPDATE answer SET outcome = 'applied', codes = '' WHERE outcome = 'rejected'",
      seenBy: ["answers", "digests"]),
    Damage(
      name: "an operation's bytes are changed",
      sql: "UPDATE log_operation SET bytes = zeroblob(length(bytes)) WHERE device = 'W1' AND number = 1",
      seenBy: ["device chains"]),
    Damage(
      name: "an entry is moved in time",
      sql:
        "UPDATE log_entry SET received_at = received_at + 1 WHERE version = (SELECT max(version) FROM log_entry)",
      seenBy: ["log chain"]),
    Damage(
      name: "a text about a person is exchanged",
      sql: "UPDATE personal SET text = 'somebody else' WHERE text <> ''",
      seenBy: ["device chains"]),
    Damage(
      name: "a balance is changed", sql: "UPDATE stock SET on_hand = on_hand + 1000 WHERE sku = 'CHAI'",
      seenBy: ["ledger and balances", "balances and levels", "digests"]),
    Damage(
      name: "a quota is changed", sql: "UPDATE quota SET spent = spent + 1000",
      seenBy: ["quotas", "digests"]),
    Damage(
      name: "a movement is lost",
      sql: "DELETE FROM movement WHERE id = (SELECT min(id) FROM movement WHERE kind = 'receive')",
      seenBy: ["ledger and balances", "digests", "membership"]),
    Damage(
      name: "a count's adjustment is changed", sql: "UPDATE count_adjustment SET quantity = quantity - 1000",
      seenBy: ["counts and adjustments", "ledger and balances", "digests"]),
    Damage(
      name: "a promise is doubled",
      sql: "UPDATE allocation SET quantity = quantity + 1000 WHERE quantity > 0",
      seenBy: ["allocations", "digests"]),
    Damage(
      name: "staged goods are forgotten", sql: "UPDATE order_line SET picked = picked + 1000 WHERE line = 1",
      seenBy: ["picked and staged", "digests"]),
    Damage(
      name: "a product's name is changed", sql: "UPDATE product SET name = 'Tea' WHERE sku = 'CHAI'",
      seenBy: ["digests"]),
    Damage(
      name: "a listing is lost", sql: "DELETE FROM member WHERE bucket = 'agent/ANA'", seenBy: ["membership"]),
    Damage(
      name: "an order line points nowhere",
      sql: "PRAGMA defer_foreign_keys = ON; DELETE FROM shipment_line; DELETE FROM shipment",
      seenBy: ["digests", "membership"]),
  ]

  @Test("damage of every kind is seen by the check it concerns", arguments: damages)
  func damage(_ damage: Damage) throws {
    let centre = try TestCentre()
    try centre.day()
    try centre.store.database.write { db in
      try db.execute(sql: damage.sql)
      #expect(db.totalChangesCount > 0, "the damage was done")
    }
    let seen = Set(try faulty(centre))
    #expect(seen.isSuperset(of: damage.seenBy), "seen by \(seen.sorted())")
  }

  @Test("G29 what no other check can see, the replay sees: a row that the log does not make")
  func replaySeesAll() throws {
    let centre = try TestCentre()
    try centre.day()
    try centre.store.database.write { db in
      try db.execute(sql: "UPDATE field_stamp SET actor = 'somebody else'")
    }
    #expect(try faulty(centre) == [])
    #expect(try faulty(centre, deep: true) == ["replay"])
  }

  @Test("an answer of the log that was changed together with its row is still seen: its hash does not fit")
  func consistentForgery() throws {
    let centre = try TestCentre()
    try centre.day()
    let rejected = try #require(
      try centre.queries.newestOperations(LogFilter(), limit: 100).first { $0.verdict.outcome == .rejected })
    try centre.store.database.write { db in
      try db.execute(
        sql: "UPDATE log_entry SET verdicts = ? WHERE version = ?",
        arguments: [
          LogStore.blob(VerdictCoding.encode([Verdict(.applied, record: rejected.verdict.record)])),
          rejected.version,
        ])
      try db.execute(sql: "UPDATE answer SET outcome = 'applied', codes = '' WHERE outcome = 'rejected'")
    }
    #expect(try faulty(centre).contains("log chain"))
  }

  @Test("only the first few faults are told, and how many more there are")
  func manyFaults() throws {
    var result = CheckResult("example")
    for number in 1...8 { result.fault("fault \(number)") }
    #expect(result.detail == "fault 1; fault 2; fault 3; fault 4; fault 5; and 3 more")
  }
}
