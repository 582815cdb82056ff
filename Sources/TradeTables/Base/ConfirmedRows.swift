public import GRDB
public import TradeRules

extension BaseImages {
  /// At most `limit` confirmed rows of a table in key order, those after a key where one is given.
  public static func confirmedScan(
    _ table: TableDescription, after key: RowKey? = nil, limit: Int, in db: Database
  ) throws -> [TradeRules.Row] {
    var rows: [TradeRules.Row] = []
    try visitConfirmed(table, after: key, limit: limit, in: db) { rows.append($0) }
    return rows
  }

  /// The same, a row at a time and none kept, up to a key where one is given. `body` may use the database, but
  /// change neither this table nor `base`.
  public static func visitConfirmed(
    _ table: TableDescription, after key: RowKey? = nil, through last: RowKey? = nil, limit: Int = .max,
    in db: Database, _ body: (TradeRules.Row) throws -> Void
  ) throws {
    var stored = try TableScan(table, after: key, in: db)
    var kept = try ImageScan(table, after: key, in: db)
    var row = try stored.next()
    var image = try kept.next()
    var count = 0
    while count < limit, row != nil || image != nil {
      let rowKey = row.map(table.key)
      let confirmed: TradeRules.Row?
      if let before = image, rowKey.map({ before.key <= $0 }) ?? true {
        if before.key == rowKey { row = try stored.next() }
        confirmed = before.row
        image = try kept.next()
      } else {
        confirmed = row
        row = try stored.next()
      }
      guard let confirmed else { continue }
      if let last, last < table.key(of: confirmed) { return }
      try body(confirmed)
      count += 1
    }
  }

  /// The digests of all confirmed rows, each read and hashed anew: what an incremental digest is checked
  /// against (G23).
  public static func confirmedDigests(in db: Database) throws -> BucketDigests {
    var digests = BucketDigests()
    for table in TableDescription.all where !table.isCentreOnly {
      try visitConfirmed(table, in: db) { digests.add($0, of: table) }
    }
    return digests
  }
}

/// A walk over the images of one table in key order.
private struct ImageScan {
  private let table: TableDescription
  private let statement: RawStatement
  private var isDone = false

  init(_ table: TableDescription, after key: RowKey?, in db: Database) throws {
    self.table = table
    statement = try RawStatement(
      "SELECT key, image FROM base WHERE table_no = ? AND key > ? ORDER BY key", in: db)
    try statement.bind(Int64(table.number), at: 0)
    // No key has no bytes, so all of them come after this one.
    try statement.bindBlob(copying: key?.bytes ?? [], at: 1)
  }

  mutating func next() throws -> (key: RowKey, row: TradeRules.Row?)? {
    if isDone { return nil }
    isDone = try !statement.step()
    if isDone { return nil }
    let key = RowKey(table: table.number, bytes: statement.blob(at: 0))
    return (key, try BaseImages.image(on: statement, at: 1, key: key, of: table))
  }
}
