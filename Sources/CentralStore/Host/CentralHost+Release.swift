import GRDB
import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

/// Doing over what was set aside.
extension CentralHost {
  /// What belongs to the device that did it, and to nobody else: its quotas, its held work.
  private static let personal: Set<OperationKind> = [RequestQuota.kind, ReturnQuota.kind, WithdrawWork.kind]

  /// Decides the command that an operation set aside belongs to as the centre's own, as it was recorded and
  /// said to have happened when it was, with what the device's role may do. All of it or nothing.
  ///
  /// - Throws: `Refusal` with `NOT_SET_ASIDE` for an operation that the log has not, or that can be read by
  ///   nobody; with `NOT_PERMITTED` for one that only its device can do.
  /// - Returns: one verdict an operation, that of the release first, and what to send to whom.
  public func release(
    _ id: OperationID, actor: String, at now: Instant
  ) throws -> (verdicts: [Verdict], orders: [Order]) {
    let group = try store.read { db -> [ReceivedOperation] in
      guard let version = try LogWalk.version(of: id, in: db), let entry = try LogStore.entry(version, in: db)
      else { return [] }
      return try LogStore.operations(of: entry, in: db)
    }
    let operations = group.compactMap(\.operation)
    guard let first = operations.first, let last = operations.last, operations.count == group.count else {
      throw Refusal(.notSetAside, id.description)
    }
    if let operation = operations.first(where: { CentralHost.personal.contains($0.kind) }) {
      throw Refusal(.notPermitted, "\(operation.kind) is the device's own")
    }
    let release = Filled<ReleaseWork> {
      ($0.device, $0.first, $0.last) = (id.device, first.id.number, last.id.number)
    }
    let drafts = operations.map { operation in
      OwnDraft(
        kind: operation.kind, form: operation.form, statedAt: operation.statedAt ?? operation.recordedAt)
    }
    return try record([OwnDraft(release)] + drafts, actor: actor, at: now)
  }
}
