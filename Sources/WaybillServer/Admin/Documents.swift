import CentralStore
import TradeRules

/// The JSON documents of the administrative commands; scripts rely on their names.
enum Documents {
  /// - Parameter lastBackup: the newest one, nil when there is none, or why nobody can tell.
  static func status(
    _ status: CentralStatus, online: Int, isServing: Bool, halted: Halt?,
    lastBackup: Result<Backup?, any Error>
  ) -> JSONValue {
    var (last, trouble): (Backup?, Failure?) = (nil, nil)
    switch lastBackup {
    case .success(let backup): last = backup
    case .failure(let error): trouble = Failure(error)
    }
    return [
      "epoch": .string(status.epoch.description), "head": .integer(status.head),
      "replicas": [
        "enrolled": .integer(status.enrolled), "online": .integer(online), "stale": .integer(status.stale),
        "mended": .integer(status.mended),
      ],
      "conflicts": ["open": .integer(status.openConflicts)], "tasks": ["open": .integer(status.openTasks)],
      "held": .integer(status.held), "rejected": .integer(status.rejected),
      "store": ["bytes": .integer(status.storeBytes)],
      "lastBackup": .instant(last?.manifest.createdAt), "backup": last.map(backup) ?? .null,
      "backupsUnreadable": .text(trouble?.message),
      "halted": halted.map { ["code": .string($0.code.rawValue), "detail": .string($0.detail)] } ?? .null,
      "serving": .bool(isServing),
    ]
  }

  static func backup(_ backup: Backup) -> JSONValue {
    backup.manifest.json.adding(["file": .string(backup.path)])
  }

  static func device(_ overview: DeviceOverview, isOnline: Bool, at now: Instant) -> JSONValue {
    let (device, session) = (overview.device, overview.session)
    let behind = overview.behindSince.map { max(0, now.milliseconds(since: $0)) / 1_000 } ?? 0
    return [
      "code": .string(device.code), "name": .string(device.name), "role": .string(device.role.rawValue),
      "state": .string(device.state.rawValue), "online": .bool(isOnline),
      "forked": .bool(session?.isForked ?? false), "lastSeenAt": .instant(session?.lastSeenAt),
      "lastSyncAt": .instant(session?.lastSyncAt), "checkpoint": .integer(session?.checkpoint ?? 0),
      "lag": ["versions": .integer(overview.behindVersions), "seconds": .integer(behind)],
      "unsent": .integer(session?.unsent ?? 0), "appliedThrough": .integer(session?.appliedThrough ?? 0),
      "rejected": .integer(overview.rejected), "conflicts": .integer(overview.conflicts),
      "held": .integer(overview.held), "mends": .integer(session?.mends ?? 0),
      "lastMendAt": .instant(session?.lastMendAt),
      "clockOffsetMs": .integer(session?.clockOffsetMilliseconds ?? 0),
      "appVersion": .string(session?.appVersion ?? ""), "agent": .text(device.agent),
      "territory": .text(device.territory), "warehouses": .strings(device.warehouses.words),
      "scope": .strings(scope(of: device.grants)),
    ]
  }

  /// A device's row of the sync report, from its document.
  static func syncRow(_ device: JSONValue) -> JSONValue {
    func member(_ name: String) -> JSONValue { device[name] ?? .null }
    let state: JSONValue = member("online").bool ?? false ? "online" : member("state")
    return [
      "device": member("code"), "name": member("name"), "role": member("role"),
      "state": state, "forked": member("forked"), "lastSyncAt": member("lastSyncAt"),
      "behind": device["lag"]?["versions"] ?? .null, "unsent": member("unsent"),
      "rejected": member("rejected"), "conflicts": member("conflicts"), "held": member("held"),
      "clockOffsetMs": member("clockOffsetMs"),
    ]
  }

  /// Names of buckets; `ledger/W1/*` is all that begin so, `*` is everything.
  static func scope(of grants: Grants) -> [String] {
    grants.everything ? ["*"] : (grants.exact.map(\.name) + grants.prefixes.map { $0 + "*" }).sorted()
  }

  static func conflict(_ conflict: Conflict) -> JSONValue {
    [
      "id": .string(conflict.id.description), "kind": .string(conflict.kind), "code": .string(conflict.code),
      "record": .string(conflict.record), "field": .string(conflict.field),
      "base": .string(conflict.base.text), "mine": .string(conflict.mine.text),
      "theirs": .string(conflict.theirs.text), "chosen": .string(conflict.chosen),
      "value": conflict.chosen == "value" ? .string(conflict.value.text) : .null,
      "state": .string(conflict.state.rawValue), "device": .string(conflict.device),
      "actor": .string(conflict.actor), "theirDevice": .string(conflict.theirDevice),
      "theirActor": .string(conflict.theirActor), "openedAt": .instant(conflict.openedAt),
      "resolvedBy": .string(conflict.resolvedBy), "note": .string(conflict.note.text),
    ]
  }

  static func operation(_ operation: LoggedOperation) -> JSONValue {
    let verdict = operation.verdict
    return [
      "version": .integer(operation.version), "id": .string(operation.id.description),
      "device": .string(operation.id.device), "actor": .string(operation.actor),
      "kind": .string(operation.kind), "occurredAt": .instant(operation.occurredAt),
      "receivedAt": .instant(operation.receivedAt),
      "answer": [
        "outcome": .string(verdict.outcome.rawValue), "codes": .strings(verdict.codes.map(\.rawValue)),
        "conflicts": .strings(verdict.conflicts.map(\.description)),
        "waitingFor": .text(operation.waitingFor),
      ],
      "record": .string(verdict.record),
    ]
  }

  /// A page of the log: `next` is the version to go on after, null at its end.
  static func log(_ request: LogRequest, _ queries: CentralQueries) throws -> JSONValue {
    let filter = LogFilter(
      record: request.record, device: request.device, since: request.since.map(Instant.init(milliseconds:)))
    if let limit = request.limit {
      let found = try queries.newestOperations(filter, limit: max(0, min(limit, LogRequest.limitMax)))
      return ["operations": .array(found.map(operation)), "next": nil]
    }
    let page = try queries.operations(filter, after: request.after, entriesMax: 500)
    return [
      "operations": .array(page.operations.map(operation)), "next": page.next.map { .integer($0) } ?? .null,
    ]
  }

  static func history(of key: String, _ queries: CentralQueries) throws -> JSONValue {
    guard let record = try queries.record(called: key) else { throw Failure(.unknownRecord, key) }
    let moments = try queries.history(of: record)
    return [
      "key": .string(record.name), "kind": .string(record.kind.rawValue),
      "events": .array(
        try moments.map { moment in
          [
            "at": .instant(moment.at), "who": .string(try queries.person(moment.who, on: moment.device)),
            "device": .string(moment.device), "text": .string(moment.text), "code": .string(moment.code),
          ]
        }),
    ]
  }

  static func checks(_ results: [CheckResult]) -> JSONValue {
    [
      "ok": .bool(results.allSatisfy(\.isOK)),
      "checks": .array(
        results.map { result in
          ["name": .string(result.name), "ok": .bool(result.isOK), "detail": .string(result.detail)]
        }),
    ]
  }

  // MARK: Rows of an import

  /// What came of each row: a word, or the code and particulars of a refusal.
  static func rows(_ verdict: Verdict) -> JSONValue {
    ["rows": .array(verdict.rows.map(row))]
  }

  private static func row(_ outcome: RowOutcome) -> JSONValue {
    switch outcome {
    case .created: "created"
    case .updated: "updated"
    case .unchanged: "unchanged"
    case .rejected(let refusal): ["code": .string(refusal.code.rawValue), "detail": .string(refusal.detail)]
    }
  }

  /// Reads `rows`; nil for a document that no centre made.
  static func outcomes(_ document: JSONValue) -> [RowOutcome]? {
    guard let rows = document["rows"]?.array else { return nil }
    let outcomes = rows.compactMap { row -> RowOutcome? in
      switch row.string {
      case "created": return .created
      case "updated": return .updated
      case "unchanged": return .unchanged
      default:
        guard let code = row["code"]?.string else { return nil }
        return .rejected(Refusal(Code(rawValue: code), row["detail"]?.string ?? ""))
      }
    }
    return outcomes.count == rows.count ? outcomes : nil
  }
}
