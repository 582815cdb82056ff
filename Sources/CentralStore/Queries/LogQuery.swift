import GRDB
public import TradeRules

/// One operation of the log and what came of it.
public struct LoggedOperation: Sendable {
  /// Of the entry that decided it, or holds it.
  public var version: Int64
  public var id: OperationID
  public var actor: String
  /// Empty when its bytes are no operation.
  public var kind: String
  public var occurredAt: Instant
  public var receivedAt: Instant
  public var verdict: Verdict
  /// What a person calls the record a held operation waits for.
  public var waitingFor: String?
}

/// Which operations to list.
public struct LogFilter: Sendable {
  /// What a person calls the record.
  public var record: String?
  public var device: String?
  /// Received then or later.
  public var since: Instant?

  public init(record: String? = nil, device: String? = nil, since: Instant? = nil) {
    self.record = record
    self.device = device
    self.since = since
  }
}

extension CentralQueries {
  /// A page of operations in the order of the log.
  ///
  /// - Parameters:
  ///   - version: only entries after it.
  ///   - entriesMax: how many entries of the log to look at.
  /// - Returns: what was found, and the version to go on after; nil at the log's end.
  public func operations(
    _ filter: LogFilter, after version: Int64, entriesMax: Int
  ) throws -> (operations: [LoggedOperation], next: Int64?) {
    try database.read { db in
      let entries = try entries(filter, after: version, before: .max, ascending: true, entriesMax, in: db)
      let found = try entries.flatMap { try operations(of: $0, filter, in: db) }
      return (found, entries.count < entriesMax ? nil : entries.last?.version)
    }
  }

  /// The newest operations, oldest first.
  public func newestOperations(_ filter: LogFilter, limit: Int) throws -> [LoggedOperation] {
    try database.read { db in
      var found: [LoggedOperation] = []
      var before = Int64.max
      while found.count < limit {
        let entries = try entries(filter, after: 0, before: before, ascending: false, 500, in: db)
        guard let last = entries.last else { break }
        for entry in entries where found.count < limit {
          found += try operations(of: entry, filter, in: db).reversed().prefix(limit - found.count)
        }
        before = last.version
      }
      return found.reversed()
    }
  }

  private func entries(
    _ filter: LogFilter, after: Int64, before: Int64, ascending: Bool, _ limit: Int, in db: Database
  ) throws -> [LogEntry] {
    // Held entries whose operations were decided since are told by the later entry.
    let sql = """
      SELECT * FROM log_entry
      WHERE version > :after AND version < :before AND received_at >= :since
        AND (:device IS NULL OR device = :device)
      ORDER BY version \(ascending ? "ASC" : "DESC") LIMIT :limit
      """
    let since = filter.since?.milliseconds ?? .min
    let arguments: StatementArguments = [
      "after": after, "before": before, "since": since, "device": filter.device, "limit": limit,
    ]
    return try GRDB.Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
      .map { try LogStore.entry($0) }
  }

  private func operations(
    of entry: LogEntry, _ filter: LogFilter, in db: Database
  ) throws -> [LoggedOperation] {
    if entry.kind == .held, try !isStillHeld(entry, in: db) { return [] }
    return try LogStore.operations(of: entry, in: db).enumerated().compactMap { position, received in
      let operation = received.operation
      var verdict = Verdict(.held, record: operation.map(Rules.recordName) ?? "")
      if position < entry.verdicts.count { verdict = entry.verdicts[position] }
      if let record = filter.record, record != verdict.record { return nil }
      return LoggedOperation(
        version: entry.version, id: received.id, actor: operation?.actor ?? "",
        kind: operation?.kind.rawValue ?? "",
        occurredAt: operation.map { $0.statedAt ?? $0.recordedAt } ?? entry.receivedAt,
        receivedAt: entry.receivedAt, verdict: verdict,
        waitingFor: entry.kind == .held ? try missing(received.id, in: db) : nil)
    }
  }

  private func isStillHeld(_ entry: LogEntry, in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT version FROM log_operation WHERE device = ? AND number = ?")
    return try Int64.fetchOne(statement, arguments: [entry.device, entry.numbers.lowerBound]) == entry.version
  }

  private func missing(_ id: OperationID, in db: Database) throws -> String? {
    let statement = try db.cachedStatement(sql: "SELECT missing FROM held WHERE device = ? AND number = ?")
    return try String.fetchOne(statement, arguments: [id.device, id.number])
  }
}
