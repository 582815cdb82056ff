import GRDB
import Schema
import TradeRules
import TradeTables

/// Numbers that look random and are the same at every run (SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
}

enum World {
  static let format = StoreFormat(.replica, version: 1)

  /// A replica's tables in memory, with every index and with before-images.
  static func store() throws -> DatabaseQueue {
    try TradeDatabase.inMemory(as: format) { db, _ in try tables(db) }
  }

  static func tables(_ db: Database) throws {
    for text in [Schema.trade, Schema.indexes, Schema.versions, Schema.base] { try db.execute(sql: text) }
  }

  private static let texts = [
    "", "a", "B", "chai-1", "MAIN", "Zoë Ågren", "日本茶", "x y", "ß", "aa",
    String(repeating: "long ", count: 40),
  ]

  private static func text(_ dice: inout Dice) -> String { texts[dice.roll(texts.count)] }

  private static func integer(_ dice: inout Dice) -> Int64 {
    switch dice.roll(6) {
    case 0: 0
    case 1: .max
    case 2: .min
    case 3: Int64(dice.roll(5)) - 2
    default: Int64(truncatingIfNeeded: dice.next() >> UInt64(dice.roll(60)))
    }
  }

  static func value(_ column: ColumnDescription, _ dice: inout Dice) -> Value {
    if column.isOptional, dice.roll(3) == 0 { return .null }
    switch column.kind {
    case .integer: return .integer(integer(&dice))
    case .text: return .text(text(&dice))
    case .blob: return .blob((0..<dice.roll(40)).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
    case .id: return .id(RecordID(high: UInt64(dice.roll(3)), low: UInt64(dice.roll(4))))
    case .personal:
      let commitment = (0..<32).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      return .personal(PersonalText(text(&dice), commitment: dice.roll(3) == 0 ? [] : commitment))
    }
  }

  /// A row that the schema's checks let in, with cells drawn from a small set, so that keys meet again.
  static func row(of table: TableDescription, _ dice: inout Dice) -> TradeRules.Row {
    var row = TradeRules.Row(values: table.emptyValues, version: Int64(dice.roll(20)))
    for column in table.columns where dice.roll(4) > 0 || column.isKey {
      row.values[column.number - 1] = value(column, &dice)
    }
    for column in table.columns { obeyChecks(of: table, column, &row, &dice) }
    if dice.roll(4) == 0 { row.unknown = unknownCells(after: table, &dice) }
    return row
  }

  /// The rules that trade.sql has beside types.
  private static func obeyChecks(
    of table: TableDescription, _ column: ColumnDescription, _ row: inout TradeRules.Row, _ dice: inout Dice
  ) {
    let place = column.number - 1
    let isFlag = ["is", "ship"].contains { column.name.hasPrefix($0) } && column.kind == .integer
    switch (table.name, column.name) {
    case ("movement", "quantity"), ("pack", "factor"):
      row.values[place] = .integer(Int64(dice.roll(1_000)) + 1)
    case ("allocation", "fromQuota"), ("payment", "amountMinor"), ("payment", "rate"),
      ("customer_credit", "limitMinor"):
      row.values[place] = .integer(Int64(dice.roll(1_000)) + 1)
    case ("quota", "granted"): row.values[place] = .integer(Int64(dice.roll(1_000)) + 3_000)
    case ("quota", "spent"), ("quota", "returned"), ("quota", "writtenOff"):
      row.values[place] = .integer(Int64(dice.roll(1_000)))
    case ("unit", "decimals"), ("currency", "exponent"): row.values[place] = .integer(Int64(dice.roll(4)))
    case ("device", "publicKey"): row.values[place] = .blob([UInt8](repeating: 7, count: 32 * dice.roll(2)))
    case ("invitation", "secretHash"):
      row.values[place] = .blob((0..<32).map { _ in UInt8(dice.roll(2)) })
    case _ where isFlag && column.name != "shippedAt" && column.name != "shipped":
      row.values[place] = .integer(Int64(dice.roll(2)))
    case _ where column.isKey && column.name != "lot":
      if row.values[place] == .text("") { row.values[place] = .text("k") }
      if row.values[place] == .blob([]) { row.values[place] = .blob([0]) }
    default: break
    }
  }

  /// Two cells of columns that no table has yet, in canonical form: an integer and a text.
  static func unknownCells(after table: TableDescription, _ dice: inout Dice) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendVarint(62 << 3)
    bytes.appendVarint(Int64(dice.roll(300)).zigZag)
    bytes.appendVarint(63 << 3 | 2)
    bytes += [2, 0x68, UInt8(0x61 + dice.roll(4))]
    return bytes
  }

  /// At most `count` rows with different keys, in key order.
  static func rows(_ count: Int, of table: TableDescription, _ dice: inout Dice) -> [TradeRules.Row] {
    var byKey: [RowKey: TradeRules.Row] = [:]
    for _ in 0..<count {
      let row = row(of: table, &dice)
      byKey[table.key(of: row)] = row
    }
    return byKey.keys.sorted().compactMap { byKey[$0] }
  }
}

extension TableDescription {
  func keyed(_ rows: [TradeRules.Row]) -> [(key: RowKey, row: TradeRules.Row)] {
    rows.map { (key: key(of: $0), row: $0) }
  }
}

/// A cell as it is, where a typed one is asked for.
private struct AnyCell: ColumnValue {
  static let kind = ValueKind.blob
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Ranges of tables whose Swift type is not known.
enum TestRanges {
  private static let indexed: [any TableColumns.Type] = [
    ProductColumns.self, BarcodeColumns.self, PriceDraftColumns.self, TaxRateColumns.self,
    ExchangeRateColumns.self,
    PriceListColumns.self, PriceColumns.self, CustomerColumns.self, StockColumns.self,
    StockLevelColumns.self, MovementColumns.self, ObservationColumns.self, OrderColumns.self,
    OrderLineColumns.self, AllocationColumns.self, ShipmentColumns.self, ShipmentLineColumns.self,
    StagedColumns.self, TaskColumns.self, ConflictColumns.self, HeldColumns.self, EventColumns.self,
    TrackingEventColumns.self, RecentOrderColumns.self, PaymentColumns.self,
    PackageColumns.self, PackageLineColumns.self, QuotaColumns.self, CustomerAccountColumns.self,
  ]

  /// The range of an index in which `row` is; nil for a table that is not listed above.
  static func range(_ table: TableDescription, _ index: Index, of row: TradeRules.Row) -> RowRange? {
    let equal = index.columns.prefix(index.equalCount).compactMap { name in
      table.column(named: name).map { AnyCell(row.values[$0.number - 1]) }
    }
    return indexed.first { $0.number == table.number }.map { range($0, index.name, equal) }
  }

  private static func range<C: TableColumns>(_ type: C.Type, _ index: String, _ equal: [AnyCell]) -> RowRange
  {
    RowRange(type, index, equal)
  }
}
