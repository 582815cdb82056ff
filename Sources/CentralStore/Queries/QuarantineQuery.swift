import GRDB
public import TradeRules

/// One command of a device that is out of use, set aside.
public struct SetAsideWork: Sendable {
  /// Its first operation.
  public var id: OperationID
  public var kinds: [String]
  public var record: String
  public var code: String
  public var at: Instant
}

extension CentralQueries {
  /// What is set aside and was not released, of one device or of all, oldest first.
  public func setAside(of device: String? = nil) throws -> [SetAsideWork] {
    try database.read { db in
      let rows = try GRDB.Row.fetchAll(
        db,
        sql: """
          SELECT answer.device, entry.first_number, answer.kind, answer.record, answer.codes, answer.decided_at
          FROM answer
          JOIN log_operation AS operation
            ON operation.device = answer.device AND operation.number = answer.number
          JOIN log_entry AS entry ON entry.version = operation.version
          WHERE answer.outcome = 'quarantined' AND (:device IS NULL OR answer.device = :device)
            AND NOT EXISTS (
              SELECT 1 FROM released_work
              WHERE released_work.device = answer.device AND released_work.number = entry.first_number)
          ORDER BY entry.version, answer.number
          """, arguments: ["device": device])
      var works: [SetAsideWork] = []
      for row in rows {
        let id = OperationID(device: try row.cell("device"), number: try row.cell("first_number"))
        if works.last?.id == id {
          works[works.count - 1].kinds.append(try row.cell("kind"))
        } else {
          works.append(
            SetAsideWork(
              id: id, kinds: [try row.cell("kind")], record: try row.cell("record"),
              code: try row.cell("codes"),
              at: Instant(milliseconds: try row.cell("decided_at"))))
        }
      }
      return works
    }
  }
}
