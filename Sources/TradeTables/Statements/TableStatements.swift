public import TradeRules

/// The SQL texts of one table, made once from its description.
///
/// A row is always read and written whole, its cells in the order of the description's columns, followed by
/// `version`, `extra` and, where the table has texts about persons, `proofs`.
/// There is one of each table, so it is a class: whoever holds it copies nothing.
final class TableStatements: Sendable {
  let table: TableDescription
  let hasProofs: Bool
  /// Inserts a row or replaces all its cells.
  let upsert: String
  let delete: String
  /// The row of a key.
  let select: String
  /// Rows in key order; parameters: limit.
  let scan: String
  /// Rows after a key; parameters: key, limit.
  let scanAfter: String
  /// Rows in order of version and key; parameters: lowest version excluded, highest included, limit.
  let changes: String
  /// The same after a row; parameters: version, key, highest version, limit.
  let changesAfter: String
  private let ranges: [String: (all: String, from: String)]

  var versionPosition: Int { table.columns.count }
  var extraPosition: Int { table.columns.count + 1 }
  var proofsPosition: Int { table.columns.count + 2 }
  var cellCount: Int { table.columns.count + (hasProofs ? 3 : 2) }

  /// The rows of a range in the index's order; parameters: the equal cells, then the lower bound if any.
  func range(_ index: Index, hasLowerBound: Bool) -> String {
    guard let texts = ranges[index.name] else {
      preconditionFailure("\(table.name) has no index \(index.name)")
    }
    return hasLowerBound ? texts.from : texts.all
  }

  /// - Throws: `UnknownTable` for a number that only a newer program knows.
  static func of(_ number: TableNumber) throws(UnknownTable) -> TableStatements {
    guard let statements = byNumber[Int(number)] else { throw UnknownTable(number: number) }
    return statements
  }

  private static let byNumber: [TableStatements?] = {
    var all = [TableStatements?](repeating: nil, count: 256)
    for table in TableDescription.all { all[Int(table.number)] = TableStatements(table) }
    return all
  }()

  private init(_ table: TableDescription) {
    self.table = table
    hasProofs = table.columns.contains { $0.kind == .personal }
    let name = quoted(table.name)
    let cells =
      table.columns.map { quoted($0.sqlName) } + ["version", "extra"] + (hasProofs ? ["proofs"] : [])
    let keys = table.keyColumns.map { quoted($0.sqlName) }
    let (cellList, keyList) = (cells.joined(separator: ", "), keys.joined(separator: ", "))
    let (keyMarks, cellMarks) = (marks(keys.count), marks(cells.count))
    let assignments = cells.filter { !keys.contains($0) }.map { "\($0) = excluded.\($0)" }
    let read = "SELECT \(cellList) FROM \(name)"
    upsert = """
      INSERT INTO \(name) (\(cellList)) VALUES (\(cellMarks)) \
      ON CONFLICT (\(keyList)) DO UPDATE SET \(assignments.joined(separator: ", "))
      """
    delete = "DELETE FROM \(name) WHERE (\(keyList)) = (\(keyMarks))"
    select = "\(read) WHERE (\(keyList)) = (\(keyMarks))"
    scan = "\(read) ORDER BY \(keyList) LIMIT ?"
    scanAfter = "\(read) WHERE (\(keyList)) > (\(keyMarks)) ORDER BY \(keyList) LIMIT ?"
    changes = "\(read) WHERE version > ? AND version <= ? ORDER BY version, \(keyList) LIMIT ?"
    changesAfter = """
      \(read) WHERE (version, \(keyList)) > (?, \(keyMarks)) AND version <= ? \
      ORDER BY version, \(keyList) LIMIT ?
      """
    var ranges: [String: (all: String, from: String)] = [:]
    for index in table.indexes {
      let columns = index.columns.map { table.expression(of: $0) }
      // IS, because a cell that may be null may be asked for as null.
      let equal = columns.prefix(index.equalCount).map { "\($0) IS ?" }.joined(separator: " AND ")
      let order = (columns.dropFirst(index.equalCount) + keys).joined(separator: ", ")
      let bound = columns.last.map { " AND \($0) >= ?" } ?? ""
      ranges[index.name] = (
        all: "\(read) WHERE \(equal) ORDER BY \(order)",
        from: "\(read) WHERE \(equal)\(bound) ORDER BY \(order)"
      )
    }
    self.ranges = ranges
  }
}

/// A row of a table that this program does not have: it takes a newer one to store it.
public struct UnknownTable: Error, Hashable, Sendable {
  public let number: TableNumber
}

extension TableDescription {
  /// - Precondition: the table has the column; an `Index` names no other.
  fileprivate func expression(of column: String) -> String {
    guard let found = self.column(named: column) else {
      preconditionFailure("no column \(column) in \(name)")
    }
    guard found.kind == .personal else { return quoted(found.sqlName) }
    // As schema/indexes.sql has it, or SQLite does not find the index.
    let bare = MatchKey.ignored.reduce(quoted(found.sqlName)) { "replace(\($0), '\($1)', '')" }
    return "upper(\(bare))"
  }
}

/// `order` is a column of ours and a word of SQL's.
private func quoted(_ name: String) -> String { "\"\(name)\"" }

private func marks(_ count: Int) -> String {
  [String](repeating: "?", count: count).joined(separator: ", ")
}
