public import GRDB
public import TradeRules

/// What rows were before unsent work touched them (the table `base`).
///
/// On a replica the tables hold the confirmed rows with this device's guesses on top. Digests, `verify` and
/// exports of confirmed state read through `base`, so that pending work never enters them; a new checkpoint is
/// applied after `restoreAll`. Every function works inside the caller's transaction.
public enum BaseImages {
  /// Keeps what the changed rows were, where nothing is kept of them yet.
  ///
  /// Call it before the changes are written: where a change knows of no row before it, the store is asked. A rule
  /// that makes a record need not have looked for it, and the record may be here: another device brought the same
  /// work in (#66), or a restored centre was told of it before (#67).
  public static func keep(_ changes: some Collection<Change>, in db: Database) throws {
    let statement = try RawStatement(
      "INSERT INTO base (table_no, key, image) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", in: db)
    for change in changes.sorted(by: { $0.key < $1.key }) {
      let table = try TableStatements.of(change.key.table).table
      try statement.bind(Int64(change.key.table), at: 0)
      try statement.bindBlob(copying: change.key.bytes, at: 1)
      if let before = try change.before ?? TradeTables.row(change.key, in: db) {
        try statement.bindBlob(copying: RowImage.encode(before, of: table), at: 2)
      } else {
        try statement.bindNull(at: 2)
      }
      try statement.run()
    }
  }

  /// Puts every row back to what it was and empties `base`.
  ///
  /// - Returns: how many rows there were to put back.
  @discardableResult
  public static func restoreAll(in db: Database) throws -> Int {
    let images = try RawStatement(
      "SELECT table_no, key, image FROM base ORDER BY table_no, key", in: db)
    var writer = RowWriter(in: db)
    var count = 0
    while try images.step() {
      let number = TableNumber(truncatingIfNeeded: images.integer(at: 0))
      let table = try TableStatements.of(number).table
      let key = RowKey(table: number, bytes: images.blob(at: 1))
      count += 1
      try restore(key, to: image(on: images, at: 2, key: key, of: table), &writer)
    }
    try RawStatement("DELETE FROM base", in: db).run()
    return count
  }

  /// Puts some rows back to what they were and forgets that they were touched.
  ///
  /// - Parameter keys: rows that nothing is kept of stay as they are.
  public static func restore(_ keys: [RowKey], in db: Database) throws {
    let forget = try RawStatement("DELETE FROM base WHERE table_no = ? AND key = ?", in: db)
    var writer = RowWriter(in: db)
    for key in keys.sorted() {
      guard case .kept(let image) = try kept(key, in: db) else { continue }
      try restore(key, to: image, &writer)
      try forget.bind(Int64(key.table), at: 0)
      try forget.bindBlob(copying: key.bytes, at: 1)
      try forget.run()
    }
  }

  /// The keys of all rows that unsent work touched, in order.
  public static func keys(in db: Database) throws -> [RowKey] {
    let statement = try RawStatement("SELECT table_no, key FROM base ORDER BY table_no, key", in: db)
    var keys: [RowKey] = []
    while try statement.step() {
      let table = TableNumber(truncatingIfNeeded: statement.integer(at: 0))
      keys.append(RowKey(table: table, bytes: statement.blob(at: 1)))
    }
    return keys
  }

  private static func restore(
    _ key: RowKey, to image: TradeRules.Row?, _ writer: inout RowWriter
  ) throws {
    if let image {
      try writer.put(image, at: key)
    } else if !PlantedBug.isPlanted(.guessedRowKept) {
      _ = try writer.delete(key)
    }
  }

  private enum Kept {
    case nothing
    /// The row as it was; nil when there was none.
    case kept(TradeRules.Row?)
  }

  private static func kept(_ key: RowKey, in db: Database) throws -> Kept {
    let table = try TableStatements.of(key.table).table
    let statement = try RawStatement("SELECT image FROM base WHERE table_no = ? AND key = ?", in: db)
    try statement.bind(Int64(key.table), at: 0)
    try statement.bindBlob(copying: key.bytes, at: 1)
    guard try statement.step() else { return .nothing }
    return .kept(try image(on: statement, at: 0, key: key, of: table))
  }

  static func image(
    on statement: RawStatement, at column: Int, key: RowKey, of table: TableDescription
  ) throws -> TradeRules.Row? {
    if statement.isNull(at: column) { return nil }
    guard let row = RowImage.decode(statement.blob(at: column), key: key, of: table) else {
      throw statement.damage("base has a malformed image of a row of \(table.name)")
    }
    return row
  }

  // MARK: Confirmed rows

  /// The confirmed row of a key: as kept in `base`, else as stored.
  public static func confirmedRow(_ key: RowKey, in db: Database) throws -> TradeRules.Row? {
    if case .kept(let image) = try kept(key, in: db) { return image }
    return try TradeTables.row(key, in: db)
  }
}
