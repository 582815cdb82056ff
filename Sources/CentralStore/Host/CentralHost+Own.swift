import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

/// One thing the centre itself does: a command at its console, a chunk of an import, a rule acting on its own.
public struct OwnDraft: Sendable {
  public let kind: OperationKind
  public let form: Form
  /// When it is said to have happened; nil = now.
  package let statedAt: Instant?

  public init<F: OperationForm>(_ filled: Filled<F>) {
    kind = F.kind
    form = EnteredText.normalised(filled.form)
    statedAt = nil
  }

  /// What somebody recorded elsewhere.
  package init(kind: OperationKind, form: Form, statedAt: Instant?) {
    (self.kind, self.form, self.statedAt) = (kind, form, statedAt)
  }
}

/// The centre's own operations: numbered and chained like any device's, decided and logged the same way.
extension CentralHost {
  /// Founds the store: units, currencies, a new epoch. Does nothing in a store that has a history.
  public func foundIfNew(at now: Instant) throws {
    guard !store.isFounded else { return }
    // A founding that was cut short left its epoch.
    let epoch = store.epoch == .none ? RecordID(derivedFrom: random(16)) : store.epoch
    if store.epoch == .none { try store.begin(epoch: epoch) }
    _ = try recordOwn([OwnDraft(Founding.form(epoch: epoch))], actor: "rule", at: now)
  }

  /// Begins a history of its own on a store that was brought back from a backup, before it serves anybody:
  /// what the backup does not have, devices send again (#67, G27).
  ///
  /// - Parameter backup: the backup's name.
  /// - Returns: the new epoch.
  @discardableResult
  public func beginHistory(from backup: String, at now: Instant) throws -> RecordID {
    let epoch = RecordID(derivedFrom: random(16))
    let form = Filled<RestoreStore> {
      $0.epoch = epoch
      $0.backup = backup
    }
    _ = try recordOwn([OwnDraft(form)], actor: "rule", at: now)
    return epoch
  }

  /// Decides a group of the centre's own and tells the live replicas.
  ///
  /// - Parameter actor: `os:NAME` for a command, `user:NAME` for the console, `rule`.
  /// - Returns: the verdicts in order, and what to send to whom.
  /// - Throws: when the store fails; then nothing was decided.
  public func record(
    _ drafts: [OwnDraft], actor: String, at now: Instant
  ) throws -> (verdicts: [Verdict], orders: [Order]) {
    orders = []
    let verdicts: [Verdict]
    do { verdicts = try recordOwn(drafts, actor: actor, at: now) } catch {
      note(error)
      throw error
    }
    dismiss()
    pumpDownloads(at: now)
    sendIdleCheckpoints(at: now)
    return (verdicts, orders)
  }

  func recordOwn(_ drafts: [OwnDraft], actor: String, at now: Instant) throws -> [Verdict] {
    if let halted { throw halted }
    var session =
      try store.session(of: CentralStore.ownDevice)
      ?? DeviceSession(
        device: CentralStore.ownDevice, incarnation: .none, chainHash: OperationChain.start)
    let group = ownOperations(drafts, actor: actor, after: session, at: now)
    guard let last = group.last else { return [] }
    session.appliedThrough = last.id.number
    session.chainHash = last.chainHash
    session.lastSeenAt = now
    let commit = try store.commit([group], sessions: [session], at: now)
    publish(commit, at: now)
    return commit.entries.first { $0.device == CentralStore.ownDevice }?.verdicts ?? []
  }

  private func ownOperations(
    _ drafts: [OwnDraft], actor: String, after session: DeviceSession, at now: Instant
  ) -> [ReceivedOperation] {
    let first = session.appliedThrough + 1
    var chain = session.chainHash
    return drafts.enumerated().map { position, draft in
      let operation = Operation(
        id: OperationID(device: CentralStore.ownDevice, number: first + Int64(position)), group: first,
        kind: draft.kind, actor: actor, basedOnEpoch: store.epoch, basedOnVersion: store.head.version,
        statedAt: draft.statedAt, recordedAt: now, clock: ClockReading(wall: now), form: draft.form)
      let (bytes, texts) = OperationCoding.encode(operation)
      let personal = texts.map { PersonalPiece(PersonalNote(salt: random(16), text: $0.text)) }
      chain = OperationChain.next(after: chain, bytes: bytes, commitments: personal.map(\.commitment))
      return ReceivedOperation(id: operation.id, bytes: bytes, personal: personal, chainHash: chain)
    }
  }
}
