import Foundation
import GRDB
import SyncProtocol
import TradeRules
import TradeTables

/// The first load of a new replica: each page and the cursor behind it in one commit, secondary indexes last.
struct FirstLoad {
  let db: Database
  let grants: Grants

  /// - Returns: how many rows the page had.
  func take(_ page: Page) throws -> Int {
    try FirstLoad.deferIndexes(db)
    var rows = try ConfirmedRows(db, grants: grants)
    var count = 0
    let content = try page.body.open()
    for batch in content.batches {
      guard let table = TableDescription.numbered(batch.table) else { continue }
      // A snapshot in key order brings a row once; only a row of several buckets can be here already.
      let areNew = page.isSnapshot && (table.commonBucket != nil || grants.everything)
      try rows.replace(batch.rows, in: table, areNew: areNew)
      count += batch.rows.count
    }
    for key in content.left { try rows.remove(key) }
    try rows.storeDigests()
    try StagedPages.keepCursor(of: page, in: db)
    return count
  }

  /// Drops the secondary indexes and keeps their definitions: building them at the end is faster than keeping
  /// them up to date.
  private static func deferIndexes(_ db: Database) throws {
    let marker = "SELECT 1 FROM meta WHERE name = 'deferred_indexes'"
    guard try Int.fetchOne(db, sql: marker) == nil else { return }
    let names = Set(TableDescription.all.map(\.name))
    let indexes = try GRDB.Row.fetchAll(
      db, sql: "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).filter { names.contains($0["tbl_name"]) }
    for index in indexes { try db.execute(sql: "DROP INDEX " + quoted(index["name"])) }
    let definitions = indexes.map { $0["sql"] as String }.joined(separator: ";\n")
    try db.execute(
      sql: "INSERT INTO meta (name, value) VALUES ('deferred_indexes', ?)",
      arguments: [Data(definitions.utf8)])
  }

  /// Builds the indexes that were put off.
  static func finish(_ db: Database) throws {
    let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'deferred_indexes'")
    guard let row else { return }
    try db.execute(sql: String(decoding: row["value"] as Data, as: UTF8.self))
    try db.execute(sql: "DELETE FROM meta WHERE name = 'deferred_indexes'")
  }

  /// Empties what an unfinished load left, for a load that cannot go on where it stopped.
  static func startOver(_ db: Database) throws {
    for table in TableDescription.all { try db.execute(sql: "DELETE FROM " + quoted(table.name)) }
    try db.execute(sql: "DELETE FROM bucket")
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
