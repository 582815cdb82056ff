public import GRDB
public import SyncProtocol
public import TradeRules

/// Writes many rows of one table through one prepared statement: first loads, snapshots, imports.
///
/// Give the rows in key order: random order is three times slower. Valid inside the database access that made
/// it.
public struct BulkInsert: ~Copyable {
  private let statements: TableStatements
  private let statement: RawStatement
  private let binder = RowBinder()

  /// - Throws: `UnknownTable` for a table of a newer program; `DatabaseError` when SQLite fails.
  public init(into table: TableDescription, in db: Database) throws {
    let statements = try TableStatements.of(table.number)
    let statement = try RawStatement(owned: statements.upsert, in: db)
    self.statements = statements
    self.statement = statement
  }

  /// Inserts a row, or replaces all cells of the one with its key.
  public func insert(_ row: TradeRules.Row) throws {
    try binder.bind(row, of: statements, to: statement)
    try statement.run()
  }

  /// Does the same with every row of a received batch, whose bytes are bound where they lie: neither rows nor
  /// strings are made.
  ///
  /// - Precondition: the batch is one of this table's.
  public func insert(_ batch: RowBatchReader) throws {
    precondition(batch.table.number == statements.table.number, "a batch of another table")
    try batch.bytes.withUnsafeBytes { bytes in
      for row in 0..<batch.rowCount {
        try binder.bind(row, of: batch, bytes, statements, to: statement)
        try statement.run()
      }
    }
  }
}
