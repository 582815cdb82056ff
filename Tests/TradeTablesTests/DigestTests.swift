import GRDB
import Testing
import TradeRules
import TradeTables

@Suite("Equal rows have equal bytes, different rows different ones")
struct CanonicalRowTests {
  @Test("two rows have the same bytes exactly when every cell, the version and unknown cells are the same")
  func bytesTellRowsApart() {
    var dice = Dice(31)
    for table in TableDescription.all {
      var rowOfBytes: [[UInt8]: TradeRules.Row] = [:]
      for _ in 0..<300 {
        let row = World.row(of: table, &dice)
        let bytes = CanonicalRow.bytes(of: row, in: table, as: .text)
        if let other = rowOfBytes[bytes] {
          #expect(withoutProofs(other) == withoutProofs(row), "\(table.name)")
        }
        rowOfBytes[bytes] = row
      }
      #expect(Set(rowOfBytes.values.map(withoutProofs)).count == rowOfBytes.count, "\(table.name)")
    }
  }

  @Test("one changed cell changes the bytes, whichever it is")
  func everyCellCounts() {
    var dice = Dice(32)
    for table in TableDescription.all {
      for column in table.columns {
        var row = World.row(of: table, &dice)
        let before = CanonicalRow.bytes(of: row, in: table, as: .text)
        let old = row.values[column.number - 1]
        row.values[column.number - 1] = changed(old, column)
        #expect(CanonicalRow.bytes(of: row, in: table, as: .text) != before, "\(table.name).\(column.name)")
        row.values[column.number - 1] = old
        row.version += 1
        #expect(CanonicalRow.bytes(of: row, in: table, as: .text) != before)
      }
    }
  }

  private func withoutProofs(_ row: TradeRules.Row) -> TradeRules.Row {
    var row = row
    row.values = row.values.map { value in
      if case .personal(let personal) = value { .personal(PersonalText(personal.text)) } else { value }
    }
    return row
  }

  private func changed(_ value: Value, _ column: ColumnDescription) -> Value {
    switch (value, column.kind) {
    case (.null, .integer): .integer(0)
    case (.null, .text): .text("")
    case (.null, .blob): .blob([])
    case (.null, .id): .id(.none)
    case (.null, .personal): .personal(PersonalText(""))
    case (.integer(let number), _): .integer(number &+ 1)
    case (.text(let text), _): .text(text + "'")
    case (.blob(let blob), _): .blob(blob + [1])
    case (.id(let id), _): .id(RecordID(high: id.high, low: id.low ^ 1))
    case (.personal(let personal), _):
      .personal(PersonalText(personal.text + "'", commitment: personal.commitment))
    }
  }

  @Test("a new unit's bytes are its table, its key, its version and its one cell")
  func bytesOfAUnit() {
    var unit = MeasureUnit()
    unit.code = "KGM"
    unit.decimals = 3
    unit.row.version = 150
    let bytes = CanonicalRow.bytes(of: unit.row, in: TableDescription.of(UnitColumns.self), as: .text)
    // 150 is zigzag 300 = 0xAC 0x02; column 2, an integer, is tag 16; 3 is zigzag 6.
    #expect(bytes == [1, 4] + Array("KGM".utf8) + [0, 0xAC, 0x02, 16, 6])
  }

  @Test("a cell nobody filled in leaves no trace, so a column added later changes no old row")
  func emptyCellsLeaveNoTrace() {
    let table = TableDescription.of(ProductColumns.self)
    var product = Product()
    product.sku = "a"
    let bytes = CanonicalRow.bytes(of: product.row, in: table, as: .text)
    #expect(bytes == [5, 2, 0x61, 0, 0])
  }

  @Test("an older replica hashes a column it does not know in the very place the centre does")
  func unknownColumnsStandInOrder() {
    // The older program is played by a table without the middle one of three cells.
    let table = TableDescription.of(StockLevelColumns.self)
    var level = StockLevel()
    (level.warehouse, level.sku) = ("MAD", "a")
    (level.onHand, level.unavailable, level.setAside) = (7, 2, 5)
    let whole = CanonicalRow.bytes(of: level.row, in: table, as: .text)
    var older = level
    older.unavailable = .zero
    older.row.unknown = [4 << 3]
    older.row.unknown.appendVarint(Int64(2_000).zigZag)
    #expect(CanonicalRow.bytes(of: older.row, in: table, as: .text) == whole)
  }

  @Test("garbage where unknown columns are kept is still hashed, and differently")
  func malformedUnknownCells() {
    var dice = Dice(33)
    let table = TableDescription.of(LotColumns.self)
    var seen: Set<[UInt8]> = []
    var kept: Set<[UInt8]> = []
    for _ in 0..<500 {
      var row = TradeRules.Row(values: table.emptyValues, version: 1)
      row.unknown = (0..<dice.roll(6)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      seen.insert(CanonicalRow.bytes(of: row, in: table, as: .text))
      kept.insert(row.unknown)
    }
    #expect(seen.count == kept.count)
  }

  @Test("erasing a person changes the bucket's bytes and not the log's (G28)")
  func erasureKeepsCommitments() throws {
    let table = TableDescription.of(CustomerColumns.self)
    var customer = Customer()
    customer.id = RecordID(high: 1, low: 2)
    customer.phone = PersonalText("+34 600", commitment: [UInt8](repeating: 9, count: 32))
    var erased = customer
    erased.phone = PersonalText("", commitment: customer.phone.commitment)
    func bytes(_ customer: Customer, _ flavour: CanonicalRow.Flavour) -> [UInt8] {
      CanonicalRow.bytes(of: customer.row, in: table, as: flavour)
    }
    #expect(bytes(customer, .text) != bytes(erased, .text))
    #expect(bytes(customer, .commitment) == bytes(erased, .commitment))
    let other = Customer(changing(customer.row) { $0.phone.commitment[0] = 1 })
    #expect(bytes(customer, .commitment) != bytes(other, .commitment))
    #expect(bytes(customer, .text) == bytes(other, .text))
    let effects = [customer, erased, other].map { Change(key: $0.key, before: nil, after: $0.row) }
    #expect(try EffectsHash.of([effects[0]]) == EffectsHash.of([effects[1]]))
    #expect(try EffectsHash.of([effects[0]]) != EffectsHash.of([effects[2]]))
  }

  private func changing(_ row: TradeRules.Row, _ change: (inout Customer) -> Void) -> TradeRules.Row {
    var customer = Customer(row)
    change(&customer)
    return customer.row
  }

  @Test("the effects hash does not depend on the order in which changes are listed, but on each of them")
  func effectsHash() throws {
    var dice = Dice(34)
    let changes = TableDescription.all.flatMap { table in
      World.rows(4, of: table, &dice).map { Change(key: table.key(of: $0), before: nil, after: $0) }
    }
    let hash = try EffectsHash.of(changes)
    #expect(hash.count == 32)
    #expect(try EffectsHash.of(changes.shuffled(using: &dice)) == hash)
    for left in changes.indices {
      var fewer = changes
      fewer.remove(at: left)
      #expect(try EffectsHash.of(fewer) != hash)
    }
  }
}

@Suite("Digests show whether two stores hold the same rows")
struct DigestTests {
  @Test("rows may come and go in any order: the digest is that of the rows that are there")
  func digestFollowsEdits() throws {
    var dice = Dice(41)
    let store = try World.store()
    var digests = BucketDigests()
    let tables = TableDescription.all
    for _ in 0..<400 {
      let table = tables[dice.roll(tables.count)]
      let row = World.row(of: table, &dice)
      let key = table.key(of: row)
      try store.write { db in
        if let old = try TradeTables.row(key, in: db) { digests.subtract(old, of: table) }
        if dice.roll(4) == 0 {
          try TradeTables.delete(key, in: db)
        } else {
          try TradeTables.write([(key: key, row: row)], in: db)
          digests.add(row, of: table)
        }
      }
    }
    let counted = try store.read { try TradeTables.digests(in: $0) }
    #expect(counted.all == digests.all)
    #expect(counted.all != .zero)
    for bucket in Set(counted.byBucket.keys).union(digests.byBucket.keys) {
      #expect(counted[bucket] == digests[bucket], "\(bucket)")
    }
  }

  @Test("a digest travels as 16 bytes and comes back the same")
  func digestBytes() throws {
    var dice = Dice(42)
    var hasher = RowHasher()
    var digest = BucketDigest.zero
    #expect(digest.bytes == [UInt8](repeating: 0, count: 16))
    let table = TableDescription.of(LotColumns.self)
    for row in World.rows(20, of: table, &dice) {
      digest.add(hasher.hash(row, of: table))
      #expect(digest.bytes.count == 16)
      #expect(BucketDigest(bytes: digest.bytes) == digest)
    }
    #expect(BucketDigest(bytes: [1, 2, 3]) == nil)
  }

  @Test("a replica that has no commitments agrees with the centre, which has")
  func commitmentsStayOutOfBuckets() {
    var dice = Dice(43)
    var hasher = RowHasher()
    for table in TableDescription.all {
      for row in World.rows(10, of: table, &dice) {
        var replicas = row
        replicas.values = row.values.map { value in
          if case .personal(let personal) = value { .personal(PersonalText(personal.text)) } else { value }
        }
        #expect(hasher.hash(row, of: table) == hasher.hash(replicas, of: table))
      }
    }
  }
}
