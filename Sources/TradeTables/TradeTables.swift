public import GRDB
public import TradeRules

/// Reads and writes rows of any table by its description. Every function works inside the caller's database
/// access and, for several rows, sees one state of the store only if the caller holds one transaction.
///
/// All throw `DatabaseError` when SQLite fails (`StoreFault` says what that means), `UnknownTable` for a table
/// number that only a newer program knows, and `MalformedKey` for a cursor that is no key of its table.
public enum TradeTables {}

// MARK: - Keys and ranges

extension TradeTables {
  /// The row of a key; nil when there is none.
  public static func row(_ key: RowKey, in db: Database) throws -> TradeRules.Row? {
    let reader = try KeyReader(key.table, in: db)
    return try reader.row(key)
  }

  /// The rows of several keys, read in key order; a key without a row is not in the answer.
  public static func rows(_ keys: [RowKey], in db: Database) throws -> [RowKey: TradeRules.Row] {
    var rows: [RowKey: TradeRules.Row] = [:]
    rows.reserveCapacity(keys.count)
    var reader: KeyReader?
    for key in keys.sorted() where rows[key] == nil {
      let current = try reader?.table == key.table ? reader : KeyReader(key.table, in: db)
      reader = current
      rows[key] = try current?.row(key)
    }
    return rows
  }

  /// All rows of a range, in the index's order.
  public static func rows(_ range: RowRange, in db: Database) throws -> [TradeRules.Row] {
    try RangeReader(range, in: db).rows(range)
  }

  /// Loads into `view` what a decision stopped for (`Interruption.needs`).
  public static func load(_ needs: [Need], into view: WorkingSet, in db: Database) throws {
    try RowLoader(in: db).load(needs, into: view)
  }
}

/// Loads what decisions stop for, one after another, through statements it finds but once. Valid inside the
/// database access that made it.
public final class RowLoader {
  private let db: Database
  /// By table number.
  private var readers: [KeyReader?]
  private var ranges: [ObjectIdentifier: RangeReader] = [:]
  private var boundedRanges: [ObjectIdentifier: RangeReader] = [:]

  public init(in db: Database) {
    self.db = db
    readers = [KeyReader?](repeating: nil, count: 256)
  }

  /// Loads into `view` what a decision stopped for (`Interruption.needs`).
  public func load(_ needs: [Need], into view: WorkingSet) throws {
    for need in needs {
      switch need {
      case .row(let key):
        if !view.knows(key) { view.load(key, try reader(key.table).row(key)) }
      case .range(let range): view.load(range, try reader(range).rows(range))
      }
    }
  }

  /// The row of a key; nil when there is none.
  public func row(_ key: RowKey) throws -> TradeRules.Row? { try reader(key.table).row(key) }

  private func reader(_ table: TableNumber) throws -> KeyReader {
    if let reader = readers[Int(table)] { return reader }
    let reader = try KeyReader(table, in: db)
    readers[Int(table)] = reader
    return reader
  }

  private func reader(_ range: RowRange) throws -> RangeReader {
    // There is one of each index, so that its address is its name.
    let index = ObjectIdentifier(range.index)
    if let reader = range.from == nil ? ranges[index] : boundedRanges[index] { return reader }
    let reader = try RangeReader(range, in: db)
    if range.from == nil { ranges[index] = reader } else { boundedRanges[index] = reader }
    return reader
  }
}

/// Reads rows of one index's ranges, with or without a lower bound, through one statement.
struct RangeReader {
  private let statements: TableStatements
  private let statement: RawStatement

  init(_ range: RowRange, in db: Database) throws {
    statements = try TableStatements.of(range.table.number)
    statement = try RawStatement(statements.range(range.index, hasLowerBound: range.from != nil), in: db)
  }

  /// - Precondition: the range has a lower bound exactly if the reader was made for one that has.
  func rows(_ range: RowRange) throws -> [TradeRules.Row] {
    for (position, value) in range.equal.enumerated() { try statement.bind(value, at: position) }
    if let from = range.from { try statement.bind(from, at: range.equal.count) }
    var rows: [TradeRules.Row] = []
    while try statement.step() { rows.append(try statements.row(on: statement)) }
    try statement.reset()
    return rows
  }
}

/// Reads rows of one table by their keys through one statement.
struct KeyReader {
  private let statements: TableStatements
  private let statement: RawStatement

  var table: TableNumber { statements.table.number }

  init(_ table: TableNumber, in db: Database) throws {
    statements = try TableStatements.of(table)
    statement = try RawStatement(statements.select, in: db)
  }

  func row(_ key: RowKey) throws -> TradeRules.Row? {
    try key.bytes.withUnsafeBytes { bytes in
      try statement.bindKey(unowned: bytes, of: statements.table)
      let row = try statement.step() ? statements.row(on: statement) : nil
      try statement.reset()
      return row
    }
  }
}

// MARK: - Writing

extension TradeTables {
  /// Inserts full rows, or replaces all cells of those with the same keys, in order of table and key.
  ///
  /// - Parameter rows: each with its key; a key at most once.
  public static func write(
    _ rows: some Collection<(key: RowKey, row: TradeRules.Row)>, in db: Database
  ) throws {
    var writer = RowWriter(in: db)
    for (key, row) in rows.sorted(by: { $0.key < $1.key }) { try writer.put(row, at: key) }
  }

  /// Writes each changed row as it is now.
  ///
  /// - Parameter changes: in order of table and key, as `WorkingSet.changes` has them.
  public static func write(_ changes: [Change], in db: Database) throws {
    var writer = RowWriter(in: db)
    for change in changes { try writer.put(change.after, at: change.key) }
  }

  /// Deletes a row.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  public static func delete(_ key: RowKey, in db: Database) throws -> Bool {
    var writer = RowWriter(in: db)
    return try writer.delete(key)
  }
}

/// Writes and deletes rows of several tables; cheapest when each table's come together and in key order.
struct RowWriter {
  private let db: Database
  private let binder = RowBinder()
  private var upsert: (statements: TableStatements, statement: RawStatement)?
  private var deletion: (statements: TableStatements, statement: RawStatement)?

  init(in db: Database) { self.db = db }

  mutating func put(_ row: TradeRules.Row, at key: RowKey) throws {
    if upsert?.statements.table.number != key.table {
      let statements = try TableStatements.of(key.table)
      upsert = (statements, try RawStatement(statements.upsert, in: db))
    }
    guard let upsert else { return }
    try binder.bind(row, of: upsert.statements, to: upsert.statement)
    try upsert.statement.run()
  }

  /// Whether there was such a row.
  mutating func delete(_ key: RowKey) throws -> Bool {
    if deletion?.statements.table.number != key.table {
      let statements = try TableStatements.of(key.table)
      deletion = (statements, try RawStatement(statements.delete, in: db))
    }
    guard let deletion else { return false }
    try deletion.statement.bind(key, of: deletion.statements.table, at: 0)
    try deletion.statement.run()
    return deletion.statement.changedRows() > 0
  }
}
