import Foundation
import GRDB
import Testing
import TradeRules
import TradeTables

@Suite("Unsent work can be taken back to the last cell")
struct BaseImageTests {
  private static let tables = TableDescription.all

  /// A store with rows in every table, and all of them.
  private func furnished(_ dice: inout Dice) throws -> (store: DatabaseQueue, rows: [[TradeRules.Row]]) {
    let store = try World.store()
    let rows = Self.tables.map { World.rows(12, of: $0, &dice) }
    try store.write { db in
      for (table, rows) in zip(Self.tables, rows) { try TradeTables.write(table.keyed(rows), in: db) }
    }
    return (store, rows)
  }

  /// Puts new rows in the place of old ones and beside them, keeping what was, as a replica does.
  private func edit(_ store: DatabaseQueue, times: Int, _ dice: inout Dice) throws {
    for _ in 0..<times {
      let table = Self.tables[dice.roll(Self.tables.count)]
      let row = World.row(of: table, &dice)
      try store.write { db in
        let key = table.key(of: row)
        let change = Change(key: key, before: try TradeTables.row(key, in: db), after: row)
        try BaseImages.keep([change], in: db)
        try TradeTables.write([change], in: db)
      }
    }
  }

  private func all(_ store: DatabaseQueue) throws -> [[TradeRules.Row]] {
    try store.read { db in try Self.tables.map { try TradeTables.scan($0, limit: 10_000, in: db) } }
  }

  @Test("whatever was recorded, putting everything back gives the exact rows from before", arguments: 1...5)
  func restoreAll(seed: UInt64) throws {
    var dice = Dice(seed)
    let (store, rows) = try furnished(&dice)
    try edit(store, times: 200, &dice)
    let touched = try store.read(BaseImages.keys)
    #expect(try all(store) != rows)
    let count = try store.write { try BaseImages.restoreAll(in: $0) }
    #expect(count == touched.count && count > 100)
    #expect(try all(store) == rows)
    #expect(try store.read(BaseImages.keys) == [])
    #expect(try store.write { try BaseImages.restoreAll(in: $0) } == 0)
  }

  @Test("putting some rows back leaves the others as recorded")
  func restoreSome() throws {
    var dice = Dice(52)
    let (store, rows) = try furnished(&dice)
    try edit(store, times: 150, &dice)
    let recorded = try all(store)
    let touched = try store.read(BaseImages.keys)
    let taken = touched.filter { _ in dice.roll(2) == 0 }
    try store.write { try BaseImages.restore(taken, in: $0) }
    let before = byKey(rows)
    var expected = byKey(recorded)
    for key in taken { expected[key] = before[key] }
    #expect(byKey(try all(store)) == expected)
    #expect(try store.read(BaseImages.keys) == touched.filter { !taken.contains($0) })
    try store.write { _ = try BaseImages.restoreAll(in: $0) }
    #expect(try all(store) == rows)
  }

  private func byKey(_ rows: [[TradeRules.Row]]) -> [RowKey: TradeRules.Row] {
    var result: [RowKey: TradeRules.Row] = [:]
    for (table, rows) in zip(Self.tables, rows) { for row in rows { result[table.key(of: row)] = row } }
    return result
  }

  @Test("while work is unsent, digests and exports still see only what the centre confirmed")
  func confirmedRowsShineThrough() throws {
    var dice = Dice(53)
    let (store, rows) = try furnished(&dice)
    let before = try store.read { try TradeTables.digests(in: $0) }
    try edit(store, times: 200, &dice)
    let recorded = byKey(try all(store))
    try store.read { db in
      for (table, rows) in zip(Self.tables, rows) {
        #expect(try BaseImages.confirmedScan(table, limit: 10_000, in: db) == rows, "\(table.name)")
        #expect(try pages(of: table, in: db) == rows, "\(table.name)")
      }
      let confirmed = byKey(rows)
      for key in Set(recorded.keys).union(confirmed.keys).sorted() {
        #expect(try BaseImages.confirmedRow(key, in: db) == confirmed[key])
      }
      let digests = try BaseImages.confirmedDigests(in: db)
      #expect(digests.all == before.all)
      #expect(digests.byBucket.filter { $0.value != .zero } == before.byBucket.filter { $0.value != .zero })
      #expect(try TradeTables.digests(in: db).all != before.all)
    }
  }

  private func pages(of table: TableDescription, in db: Database) throws -> [TradeRules.Row] {
    var rows: [TradeRules.Row] = []
    while true {
      let page = try BaseImages.confirmedScan(table, after: rows.last.map(table.key), limit: 3, in: db)
      #expect(page.count <= 3)
      if page.isEmpty { return rows }
      rows += page
    }
  }

  @Test("a before-image that is none is reported as damage, not restored as something else")
  func malformedImage() throws {
    let store = try World.store()
    let key = RowKey(UnitColumns.self, "EA")
    try store.write { db in
      try db.execute(
        sql: "INSERT INTO base (table_no, key, image) VALUES (1, ?, x'FF')",
        arguments: [key.bytes.withUnsafeBytes { Data($0) }])
    }
    let fault = #expect(throws: StoreFault.self) {
      try StoreFault.explaining("take unsent work back") {
        try store.write { try BaseImages.restoreAll(in: $0) }
      }
    }
    #expect(fault?.reason == .corrupt)
  }
}
