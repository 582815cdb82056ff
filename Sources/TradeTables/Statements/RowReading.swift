import GRDB
import TradeRules

extension TableStatements {
  /// The row on which `statement`, one of this table's reads, stands.
  ///
  /// - Throws: `DatabaseError` (SQLITE_CORRUPT) for a cell that the schema's checks would not have let in.
  func row(on statement: RawStatement) throws -> TradeRules.Row {
    var values: [Value] = []
    values.reserveCapacity(table.emptyValues.count)
    let proofs = hasProofs ? statement.blob(at: proofsPosition) : []
    for position in table.columns.indices {
      let column = table.columns[position]
      // Numbers may have gaps.
      while values.count < column.number - 1 { values.append(.null) }
      values.append(try cell(column, at: position, on: statement, proofs))
    }
    return TradeRules.Row(
      values: values, version: statement.integer(at: versionPosition),
      unknown: statement.blob(at: extraPosition))
  }

  private func cell(
    _ column: ColumnDescription, at position: Int, on statement: RawStatement, _ proofs: [UInt8]
  ) throws -> Value {
    if statement.isNull(at: position) {
      guard column.isOptional else { throw statement.damage("\(table.name).\(column.sqlName) is null") }
      return .null
    }
    switch column.kind {
    case .integer: return .integer(statement.integer(at: position))
    case .text: return .text(try statement.text(at: position))
    case .blob: return .blob(statement.blob(at: position))
    case .id:
      guard let id = statement.withBlob(at: position, { RecordID(bytes: $0) }) else {
        throw statement.damage("\(table.name).\(column.sqlName) is no id")
      }
      return .id(id)
    case .personal:
      return .personal(
        PersonalText(
          try statement.text(at: position), commitment: Proofs.commitment(of: column.number, in: proofs)))
    }
  }
}

/// The cell `proofs`: commitments of a row's texts about persons, each the column's number and 32 bytes of
/// hash, ascending. A text without a commitment, as replicas have them, has no entry.
enum Proofs {
  static let entryLength = 33

  static func commitment(of number: Int, in proofs: [UInt8]) -> [UInt8] {
    var start = 0
    while start + entryLength <= proofs.count {
      if proofs[start] == UInt8(number) { return Array(proofs[start + 1..<start + entryLength]) }
      start += entryLength
    }
    return []
  }

  /// - Precondition: a commitment is empty or has 32 bytes.
  static func append(_ commitment: [UInt8], of number: Int, to proofs: inout [UInt8]) {
    if commitment.isEmpty { return }
    precondition(commitment.count == entryLength - 1, "a commitment is a SHA-256 hash")
    proofs.append(UInt8(number))
    proofs.append(contentsOf: commitment)
  }

  static func of(_ row: TradeRules.Row, in table: TableDescription) -> [UInt8] {
    var proofs: [UInt8] = []
    for column in table.columns where column.kind == .personal {
      guard case .personal(let personal) = row.values[column.number - 1] else { continue }
      append(personal.commitment, of: column.number, to: &proofs)
    }
    return proofs
  }
}
