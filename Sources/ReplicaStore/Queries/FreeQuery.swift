import GRDB
public import TradeRules

import struct Foundation.Data

/// What a free query gave: columns and rows in order.
public struct QueryResult: Sendable {
  public let columns: [String]
  public let rows: [[JSONValue]]
}

extension ReplicaView {
  /// Runs one SELECT of somebody's own.
  ///
  /// - Throws: `Refusal` with `READ_ONLY_SQL` for anything else, and for what names a table that keeps the
  ///   device's key; with `BAD_VALUE` for a query that SQLite cannot answer.
  public func query(_ sql: String) throws -> QueryResult {
    let statement: Statement
    do { statement = try db.makeStatement(sql: sql) } catch let error as DatabaseError {
      // Without a code of SQLite's own, GRDB found a second statement.
      let isSecond = error.resultCode == .SQLITE_MISUSE
      throw Refusal(
        .readOnlySql, isSecond ? "there is a second statement" : error.message ?? "not understood")
    }
    // ATTACH and PRAGMA count as reading for SQLite.
    let word = sql.drop { $0.isWhitespace }.prefix { $0.isLetter }.uppercased()
    guard statement.isReadonly, statement.columnCount > 0, ["SELECT", "WITH", "VALUES"].contains(word) else {
      throw Refusal(.readOnlySql)
    }
    for table in ReplicaState.Table.allCases.map(\.rawValue)
    where statement.databaseRegion.isModified(byEventsOfKind: .insert(tableName: table)) {
      throw Refusal(.readOnlySql, "the table \(table) keeps the device's key")
    }
    do {
      let rows = try GRDB.Row.fetchAll(statement).map { Array($0.databaseValues.map(JSONValue.init)) }
      return QueryResult(columns: statement.columnNames, rows: rows)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
      throw Refusal(.badValue, "a query of one's own has no parameters")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      throw Refusal(.badValue, error.message ?? "SQLite cannot answer it")
    }
  }
}

extension JSONValue {
  /// A cell: ids as their text, other blobs in hexadecimal.
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    // JSON has no infinities and no NaN.
    case .double(let number): self = number.isFinite ? .number("\(number)") : .null
    case .string(let text): self = .string(text)
    case .blob(let data): self = .string(JSONValue.text(of: data))
    }
  }

  private static func text(of data: Data) -> String {
    if let id = RecordID(bytes: Array(data)) { return id.description }
    let digits = Array("0123456789abcdef")
    return String(data.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
