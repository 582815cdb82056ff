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

/// A row's table and primary key, in bytes whose order is the order of the key's columns in SQL.
///
/// Integers are 8 bytes big-endian with the sign flipped, ids their 16 bytes, texts UTF-8 ended by a zero
/// byte (a control character no text of ours may have).
public struct RowKey: Hashable, Comparable, Sendable {
  public let table: TableNumber
  public let bytes: [UInt8]

  public init(table: TableNumber, bytes: [UInt8]) {
    self.table = table
    self.bytes = bytes
  }

  public init<C: TableColumns>(_ columns: C.Type, _ parts: any ColumnValue...) {
    self.init(columns, parts: parts)
  }

  /// - Parameter parts: the key's cells in order of its columns.
  public init<C: TableColumns>(_: C.Type, parts: [any ColumnValue]) {
    table = C.number
    var bytes: [UInt8] = []
    for part in parts { RowKey.append(part.value, to: &bytes) }
    self.bytes = bytes
  }

  /// The bytes at once: an array would hash them one by one.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(table)
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  public static func < (one: RowKey, other: RowKey) -> Bool {
    one.table != other.table ? one.table < other.table : one.bytes.lexicographicallyPrecedes(other.bytes)
  }

  static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .integer(let number):
      let flipped = UInt64(bitPattern: number) ^ 1 << 63
      for shift in stride(from: UInt64(56), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: flipped >> shift))
      }
    case .text(let text):
      bytes.append(contentsOf: text.utf8)
      bytes.append(0)
    case .id(let id): bytes.append(contentsOf: id.bytes)
    case .blob(let blob): bytes.append(contentsOf: blob)
    case .null, .personal: preconditionFailure("no key has a null or personal part")
    }
  }
}
