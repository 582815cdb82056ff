import GRDB
public import TradeRules
import TradeTables

/// One operation of this device, with what became of it.
public struct OwnWork: Sendable {
  public enum State: String, Sendable {
    case unsent, held, rejected, answered
    /// Handed over when the device was out of use already: an administrator decides what becomes of it.
    case setAside
    /// Given up by its author.
    case discarded
  }

  public let id: OperationID
  /// The first operation of its command.
  public let group: OperationID
  public let item: OutboxItem
  public let answer: Answer?
  public let held: Held?
  public let state: State

  /// Why it waits or was rejected; nil when neither is so.
  public var code: Code? {
    switch state {
    case .rejected: answer?.codes.words.first.map { Code(rawValue: $0) }
    case .setAside: .deviceRetired
    case .unsent, .held, .answered, .discarded: nil
    }
  }
}

/// What became of one command: its operations' answers as one.
public struct GroupAnswer: Sendable {
  /// The command's first operation.
  public let id: OperationID
  public let kind: OperationKind
  public let record: String
  /// The worst of the outcomes; `held` when the command waits.
  public let outcome: Outcome
  public let codes: [Code]
  public let conflicts: [RecordID]
  /// What a person would call the missing record, for a held command.
  public let waitingFor: String?
  public let operations: [OwnWork]
}

extension ReplicaView {
  /// Operations that are not done with: unsent, held and rejected ones, oldest first.
  public func openWork() throws -> [OwnWork] {
    try own(
      """
      SELECT o.* FROM outbox o LEFT JOIN answer a ON a.device = :device AND a.number = o.number
      WHERE o.state IN ('unsent', 'held')
        OR (o.state = 'answered' AND a.outcome IN ('rejected', 'quarantined'))
      ORDER BY o.number
      """, ["device": state.device]
    ).filter { $0.state != .answered }
  }

  /// How many of this device's operations came to nothing, and how: set aside at the centre, given up here, or lost with
  /// a damaged file.
  public func endsOfWork() throws -> (setAside: Int64, discarded: Int64, lost: Int64) {
    let row = try GRDB.Row.fetchOne(
      db,
      sql: """
        SELECT count(*) FILTER (WHERE state = 'set_aside') AS aside,
          count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn FROM outbox
        """)
    return (row?["aside"] ?? 0, row?["withdrawn"] ?? 0, try incidentCount(.operationUnreadable))
  }

  /// What another device would have to bring in, oldest first: open work, and all of it when the centre does not know
  /// this device, as after a restore from a backup that is older than its enrolment (G27).
  public func workToExport() throws -> [OwnWork] {
    guard state.refusedWith == Code.notAuthorised.rawValue else { return try openWork() }
    return try own("SELECT * FROM outbox WHERE state <> 'withdrawn' ORDER BY number", [])
  }

  /// The operation of an id of this device, `A7/42` or `42`; nil when it has none.
  public func own(_ key: String) throws -> OwnWork? {
    let id = OperationID(key) ?? Int64(key).map { OperationID(device: state.device, number: $0) }
    guard let id, id.device.uppercased() == state.device.uppercased() else { return nil }
    return try own("SELECT * FROM outbox WHERE number = :number", ["number": id.number]).first
  }

  /// All operations of a command, given one of them.
  public func group(of work: OwnWork) throws -> [OwnWork] {
    try Outbox.group(work.group.number, in: db).map { try own($0) }
  }

  /// This device's operations about a record, oldest first; those it gave up are left out.
  func own(about record: String) throws -> [OwnWork] {
    try own(
      "SELECT * FROM outbox WHERE record = :record AND state <> 'withdrawn' ORDER BY number",
      ["record": record])
  }

  /// This device's makings of orders that it did not give up, oldest first.
  func ownCreations() throws -> [OwnWork] {
    try own(
      "SELECT * FROM outbox WHERE kind = :kind AND state <> 'withdrawn' ORDER BY number",
      ["kind": CreateOrder.kind.rawValue])
  }

  /// The numbers of this device's operations that have no answer yet, ascending.
  public func unansweredNumbers() throws -> [Int64] {
    try Int64.fetchAll(db, sql: "SELECT number FROM outbox WHERE state IN ('unsent', 'held') ORDER BY number")
  }

  /// What the centre said to each of this device's operations and when, in a form that tells two answers apart.
  public func decisions() throws -> [Int64: String] {
    let rows = try GRDB.Row.fetchAll(
      db,
      sql: """
        SELECT number, outcome || ' ' || codes || ' ' || decided_at AS decision FROM answer WHERE device = ?
        """, arguments: [state.device])
    return Dictionary(
      try rows.map { (try $0.cell("number", .file), try $0.cell("decision", .file)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The number of the last operation recorded; 0 before the first.
  public func lastNumber() throws -> Int64 { try Outbox.end(state, in: db).number }

  /// What became of the commands that some operations belong to, in order; commands still unsent are left
  /// out.
  public func answers(to numbers: [Int64]) throws -> [GroupAnswer] {
    var groups: [Int64: [OwnWork]] = [:]
    for number in numbers {
      guard let work = try own("\(number)"), groups[work.group.number] == nil else { continue }
      groups[work.group.number] = try group(of: work)
    }
    return groups.keys.sorted().compactMap { groups[$0].flatMap(GroupAnswer.init) }
  }

  /// News about earlier operations that came after a time, oldest first.
  public func notices() throws -> [Notice] {
    try all(NoticeColumns.self).filter { $0.device == state.device }.sorted {
      ($0.at, $0.id) < ($1.at, $1.id)
    }
  }

  // MARK: Reading the outbox

  private func own(_ sql: String, _ arguments: StatementArguments) throws -> [OwnWork] {
    try GRDB.Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
      .map { try own(Outbox.item($0)) }
  }

  private func own(_ item: OutboxItem) throws -> OwnWork {
    let answer = try find(AnswerColumns.self, RowKey(AnswerColumns.self, state.device, item.number))
    let held = try find(HeldColumns.self, RowKey(HeldColumns.self, state.device, item.number))
    var result = OwnWork.State(item.state, answer)
    if result == .rejected, try isKnown(item, answer) { result = .answered }
    return OwnWork(
      id: OperationID(device: state.device, number: item.number),
      group: OperationID(device: state.device, number: item.group), item: item, answer: answer,
      held: held.flatMap { $0.waitingFor.isEmpty ? nil : $0 }, state: result)
  }

  /// Whether an operation belongs to work brought in that the centre had already: it counts there, and nobody has to do
  /// anything about it (#66).
  private func isKnown(_ item: OutboxItem, _ answer: Answer?) throws -> Bool {
    guard let codes = answer?.codes.words else { return false }
    if codes == [Code.workKnown.rawValue] { return true }
    guard item.number != item.group, codes == [Code.groupRejected.rawValue] else { return false }
    let lead = try find(AnswerColumns.self, RowKey(AnswerColumns.self, state.device, item.group))
    return lead?.codes.words == [Code.workKnown.rawValue]
  }
}

extension OwnWork.State {
  init(_ state: OutboxItem.State, _ answer: Answer?) {
    switch state {
    case .unsent: self = .unsent
    case .held: self = .held
    case .withdrawn: self = .discarded
    case .setAside: self = .setAside
    case .answered:
      let isRefused = answer.map { $0.outcome == .rejected || $0.outcome == .quarantined } ?? false
      self = isRefused ? .rejected : .answered
    }
  }
}

extension GroupAnswer {
  /// The answer to a whole command; nil while some of it is unsent.
  init?(_ operations: [OwnWork]) {
    guard let first = operations.first else { return nil }
    var verdicts: [Verdict] = []
    var missing: String?
    for work in operations {
      if let answer = work.answer {
        verdicts.append(
          Verdict(
            answer.outcome, answer.codes.words.map { Code(rawValue: $0) }, record: answer.record,
            conflicts: answer.conflicts.words.compactMap { RecordID($0) }))
      } else if let held = work.held {
        verdicts.append(Verdict(.held, record: work.item.record))
        if missing == nil { missing = held.missing }
      } else {
        return nil
      }
    }
    guard let merged = Recorder.merged(verdicts) else { return nil }
    // That the rest of a command went with the part that was refused says nothing of its own.
    let reasons = merged.codes.filter { $0 != .groupRejected }
    self.init(
      id: first.group, kind: first.item.kind,
      record: verdicts.first.flatMap { $0.record.isEmpty ? nil : $0.record } ?? first.item.record,
      outcome: merged.outcome, codes: reasons.isEmpty ? merged.codes : reasons,
      conflicts: merged.conflicts, waitingFor: missing, operations: operations)
  }
}
