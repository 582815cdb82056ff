import GRDB
import SyncSession
public import TradeRules
import TradeTables

extension CentralQueries {
  /// Decides a draft as the centre would decide it now, and keeps nothing of it: what an import would do, row
  /// by row, before any of it is done.
  ///
  /// - Parameter actor: as in `CentralHost.record`.
  public func rehearse(_ draft: OwnDraft, actor: String, at now: Instant) throws -> Verdict {
    try database.read { db in
      let head = try LogStore.head(in: db)
      let epoch = try Epochs.fetch(in: db).current
      let operation = Operation(
        id: OperationID(device: CentralStore.ownDevice, number: 1), group: 1, kind: draft.kind, actor: actor,
        basedOnEpoch: epoch, basedOnVersion: head.version, recordedAt: now, clock: ClockReading(wall: now),
        form: draft.form)
      let entry = Entry(
        version: head.version + 1, receivedAt: max(now, head.receivedAt),
        device: CentralStore.ownDeviceRecord, isFinal: true, hash: Hashing.sha256)
      let view = WorkingSet()
      while true {
        do throws(Interruption) {
          return try Rules.decide([operation], on: view, in: entry, observing: Observations())[0]
        } catch {
          switch error {
          case .needs(let needs): try TradeTables.load(needs, into: view, in: db)
          case .waits(_, let called): return Verdict(.held, record: called)
          case .unknown, .refused:
            preconditionFailure("the centre knows every row, and Rules.decide answers refusals itself")
          }
        }
      }
    }
  }

  /// Whether the last import of a kind is of this very file and was begun but not ended: an interrupted one
  /// that can be taken up again.
  public func hasUnfinishedImport(_ kind: ImportKind, fileHash: [UInt8]) throws -> Bool {
    try database.read { db in
      let cursor = try Int64.fetchCursor(
        db, sql: "SELECT number FROM log_operation WHERE device = ? ORDER BY number DESC",
        arguments: [CentralStore.ownDevice])
      while let number = try cursor.next() {
        let received = try LogStore.operations(device: CentralStore.ownDevice, number...number, in: db)
        guard let operation = received.first?.operation else { continue }
        switch operation.kind {
        case EndImport.kind where Filled<EndImport>(operation.form).kind == kind.rawValue: return false
        case BeginImport.kind where Filled<BeginImport>(operation.form).kind == kind.rawValue:
          return Filled<BeginImport>(operation.form).fileHash == fileHash
        default: continue
        }
      }
      return false
    }
  }
}
