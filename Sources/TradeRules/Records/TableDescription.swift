/// Everything there is to know of a table without knowing its Swift type: the one description from which
/// both stores, the wire, the digest, the before-images and the exports work. There is one of each, so it
/// is a class: passing it around copies nothing.
public final class TableDescription: Sendable {
  public let number: TableNumber
  public let name: String
  /// In order of their numbers, which may have gaps.
  public let columns: [ColumnDescription]
  public let keyColumns: [ColumnDescription]
  /// Where in a row the key's cells are.
  private let keyCells: [Int]
  public let indexes: [Index]
  /// For each index the positions of its columns' cells in a row.
  let indexCells: [[Int]]
  /// The one bucket of every row, where that is so.
  public let commonBucket: Bucket?
  /// No device ever sees a row of it.
  public let isCentreOnly: Bool
  /// What an absent cell holds: the cells of a new record, by position.
  public let emptyValues: [Value]
  private let bucketsOfRow: @Sendable (Row) -> [Bucket]

  init<C: TableColumns>(_: C.Type) {
    number = C.number
    name = C.name
    columns = Mirror(reflecting: C.columns).children.compactMap { child in
      guard let label = child.label else { return nil }
      return (child.value as? any DescribableColumn)?.description(named: label)
    }.sorted { $0.number < $1.number }
    keyColumns = columns.filter(\.isKey)
    keyCells = keyColumns.map { $0.number - 1 }
    indexes = C.indexes
    let numbers = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.number) })
    indexCells = C.indexes.map { index in
      index.columns.map { name in
        guard let number = numbers[name] else { preconditionFailure("no column \(name) in \(C.name)") }
        return number - 1
      }
    }
    var empty = [Value](repeating: .null, count: columns.last?.number ?? 0)
    for column in columns where !column.isOptional { empty[column.number - 1] = column.kind.empty }
    emptyValues = empty
    switch C.reach {
    case .everywhere(let bucket):
      (commonBucket, isCentreOnly) = (bucket, false)
      bucketsOfRow = { _ in [bucket] }
    case .following(let buckets):
      (commonBucket, isCentreOnly) = (nil, false)
      bucketsOfRow = { row in buckets(Record<C>(row)) }
    case .centreOnly:
      (commonBucket, isCentreOnly) = (nil, true)
      bucketsOfRow = { _ in [] }
    }
  }

  /// The buckets a row is in, sorted, each once. A row in no other bucket is in `hq`.
  public func buckets(of row: Row) -> [Bucket] {
    if let commonBucket { return [commonBucket] }
    if isCentreOnly { return [] }
    let buckets = bucketsOfRow(row)
    if buckets.count < 2 { return buckets.isEmpty ? [.hq] : buckets }
    return Set(buckets).sorted()
  }

  public func key(of row: Row) -> RowKey {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(40)
    appendKey(of: row, to: &bytes)
    return RowKey(table: number, bytes: bytes)
  }

  /// Appends the bytes of a row's key.
  public func appendKey(of row: Row, to bytes: inout [UInt8]) {
    for cell in keyCells { RowKey.append(row.values[cell], to: &bytes) }
  }

  /// The key's cells in order of the key columns; nil for bytes that are no key of this table.
  public func keyValues(of key: RowKey) -> [Value]? {
    var rest = key.bytes[...]
    var values: [Value] = []
    for column in keyColumns {
      switch column.kind {
      case .integer:
        guard rest.count >= 8 else { return nil }
        let flipped = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        values.append(.integer(Int64(bitPattern: flipped ^ 1 << 63)))
        rest = rest.dropFirst(8)
      case .text:
        guard let end = rest.firstIndex(of: 0) else { return nil }
        values.append(.text(String(decoding: rest[..<end], as: UTF8.self)))
        rest = rest[(end + 1)...]
      case .id:
        guard let id = RecordID(bytes: rest.prefix(16)) else { return nil }
        values.append(.id(id))
        rest = rest.dropFirst(16)
      case .blob:
        // Only ever the last part of a key.
        values.append(.blob(Array(rest)))
        rest = []
      case .personal: return nil
      }
    }
    return rest.isEmpty ? values : nil
  }

  /// Whether two rows are in the same place of an index; nil stands for no row.
  func isAlike(_ one: Row?, _ other: Row?, in ordinal: Int) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return indexCells[ordinal].allSatisfy { one.values[$0] == other.values[$0] }
  }

  public func column(named name: String) -> ColumnDescription? { columns.first { $0.name == name } }
  public func index(named name: String) -> Index? { indexes.first { $0.name == name } }
}

extension ValueKind {
  /// What a column that may not be null holds before anybody fills it in.
  var empty: Value {
    switch self {
    case .integer: .integer(0)
    case .text: .text("")
    case .blob: .blob([])
    case .id: .id(.none)
    case .personal: .personal(PersonalText(""))
    }
  }
}

extension TableDescription {
  /// Whether a row's key alone says in which buckets it is: the key names its warehouse or its device.
  public var keyDecidesBuckets: Bool {
    keyColumns.first.map { $0.name == "warehouse" || $0.name == "device" || name == "device" } ?? false
  }
}
