public import GRDB
public import TradeRules

/// Where a scan in order of version and key goes on.
public struct ChangeCursor: Hashable, Sendable {
  public let version: Int64
  public let key: RowKey

  public init(version: Int64, key: RowKey) {
    self.version = version
    self.key = key
  }
}

/// Bytes that are no key of the table they were given for.
public struct MalformedKey: Error, Hashable, Sendable {
  public let table: TableNumber
  public let bytes: [UInt8]
}

extension TradeTables {
  /// At most `limit` rows of a table in key order, those after a key where one is given.
  public static func scan(
    _ table: TableDescription, after key: RowKey? = nil, limit: Int, in db: Database
  ) throws -> [TradeRules.Row] {
    var rows: [TradeRules.Row] = []
    try visit(table, after: key, limit: limit, in: db) { rows.append($0) }
    return rows
  }

  /// The same, a row at a time and none kept. `body` may use the database, but not change this table.
  public static func visit(
    _ table: TableDescription, after key: RowKey? = nil, limit: Int = .max, in db: Database,
    _ body: (TradeRules.Row) throws -> Void
  ) throws {
    var scan = try TableScan(table, after: key, limit: limit, in: db)
    while let row = try scan.next() { try body(row) }
  }

  /// At most `limit` rows that were last changed after `version` and not after `through`, in order of version
  /// and key.
  ///
  /// - Parameter cursor: the last row of the page before; nil for the first page.
  public static func scan(
    _ table: TableDescription, versionsAfter version: Int64, through: Int64,
    after cursor: ChangeCursor? = nil, limit: Int, in db: Database
  ) throws -> [TradeRules.Row] {
    var rows: [TradeRules.Row] = []
    try visit(table, versionsAfter: version, through: through, after: cursor, limit: limit, in: db) {
      rows.append($0)
    }
    return rows
  }

  /// The same, a row at a time and none kept. `body` may use the database, but not change this table.
  public static func visit(
    _ table: TableDescription, versionsAfter version: Int64, through: Int64,
    after cursor: ChangeCursor? = nil, limit: Int = .max, in db: Database,
    _ body: (TradeRules.Row) throws -> Void
  ) throws {
    let statements = try TableStatements.of(table.number)
    let statement: RawStatement
    if let cursor {
      statement = try RawStatement(statements.changesAfter, in: db)
      let keyCount = table.keyColumns.count
      try statement.bind(cursor.version, at: 0)
      try statement.bind(cursor.key, of: table, at: 1)
      try statement.bind(through, at: keyCount + 1)
      try statement.bind(Int64(limit), at: keyCount + 2)
    } else {
      statement = try RawStatement(statements.changes, in: db)
      for (position, number) in [version, through, Int64(limit)].enumerated() {
        try statement.bind(number, at: position)
      }
    }
    while try statement.step() { try body(statements.row(on: statement)) }
  }
}

/// A walk over a table in key order.
struct TableScan {
  private let statements: TableStatements
  private let statement: RawStatement
  private var isDone = false

  init(_ table: TableDescription, after key: RowKey?, limit: Int = .max, in db: Database) throws {
    statements = try TableStatements.of(table.number)
    statement = try RawStatement(key == nil ? statements.scan : statements.scanAfter, in: db)
    if let key { try statement.bind(key, of: table, at: 0) }
    try statement.bind(Int64(limit), at: key == nil ? 0 : table.keyColumns.count)
  }

  mutating func next() throws -> TradeRules.Row? {
    // A step after the last one would start anew.
    if isDone { return nil }
    isDone = try !statement.step()
    return isDone ? nil : try statements.row(on: statement)
  }
}

extension RawStatement {
  /// Binds the parts of a key from a parameter on.
  ///
  /// - Throws: `MalformedKey` when it is no key of the table: a cursor may come from anywhere.
  func bind(_ key: RowKey, of table: TableDescription, at parameter: Int) throws {
    guard key.table == table.number, let values = table.keyValues(of: key) else {
      throw MalformedKey(table: table.number, bytes: key.bytes)
    }
    for (offset, value) in values.enumerated() { try bind(value, at: parameter + offset) }
  }

  /// Binds the parts of a key where they lie, from the first parameter on. The bytes MUST stay in place until
  /// the statement was stepped.
  ///
  /// - Throws: `MalformedKey`.
  func bindKey(unowned bytes: UnsafeRawBufferPointer, of table: TableDescription) throws {
    var place = 0
    for (parameter, column) in table.keyColumns.enumerated() {
      let end = KeyPart.end(of: column.kind, from: place, in: bytes)
      guard let end else { throw MalformedKey(table: table.number, bytes: Array(bytes)) }
      let part = UnsafeRawBufferPointer(rebasing: bytes[place..<end])
      switch column.kind {
      case .integer:
        let flipped = UInt64(bigEndian: part.loadUnaligned(as: UInt64.self))
        try bind(Int64(bitPattern: flipped ^ 1 << 63), at: parameter)
      case .text, .personal: try bindText(unowned: part, at: parameter)
      case .id, .blob: try bindBlob(unowned: part, at: parameter)
      }
      // A text is ended by a zero byte.
      place = column.kind == .text ? end + 1 : end
    }
    guard place == bytes.count else { throw MalformedKey(table: table.number, bytes: Array(bytes)) }
  }
}

/// Where the parts of a key's bytes end (`RowKey`).
private enum KeyPart {
  /// Nil when the bytes end before the part does.
  static func end(of kind: ValueKind, from start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    switch kind {
    case .integer: start + 8 <= bytes.count ? start + 8 : nil
    case .id: start + 16 <= bytes.count ? start + 16 : nil
    case .text: bytes[start...].firstIndex(of: 0)
    case .blob: bytes.count
    case .personal: nil
    }
  }
}
