import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// The database file as SQLite sees it: pages, indexes, foreign keys.
enum FileCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("file")
    result.examine(try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
    for finding in try String.fetchAll(db, sql: "PRAGMA integrity_check") where finding != "ok" {
      result.fault(finding)
    }
    for row in try GRDB.Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
      let (table, parent): (String, String) = try (row.cell("table"), row.cell("parent"))
      result.fault("a row of \(table) names a \(parent) that is not there")
    }
    return result
  }
}

/// Every entry's hash covers the entry before and everything it says, every operation is listed under the last
/// entry that has it, and no row is newer than the last of all: nothing was changed, left out or put in (G21).
enum LogChainCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("log chain")
    var previous = LogEnd.empty
    try LogWalk.entries(in: db) { entry, operations in
      result.examine()
      result.expect(
        entry.version == previous.version + 1, "entry \(entry.version) follows \(previous.version)")
      result.expect(
        entry.receivedAt >= previous.receivedAt, "entry \(entry.version) is earlier than the one before")
      result.expect(
        operations.map(\.id.number).elementsEqual(entry.numbers), "entry \(entry.version) lacks operations")
      result.expect(
        entry.chained(after: previous.hash, operations: operations.map(\.chainHash)) == entry.hash,
        "entry \(entry.version) is not what was chained")
      result.expect(
        try !isListedEarlier(entry, in: db),
        "an operation of entry \(entry.version) is listed under an earlier one")
      previous = LogEnd(version: entry.version, hash: entry.hash, receivedAt: entry.receivedAt)
    }
    try checkListings(&result, in: db)
    let changed = try Int64.fetchOne(db, sql: "SELECT max(version) FROM bucket") ?? 0
    result.expect(
      changed <= previous.version, "rows are of entry \(changed), the log ends at \(previous.version)")
    return result
  }

  /// Whether some operation that an entry has is said to have been decided, or held, before it.
  private static func isListedEarlier(_ entry: LogEntry, in db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT EXISTS (SELECT 1 FROM log_operation
          WHERE device = ? AND number BETWEEN ? AND ? AND version < ?)
        """)
    let numbers = entry.numbers
    return try Bool.fetchOne(
      statement, arguments: [entry.device, numbers.lowerBound, numbers.upperBound, entry.version]) ?? false
  }

  /// The entry under which an operation is listed has it.
  private static func checkListings(_ result: inout CheckResult, in db: Database) throws {
    let rows = try GRDB.Row.fetchCursor(
      db,
      sql: """
        SELECT device, number, version FROM log_operation AS operation
        WHERE NOT EXISTS (SELECT 1 FROM log_entry AS entry
          WHERE entry.version = operation.version AND entry.device = operation.device
            AND operation.number BETWEEN entry.first_number AND entry.last_number)
        ORDER BY device, number
        """)
    while let row = try rows.next() {
      let id = OperationID(device: try row.cell("device"), number: try row.cell("number"))
      let version: Int64 = try row.cell("version")
      result.fault("\(id) is listed under entry \(version), which has others")
    }
  }
}

/// Every device's operations are numbered without gaps and chained, texts about persons match their
/// commitments, and what the centre remembers of the device is where its chain ends (G4, G18).
enum DeviceChainCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("device chains")
    let devices = try String.fetchAll(db, sql: "SELECT DISTINCT device FROM log_operation ORDER BY device")
    for device in devices {
      var (number, chain) = (Int64(0), OperationChain.start)
      try LogWalk.operations(of: device, in: db) { operation in
        result.examine()
        result.expect(operation.id.number == number + 1, "\(operation.id) follows number \(number)")
        number = operation.id.number
        chain = OperationChain.next(
          after: chain, bytes: operation.bytes, commitments: operation.personal.map(\.commitment))
        result.expect(chain == operation.chainHash, "\(operation.id) is not what was chained")
        for piece in operation.personal where !isKept(piece) {
          result.fault("a text of \(operation.id) does not match its commitment")
        }
      }
      let session = try DeviceSessions.fetch(device, in: db)
      result.expect(
        session?.appliedThrough == number,
        "\(device) is settled through \(session?.appliedThrough ?? 0), its last operation is \(number)")
      result.expect(session?.chainHash == chain, "\(device)'s chain does not end where the centre remembers")
    }
    try checkOrdinals(&result, in: db)
    return result
  }

  /// The texts of an operation are numbered from 0 on.
  private static func checkOrdinals(_ result: inout CheckResult, in db: Database) throws {
    let rows = try GRDB.Row.fetchCursor(
      db,
      sql: """
        SELECT device, number FROM personal GROUP BY device, number
        HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1
        """)
    while let row = try rows.next() {
      let id = OperationID(device: try row.cell("device"), number: try row.cell("number"))
      result.fault("the texts of \(id) are not numbered as they came")
    }
  }

  /// Whether a text is what was committed to, or was erased.
  private static func isKept(_ piece: PersonalPiece) -> Bool {
    guard let salt = piece.salt, let text = piece.text else { return piece.salt == nil && piece.text == nil }
    return Hashing.commitment(PersonalNote(salt: salt, text: text)) == piece.commitment
  }
}

/// The answers that devices are sent are those of the log, one for each decided operation; what is held is
/// marked so (G4).
enum AnswerCheck {
  static func run(in db: Database) throws -> CheckResult {
    var result = CheckResult("answers")
    var expected: Int64 = 0
    try LogWalk.entries(in: db) { entry, operations in
      guard entry.device != CentralStore.ownDevice else { return }
      for (position, operation) in operations.enumerated() {
        result.examine()
        let isLast = try LogWalk.version(of: operation.id, in: db) == entry.version
        if entry.kind == .held {
          if isLast { try checkHeld(operation.id, &result, in: db) }
          continue
        }
        expected += 1
        let verdict = position < entry.verdicts.count ? entry.verdicts[position] : nil
        try checkAnswer(operation.id, verdict, entry, &result, in: db)
      }
    }
    let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM answer") ?? 0
    result.expect(count == expected, "there are \(count) answers to \(expected) decided operations")
    return result
  }

  private static func checkAnswer(
    _ id: OperationID, _ verdict: Verdict?, _ entry: LogEntry, _ result: inout CheckResult, in db: Database
  ) throws {
    let row = try TradeTables.row(RowKey(AnswerColumns.self, id.device, id.number), in: db)
    guard let answer = row.map({ Answer($0) }), let verdict else {
      return result.fault("\(id) has no answer")
    }
    result.expect(
      answer.outcome == verdict.outcome && answer.codes.words == verdict.codes.map(\.rawValue)
        && answer.record == verdict.record && answer.conflicts.words == verdict.conflicts.map(\.description)
        && answer.decidedAt == entry.receivedAt,
      "the answer to \(id) is not the one of entry \(entry.version)")
    if let held = try TradeTables.row(RowKey(HeldColumns.self, id.device, id.number), in: db) {
      result.expect(Held(held).waitingFor.isEmpty, "\(id) is decided and still marked as held")
    }
  }

  private static func checkHeld(_ id: OperationID, _ result: inout CheckResult, in db: Database) throws {
    let held = try TradeTables.row(RowKey(HeldColumns.self, id.device, id.number), in: db).map { Held($0) }
    result.expect(held?.waitingFor.isEmpty == false, "\(id) is held and nothing says for what")
  }
}

/// Walks over the log in steps, so that memory stays flat however long it is.
enum LogWalk {
  private static let step = 500

  static func entries(
    in db: Database, through version: Int64 = .max, _ body: (LogEntry, [ReceivedOperation]) throws -> Void
  ) throws {
    var next: Int64 = 1
    while true {
      let entries = try LogStore.entries(from: next, limit: step, in: db)
      for entry in entries where entry.version <= version {
        try body(entry, try LogStore.operations(of: entry, in: db))
      }
      guard let last = entries.last, entries.count == step, last.version < version else { return }
      next = last.version + 1
    }
  }

  static func operations(
    of device: String, in db: Database, _ body: (ReceivedOperation) throws -> Void
  ) throws {
    var through: Int64 = 0
    // A number that rotted may lie far behind the one before.
    while let first = try next(after: through, of: device, in: db) {
      let last = first > Int64.max - Int64(step) ? Int64.max : first + Int64(step) - 1
      for operation in try LogStore.operations(device: device, first...last, in: db) { try body(operation) }
      through = last
    }
  }

  /// The number of a device's next operation; nil behind its last.
  private static func next(after number: Int64, of device: String, in db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: "SELECT min(number) FROM log_operation WHERE device = ? AND number > ?")
    return try Int64.fetchOne(statement, arguments: [device, number])
  }

  /// The entry that decided an operation, or holds it.
  static func version(of id: OperationID, in db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: "SELECT version FROM log_operation WHERE device = ? AND number = ?")
    return try Int64.fetchOne(statement, arguments: [id.device, id.number])
  }
}
