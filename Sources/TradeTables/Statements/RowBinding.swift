import GRDB
import SyncProtocol
import TradeRules

/// Binds the cells of rows to upserts without a copy by SQLite: texts, blobs and ids lie one after the other
/// in memory of its own, which stays untouched until the next row.
///
/// One binder serves one statement at a time and MUST live until that statement is run.
final class RowBinder {
  private var memory: UnsafeMutableRawBufferPointer

  init() { memory = .allocate(byteCount: 1024, alignment: 1) }

  deinit { memory.deallocate() }

  /// Binds every cell of `row` to `statement`, the table's upsert.
  ///
  /// - Throws: `DatabaseError` (SQLITE_CONSTRAINT_DATATYPE) for a cell of another kind than its column.
  func bind(
    _ row: TradeRules.Row, of statements: TableStatements, to statement: RawStatement
  ) throws {
    let table = statements.table
    precondition(row.values.count == table.emptyValues.count, "a row of \(table.name) has all its cells")
    let proofs = statements.hasProofs ? Proofs.of(row, in: table) : []
    reserve(row.byteCount + proofs.count)
    var used = 0
    for (position, column) in table.columns.enumerated() {
      try bind(row.values[column.number - 1], column, table, at: position, to: statement, &used)
    }
    try statement.bind(row.version, at: statements.versionPosition)
    try bindOptional(row.unknown, at: statements.extraPosition, to: statement, &used)
    if statements.hasProofs { try bindOptional(proofs, at: statements.proofsPosition, to: statement, &used) }
  }

  /// Binds every cell of a row of a received batch. Such a row has no commitments.
  ///
  /// - Parameter bytes: the batch's, which MUST stay in place until the statement is run.
  func bind(
    _ row: Int, of batch: RowBatchReader, _ bytes: UnsafeRawBufferPointer, _ statements: TableStatements,
    to statement: RawStatement
  ) throws {
    let unknown = batch.unknown(row: row)
    reserve(unknown.count + 16 * statements.table.columns.count)
    var used = 0
    for position in statements.table.columns.indices {
      switch batch.cell(position, row: row) {
      case .null: try statement.bindNull(at: position)
      case .integer(let number): try statement.bind(number, at: position)
      case .id(let id): try statement.bindBlob(unowned: keep(id, &used), at: position)
      case .text(let range):
        try statement.bindText(unowned: UnsafeRawBufferPointer(rebasing: bytes[range]), at: position)
      case .blob(let range):
        try statement.bindBlob(unowned: UnsafeRawBufferPointer(rebasing: bytes[range]), at: position)
      }
    }
    try statement.bind(batch.versions[row], at: statements.versionPosition)
    try bindOptional(unknown, at: statements.extraPosition, to: statement, &used)
    if statements.hasProofs { try statement.bindNull(at: statements.proofsPosition) }
  }

  private func bind(
    _ value: Value, _ column: ColumnDescription, _ table: TableDescription, at position: Int,
    to statement: RawStatement, _ used: inout Int
  ) throws {
    switch (column.kind, value) {
    case (_, .null): try statement.bindNull(at: position)
    case (.integer, .integer(let number)): try statement.bind(number, at: position)
    case (.text, .text(let text)): try statement.bindText(unowned: keep(text, &used), at: position)
    case (.personal, .personal(let personal)):
      try statement.bindText(unowned: keep(personal.text, &used), at: position)
    case (.blob, .blob(let blob)): try statement.bindBlob(unowned: keep(blob, &used), at: position)
    case (.id, .id(let id)): try statement.bindBlob(unowned: keep(id, &used), at: position)
    default:
      throw DatabaseError(
        resultCode: .SQLITE_CONSTRAINT_DATATYPE,
        message: "cannot store another kind of value in \(table.name).\(column.sqlName)")
    }
  }

  /// NULL stands for no bytes in the cells every table has.
  private func bindOptional(
    _ bytes: [UInt8], at position: Int, to statement: RawStatement, _ used: inout Int
  ) throws {
    if bytes.isEmpty { return try statement.bindNull(at: position) }
    try statement.bindBlob(unowned: keep(bytes, &used), at: position)
  }

  // MARK: Memory

  /// Room for one row, taken before its first cell is bound, so that bound addresses stay.
  private func reserve(_ count: Int) {
    guard count > memory.count else { return }
    memory.deallocate()
    memory = .allocate(byteCount: count * 2, alignment: 1)
  }

  private func keep(_ text: String, _ used: inout Int) -> UnsafeRawBufferPointer {
    var text = text
    return text.withUTF8 { keep(UnsafeRawBufferPointer($0), &used) }
  }

  private func keep(_ blob: [UInt8], _ used: inout Int) -> UnsafeRawBufferPointer {
    blob.withUnsafeBytes { keep($0, &used) }
  }

  private func keep(_ id: RecordID, _ used: inout Int) -> UnsafeRawBufferPointer {
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { keep($0, &used) }
  }

  private func keep(_ bytes: UnsafeRawBufferPointer, _ used: inout Int) -> UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + bytes.count])
    place.copyMemory(from: bytes)
    used += bytes.count
    return UnsafeRawBufferPointer(place)
  }
}

extension TradeRules.Row {
  /// Bytes that the row's texts, blobs and ids take together.
  fileprivate var byteCount: Int {
    values.reduce(unknown.count) { sum, value in
      switch value {
      case .null, .integer: sum
      case .text(let text): sum + text.utf8.count
      case .personal(let personal): sum + personal.text.utf8.count
      case .blob(let blob): sum + blob.count
      case .id: sum + 16
      }
    }
  }
}
