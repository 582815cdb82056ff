import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

extension ReplicaStore {
  /// Makes the chain whole again behind what the centre has: after a restore it may ask for answered work that a damaged
  /// file lost. What is missing is named; what comes behind it gets new numbers, which the restored centre has not
  /// seen used (G5, G27).
  ///
  /// - Parameter number: the last operation that the centre has.
  /// - Returns: whether anything was missing.
  /// - Throws: `ReplicaDamage` when nothing says where the chain stood there.
  func closeGaps(after number: Int64, at now: Instant) throws -> Bool {
    guard try read({ try Outbox.hasGap(after: number, in: $0) }) else { return false }
    try write { db in
      guard var state = try ReplicaState.fetch(in: db) else { return }
      guard let hash = try Outbox.hash(after: number, state, in: db) else {
        throw ReplicaDamage(
          .whole,
          "the centre has its work up to \(number), and what followed is gone"
            + Salvage.unsentNames(in: db))
      }
      let last = try Outbox.end(state, in: db).number
      (state.appliedThrough, state.appliedHash) = (number, hash)
      let salvage = Salvage(
        try Outbox.items(after: number, limit: .max, in: db), through: last, state: state,
        chains: try Outbox.notedChains(in: db))
      var rebase = try Rebase(db)
      try rebase.takeAllBack()
      try Outbox.remove(after: number, in: db)
      for item in salvage.kept { try Outbox.append(item, in: db) }
      _ = try Outbox.recordAnew(salvage.loose, state, in: db)
      try Outbox.note(salvage.chains.filter { $0.key <= number }, in: db)
      try Outbox.noteEnd(try Outbox.end(state, in: db).number, in: db)
      try state.store(in: db)
      try Incidents.append(salvage.lost, at: now, in: db)
      try rebase.decideAnew(state)
    }
    return true
  }
}

extension Outbox {
  /// Whether an operation after a number is missing: one before the last that is kept, or all that were answered.
  fileprivate static func hasGap(after number: Int64, in db: Database) throws -> Bool {
    guard let state = try ReplicaState.fetch(in: db) else { return false }
    let row = try GRDB.Row.fetchOne(
      db, sql: "SELECT count(*) AS kept FROM outbox WHERE number > ?", arguments: [number])
    return try (row?["kept"] as Int64?) ?? 0 < end(state, in: db).number - number
  }

  fileprivate static func remove(after number: Int64, in db: Database) throws {
    try db.execute(sql: "DELETE FROM outbox WHERE number > ?", arguments: [number])
  }
}
