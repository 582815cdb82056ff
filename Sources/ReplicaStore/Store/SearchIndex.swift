import GRDB
import Schema

/// The full-text index that people search products by (`search.sql`).
enum SearchIndex {
  /// Builds the index from the rows that are there, unless there is one. It takes as long as a first load, so it
  /// is put off until something is written the next time; searches do without it until then.
  static func ensure(_ db: Database) throws {
    if try !isThere(in: db) { try db.execute(sql: Schema.search) }
  }

  static func isThere(in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'product_search')")
    return try Bool.fetchOne(statement) ?? false
  }

  /// Tells the index what changed in this transaction; to be called before it ends.
  ///
  /// After a commit that the disk refused, FTS5 may take its own index for damaged. Nothing but texts of other
  /// tables is in it, so it is made anew from them; a file that really is damaged fails that too.
  static func settle(_ db: Database) throws {
    guard try isThere(in: db) else { return }
    let changed = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM product_text_before)")
    guard try Bool.fetchOne(changed) ?? false else { return }
    do { try tell(db) } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      try db.execute(sql: "INSERT INTO product_search (product_search) VALUES ('rebuild')")
    }
    try db.execute(sql: "DELETE FROM product_text_before")
  }

  // MARK: A disk that forgets

  /// Whether the texts are those of the products; also when there is no index.
  static func hasTexts(in db: Database) throws -> Bool {
    guard try isThere(in: db) else { return true }
    let (rows, texts) = (
      "SELECT sku, name, names, codes FROM product_source", "SELECT sku, name, names, codes FROM product_text"
    )
    return try Bool.fetchOne(
      db, sql: "SELECT NOT EXISTS (\(rows) EXCEPT \(texts)) AND NOT EXISTS (\(texts) EXCEPT \(rows))")
      ?? false
  }

  /// Makes the index anew when it does not say what the products' texts do: a check of the file does not look
  /// into it (https://sqlite.org/fts5.html#the_integrity_check_command).
  ///
  /// - Parameter hasTexts: whether the texts are known to be those of the products.
  static func mend(_ db: Database, hasTexts: Bool) throws {
    guard try isThere(in: db) else { return }
    try settle(db)
    guard try !hasTexts || !isSound(db) else { return }
    try db.execute(
      sql: """
        DELETE FROM product_text;
        INSERT INTO product_text (sku, name, names, codes) SELECT sku, name, names, codes FROM product_source;
        INSERT INTO product_search (product_search) VALUES ('rebuild');
        DELETE FROM product_text_before;
        """)
  }

  private static func isSound(_ db: Database) throws -> Bool {
    do {
      try db.execute(sql: "INSERT INTO product_search (product_search, rank) VALUES ('integrity-check', 1)")
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT { return false }
  }

  /// Removes every text, once the rows they were taken from are gone.
  static func empty(_ db: Database) throws {
    guard try isThere(in: db) else { return }
    try db.execute(
      sql: """
        INSERT INTO product_search (product_search) VALUES ('delete-all');
        DELETE FROM product_text;
        DELETE FROM product_text_before;
        """)
  }

  private static func tell(_ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO product_search (product_search, rowid, sku, name, names, codes)
        SELECT 'delete', id, sku, name, names, codes FROM product_text_before WHERE sku IS NOT NULL;
        INSERT INTO product_search (rowid, sku, name, names, codes)
        SELECT product_text.id, product_text.sku, product_text.name, product_text.names, product_text.codes
        FROM product_text JOIN product_text_before ON product_text_before.id = product_text.id;
        """)
  }
}
