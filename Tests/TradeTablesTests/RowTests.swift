import GRDB
import SyncProtocol
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

  @Test("a page from the centre is stored and hashed as its rows are, without making them")
  func batchesAreStoredWhereTheyLie() throws {
    var dice = Dice(7)
    for table in TableDescription.all where !table.isCentreOnly {
      let rows = World.rows(40, of: table, &dice).map(asSent)
      let batch = try RowBatchReader(
        RowBatch.encode(rows, of: table) + newerColumn(of: rows.count))
      let (stored, store) = (try World.store(), try World.store())
      try stored.write { try BulkInsert(into: table, in: $0).insert(batch) }
      try store.write { db in
        let bulk = try BulkInsert(into: table, in: db)
        for row in rows { try bulk.insert(row) }
      }
      for store in [stored, store] {
        #expect(try store.read { try TradeTables.scan(table, limit: 100, in: $0) } == rows, "\(table.name)")
      }
      var hasher = RowHasher()
      for (place, row) in rows.enumerated() {
        #expect(hasher.hash(place, of: batch) == hasher.hash(row, of: table), "\(table.name)")
      }
    }
  }

  /// The row as a replica gets it: decided, without commitments, with a 5 in a column it does not know.
  private func asSent(_ row: TradeRules.Row) -> TradeRules.Row {
    var row = row
    row.version += 1
    row.values = row.values.map { value in
      if case .personal(let personal) = value { .personal(PersonalText(personal.text)) } else { value }
    }
    row.unknown = []
    row.unknown.appendVarint(62 << 3)
    row.unknown.append(10)
    return row
  }

  /// The message `Cells` that a newer centre appends to a batch: column 62, integers, all 5.
  private func newerColumn(of rowCount: Int) -> [UInt8] {
    let integers = [10] + [UInt8](repeating: 0, count: rowCount - 1)
    let cells = [8, 62, 16, 1, 34, UInt8(rowCount)] + integers
    return [34, UInt8(cells.count)] + cells
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
