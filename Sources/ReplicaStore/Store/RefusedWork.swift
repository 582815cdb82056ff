import GRDB
public import TradeRules

/// What a person can do about work that the centre refused: try it again, or give it up. The operations stay
/// in the device's chain either way.
extension ReplicaStore {
  /// Records a refused command again, on what is known now, and gives the refused one up.
  ///
  /// Facts keep the time at which they happened. What was quarantined is not tried again: an administrator
  /// may still release it.
  ///
  /// - Parameter work: one operation of the command.
  /// - Throws: `Refusal` as any recording; `NOT_REJECTED` for work that was not.
  public func retry(
    _ work: OwnWork, actor: String, clock: ClockReading, random: @escaping (Int) -> [UInt8]
  ) throws -> Recorded {
    try write { db in
      let view = try ReplicaView(db)
      let group = try view.group(of: work)
      guard group.allSatisfy({ $0.state == .rejected && $0.answer?.outcome == .rejected }) else {
        throw Refusal(.notRejected, "\(work.id) is \(work.state.rawValue)")
      }
      let operations = group.compactMap(\.item.operation)
      guard operations.count == group.count else { throw Refusal(.malformed, work.id.description) }
      let drafts = operations.map { operation in
        Draft(
          kind: operation.kind, form: operation.form,
          at: operation.statedAt ?? (operation.isFact ? operation.recordedAt : nil))
      }
      try giveUp(group, in: db)
      return try Recorder(db: db, state: view.state, random: random).record(
        drafts, actor: actor, clock: clock)
    }
  }

  /// Gives a refused command up: it no longer asks for attention.
  ///
  /// - Throws: `Refusal` with `NOT_REJECTED` for work that was not: it is on its way and will be
  ///   answered.
  public func discard(_ work: OwnWork) throws {
    try write { db in try giveUp(try ReplicaView(db).requireDiscardable(work), in: db) }
  }

  private func giveUp(_ group: [OwnWork], in db: Database) throws {
    let statement = try db.cachedStatement(sql: "UPDATE outbox SET state = 'withdrawn' WHERE number = ?")
    for work in group { try statement.execute(arguments: [work.id.number]) }
  }
}

extension ReplicaView {
  /// All operations of a command that can be given up.
  ///
  /// - Throws: `Refusal` with `NOT_REJECTED` for one that was not refused.
  public func requireDiscardable(_ work: OwnWork) throws -> [OwnWork] {
    let group = try group(of: work)
    guard group.allSatisfy({ $0.state == .rejected }) else {
      throw Refusal(.notRejected, "\(work.id) is \(work.state.rawValue)")
    }
    return group
  }
}

extension Draft {
  package init(kind: OperationKind, form: Form, at statedAt: Instant?) {
    self.kind = kind
    self.form = form
    self.statedAt = statedAt
  }
}

extension Operation {
  /// Something that happened, whatever anybody decides about it.
  var isFact: Bool { kind.rawValue.hasPrefix("stock.") || Operation.facts.contains(kind) }

  /// Facts about orders and money; those about stock go by their name.
  static let facts: Set<OperationKind> = [
    PickLine.kind, PutBackLine.kind, PackOrder.kind, ShipOrder.kind, DeliverOrder.kind, TrackShipment.kind,
    RecordPayment.kind, RefundPayment.kind,
  ]
}
