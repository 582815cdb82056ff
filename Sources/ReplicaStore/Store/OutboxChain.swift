import GRDB
import SyncProtocol
import SyncSession
import TradeRules

import struct Foundation.Data

/// What the device's chain says of the work that is kept.
extension Outbox {
  /// Where the device's chain ends: the last operation kept here, or the last one answered when that is missing.
  static func end(_ state: ReplicaState, in db: Database) throws -> (number: Int64, chainHash: [UInt8]) {
    if let last = try last(in: db), last.number >= state.appliedThrough {
      return (last.number, last.chainHash)
    }
    guard state.appliedThrough > 0 else { return (0, OperationChain.start) }
    return (state.appliedThrough, state.appliedHash)
  }

  /// The chain after an operation; nil when neither it nor the replica's state says it.
  static func hash(after number: Int64, _ state: ReplicaState, in db: Database) throws -> [UInt8]? {
    if number == 0 { return OperationChain.start }
    if let item = try find(number, in: db) { return item.chainHash }
    if let noted = try notedChains(in: db)[number] { return noted }
    return number == state.appliedThrough && !state.appliedHash.isEmpty ? state.appliedHash : nil
  }

  /// The chain after operations that are missing, as far as known.
  static func notedChains(in db: Database) throws -> [Int64: [UInt8]] {
    let rows = try GRDB.Row.fetchAll(
      db, sql: "SELECT name, value FROM meta WHERE name >= 'chain/' AND name < 'chain0'")
    var chains: [Int64: [UInt8]] = [:]
    for row in rows {
      let name: String = try row.cell("name", .outbox)
      guard let number = Int64(name.dropFirst("chain/".count)) else { continue }
      chains[number] = Array(try row.cell("value", .outbox, as: Data.self))
    }
    return chains
  }

  /// Notes the chain after operations that are missing, and forgets what was noted before.
  static func note(_ chains: [Int64: [UInt8]], in db: Database) throws {
    try db.execute(sql: "DELETE FROM meta WHERE name >= 'chain/' AND name < 'chain0'")
    let statement = try db.cachedStatement(sql: "INSERT INTO meta (name, value) VALUES (?, ?)")
    for (number, hash) in chains { try statement.execute(arguments: ["chain/\(number)", Data(hash)]) }
  }

  /// Follows the chain through all that is kept. Answered operations may be missing, a damaged file had them (G23).
  ///
  /// - Returns: how many hang together, and what is wrong with the first that does not; nil for none.
  static func followChain(_ state: ReplicaState, in db: Database) throws -> (count: Int, finding: String?) {
    func name(_ number: Int64) -> String { "operation \(OperationID(device: state.device, number: number))" }
    var (number, chain, count): (Int64, [UInt8]?, Int) = (0, OperationChain.start, 0)
    while true {
      let items = try items(after: number, limit: 500, in: db)
      if items.isEmpty { break }
      for item in items {
        if item.number != number + 1 {
          let before = item.number - 1
          guard before <= state.appliedThrough else { return (count, "\(name(number + 1)) is missing") }
          chain = try hash(after: before, state, in: db)
        }
        guard item.isIntact(after: chain) else {
          return (count, "\(name(item.number)) is not what was recorded")
        }
        (number, chain, count) = (item.number, item.chainHash, count + 1)
      }
    }
    let last = max(number, state.appliedThrough)
    return (count, try notedEnd(in: db) ?? 0 > last ? "\(name(last + 1)) is missing" : nil)
  }

  /// - Parameter items: those that follow an operation, in order.
  /// - Throws: `ReplicaDamage` when one is not what was recorded.
  static func requireChain(_ items: [OutboxItem], after number: Int64, in db: Database) throws {
    guard let state = try ReplicaState.fetch(in: db) else { return }
    var previous = try hash(after: number, state, in: db)
    for item in items {
      guard previous.map(item.isNext) ?? true else {
        throw ReplicaDamage(.outbox, "operation \(state.device)/\(item.number) is not what was recorded")
      }
      previous = item.chainHash
    }
  }

  /// Gives operations whose place in the chain is lost new places at its end, group by group.
  ///
  /// - Returns: what they were and what they are.
  static func recordAnew(
    _ loose: [OutboxItem], _ state: ReplicaState, in db: Database
  ) throws -> [(was: OperationID, now: OperationID)] {
    var renumbered: [(was: OperationID, now: OperationID)] = []
    for group in loose.grouped(by: \.group) {
      let end = try end(state, in: db)
      let first = end.number + 1
      var chain = end.chainHash
      for (position, item) in group.enumerated() {
        guard var operation = item.operation else { continue }
        operation.id = OperationID(device: state.device, number: first + Int64(position))
        operation.group = first
        let (bytes, _) = OperationCoding.encode(operation)
        chain = OperationChain.next(
          after: chain, bytes: bytes, commitments: item.personal.map(Hashing.commitment))
        var again = item
        (again.number, again.group, again.bytes) = (operation.id.number, first, bytes)
        again.chainHash = chain
        try append(again, in: db)
        renumbered.append((OperationID(device: state.device, number: item.number), operation.id))
      }
    }
    return renumbered
  }
}

extension OutboxItem {
  /// Whether its bytes and texts are those that the chain covers.
  ///
  /// - Parameter previous: the chain up to the operation before it.
  func isNext(after previous: [UInt8]) -> Bool {
    OperationChain.next(after: previous, bytes: bytes, commitments: personal.map(Hashing.commitment))
      == chainHash
  }

  /// Whether the item is the operation that was recorded.
  ///
  /// - Parameter previous: the chain before it; nil = unknown, then the chain is not looked at.
  func isIntact(after previous: [UInt8]?) -> Bool {
    if let previous { guard isNext(after: previous) else { return false } }
    // Bytes that mean nothing were recorded so, or the chain would not hold: then there is nothing to compare.
    guard let operation else { return previous != nil }
    return operation.id.number == number && operation.group == group && operation.kind == kind
      && operation.recordedAt == recordedAt && Rules.recordName(operation) == record
  }
}
