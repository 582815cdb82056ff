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
  /// What this replica has brought in before counts as known, so that an import that was cut short can be done again.
  ///
  /// - Throws: `Refusal` with `NOT_PERMITTED` for this replica's own file: it sends that work itself; with
  ///   `DEVICE_WIPED` where nothing could ever be sent.
  public func bring(
    _ file: OutboxFile, actor: String, clock: ClockReading, random: @escaping (Int) -> [UInt8]
  ) throws -> [BroughtGroup] {
    let known = try read { db in
      guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
      guard !state.isWiped else { throw Refusal(.deviceWiped) }
      for group in file.groups { try ReplicaStore.requireForeign(group, state, in: db) }
      return try ReplicaStore.brought(in: db)
    }
    var numbers: [String: String] = [:]
    return try file.groups.map { group in
      let original = group.operations[0].id
      var name = Rules.recordName(group.operations[0])
      do {
        guard !known.contains(group.work) else {
          throw Refusal(.workKnown, "\(original) was brought in here")
        }
        var trial = numbers
        let recorded = try write { db in
          guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
          let minting = file.mayRepeatNumbers ? Numbering(db: db, device: state.device) : nil
          let renumbered = try Renumbering.apply(to: group.operations, minting, &trial)
          name = Rules.recordName(renumbered[0])
          return try Recorder(db: db, state: state, random: random).record(
            [ReplicaStore.lead(group)] + renumbered.map(ReplicaStore.draft), actor: actor, clock: clock)
        }
        numbers = trial
        return BroughtGroup(original: original, record: name, recorded: recorded, refusal: nil)
      } catch let refusal as Refusal {
        return BroughtGroup(original: original, record: name, recorded: nil, refusal: refusal)
      }
    }
  }

  /// The work that was brought in here and not given up.
  private static func brought(in db: Database) throws -> Set<BroughtWork> {
    let items = try Outbox.items(ofKind: BringWork.kind, in: db)
    return Set(
      items.compactMap { item in
        guard item.state != .withdrawn, let form = item.operation.map({ Filled<BringWork>($0.form) }) else {
          return nil
        }
        return BroughtWork(device: form.device, number: form.number, hash: form.chainHash)
      })
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
