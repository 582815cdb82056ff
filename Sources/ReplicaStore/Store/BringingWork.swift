import GRDB
public import TradeRules

/// What became of one command out of another device's file.
public struct BroughtGroup: Sendable {
  /// What it was there.
  public let original: OperationID
  /// What a person calls its record here.
  public let record: String
  /// Nil when this replica refused it at once; then nothing of it was recorded.
  public let recorded: Recorded?
  public let refusal: Refusal?
}

extension ReplicaStore {
  /// Records the open work of a file as this device's own, each command by itself: one that can never become
  /// right here is passed over and told.
  ///
  /// - Throws: `Refusal` with `NOT_PERMITTED` for this replica's own file: it sends that work itself.
  public func bring(
    _ file: OutboxFile, actor: String, clock: ClockReading, random: @escaping (Int) -> [UInt8]
  ) throws -> [BroughtGroup] {
    var numbers: [String: String] = [:]
    return try file.groups.map { group in
      let original = group.operations[0].id
      var name = Rules.recordName(group.operations[0])
      do {
        let recorded = try write { db in
          guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
          try ReplicaStore.requireForeign(group, state, in: db)
          let minting = file.mayRepeatNumbers ? Numbering(db: db, device: state.device) : nil
          let renumbered = try Renumbering.apply(to: group.operations, minting, &numbers)
          name = Rules.recordName(renumbered[0])
          return try Recorder(db: db, state: state, random: random).record(
            [ReplicaStore.lead(group)] + renumbered.map(ReplicaStore.draft), actor: actor, clock: clock)
        }
        return BroughtGroup(original: original, record: name, recorded: recorded, refusal: nil)
      } catch let refusal as Refusal where refusal.code != .notPermitted {
        return BroughtGroup(original: original, record: name, recorded: nil, refusal: refusal)
      }
    }
  }

  private static func requireForeign(
    _ group: OutboxFile.Group, _ state: ReplicaState, in db: Database
  ) throws {
    guard group.work.device == state.device,
      try Outbox.find(group.work.number, in: db)?.chainHash == group.work.hash
    else { return }
    throw Refusal(.notPermitted, "this replica has \(group.operations[0].id) itself and sends it")
  }

  private static func lead(_ group: OutboxFile.Group) -> Draft {
    Draft(
      Filled<BringWork> {
        $0.device = group.work.device
        $0.number = group.work.number
        $0.chainHash = group.work.hash
      })
  }

  /// Facts keep the time at which they happened.
  private static func draft(_ operation: Operation) -> Draft {
    Draft(
      kind: operation.kind, form: operation.form,
      at: operation.statedAt ?? (operation.isFact ? operation.recordedAt : nil))
  }
}

/// Gives records that another device numbered the numbers of this one, in all operations that name them.
enum Renumbering {
  /// - Parameters:
  ///   - minting: makes the numbers; nil = everything keeps its number.
  ///   - numbers: what got which number, filled as they are made.
  static func apply(
    to operations: [Operation], _ minting: Numbering?, _ numbers: inout [String: String]
  ) throws -> [Operation] {
    guard let minting else { return operations }
    for operation in operations {
      for (series, number) in made(by: operation) where numbers[number] == nil && !number.isEmpty {
        numbers[number] = try minting.take(series)
      }
    }
    return operations.map { operation in
      var operation = operation
      for (field, content) in operation.form.contents {
        guard case .value(.text(let text)) = content, let number = numbers[text] else { continue }
        operation.form[field] = .value(.text(number))
      }
      return operation
    }
  }

  /// The numbers that an operation gives to new records, with their series.
  private static func made(by operation: Operation) -> [(series: String, number: String)] {
    switch operation.kind {
    case CreateOrder.kind: [("SO", Filled<CreateOrder>(operation.form).number)]
    case CreateCustomer.kind: [("C", Filled<CreateCustomer>(operation.form).code)]
    case ShipOrder.kind: [("SH", Filled<ShipOrder>(operation.form).shipmentNumber)]
    default: []
    }
  }
}
