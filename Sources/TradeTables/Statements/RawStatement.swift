package import GRDB
import GRDBSQLite
package import TradeRules

/// A prepared statement at SQLite's own level: the one place that calls `sqlite3_*`.
///
/// Binding and reading cells by hand costs a fifth of what GRDB's records cost. Every return code is looked
/// at; a failure becomes a `DatabaseError` with the extended code. Parameters and columns count from 0.
/// Valid inside the database access that made it; its cells are unbound and it is reset when it goes away.
package final class RawStatement {
  private let statement: Statement
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  /// A statement from the connection's cache, or a new one while a caller further up steps the cached one.
  package convenience init(_ sql: String, in db: Database) throws {
    let cached = try db.cachedStatement(sql: sql)
    let isFree = sqlite3_stmt_busy(cached.sqliteStatement) == 0
    self.init(try isFree ? cached : db.makeStatement(sql: sql), in: db)
  }

  /// A statement nobody else binds to, for holding over many rows.
  package convenience init(owned sql: String, in db: Database) throws {
    self.init(try db.makeStatement(sql: sql), in: db)
  }

  private init(_ statement: Statement, in db: Database) {
    guard let connection = db.sqliteConnection else {
      preconditionFailure("a database access without its connection")
    }
    self.statement = statement
    self.connection = connection
    handle = statement.sqliteStatement
  }

  deinit {
    // Their codes only repeat what the last step reported.
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  // MARK: Running

  /// Goes to the next row; false when there is none.
  package func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure()
    }
  }

  /// Runs a statement that returns no rows, and makes it ready to run again with the cells bound as they are.
  package func run() throws {
    guard try !step() else { preconditionFailure("a statement that writes returned a row") }
    try check(sqlite3_reset(handle))
  }

  /// Makes the statement ready to be run again with other cells.
  package func reset() throws { try check(sqlite3_reset(handle)) }

  /// How many rows the last statement that writes changed.
  package func changedRows() -> Int { Int(sqlite3_changes(connection)) }

  // MARK: Binding

  package func bindNull(at parameter: Int) throws {
    try check(sqlite3_bind_null(handle, Int32(parameter) + 1))
  }

  package func bind(_ number: Int64, at parameter: Int) throws {
    try check(sqlite3_bind_int64(handle, Int32(parameter) + 1, number))
  }

  /// Binds text without copying it. The bytes MUST stay where they are until the statement is bound anew or
  /// goes away.
  package func bindText(unowned bytes: UnsafeRawBufferPointer, at parameter: Int) throws {
    let start = bytes.baseAddress ?? UnsafeRawPointer(RawStatement.emptyBytes)
    try check(
      sqlite3_bind_text64(
        handle, Int32(parameter) + 1, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil,
        UInt8(SQLITE_UTF8)))
  }

  /// Binds bytes without copying them; the same duty as for `bindText(unowned:at:)`.
  package func bindBlob(unowned bytes: UnsafeRawBufferPointer, at parameter: Int) throws {
    // A nil address would bind NULL.
    let start = bytes.baseAddress ?? UnsafeRawPointer(RawStatement.emptyBytes)
    try check(sqlite3_bind_blob64(handle, Int32(parameter) + 1, start, UInt64(bytes.count), nil))
  }

  /// Binds a cell and lets SQLite keep a copy: for keys and bounds, not for the cells of many rows.
  package func bind(_ value: Value, at parameter: Int) throws {
    switch value {
    case .null: try bindNull(at: parameter)
    case .integer(let number): try bind(number, at: parameter)
    case .text(let text): try bindText(copying: text, at: parameter)
    case .personal(let personal): try bindText(copying: personal.text, at: parameter)
    case .blob(let blob): try bindBlob(copying: blob, at: parameter)
    case .id(let id): try bindBlob(copying: id.bytes, at: parameter)
    }
  }

  package func bindText(copying text: String, at parameter: Int) throws {
    var text = text
    let code = text.withUTF8 { bytes in
      let start = bytes.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(RawStatement.emptyBytes)
      return sqlite3_bind_text64(
        handle, Int32(parameter) + 1, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count),
        RawStatement.copies, UInt8(SQLITE_UTF8))
    }
    try check(code)
  }

  package func bindBlob(copying blob: [UInt8], at parameter: Int) throws {
    let code = blob.withUnsafeBytes { bytes in
      let start = bytes.baseAddress ?? UnsafeRawPointer(RawStatement.emptyBytes)
      return sqlite3_bind_blob64(
        handle, Int32(parameter) + 1, start, UInt64(bytes.count), RawStatement.copies)
    }
    try check(code)
  }

  /// SQLITE_TRANSIENT, a macro Swift does not see: "copy before you return".
  private static var copies: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  /// An address for cells of no bytes: nil would mean NULL.
  private static var emptyBytes: UnsafePointer<UInt8> { noText.utf8Start }
  private static let noText: StaticString = ""

  // MARK: Reading

  package func isNull(at column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  package func integer(at column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  /// The text of a cell; malformed UTF-8, which only a damaged file has, reads as replacement characters.
  package func text(at column: Int) throws -> String {
    guard let start = sqlite3_column_text(handle, Int32(column)) else { throw failure() }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func blob(at column: Int) -> [UInt8] { withBlob(at: column) { Array($0) } }

  /// The bytes of a cell, valid inside `body`. SQLite has no address for a blob of no bytes.
  package func withBlob<Result>(
    at column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let start = sqlite3_column_blob(handle, Int32(column))
    let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, Int32(column)))
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  // MARK: Failing

  /// What a cell that cannot be what the schema says amounts to: a damaged file.
  package func damage(_ message: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: message, sql: statement.sql)
  }

  private func check(_ code: Int32) throws {
    if code != SQLITE_OK { throw failure() }
  }

  private func failure() -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
      message: sqlite3_errmsg(connection).map { String(cString: $0) }, sql: statement.sql)
  }
}
