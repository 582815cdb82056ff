public import GRDB
public import TradeRules

/// Writes many rows of one table through one prepared statement: first loads, snapshots, imports.
///
/// Rows come either as `Row`s or as cells bound one by one straight from where they were decoded. Give them in
/// key order: random order is three times slower. Valid inside the database access that made it.
public struct BulkInsert: ~Copyable {
  private let statements: TableStatements
  private let statement: RawStatement
  private let cells: CellBinder
  private let binder = RowBinder()

  /// - Throws: `UnknownTable` for a table of a newer program; `DatabaseError` when SQLite fails.
  public init(into table: TableDescription, in db: Database) throws {
    let statements = try TableStatements.of(table.number)
    let statement = try RawStatement(owned: statements.upsert, in: db)
    self.statements = statements
    self.statement = statement
    cells = CellBinder(statements, statement)
  }

  /// Inserts a row, or replaces all cells of the one with its key.
  public mutating func insert(_ row: TradeRules.Row) throws {
    try binder.bind(row, of: statements, to: statement)
    try statement.run()
  }

  /// Inserts a row, or replaces all cells of the one with its key, from cells that lie somewhere else.
  ///
  /// - Parameter bind: sets the cells that are not null or empty. The bytes it names MUST stay in place until
  ///   this function returns.
  public mutating func insert(version: Int64, _ bind: (CellBinder) throws -> Void) throws {
    try cells.bindEmptyRow(version: version)
    try bind(cells)
    try statement.run()
  }
}

/// The cells of the row that a `BulkInsert` is about to write. Columns go by their numbers.
public struct CellBinder {
  private let statements: TableStatements
  private let statement: RawStatement
  /// By column number; nil where the table has no such column.
  private let positions: [Int?]

  init(_ statements: TableStatements, _ statement: RawStatement) {
    self.statements = statements
    self.statement = statement
    var positions = [Int?](repeating: nil, count: 64)
    for (position, column) in statements.table.columns.enumerated() { positions[column.number] = position }
    self.positions = positions
  }

  public func setNull(column number: Int) throws { try statement.bindNull(at: position(number)) }

  public func set(_ integer: Int64, column number: Int) throws {
    try statement.bind(integer, at: position(number))
  }

  /// Sets a text, or a text about a person, whose commitment this row then lacks.
  public func set(text: UnsafeRawBufferPointer, column number: Int) throws {
    try statement.bindText(unowned: text, at: position(number))
  }

  /// Sets a blob, or the 16 bytes of an id.
  public func set(bytes: UnsafeRawBufferPointer, column number: Int) throws {
    try statement.bindBlob(unowned: bytes, at: position(number))
  }

  /// Sets the cells of columns that only a newer program knows, in canonical form (`CanonicalRow`).
  public func set(unknown: UnsafeRawBufferPointer) throws {
    guard !unknown.isEmpty else { return }
    try statement.bindBlob(unowned: unknown, at: statements.extraPosition)
  }

  func bindEmptyRow(version: Int64) throws {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    for (position, column) in statements.table.columns.enumerated() {
      switch column.kind {
      case _ where column.isOptional: try statement.bindNull(at: position)
      case .integer: try statement.bind(0, at: position)
      case .text, .personal: try statement.bindText(unowned: nothing, at: position)
      case .blob: try statement.bindBlob(unowned: nothing, at: position)
      case .id: try statement.bind(Value.id(.none), at: position)
      }
    }
    try statement.bind(version, at: statements.versionPosition)
    try statement.bindNull(at: statements.extraPosition)
    if statements.hasProofs { try statement.bindNull(at: statements.proofsPosition) }
  }

  private func position(_ number: Int) -> Int {
    guard positions.indices.contains(number), let position = positions[number] else {
      preconditionFailure("\(statements.table.name) has no column \(number)")
    }
    return position
  }
}
