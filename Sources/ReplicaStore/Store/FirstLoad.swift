import GRDB
import Schema
import SyncProtocol
import TradeRules
import TradeTables

/// The first load of a new replica: each page and the cursor behind it in one commit, secondary indexes last.
struct FirstLoad {
  let db: Database
  let grants: Grants

  /// - Returns: how many rows the page had.
  func take(_ page: Page) throws -> Int {
    var rows = try ConfirmedRows(db, grants: grants, keepsNewer: true)
    // Whoever has no rows yet has guessed nothing.
    var noRebase: Rebase?
    var count = 0
    let content = try PageContent(page.body.content())
    for batch in content.batches {
      // A snapshot in key order brings a row once; only a row of several buckets can be here already.
      if page.isSnapshot, grants.everything || batch.table.commonBucket == page.bucket {
        try rows.insertNew(batch, in: page.bucket)
      } else {
        try rows.replace(batch.rows(), in: batch.table, telling: &noRebase)
      }
      count += batch.rowCount
    }
    for key in content.left { try rows.leave(page.bucket, key, telling: &noRebase) }
    try rows.storeDigests()
    try StagedPages.keepCursor(of: page, in: db)
    return count
  }

  /// Builds the indexes, put off until now: that is faster than keeping them up to date.
  static func finish(_ db: Database) throws { try db.execute(sql: Schema.indexes) }

  /// Empties what an unfinished load left, for a load that cannot go on where it stopped.
  static func startOver(_ db: Database) throws {
    // The names are our own, from the table descriptions.
    for table in TableDescription.all { try db.execute(sql: "DELETE FROM \"\(table.name)\"") }
    try db.execute(sql: "DELETE FROM bucket")
  }
}
