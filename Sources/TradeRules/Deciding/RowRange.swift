/// All rows of a table whose leading index columns equal given values, from a value of the ordering column
/// on.
public struct RowRange: Sendable {
  public let table: TableDescription
  public let index: Index
  public let equal: [Value]
  /// Inclusive lower bound of the ordering column; nil = all.
  public let from: Value?

  /// - Precondition: the table declares the index, and `equal` has a value for each of its equal columns.
  public init<C: TableColumns>(
    _: C.Type, _ index: String, _ equal: [any ColumnValue], from: (any ColumnValue)? = nil
  ) {
    table = TableDescription.of(C.self)
    guard let index = table.index(named: index), index.equalCount == equal.count else {
      preconditionFailure("\(C.name) has no index \(index) over \(equal.count) equal columns")
    }
    self.index = index
    self.equal = equal.map(\.value)
    self.from = from?.value
  }

  func hasPrefix(of row: Row) -> Bool {
    zip(index.columns, equal).allSatisfy { table.value(of: $0, in: row) == $1 }
  }

  func contains(_ row: Row) -> Bool {
    guard hasPrefix(of: row) else { return false }
    guard let from, let last = index.columns.last else { return true }
    return !table.value(of: last, in: row).precedes(from)
  }

  func orders(_ one: Row, _ oneKey: RowKey, before other: Row, _ otherKey: RowKey) -> Bool {
    if index.columns.count > index.equalCount, let last = index.columns.last {
      let (first, second) = (table.value(of: last, in: one), table.value(of: last, in: other))
      if first != second { return first.precedes(second) }
    }
    return oneKey < otherKey
  }
}

extension TableDescription {
  /// The cell of a column known to exist by its declaration.
  func value(of name: String, in row: Row) -> Value {
    guard let column = column(named: name) else { preconditionFailure("no column \(name) in \(self.name)") }
    return row.values[column.number - 1]
  }
}

extension Value {
  /// SQLite's order among values of one kind: null first, integers by number, texts and blobs by bytes.
  func precedes(_ other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.integer(let one), .integer(let two)): one < two
    case (.text(let one), .text(let two)): one.utf8.lexicographicallyPrecedes(two.utf8)
    case (.blob(let one), .blob(let two)): one.lexicographicallyPrecedes(two)
    case (.id(let one), .id(let two)): one < two
    default: false
    }
  }
}
