import GRDB
import SyncProtocol
import TradeRules
import TradeTables

import struct Foundation.Data

/// A bucket that comes whole to a replica in use: each page is held against the rows that are here when it
/// arrives, and only what differs is staged. However large the bucket, memory holds one page, each page is one short
/// transaction, and the checkpoint changes no more rows than have to be changed.
///
/// Confirmed rows change at checkpoints alone, and none comes before the last page: what is found on arrival still
/// holds then.
struct StagedSnapshot {
  let db: Database

  /// Stages what a page changes: rows that are other here or missing, and keys that it passes over.
  func take(_ page: Page) throws {
    let content = try PageContent(page.body.content())
    let batches = content.batches.map { (table: $0.table, rows: $0.rows()) }
    let keys = batches.flatMap { batch in batch.rows.map { batch.table.key(of: $0) } }
    var reached = try Reached.fetch(page.bucket, in: db)
    // A bucket that is sent whole once more begins anew.
    if let first = keys.min(), let last = reached, first <= last { reached = nil }
    guard let last = keys.max() else {
      if reached == nil { try Reached.store(nil, of: page.bucket, in: db) }
      return try StagedPages.keepCursor(of: page, in: db)
    }
    var rows = batches
    let gone = try compare(&rows, keys, of: page.bucket, after: reached, through: last)
    for content in PageContent.encodePages(rows: rows, left: gone) {
      try StagedPages.append(
        Page(
          bucket: page.bucket, cursor: page.cursor, isSnapshot: false,
          body: try PageBody(content, compressing: true)), in: db)
    }
    try Reached.store(last, of: page.bucket, in: db)
    try StagedPages.keepCursor(of: page, in: db)
  }

  /// Takes out of a page what is here already.
  ///
  /// - Returns: the keys of rows here that the page should have had and has not, in order.
  private func compare(
    _ batches: inout [(table: TableDescription, rows: [TradeRules.Row])], _ keys: [RowKey],
    of bucket: Bucket, after start: RowKey?, through last: RowKey
  ) throws -> [RowKey] {
    let sent = Set(keys)
    var same: Set<RowKey> = []
    var gone: [RowKey] = []
    var places: [RowKey: (batch: Int, row: Int)] = [:]
    for (batch, part) in batches.enumerated() {
      for (row, value) in part.rows.enumerated() { places[part.table.key(of: value)] = (batch, row) }
    }
    try StagedSnapshot.visit(bucket, after: start, through: last, in: db) { key, row in
      if let place = places[key] {
        if batches[place.batch].rows[place.row] == row { same.insert(key) }
      } else if !sent.contains(key) {
        gone.append(key)
      }
    }
    for batch in batches.indices {
      let table = batches[batch].table
      batches[batch].rows.removeAll { same.contains(table.key(of: $0)) }
    }
    batches.removeAll(where: \.rows.isEmpty)
    return gone.sorted()
  }

  /// The confirmed rows of a bucket between two keys.
  private static func visit(
    _ bucket: Bucket, after start: RowKey?, through last: RowKey?, in db: Database,
    _ body: (RowKey, TradeRules.Row) throws -> Void
  ) throws {
    for table in TableDescription.all where !table.isCentreOnly {
      if table.number < start?.table ?? 0 || table.number > last?.table ?? .max { continue }
      if let common = table.commonBucket, common != bucket, bucket != ConfirmedRows.everything { continue }
      try BaseImages.visitConfirmed(
        table, after: start?.table == table.number ? start : nil,
        through: last?.table == table.number ? last : nil, in: db
      ) { row in
        guard bucket == ConfirmedRows.everything || table.buckets(of: row).contains(bucket) else { return }
        try body(table.key(of: row), row)
      }
    }
  }

  /// The rows behind the last page of each bucket that came whole: the bucket does not have them any more.
  static func rest(in db: Database) throws -> [(bucket: Bucket, keys: [RowKey])] {
    try Reached.fetchAll(in: db).map { bucket, reached in
      var keys: [RowKey] = []
      try visit(bucket, after: reached, through: nil, in: db) { key, _ in keys.append(key) }
      return (bucket, keys)
    }
  }
}

/// How far the pages of whole buckets have come: the last key of each.
enum Reached {
  private static let prefix = "reached/"

  /// Nil for a bucket of which no row has come.
  static func fetch(_ bucket: Bucket, in db: Database) throws -> RowKey? {
    let row = try GRDB.Row.fetchOne(
      db.cachedStatement(sql: "SELECT value FROM meta WHERE name = ?"), arguments: [prefix + bucket.name])
    return try row.flatMap { key(Array(try $0.cell("value", .file, as: Data.self))) }
  }

  static func fetchAll(in db: Database) throws -> [(bucket: Bucket, reached: RowKey?)] {
    try GRDB.Row.fetchAll(
      db.cachedStatement(sql: "SELECT name, value FROM meta WHERE name >= ? AND name < ? ORDER BY name"),
      arguments: [prefix, "reached0"]
    ).map { row in
      let name: String = try row.cell("name", .file)
      return (
        Bucket(String(name.dropFirst(prefix.count))), key(Array(try row.cell("value", .file, as: Data.self)))
      )
    }
  }

  static func store(_ key: RowKey?, of bucket: Bucket, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
      .execute(arguments: [prefix + bucket.name, Data(key.map { [$0.table] + $0.bytes } ?? [])])
  }

  static func clear(in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM meta WHERE name >= ? AND name < ?")
      .execute(arguments: [prefix, "reached0"])
  }

  private static func key(_ bytes: [UInt8]) -> RowKey? {
    bytes.first.map { RowKey(table: $0, bytes: Array(bytes.dropFirst())) }
  }
}
