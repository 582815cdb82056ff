import GRDB
import SyncProtocol

import struct Foundation.Data

/// Pages that wait for their checkpoint, exactly as they came, and how far the download is.
enum StagedPages {
  static func append(_ page: Page, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO staged (page) VALUES (?)")
      .execute(arguments: [Data(Message.page(page).encode())])
    try keepCursor(of: page, in: db)
  }

  /// Live changes have no cursor: what they continue is the checkpoint.
  static func keepCursor(of page: Page, in db: Database) throws {
    guard !page.cursor.isEmpty else { return }
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('load_cursor', ?)")
      .execute(arguments: [Data(page.cursor)])
  }

  static func cursor(in db: Database) throws -> [UInt8]? {
    try GRDB.Row.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE name = 'load_cursor'"))
      .map { Array(try $0.cell("value", .file, as: Data.self)) }
  }

  /// Whether no download is under way.
  static func isEmpty(in db: Database) throws -> Bool {
    try cursor(in: db) == nil && Reached.fetchAll(in: db).isEmpty
      && Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM staged LIMIT 1")) == nil
  }

  /// Hands out the pages in the order they came, one in memory at a time.
  static func forEach(in db: Database, _ body: (Page) throws -> Void) throws {
    let rows = try GRDB.Row.fetchCursor(db.cachedStatement(sql: "SELECT page FROM staged ORDER BY sequence"))
    while let row = try rows.next() {
      guard case .page(let page) = try Message.decode(Array(row.cell("page", .file, as: Data.self))) else {
        continue
      }
      try body(page)
    }
  }

  static func clear(in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM staged").execute()
    try db.cachedStatement(sql: "DELETE FROM meta WHERE name = 'load_cursor'").execute()
    try Reached.clear(in: db)
  }
}
