/// All rows of a table whose leading index columns equal given values, from a value of the ordering column
/// on.
public struct RowRange: Sendable {
  public let table: TableDescription
  public let index: Index
  public let equal: [Value]
  /// Inclusive lower bound of the ordering column; nil = all.
  public let from: Value?
  /// The index's place among the table's.
  let ordinal: Int

  /// A text about a person stands for all that are the same by their `MatchKey`.
  ///
  /// - Precondition: the table declares the index, and `equal` has a value for each of its equal columns.
  public init<C: TableColumns>(
    _: C.Type, _ index: String, _ equal: [any ColumnValue], from: (any ColumnValue)? = nil
  ) {
    table = TableDescription.of(C.self)
    guard let ordinal = table.indexes.firstIndex(where: { $0.name == index }),
      table.indexes[ordinal].equalCount == equal.count
    else { preconditionFailure("\(C.name) has no index \(index) over \(equal.count) equal columns") }
    self.index = table.indexes[ordinal]
    self.ordinal = ordinal
    self.equal = equal.map(\.value.indexed)
    self.from = from?.value
  }

  /// Where in a row the index's columns are.
  private var cells: [Int] { table.indexCells[ordinal] }

  func hasPrefix(of row: Row) -> Bool {
    let cells = cells
    for place in equal.indices where row.values[cells[place]].indexed != equal[place] { return false }
    return true
  }

  func contains(_ row: Row) -> Bool { hasPrefix(of: row) && isInBounds(row) }

  /// Whether a row that has the prefix is not before the bound.
  func isInBounds(_ row: Row) -> Bool {
    guard let from, let last = cells.last else { return true }
    return !row.values[last].precedes(from)
  }

  func orders(_ one: Row, _ oneKey: RowKey, before other: Row, _ otherKey: RowKey) -> Bool {
    if cells.count > index.equalCount, let last = cells.last, one.values[last] != other.values[last] {
      return one.values[last].precedes(other.values[last])
    }
    return oneKey < otherKey
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
