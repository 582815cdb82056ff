import GRDB
import TradeRules
import TradeTables

/// Deciding the whole log again, on an empty store in memory, gives the same entries and the same rows (G10,
/// G29).
enum ReplayCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("replay")
    let replay = try LogReplay(of: db)
    try replay.run(db) { logged, again in
      result.examine()
      if logged.hash != again.hash {
        result.fault("entry \(logged.version) is decided otherwise: \(difference(logged, again))")
      }
    }
    try replay.store.read { copy in
      for query in contents { try compare(query.name, query.sql, db, copy, &result) }
    }
    return result
  }

  private static func difference(_ logged: LogEntry, _ again: LogEntry) -> String {
    if logged.kind != again.kind { return "\(again.kind) and not \(logged.kind)" }
    let answers = (VerdictCoding.encode(logged.verdicts), VerdictCoding.encode(again.verdicts))
    if answers.0 != answers.1 { return "another answer" }
    if logged.observed != again.observed { return "other observations" }
    if logged.effectsHash != again.effectsHash { return "other effects" }
    return "another hash"
  }

  /// Everything that follows from the log, table by table, in a fixed order.
  ///
  /// How entries shared commits is not in the log: a row that came and went within one was never noted as
  /// leaving a bucket, nor the bucket as changed. So only who is in which bucket now is compared.
  private static var contents: [(name: String, sql: String)] {
    let tables = TableDescription.all.map { table in
      let key = table.keyColumns.map { "\"\($0.sqlName)\"" }.joined(separator: ", ")
      return (table.name, "SELECT * FROM \(table.name) ORDER BY \(key)")
    }
    return tables + [
      ("member", "SELECT * FROM member WHERE has_left = 0 ORDER BY bucket, table_no, key"),
      ("bucket", "SELECT name, digest FROM bucket WHERE digest <> zeroblob(16) ORDER BY name"),
      ("brought", "SELECT * FROM brought ORDER BY device, number, hash"),
      ("epoch", "SELECT * FROM epoch ORDER BY first_version"),
    ]
  }

  private static func compare(
    _ name: String, _ sql: String, _ db: Database, _ copy: Database, _ result: inout CheckResult
  ) throws {
    let (stored, replayed) = (
      try GRDB.Row.fetchCursor(db, sql: sql), try GRDB.Row.fetchCursor(copy, sql: sql)
    )
    var position: Int64 = 0
    while true {
      let (one, other) = (try stored.next(), try replayed.next())
      if one == nil, other == nil { break }
      position += 1
      guard one == other else {
        return result.fault("row \(position) of \(name) is not what the log makes of it")
      }
    }
    result.examine(position)
  }
}
