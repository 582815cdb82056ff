import GRDB
import Testing
import TradeRules
import TradeTables

@Suite("Pages of a scan are the rows, all of them, in order")
struct ScanTests {
  @Test("reading a table page by page gives every row once, in key order", arguments: [1, 7, 1_000])
  func pagesByKey(limit: Int) throws {
    var dice = Dice(11)
    let store = try World.store()
    for table in TableDescription.all {
      let rows = World.rows(30, of: table, &dice)
      try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
      var read: [TradeRules.Row] = []
      var last: RowKey?
      while true {
        let page = try store.read { try TradeTables.scan(table, after: last, limit: limit, in: $0) }
        #expect(page.count <= limit)
        read += page
        guard let end = page.last else { break }
        last = table.key(of: end)
      }
      #expect(read == rows, "\(table.name)")
    }
  }

  @Test("what changed between two versions comes in order of version and key, page by page")
  func pagesByVersion() throws {
    var dice = Dice(12)
    let store = try World.store()
    for table in TableDescription.all {
      let rows = World.rows(40, of: table, &dice)
      try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
      let expected = rows.filter { $0.version > 3 && $0.version <= 15 }.sorted {
        ($0.version, table.key(of: $0)) < ($1.version, table.key(of: $1))
      }
      var read: [TradeRules.Row] = []
      var cursor: ChangeCursor?
      while true {
        let page = try store.read {
          try TradeTables.scan(table, versionsAfter: 3, through: 15, after: cursor, limit: 6, in: $0)
        }
        read += page
        guard let last = page.last else { break }
        cursor = ChangeCursor(version: last.version, key: table.key(of: last))
      }
      #expect(read == expected, "\(table.name)")
    }
  }

  @Test("a reader may look into the table it is being shown")
  func scansNest() throws {
    var dice = Dice(13)
    let store = try World.store()
    let table = TableDescription.of(LotColumns.self)
    let rows = World.rows(12, of: table, &dice)
    try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
    var pairs = 0
    try store.read { db in
      try TradeTables.visit(table, in: db) { _ in
        try TradeTables.visit(table, in: db) { _ in pairs += 1 }
      }
    }
    #expect(pairs == rows.count * rows.count)
  }

  @Test("a cursor that is no key of its table is an error, not a crash")
  func malformedCursor() throws {
    let store = try World.store()
    let table = TableDescription.of(LotColumns.self)
    #expect(throws: MalformedKey.self) {
      try store.read {
        try TradeTables.scan(table, after: RowKey(table: 21, bytes: [1, 2]), limit: 1, in: $0)
      }
    }
    #expect(throws: UnknownTable.self) {
      try store.read { try TradeTables.row(RowKey(table: 250, bytes: [1]), in: $0) }
    }
  }

  @Test("paging reads no more rows than the page: every scan walks an index and sorts nothing")
  func scansUseIndexes() throws {
    let store = try World.store()
    for table in TableDescription.all {
      let keys = table.keyColumns.map { "\"\($0.sqlName)\"" }.joined(separator: ", ")
      let marks = table.keyColumns.map { _ in "1" }.joined(separator: ", ")
      var plans = ["SELECT * FROM \(table.name) WHERE (\(keys)) > (\(marks)) ORDER BY \(keys) LIMIT 9"]
      if !table.isCentreOnly {
        plans.append(
          """
          SELECT * FROM \(table.name) WHERE (version, \(keys)) > (1, \(marks)) AND version <= 5
          ORDER BY version, \(keys) LIMIT 9
          """)
      }
      for sql in plans {
        let plan = try store.read { db in
          try GRDB.Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH"), "\(table.name): \(plan)")
      }
    }
  }
}

@Suite("Ranges by index are what a filter over all rows would give")
struct RangeTests {
  @Test("backorders waiting for a product, from an accepted version on, the longest waiting first")
  func waitingLines() throws {
    var dice = Dice(21)
    let store = try World.store()
    let table = TableDescription.of(OrderLineColumns.self)
    var lines: [OrderLine] = []
    for number in 0..<80 {
      var line = OrderLine(World.row(of: table, &dice))
      line.id = RecordID(high: dice.next(), low: UInt64(number))
      line.waitingAt = ["", "MAD", "BIO"][dice.roll(3)]
      line.sku = ["a", "b"][dice.roll(2)]
      line.acceptedVersion = Int64(dice.roll(10))
      lines.append(line)
    }
    try store.write { try TradeTables.write(table.keyed(lines.map(\.row)), in: $0) }
    for from in [nil, 0, 4, 20] as [Int64?] {
      let range = RowRange(OrderLineColumns.self, "order_line_waiting", ["MAD", "a"], from: from)
      let read = try store.read { try TradeTables.rows(range, in: $0) }
      let expected = lines.filter {
        $0.waitingAt == "MAD" && $0.sku == "a" && $0.acceptedVersion >= from ?? .min
      }.sorted { ($0.acceptedVersion, $0.key) < ($1.acceptedVersion, $1.key) }
      #expect(read == expected.map(\.row))
    }
  }

  @Test("every index of every table finds exactly the rows that a filter finds")
  func everyIndex() throws {
    var dice = Dice(22)
    let store = try World.store()
    for table in TableDescription.all where !table.indexes.isEmpty {
      let rows = World.rows(50, of: table, &dice)
      try store.write { try TradeTables.write(table.keyed(rows), in: $0) }
      for index in table.indexes {
        for probe in rows.prefix(10) {
          let view = WorkingSet()
          let range = try #require(
            TestRanges.range(table, index, of: probe), "list \(table.name) in TestRanges")
          try store.read { try TradeTables.load([.range(range)], into: view, in: $0) }
          let read = try store.read { try TradeTables.rows(range, in: $0) }
          // The working set filters and sorts on its own.
          #expect(try view.rows(range) == read, "\(index.name)")
          #expect(read.contains(probe), "\(index.name)")
          let equal = index.columns.prefix(index.equalCount).compactMap { table.column(named: $0)?.number }
          let expected = rows.filter { row in
            equal.allSatisfy { compared(row.values[$0 - 1]) == compared(probe.values[$0 - 1]) }
          }
          #expect(read.count == expected.count, "\(index.name)")
        }
      }
    }
  }

  /// What an index tells two cells apart by: texts about persons without what people put between their parts,
  /// in capitals.
  private func compared(_ value: Value) -> Value {
    guard case .personal(let personal) = value else { return value }
    let bare = personal.text.utf8.filter { !" -()/.".utf8.contains($0) }
    return .text(String(decoding: bare.map { (97...122).contains($0) ? $0 - 32 : $0 }, as: UTF8.self))
  }
}
