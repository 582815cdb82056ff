import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

import struct Foundation.Data

/// Reads one page of a leg in one short read: never longer than a page, so that no reader holds the WAL back.
struct DownloadReader {
  private let store: CentralStore
  private let limits: SyncLimits

  init(_ store: CentralStore, _ limits: SyncLimits) {
    self.store = store
    self.limits = limits
  }

  /// The next page of a leg; nil when the bucket has nothing newer.
  func piece(for leg: Download.Leg, cache: inout PageCache) throws -> Download.Piece? {
    switch leg.position {
    case .snapshot(let base, let after): try snapshot(leg.bucket, base: base, after: after, &cache)
    case .delta(let through, let after): try delta(leg.bucket, through: through, after: after, &cache)
    case .rows(let keys, let then): try single(keys, of: leg.bucket, then: then)
    }
  }

  // MARK: Single rows

  private func single(
    _ keys: [RowKey], of bucket: Bucket, then: Download.Position
  ) throws -> Download.Piece {
    var budget = PageBudget(limits)
    var gathered = RowGatherer()
    var sent = 0
    try store.read { db in
      for key in keys {
        sent += 1
        guard let table = TableDescription.numbered(key.table), let row = try TradeTables.row(key, in: db),
          BucketRows.has(bucket, row, of: table)
        else { continue }
        gathered.add(row, in: table)
        if budget.spend(row) { return }
      }
    }
    let rest = Array(keys.dropFirst(sent))
    return Download.Piece(
      bucket: bucket, isSnapshot: false, next: rest.isEmpty ? then : .rows(rest, then: then), isLast: false,
      body: try PageBody(PageContent.encode(rows: gathered.tables), compressing: true))
  }

  // MARK: Snapshot

  private func snapshot(
    _ bucket: Bucket, base: Int64, after: RowKey?, _ cache: inout PageCache
  ) throws -> Download.Piece {
    let entry = try cache.page(
      at: .rows(bucket, after: after), base: base, bucketVersion: store.index.version(of: bucket)
    ) { try page(of: bucket, after: after) }
    var next = Download.Position.delta(through: base, after: nil)
    if case .rows(_, let last) = entry.next { next = .snapshot(base: base, after: last) }
    return Download.Piece(
      bucket: bucket, isSnapshot: true, opensSnapshot: after == nil, next: next, isLast: false,
      body: entry.body)
  }

  /// Reads the rows of a bucket that follow a key, as many as fit on a page.
  private func page(of bucket: Bucket, after: RowKey?) throws -> PageCache.Entry {
    var budget = PageBudget(limits)
    var gathered = RowGatherer()
    var last = after
    let isComplete = try store.read { db in
      for table in BucketRows.tables(of: bucket) where table.number >= (after?.table ?? 0) {
        var start = after?.table == table.number ? after : nil
        while true {
          let rows = try BucketRows.read(
            bucket, in: table, after: start, limit: budget.rowsLeft, db)
          for row in rows {
            gathered.add(row, in: table)
            last = table.key(of: row)
            if budget.spend(row) { return false }
          }
          guard let key = last, !rows.isEmpty else { break }
          start = key
        }
      }
      return true
    }
    return PageCache.Entry(
      body: try PageBody(PageContent.encode(rows: gathered.tables), compressing: true),
      next: isComplete ? nil : .rows(bucket, after: last), readAt: store.head.version)
  }

  // MARK: Delta

  private func delta(
    _ bucket: Bucket, through: Int64, after: Download.ChangePlace?, _ cache: inout PageCache
  ) throws -> Download.Piece? {
    let version = store.index.version(of: bucket)
    guard version > through else { return nil }
    // Whoever was there at any version since the last change before lacks the same.
    let through =
      after == nil ? try firstChange(of: bucket, after: through).map { $0 - 1 } ?? through : through
    let entry = try cache.page(
      at: .changes(bucket, through: through, after: after), base: .max, bucketVersion: version
    ) { try changePage(of: bucket, through: through, after: after) }
    var next = Download.Position.delta(through: store.head.version, after: nil)
    if case .changes(_, let through, let last) = entry.next { next = .delta(through: through, after: last) }
    return Download.Piece(
      bucket: bucket, isSnapshot: false, next: next, isLast: entry.next == nil, body: entry.body)
  }

  private func firstChange(of bucket: Bucket, after version: Int64) throws -> Int64? {
    try store.read { db in
      try changes(of: bucket, through: version, after: nil, limit: 1, db).first?.place.version
    }
  }

  /// Reads what changed in a bucket, as much as fits on a page.
  private func changePage(
    of bucket: Bucket, through: Int64, after: Download.ChangePlace?
  ) throws -> PageCache.Entry {
    var budget = PageBudget(limits)
    var gathered = RowGatherer()
    var left: [RowKey] = []
    var last = after
    let isComplete = try store.read { db in
      let changes = try changes(of: bucket, through: through, after: after, limit: limits.pageRowsMax, db)
      for change in changes {
        last = change.place
        guard let row = change.row, let table = TableDescription.numbered(change.place.key.table) else {
          left.append(change.place.key)
          if budget.spend(change.place.key) { return false }
          continue
        }
        gathered.add(row, in: table)
        if budget.spend(row) { return false }
      }
      return changes.count < limits.pageRowsMax
    }
    let content = PageContent.encode(rows: gathered.tables, left: left.sorted())
    return PageCache.Entry(
      body: try PageBody(content, compressing: true),
      next: isComplete ? nil : .changes(bucket, through: through, after: last), readAt: store.head.version)
  }

  private struct BucketChange {
    let place: Download.ChangePlace
    /// Nil: the row left the bucket.
    let row: TradeRules.Row?
  }

  /// A bucket's changes after `through`, in order of version, table and key.
  private func changes(
    of bucket: Bucket, through: Int64, after: Download.ChangePlace?, limit: Int, _ db: Database
  ) throws -> [BucketChange] {
    let common = BucketRows.tables(of: bucket).filter {
      bucket == ChangeIndex.everything || $0.commonBucket == bucket
    }
    guard common.isEmpty else { return try commonChanges(common, through, after, limit, db) }
    let statement = try db.cachedStatement(
      sql: """
        SELECT version, table_no, key, has_left FROM member
        WHERE bucket = ? AND (version, table_no, key) > (?, ?, ?) ORDER BY version, table_no, key LIMIT ?
        """)
    let start: StatementArguments =
      if let after {
        [bucket.name, after.version, after.key.table, Data(after.key.bytes), limit]
      } else { [bucket.name, through, 255, Data(), limit] }
    let places = try GRDB.Row.fetchAll(statement, arguments: start).map { row in
      (
        Download.ChangePlace(
          version: try row.cell("version"),
          key: RowKey(table: try row.cell("table_no"), bytes: Array(try row.cell("key") as Data))),
        try row.cell("has_left") as Bool
      )
    }
    let rows = try TradeTables.rows(places.filter { !$0.1 }.map(\.0.key), in: db)
    return places.map { place, hasLeft in BucketChange(place: place, row: hasLeft ? nil : rows[place.key]) }
  }

  /// The same for buckets whose tables' own version indexes serve: each table gives its first `limit`
  /// changes, and the first `limit` of all of them are the next.
  private func commonChanges(
    _ tables: [TableDescription], _ through: Int64, _ after: Download.ChangePlace?, _ limit: Int,
    _ db: Database
  ) throws -> [BucketChange] {
    var changes: [BucketChange] = []
    for table in tables {
      // Places are in order of version, then table: within the version of the last place, the tables before
      // its own are done and those behind it are not begun.
      var since = through
      var cursor: ChangeCursor?
      if let after {
        since = after.key.table < table.number ? after.version - 1 : after.version
        if after.key.table == table.number { cursor = ChangeCursor(version: after.version, key: after.key) }
      }
      let rows = try TradeTables.scan(
        table, versionsAfter: since, through: .max, after: cursor, limit: limit, in: db)
      changes += rows.map { row in
        BucketChange(
          place: Download.ChangePlace(version: row.version, key: table.key(of: row)), row: row)
      }
    }
    changes.sort { ($0.place.version, $0.place.key) < ($1.place.version, $1.place.key) }
    return Array(changes.prefix(limit))
  }
}

/// How much more fits on a page.
private struct PageBudget {
  private(set) var rowsLeft: Int
  private var bytesLeft: Int

  init(_ limits: SyncLimits) {
    rowsLeft = limits.pageRowsMax
    bytesLeft = limits.pageBytes
  }

  /// Takes a row in; true when the page is full.
  mutating func spend(_ row: TradeRules.Row) -> Bool {
    rowsLeft -= 1
    bytesLeft -= row.estimatedBytes
    return rowsLeft <= 0 || bytesLeft <= 0
  }

  /// The same for the key of a row that left.
  mutating func spend(_ key: RowKey) -> Bool {
    rowsLeft -= 1
    bytesLeft -= key.bytes.count + 8
    return rowsLeft <= 0 || bytesLeft <= 0
  }
}

/// Rows of one page by table, in the order the tables first came.
private struct RowGatherer {
  private(set) var tables: [(table: TableDescription, rows: [TradeRules.Row])] = []

  mutating func add(_ row: TradeRules.Row, in table: TableDescription) {
    if let place = tables.lastIndex(where: { $0.table.number == table.number }) {
      tables[place].rows.append(row)
    } else {
      tables.append((table, [row]))
    }
  }
}

extension TradeRules.Row {
  /// Roughly what a row takes on the wire before compression.
  var estimatedBytes: Int {
    values.reduce(8) { sum, value in
      switch value {
      case .null: sum
      case .integer: sum + 4
      case .text(let text): sum + text.utf8.count + 1
      case .blob(let blob): sum + blob.count + 1
      case .id: sum + 16
      case .personal(let personal): sum + personal.text.utf8.count + 1
      }
    }
  }
}

extension CentralStore {
  /// How many rows were last changed after a version.
  public func countRows(changedAfter version: Int64) throws -> Int {
    try read { db in
      try TableDescription.all.filter { !$0.isCentreOnly }.reduce(0) { sum, table in
        // The names are our own, from the table descriptions.
        try sum
          + (Int.fetchOne(
            db, sql: "SELECT count(*) FROM \"\(table.name)\" WHERE version > ?", arguments: [version]) ?? 0)
      }
    }
  }
}
