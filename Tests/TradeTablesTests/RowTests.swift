import GRDB
import Testing
import TradeRules
import TradeTables

@Suite("Rows go into their tables and come out the same")
struct RowTests {
  @Test("every table gives back what was stored, null, empty and unknown cells included", arguments: 1...4)
  func rowsRoundTrip(seed: UInt64) throws {
    var dice = Dice(seed)
    let store = try World.store()
    for table in TableDescription.all {
      let rows = World.rows(40, of: table, &dice)
      try store.write { try TradeTables.write(table.keyed(rows.shuffled(using: &dice)), in: $0) }
      let (scanned, looked) = try store.read { db in
        (try TradeTables.scan(table, limit: 1_000, in: db), try TradeTables.rows(rows.map(table.key), in: db))
      }
      #expect(scanned == rows, "\(table.name)")
      #expect(looked == Dictionary(uniqueKeysWithValues: rows.map { (table.key(of: $0), $0) }))
    }
  }

  @Test("writing a row again replaces every cell of it")
  func upsertReplacesAllCells() throws {
    var dice = Dice(5)
    let store = try World.store()
    for table in TableDescription.all {
      var row = World.row(of: table, &dice)
      try store.write { try TradeTables.write(table.keyed([row]), in: $0) }
      let other = World.row(of: table, &dice)
      for column in table.columns where !column.isKey {
        row.values[column.number - 1] = other.values[column.number - 1]
      }
      (row.version, row.unknown) = (99, [])
      try store.write { try TradeTables.write(table.keyed([row]), in: $0) }
      let stored = try store.read { try TradeTables.row(table.key(of: row), in: $0) }
      #expect(stored == row, "\(table.name)")
    }
  }

  @Test("a deleted row is gone and its neighbours stay")
  func deleteTakesOneRow() throws {
    var dice = Dice(6)
    let store = try World.store()
    for table in TableDescription.all {
      var rows = World.rows(10, of: table, &dice)
      try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
      let gone = table.key(of: rows.remove(at: rows.count / 2))
      let answers = try store.write { db in
        [try TradeTables.delete(gone, in: db), try TradeTables.delete(gone, in: db)]
      }
      #expect(answers == [true, false])
      let left = try store.read { try TradeTables.scan(table, limit: 100, in: $0) }
      #expect(left == rows, "\(table.name)")
    }
  }

  @Test("many rows go through one statement: whole rows and bare cells end up alike")
  func bulkInsertTakesRowsAndCells() throws {
    var dice = Dice(7)
    let store = try World.store()
    let table = TableDescription.of(StockLevelColumns.self)
    let rows = World.rows(50, of: table, &dice)
    let byCells = try World.store()
    try store.write { db in
      var bulk = try BulkInsert(into: table, in: db)
      for row in rows { try bulk.insert(row) }
    }
    try byCells.write { db in
      var bulk = try BulkInsert(into: table, in: db)
      for row in rows { try insertCells(of: row, table, &bulk) }
    }
    #expect(try store.read { try TradeTables.scan(table, limit: 100, in: $0) } == rows)
    #expect(try byCells.read { try TradeTables.scan(table, limit: 100, in: $0) } == rows)
  }

  private func insertCells(
    of row: TradeRules.Row, _ table: TableDescription, _ bulk: inout BulkInsert
  ) throws {
    let texts = table.columns.map { column -> [UInt8] in
      if case .text(let text) = row.values[column.number - 1] { Array(text.utf8) } else { [] }
    }
    try row.unknown.withUnsafeBytes { unknown in
      try bulk.insert(version: row.version) { cells in
        try cells.set(unknown: unknown)
        for (column, text) in zip(table.columns, texts) {
          switch row.values[column.number - 1] {
          case .integer(let number): try cells.set(number, column: column.number)
          case .text: try text.withUnsafeBytes { try cells.set(text: $0, column: column.number) }
          default: Issue.record("a stock level has numbers and texts")
          }
        }
      }
    }
  }

  @Test("a cell of the wrong kind is refused, and the rest of the transaction with it")
  func wrongKindIsRefused() throws {
    let store = try World.store()
    let table = TableDescription.of(SettingColumns.self)
    var good = Setting()
    good.name = "a"
    var bad = Setting()
    bad.name = "b"
    bad.row.values[1] = .text("much")
    let rows = table.keyed([good.row, bad.row])
    let fault = #expect(throws: StoreFault.self) {
      try StoreFault.explaining("change a setting") {
        try store.write { try TradeTables.write(rows, in: $0) }
      }
    }
    #expect(fault?.reason == .constraint)
    #expect(fault?.mayPass == false)
    #expect(fault?.description.contains("setting.amount") == true)
    #expect(try store.read { try TradeTables.scan(table, limit: 10, in: $0) } == [])
  }

  @Test("a decision gets every row and range it stopped for")
  func needsAreLoaded() throws {
    var dice = Dice(8)
    let store = try World.store()
    let table = TableDescription.of(StockColumns.self)
    let rows = World.rows(60, of: table, &dice)
    try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
    let wanted = Stock(rows[7])
    let range = RowRange(StockColumns.self, "stock_of_product", [wanted.warehouse, wanted.sku])
    let absent = RowKey(UnitColumns.self, "none")
    let view = WorkingSet()
    try store.read { db in
      try TradeTables.load([.row(wanted.key), .range(range), .row(absent)], into: view, in: db)
    }
    #expect(try view.row(wanted.key) == wanted.row)
    #expect(try view.row(absent) == nil)
    let expected = rows.filter { Stock($0).warehouse == wanted.warehouse && Stock($0).sku == wanted.sku }
    #expect(try view.rows(range) == expected)
  }
}
