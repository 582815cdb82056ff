/// One row of any table, as stored: the cell of column *n* at position *n − 1*.
public struct Row: Hashable, Sendable {
  public var values: [Value]
  /// The log version that last changed the row; 0 for a guess of a replica not yet decided.
  public var version: Int64
  /// Columns a newer centre sent and this program does not know, in canonical form; kept and hashed.
  public var unknown: [UInt8]

  public init(values: [Value], version: Int64 = 0, unknown: [UInt8] = []) {
    self.values = values
    self.version = version
    self.unknown = unknown
  }

  /// A change of a row changes its version, so that is looked at first.
  public static func == (one: Row, other: Row) -> Bool {
    one.version == other.version && one.values == other.values && one.unknown == other.unknown
  }
}

/// A row seen through its table's columns: `order.state`, `order.lines`.
@dynamicMemberLookup
public struct Record<Columns: TableColumns>: Hashable, Sendable {
  public var row: Row

  public init(_ row: Row) { self.row = row }

  /// A record with every cell null or empty; the caller fills in what it knows.
  public init() {
    row = Row(values: TableDescription.of(Columns.self).emptyValues)
  }

  public subscript<V: ColumnValue>(dynamicMember path: KeyPath<Columns, Column<V>>) -> V {
    get { V(row.values[Columns.columns[keyPath: path].number - 1]) }
    set { row.values[Columns.columns[keyPath: path].number - 1] = newValue.value }
  }

  public var key: RowKey { TableDescription.of(Columns.self).key(of: row) }
}
