import GRDB
import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

import struct Foundation.Data

/// One thing a person wants to do, before it is an operation.
public struct Draft: Sendable {
  public let kind: OperationKind
  public let form: Form
  /// When a person says it happened; nil = now.
  public let statedAt: Instant?

  public init<F: OperationForm>(_ filled: Filled<F>, at statedAt: Instant? = nil) {
    kind = F.kind
    form = filled.form
    self.statedAt = statedAt
  }
}

/// What became of a command: recorded, with what the replica expects of it.
public struct Recorded: Sendable {
  /// The group's first operation.
  public let id: OperationID
  /// What a person calls the record.
  public let record: String
  /// What this replica expects; nil when it cannot see enough to tell.
  public let expected: Verdict?
}

/// Records work: decides it on what is known here, shows its effects at once, and keeps it for the centre.
struct Recorder {
  let db: Database
  let state: ReplicaState
  /// Makes random bytes, for the salts of personal texts.
  let random: (Int) -> [UInt8]

  /// Records a group in the caller's transaction.
  ///
  /// - Precondition: at least one draft.
  /// - Throws: `Refusal` for what can never become right, `BAD_VALUE` also for what no batch can carry; then
  ///   nothing is recorded.
  func record(_ drafts: [Draft], actor: String, clock: ClockReading) throws -> Recorded {
    let last = try Outbox.last(in: db)
    let end = try Outbox.end(state, in: db)
    let first = end.number + 1
    let recordedAt = RecordingClock.recordedAt(clock, state: state, notBefore: last?.recordedAt)
    let clock = RecordingClock.evidence(clock, state: state)
    let operations = drafts.enumerated().map { position, draft in
      Operation(
        id: OperationID(device: state.device, number: first + Int64(position)), group: first,
        kind: draft.kind, actor: actor, basedOnEpoch: state.checkpointEpoch, basedOnVersion: state.checkpoint,
        statedAt: draft.statedAt, recordedAt: recordedAt, clock: clock,
        form: EnteredText.normalised(draft.form))
    }
    try checkTexts(of: operations)
    guard drafts.allSatisfy({ $0.statedAt.map(Instant.range.contains) ?? true }) else {
      throw Refusal(.badValue, "a time outside the years 1 … 9999")
    }
    // Before its first checkpoint a replica knows nothing: it records, and guesses when it can see.
    let guess = state.checkpoint > 0 ? try Guess(db, state: state) : nil
    try checkRole(guess?.device.role ?? state.role, may: operations)
    let expected = try guess?.decide(operations)
    for (operation, verdict) in zip(operations, expected ?? []) where verdict.outcome == .rejected {
      guard let code = verdict.codes.first, code != Code.groupRejected,
        CodeBook.entry(for: code).isRefusedAtOnce
      else { continue }
      throw Refusal(code, verdict.detail.isEmpty ? Rules.recordName(operation) : verdict.detail)
    }
    var chain = end.chainHash
    let items = operations.enumerated().map { position, operation in
      item(for: operation, expected: expected?[position], after: &chain)
    }
    try checkFits(items)
    for item in items { try Outbox.append(item, in: db) }
    if let footprint = guess?.footprint { try Outbox.keep(footprint, of: first, in: db) }
    try Outbox.noteEnd(items.last?.number ?? end.number, in: db)
    try guess?.store()
    return Recorded(
      id: operations[0].id, record: Rules.recordName(operations[0]),
      expected: expected.flatMap(Recorder.merged))
  }

  /// A role's limits are known even where nothing else is; the centre holds them again (G19).
  private func checkRole(_ role: Role, may operations: [Operation]) throws {
    for operation in operations where !Permissions.allows(role, operation.kind) {
      throw Permissions.refusal(role, operation.kind)
    }
  }

  /// The centre could not read a longer text.
  private func checkTexts(of operations: [Operation]) throws {
    for bytes in operations.map(\.form.longestTextBytes) where bytes > RowLimits.textBytesMax {
      throw Refusal(.badValue, "\(bytes) bytes in one text; \(RowLimits.textBytesMax) can be kept")
    }
  }

  /// A group travels in one batch; one that does not fit would stop everything behind it for ever.
  private func checkFits(_ items: [OutboxItem]) throws {
    let bytes = items.reduce(0) { $0 + $1.recorded.creditBytes }
    guard items.count <= WireLimits.pushOperationsMax, bytes <= WireLimits.pushBytesMax else {
      throw Refusal(.badValue, "\(bytes) bytes at once; \(WireLimits.pushBytesMax) can be sent")
    }
  }

  private func item(
    for operation: Operation, expected: Verdict?, after chain: inout [UInt8]
  ) -> OutboxItem {
    let (bytes, texts) = OperationCoding.encode(operation)
    let notes = texts.map { PersonalNote(salt: random(16), text: $0.text) }
    let commitments = notes.map(Hashing.commitment)
    chain = OperationChain.next(after: chain, bytes: bytes, commitments: commitments)
    return OutboxItem(
      number: operation.id.number, group: operation.group, kind: operation.kind,
      record: Rules.recordName(operation), recordedAt: operation.recordedAt, bytes: bytes, personal: notes,
      chainHash: chain, state: .unsent, predicted: Recorder.text(of: expected))
  }

  private static func text(of verdict: Verdict?) -> String {
    guard let verdict else { return "" }
    return ([verdict.outcome.rawValue] + verdict.codes.map(\.rawValue)).joined(separator: " ")
  }

  /// One outcome for a command of several operations: the worst, with all codes.
  static func merged(_ verdicts: [Verdict]) -> Verdict? {
    guard var merged = verdicts.first else { return nil }
    let order: [Outcome] = [.applied, .partly, .held, .rejected, .quarantined]
    for verdict in verdicts.dropFirst() {
      let worse = (order.firstIndex(of: verdict.outcome) ?? 0) > (order.firstIndex(of: merged.outcome) ?? 0)
      if worse { merged.outcome = verdict.outcome }
      merged.codes += verdict.codes.filter { !merged.codes.contains($0) }
      merged.conflicts += verdict.conflicts
    }
    return merged
  }
}

/// The replica's own idea of what operations will do, on the rows it has.
final class Guess {
  private let db: Database
  private let rows: WorkingSet
  private let loader: RowLoader
  let device: Device

  init(_ db: Database, state: ReplicaState) throws {
    self.db = db
    rows = WorkingSet(horizon: state.grants)
    loader = RowLoader(in: db)
    device =
      try TradeTables.row(RowKey(DeviceColumns.self, state.device), in: db).map { Device($0) }
      ?? Guess.device(of: state)
  }

  /// Before the first checkpoint a replica has only what its enrolment told.
  private static func device(of state: ReplicaState) -> Device {
    var device = Device()
    device.code = state.device
    device.role = state.role
    return device
  }

  /// What the last decision looked at and changed.
  var footprint: Footprint? { rows.footprint }

  /// Decides a group; nil when rows that matter are out of this replica's sight. Its effects stay in memory
  /// until `store`.
  func decide(_ group: [Operation]) throws -> [Verdict]? {
    guard let first = group.first else { return nil }
    rows.footprint = Footprint()
    let entry = Entry(
      version: 0, receivedAt: first.recordedAt, device: device, isFinal: false, hash: Hashing.sha256)
    var deliberation = Deliberation(of: group, on: rows, in: entry, observing: Observations())
    while true {
      do throws(Interruption) {
        return try deliberation.goOn()
      } catch {
        switch error {
        case .needs(let needs): try loader.load(needs, into: rows)
        case .unknown, .waits: return nil
        case .refused(let refusal): return group.map { _ in Verdict(.rejected, [refusal.code]) }
        }
      }
    }
  }

  /// Writes the effects of all groups decided so far, keeping what the rows were before the first guess.
  func store() throws {
    let changes = rows.changes()
    try BaseImages.keep(changes, in: db)
    try TradeTables.write(changes, in: db)
    rows.markStored()
  }
}

/// Turns what a device's clocks say into a time worth recording.
enum RecordingClock {
  /// Within one start of the device its steady clock counts from the last connection; otherwise the wall
  /// clock is corrected by the last offset. Never earlier than the device's previous operation.
  static func recordedAt(
    _ clock: ClockReading, state: ReplicaState, notBefore previous: Instant?
  ) -> Instant {
    let sameStart = clock.bootID != .none && clock.bootID == state.anchorBootID
    let estimate =
      sameStart
      ? state.anchorCentreTime.advanced(byMilliseconds: clock.bootTimeMilliseconds - state.anchorBootTime)
      : clock.wall.advanced(byMilliseconds: state.clockOffsetMilliseconds)
    // A clock may say anything, and yet the work is work.
    return max(estimate, previous ?? estimate).clamped
  }

  /// What the clocks said, with how far off the last connection found them: the centre judges by it whether
  /// the device's clock is to be trusted (#65) and how near a count may be to a movement (#5).
  static func evidence(_ clock: ClockReading, state: ReplicaState) -> ClockReading {
    var clock = clock
    clock.offsetMilliseconds = state.clockOffsetMilliseconds
    clock.uncertaintyMilliseconds = state.clockUncertaintyMilliseconds
    return clock
  }
}
