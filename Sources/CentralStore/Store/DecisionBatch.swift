import GRDB
import SyncSession
import TradeRules
import TradeTables

/// Decides groups one after another on one working set, and writes all of it in one transaction: one commit
/// and one fsync serve everybody who is waiting.
///
/// Lives inside one write transaction. What it learned goes back to the store only once that committed.
final class DecisionBatch {
  private let db: Database
  private let rows: WorkingSet
  private let loader: RowLoader
  private let log: LogWriter
  private(set) var head: LogEnd
  private(set) var entries: [LogEntry] = []
  private(set) var epochs: Epochs
  private var receivedAtByVersion: [Int64: Instant?] = [:]
  /// Keys (in hexadecimal) that held operations wait for, so that nobody looks in vain.
  private(set) var awaited: Set<String>

  init(_ db: Database, rows: WorkingSet, head: LogEnd, epochs: Epochs, awaited: Set<String>) throws {
    self.db = db
    self.rows = rows
    loader = RowLoader(in: db)
    log = try LogWriter(in: db)
    self.head = head
    self.epochs = epochs
    self.awaited = awaited
  }

  /// Decides a group that has just arrived, then whatever had been waiting for what it made.
  func decide(_ group: [ReceivedOperation], at now: Instant) throws {
    try settle(group, at: max(now, head.receivedAt), isNew: true)
    try decideWithdrawn(at: max(now, head.receivedAt))
    try decideAwaited(at: max(now, head.receivedAt))
  }

  /// Decides a logged entry again, for replay: no held operation is looked for, the log says what came next.
  func replay(_ entry: LogEntry, _ group: [ReceivedOperation]) throws {
    let wasHeld = try group.contains { try held($0.id) != nil }
    let group = wasHeld ? group : group.asReceived(before: entry)
    try settle(group, at: entry.receivedAt, isNew: !wasHeld, replaying: entry.observed)
  }

  // MARK: One entry

  private func settle(
    _ group: [ReceivedOperation], at receivedAt: Instant, isNew: Bool, replaying: [Bool]? = nil
  ) throws {
    guard let first = group.first, let last = group.last else { return }
    let mark = rows.mark()
    let version = head.version + 1
    let observations = Observations(replaying: replaying)
    let ruling = try rule(on: group, version: version, at: receivedAt, observations)
    switch ruling {
    case .decided(let verdicts):
      for (operation, verdict) in zip(group, verdicts) {
        answer(operation, verdict, at: receivedAt)
        try note(operation, verdict, at: version)
        if !isNew { try release(operation.id) }
      }
    case .held(let key, let called):
      for operation in group { hold(operation, waitingFor: key, called: called, version: version) }
    }
    let changes = rows.stamp(version, since: mark)
    var entry = LogEntry(
      version: version, kind: ruling.kind, device: first.id.device, numbers: first.id.number...last.id.number,
      receivedAt: receivedAt, rulesVersion: Rules.version, verdicts: ruling.verdicts,
      observed: observations.answers, effectsHash: try EffectsHash.of(changes), hash: [])
    entry.hash = entry.chained(after: head.hash, operations: group.map(\.chainHash))
    try log.append(entry, group, isNew: isNew)
    entries.append(entry)
    head = LogEnd(version: version, hash: entry.hash, receivedAt: receivedAt)
    // Whoever gives work up that waits, or makes what others wait for, is heard only while somebody waits.
    if awaited.isEmpty { return }
    made.append(contentsOf: DecisionBatch.keysOfInterest(in: changes))
    withdrawn += changes.filter { $0.key.table == HeldColumns.number }.map { Held($0.after) }
      .filter { !$0.withdrawnBy.isEmpty && !$0.waitingFor.isEmpty }
  }

  /// What those who wait want to hear of: records that are there now, and those that never will be.
  private static func keysOfInterest(in changes: [Change]) -> [RowKey] {
    changes.filter { $0.before == nil }.map(\.key)
      + changes.filter { $0.key.table == RefusedRecordColumns.number }
      .map { RefusedRecord($0.after).recordKey }
  }

  /// Keeps what an operation does to the log itself: a restore begins a history (#67), work that was brought in
  /// is known from now on (#66).
  private func note(_ received: ReceivedOperation, _ verdict: Verdict, at version: Int64) throws {
    guard let operation = received.operation, verdict.outcome == .applied else { return }
    switch operation.kind {
    case RestoreStore.kind:
      let epoch = Filled<RestoreStore>(operation.form).epoch
      try Epochs.append(epoch, at: version, in: db)
      epochs.begin(epoch, at: version)
      try DeviceSessions.forgetIncarnations(in: db)
    case BringWork.kind:
      try BroughtStore.append(BroughtWork(Filled<BringWork>(operation.form)), at: version, in: db)
    default: break
    }
  }

  private enum Ruling {
    case decided([Verdict])
    case held(RowKey, String)

    var kind: LogEntry.Kind { if case .held = self { .held } else { .decided } }
    var verdicts: [Verdict] { if case .decided(let verdicts) = self { verdicts } else { [] } }
  }

  private func rule(
    on group: [ReceivedOperation], version: Int64, at receivedAt: Instant, _ observations: Observations
  ) throws -> Ruling {
    let operations = group.compactMap(\.operation).map(inThisHistory)
    if group.allSatisfy(\.isGivenUp) {
      try noteRefused(operations, version, at: receivedAt, device: try device(group[0].id.device))
      return .decided(
        group.map {
          Verdict(.rejected, [.withdrawn], record: $0.operation.map(Rules.recordName) ?? "")
        })
    }
    guard operations.count == group.count else {
      try noteRefused(operations, version, at: receivedAt, device: try device(group[0].id.device))
      return .decided(
        group.map { received in
          Verdict(.rejected, [received.operation == nil ? .malformed : .groupRejected])
        })
    }
    if try wasBrought(group) { return .decided(group.map { _ in Verdict(.rejected, [.workKnown]) }) }
    let entry = Entry(
      version: version, receivedAt: receivedAt, device: try device(group[0].id.device),
      basedOnReceivedAt: try basedOn(operations[0]), isFinal: true, knownWork: try knownWork(in: operations),
      hash: Hashing.sha256)
    var deliberation = Deliberation(of: operations, on: rows, in: entry, observing: observations)
    while true {
      do throws(Interruption) {
        return .decided(try deliberation.goOn())
      } catch {
        switch error {
        case .needs(let needs): try loader.load(needs, into: rows)
        case .waits(let key, let called): return .held(key, called)
        case .unknown, .refused:
          preconditionFailure("the centre knows every row, and a deliberation answers refusals itself")
        }
      }
    }
  }

  /// What hangs on a command of which one operation cannot be read must not wait for what never comes (#70).
  private func noteRefused(
    _ operations: [Operation], _ version: Int64, at receivedAt: Instant, device: Device
  ) throws {
    let entry = Entry(
      version: version, receivedAt: receivedAt, device: device, basedOnReceivedAt: nil, isFinal: true,
      hash: Hashing.sha256)
    while true {
      do throws(Interruption) { return try RefusedRecords.note(operations, on: rows, in: entry) } catch {
        guard case .needs(let needs) = error else { return }
        try loader.load(needs, into: rows)
      }
    }
  }

  /// Whether another device brought this work in before its own could send it.
  private func wasBrought(_ group: [ReceivedOperation]) throws -> Bool {
    guard let last = group.last else { return false }
    return try BroughtStore.contains(
      BroughtWork(device: last.id.device, number: last.id.number, hash: last.chainHash), in: db)
  }

  private func knownWork(in operations: [Operation]) throws -> [BroughtWork: KnownWork] {
    var known: [BroughtWork: KnownWork] = [:]
    for operation in operations where operation.kind == BringWork.kind {
      let work = BroughtWork(Filled<BringWork>(operation.form))
      known[work] = try BroughtStore.standing(of: work, in: db)
    }
    return known
  }

  private func device(_ code: String) throws -> Device {
    guard code != CentralStore.ownDevice else { return CentralStore.ownDeviceRecord }
    let key = RowKey(DeviceColumns.self, code)
    try load(key)
    return try read(key).map { Device($0) } ?? Device()
  }

  /// An operation as this history sees it: what its author saw beyond a restore's point is not in it.
  private func inThisHistory(_ operation: Operation) -> Operation {
    var operation = operation
    operation.basedOnVersion =
      epochs.version(seenAt: operation.basedOnVersion, of: operation.basedOnEpoch) ?? operation.basedOnVersion
    return operation
  }

  /// - Parameter operation: as this history sees it.
  private func basedOn(_ operation: Operation) throws -> Instant? {
    guard epochs.version(seenAt: operation.basedOnVersion, of: operation.basedOnEpoch) != nil else {
      return nil
    }
    let version = operation.basedOnVersion
    if let known = receivedAtByVersion[version] { return known }
    let receivedAt = try LogStore.receivedAt(version: version, in: db)
    receivedAtByVersion[version] = .some(receivedAt)
    return receivedAt
  }

  private func answer(_ operation: ReceivedOperation, _ verdict: Verdict, at receivedAt: Instant) {
    guard operation.id.device != CentralStore.ownDevice else { return }
    var answer = Answer()
    answer.device = operation.id.device
    answer.number = operation.id.number
    answer.kind = operation.operation?.kind.rawValue ?? ""
    answer.outcome = verdict.outcome
    answer.codes = WordList(verdict.codes.map(\.rawValue))
    answer.record = verdict.record
    answer.conflicts = WordList(verdict.conflicts.map(\.description))
    answer.decidedAt = receivedAt
    rows.put(answer.row, in: TableDescription.of(AnswerColumns.self))
  }

  // MARK: Held operations

  /// Keys of rows that this batch made and that nobody has been told of yet.
  private var made: [RowKey] = []

  private func hold(_ operation: ReceivedOperation, waitingFor key: RowKey, called: String, version: Int64) {
    var held = Held()
    held.device = operation.id.device
    held.number = operation.id.number
    held.kind = operation.operation?.kind.rawValue ?? ""
    held.waitingFor = key.hexadecimal
    held.heldVersion = version
    held.missing = called
    rows.put(held.row, in: TableDescription.of(HeldColumns.self))
    awaited.insert(key.hexadecimal)
  }

  private func release(_ id: OperationID) throws {
    guard var held = try held(id) else { return }
    held.waitingFor = ""
    rows.put(held.row, in: TableDescription.of(HeldColumns.self))
  }

  private func held(_ id: OperationID) throws -> Held? {
    let key = RowKey(HeldColumns.self, id.device, id.number)
    try load(key)
    return try read(key).map { Held($0) }
  }

  /// Held operations that their author gave up and that are not answered yet.
  private var withdrawn: [Held] = []

  /// Answers the groups that their author gave up.
  private func decideWithdrawn(at receivedAt: Instant) throws {
    while let next = withdrawn.first {
      let group = try heldGroup(of: next)
      let numbers = group.map(\.id.number)
      withdrawn.removeAll { $0.device == next.device && numbers.contains($0.number) }
      try settle(group, at: receivedAt, isNew: false)
      withdrawn.removeAll { $0.device == next.device && numbers.contains($0.number) }
    }
  }

  /// Decides the groups that waited for rows made meanwhile, oldest first; each may make rows others wait
  /// for.
  private func decideAwaited(at receivedAt: Instant) throws {
    if awaited.isEmpty || PlantedBug.isPlanted(.heldNeverReleased) { made.removeAll(keepingCapacity: true) }
    while !made.isEmpty {
      let key = made.removeFirst().hexadecimal
      guard awaited.remove(key) != nil else { continue }
      let range = RowRange(HeldColumns.self, "held_waiting", [key])
      try loader.load([.range(range)], into: rows)
      let waiting = try readAll(range).map { Held($0) }
      var lastGroup: (device: String, through: Int64)?
      for held in waiting {
        if let lastGroup, lastGroup.device == held.device, held.number <= lastGroup.through { continue }
        let group = try heldGroup(of: held)
        lastGroup = (held.device, group.last?.id.number ?? held.number)
        try settle(group, at: receivedAt, isNew: false)
      }
    }
  }

  /// The whole group that a held operation belongs to, as the log has it.
  private func heldGroup(of held: Held) throws -> [ReceivedOperation] {
    guard let entry = try LogStore.entry(held.heldVersion, in: db) else {
      throw LogDamage(version: held.heldVersion)
    }
    return try LogStore.operations(of: entry, in: db)
  }

  // MARK: Rows

  private func load(_ key: RowKey) throws { try loader.load([.row(key)], into: rows) }

  private func read(_ key: RowKey) throws -> TradeRules.Row? { try rows.row(key) }

  private func readAll(_ range: RowRange) throws -> [TradeRules.Row] { try rows.rows(range) }
}

extension RowKey {
  /// The table's number and the key in hexadecimal: what a held operation waits for.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: ([table] + bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
