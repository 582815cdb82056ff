import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Looking into a replica")
struct InspectingTests {
  // MARK: sql

  @Test("a SELECT of one's own gives columns and rows, ids as text")
  func select() throws {
    let desk = try Desktop()
    let customer = try desk.addCustomer("C-1")
    let result = try desk.store.view { try $0.query("SELECT id, code, 1.5 AS half, NULL FROM customer") }
    #expect(result.columns == ["id", "code", "half", "NULL"])
    #expect(result.rows == [[.string(customer.id.description), "C-1", .number("1.5"), nil]])
  }

  @Test(
    "anything but one SELECT is refused, and so is the device's key",
    arguments: [
      "DELETE FROM customer", "SELECT 1; SELECT 2", "PRAGMA user_version", "ATTACH 'x' AS y", "BEGIN", "",
      "SELECT * FROM nowhere", "SELECT value FROM meta", "WITH m AS (SELECT * FROM meta) SELECT * FROM m",
      "EXPLAIN SELECT 1", "INSERT INTO unit SELECT * FROM unit",
    ])
  func refused(sql: String) throws {
    let desk = try Desktop()
    let refusal = #expect(throws: Refusal.self) { _ = try desk.store.view { try $0.query(sql) } }
    #expect(refusal?.code == .readOnlySql)
  }

  // MARK: verify

  private func check(_ name: String, of desk: Desktop) throws -> ReplicaCheck {
    let checks = try desk.store.view { try $0.verify() }
    return try #require(checks.first { $0.name == name }, "\(checks.map(\.name))")
  }

  @Test("books that add up pass; a balance nobody explains and a level that is no sum are found (G23)")
  func books() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    try desk.record { _, _ in
      [
        Draft(
          Filled<ReceiveStock> {
            $0.warehouse = "W1"
            $0.sku = "CHAI"
            $0.quantity = 24
          }),
        Draft(
          Filled<CountStock> {
            $0.warehouse = "W1"
            $0.sku = "CHAI"
            $0.quantity = 20
          }),
      ]
    }
    for name in ["file", "chain", "levels", "balances of W1", "allocations of W1"] {
      #expect(try check(name, of: desk).isOK, "\(name)")
    }
    try desk.addStock("CHAI", 7, bin: "B-09")
    #expect(try !check("levels", of: desk).isOK)
    #expect(try check("balances of W1", of: desk).detail.contains("B-09 CHAI"))
  }

  @Test("a promise that no order has is found")
  func promises() throws {
    let desk = try Desktop("W1", .warehouse)
    try desk.addProduct("CHAI")
    try desk.addStock("CHAI", 7)
    var level = StockLevel()
    level.warehouse = "W1"
    level.sku = "CHAI"
    level.onHand = 7
    level.allocated = 3
    try desk.put(level)
    #expect(try !check("allocations of W1", of: desk).isOK)
  }

  @Test("one changed byte of a recorded operation breaks the device's chain (G18)")
  func chain() throws {
    let desk = try Desktop()
    try desk.addCustomer("C-1")
    let customer = try desk.store.view { try $0.requireCustomer("C-1") }
    for phone in ["1", "2"] {
      try desk.record { _, _ in
        [
          Draft(
            Filled<EditCustomer> {
              $0.id = customer.id
              $0.code = "C-1"
              $0.phone = PersonalText(phone)
            })
        ]
      }
    }
    #expect(try check("chain", of: desk).isOK)
    try desk.store.write { db in
      try db.execute(sql: "UPDATE outbox SET bytes = CAST(bytes || x'00' AS BLOB) WHERE number = 1")
    }
    #expect(try check("chain", of: desk).detail.contains("A7/1"))
  }

  @Test("digests are of the centre's rows: unsent work does not enter them, damage does (G23)")
  func digests() throws {
    let desk = try Desktop()
    let customer = try desk.addCustomer("C-1")
    try desk.store.write { db in
      let digests = try BaseImages.confirmedDigests(in: db)
      for bucket in desk.grants.exact {
        try db.execute(
          sql: "INSERT INTO bucket (name, digest) VALUES (?, ?)",
          arguments: [bucket.name, digests[bucket].data])
      }
    }
    try desk.record { _, _ in
      [
        Draft(
          Filled<EditCustomer> {
            $0.id = customer.id
            $0.code = "C-1"
            $0.phone = PersonalText("9")
          })
      ]
    }
    #expect(try check("digests", of: desk).isOK)
    try desk.store.write { db in try db.execute(sql: "UPDATE unit SET decimals = 2 WHERE code = 'EA'") }
    #expect(try check("digests", of: desk).detail == "differ: reference")
  }

  // MARK: status, history, conflicts

  @Test("status has the fields scripts rely on")
  func status() throws {
    let desk = try Desktop()
    try desk.addCustomer("C-1")
    try desk.addConflict(RecordID(high: 0xABCD, low: 1), of: "C-1")
    let file = ReplicaFile("/nowhere/replica.db")
    let now = Desktop.syncedAt.advanced(byMilliseconds: 3 * 3_600_000)
    let document = try desk.store.view { try StatusReport($0, file: file, now: now).document }
    #expect(document["device"]?.string == "A7")
    #expect(document["role"]?.string == "agent")
    #expect(document["state"]?.string == "idle")
    #expect(document["lastSyncAt"] == .instant(Desktop.syncedAt))
    #expect(document["stockAsOf"] == .instant(Desktop.syncedAt))
    #expect(document["checkpoint"]?.integer == Desktop.checkpoint)
    #expect(document["unsent"]?.integer == 0)
    #expect(document["attention"] == ["rejected": 0, "conflicts": 1, "held": 0])
    #expect(document["clockOffsetMs"]?.integer == 0)
    #expect(document["epoch"]?.string == "00000000-0000-0007-0000-000000000007")
    let late = now.advanced(byMilliseconds: 24 * 3_600_000)
    let stale = try desk.store.view { try StatusReport($0, file: file, now: late).document }
    #expect(stale["state"]?.string == "stale")
  }

  @Test("history tells an own edit at once, as not confirmed, and in whose name")
  func history() throws {
    let desk = try Desktop()
    let customer = try desk.addCustomer("C-1")
    try desk.record { _, _ in
      [
        Draft(
          Filled<EditCustomer> {
            $0.id = customer.id
            $0.code = "C-1"
            $0.phone = PersonalText("9")
          })
      ]
    }
    let entries = try desk.store.view { try $0.history(of: "C-1") }
    #expect(entries.map(\.who) == ["Mira"])
    #expect(entries.first?.text.contains("phone") == true)
    #expect(entries.first?.text.contains("not confirmed") == true)
    #expect(entries.first?.code == EditCustomer.kind.rawValue)
  }

  @Test("a record in conflict says so, and a resolved conflict leaves the list but not the file")
  func conflictState() throws {
    let desk = try Desktop()
    try desk.addCustomer("C-1")
    var conflict = try desk.addConflict(RecordID(high: 0xABCD, low: 1), of: "C-1")
    #expect(try desk.store.view { try $0.syncState(of: "C-1") } == .conflict)
    conflict.state = .resolved
    try desk.put(conflict)
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.syncState(of: "C-1") == .synced)
      #expect(try view.conflicts(openOnly: true).isEmpty)
      #expect(try view.conflicts(openOnly: false).count == 1)
    }
  }

  @Test("of several prices of a list the one that began last and has begun is shown")
  func prices() throws {
    let desk = try Desktop()
    try desk.addProduct("CHAI", price: 100_000)
    for (from, amount) in [(1_000, 110_000), (9_000, 120_000)] as [(Int64, Int64)] {
      var price = Price()
      price.list = "EU"
      price.sku = "CHAI"
      price.minQuantity = 1
      price.validFrom = Instant(milliseconds: from)
      price.amount = UnitPrice(tenThousandths: amount)
      try desk.put(price)
    }
    let shown = try desk.store.view { view in
      let product = try view.requireProduct("CHAI")
      return ProductShown(try view.details(of: product, at: Instant(milliseconds: 5_000)), locale: nil)
        .shown.document
    }
    let prices = shown["prices"]?.array ?? []
    #expect(prices.count == 1)
    #expect(prices.first?["amountMinor"]?.integer == 1_100)
    #expect(prices.first?["list"]?.string == "EU")
    #expect(prices.first?["minQty"]?.integer == 1)
  }
}
