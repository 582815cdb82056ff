import GRDB
import Testing
import TradeRules
import TradeTables

/// What a database has, in one form for both sides, so that a difference reads as a sentence.
struct SchemaFacts {
  var facts: Set<String> = []

  /// What the descriptions say there must be.
  static func described() -> Set<String> {
    var facts: Set<String> = []
    for table in TableDescription.all {
      facts.insert("table \(table.name)")
      for (position, column) in table.columns.enumerated() {
        let rank = table.keyColumns.firstIndex { $0.number == column.number }.map { $0 + 1 } ?? 0
        facts.insert(
          fact(
            table.name, position, column.sqlName, type(column.kind), notNull: !column.isOptional,
            keyRank: rank))
      }
      var position = table.columns.count
      facts.insert(fact(table.name, position, "version", "INTEGER", notNull: true, keyRank: 0))
      position += 1
      facts.insert(fact(table.name, position, "extra", "BLOB", notNull: false, keyRank: 0))
      if table.columns.contains(where: { $0.kind == .personal }) {
        facts.insert(fact(table.name, position + 1, "proofs", "BLOB", notNull: false, keyRank: 0))
      }
      for index in table.indexes {
        let columns = index.columns.map { name in
          let column = table.column(named: name)
          return column?.kind == .personal ? "a match key" : column?.sqlName ?? "?"
        }
        facts.insert("index \(index.name) on \(table.name) (\(columns.joined(separator: ", ")))")
      }
      if !table.isCentreOnly { facts.insert("index \(table.name)_version on \(table.name) (version)") }
    }
    return facts
  }

  /// What the SQL files made.
  static func found(in db: Database) throws -> Set<String> {
    var facts: Set<String> = []
    let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
    for table in tables where table != "base" {
      facts.insert("table \(table)")
      for row in try GRDB.Row.fetchAll(db, sql: "SELECT * FROM pragma_table_xinfo(?)", arguments: [table]) {
        facts.insert(
          fact(
            table, row["cid"], row["name"], row["type"], notNull: row["notnull"], keyRank: row["pk"]))
      }
      let indexes = try String.fetchAll(
        db, sql: "SELECT name FROM pragma_index_list(?) WHERE origin = 'c'", arguments: [table])
      for index in indexes {
        let columns = try String.fetchAll(
          db, sql: "SELECT coalesce(name, 'a match key') FROM pragma_index_info(?) ORDER BY seqno",
          arguments: [index])
        facts.insert("index \(index) on \(table) (\(columns.joined(separator: ", ")))")
      }
    }
    return facts
  }

  private static func fact(
    _ table: String, _ position: Int, _ name: String, _ type: String, notNull: Bool, keyRank: Int
  ) -> String {
    let key = keyRank == 0 ? "" : ", part \(keyRank) of the key"
    return "\(table) column \(position + 1): \(name) \(type)\(notNull ? " NOT NULL" : "")\(key)"
  }

  private static func type(_ kind: ValueKind) -> String {
    switch kind {
    case .integer: "INTEGER"
    case .text, .personal: "TEXT"
    case .blob, .id: "BLOB"
    }
  }
}

@Suite("The SQL files say what the table descriptions say")
struct SchemaTests {
  @Test("every table, column, key and index of the descriptions is in the SQL files, and nothing else")
  func schemaEqualsDescriptions() throws {
    let found = try World.store().read(SchemaFacts.found)
    let described = SchemaFacts.described()
    #expect(described.subtracting(found).sorted() == [], "described, but not in the SQL files")
    #expect(found.subtracting(described).sorted() == [], "in the SQL files, but not described")
  }

  @Test("every table is strict and lies in the order of its key")
  func tablesAreStrictWithoutRowid() throws {
    let loose = try World.store().read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name FROM pragma_table_list
          WHERE schema = 'main' AND NOT (strict AND wr) AND name NOT LIKE 'sqlite_%'
          """)
    }
    #expect(loose == [])
  }

  @Test("a pick of nothing, a flag neither yes nor no and an id of 15 bytes are refused by the file itself")
  func checksHoldWithoutSwift() throws {
    let broken = [
      "INSERT INTO bin (warehouse, code, is_active, version) VALUES ('MAD', 'A', 2, 1)",
      "INSERT INTO bin (warehouse, code, is_active, version) VALUES ('', 'A', 1, 1)",
      """
      INSERT INTO count_adjustment (observation, warehouse, quantity, revision, version)
      VALUES (zeroblob(15), 'MAD', 1, 1, 1)
      """,
      "INSERT INTO setting (name, amount, version) VALUES ('x', 'much', 1)",
      """
      INSERT INTO movement (id, warehouse, sku, lot, condition, quantity, from_bin, to_bin, kind, reason,
        occurred_at, recorded_at, month, device, operation, actor, version)
      VALUES (zeroblob(16), 'MAD', 'a', '', 'good', 0, '', 'A', 'move', '', 1, 1, '2026-11', 'W1', 1, 'user', 1)
      """,
    ]
    let store = try World.store()
    for sql in broken {
      let fault = #expect(throws: StoreFault.self) {
        try StoreFault.explaining("write a row") { try store.write { try $0.execute(sql: sql) } }
      }
      #expect(fault?.reason == .constraint, "\(sql)")
    }
  }
}
