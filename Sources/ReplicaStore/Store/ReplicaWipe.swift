import GRDB
import TradeRules
import TradeTables

/// The end of a replica whose device was reported lost.
extension ReplicaStore {
  /// Removes rows, work and key for good (G20): no byte of them is left in the file or the log beside it. The
  /// file stays and says what it was.
  ///
  /// - Parameter number: the last operation the centre has.
  /// - Returns: false, and nothing was removed, when there is work that the centre has not got.
  func wipe(ifSafeThrough number: Int64) throws -> Bool {
    try locked {
      try database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA secure_delete = ON")
        var isWiped = false
        try db.inTransaction(.immediate) {
          guard try Outbox.last(in: db)?.number ?? 0 <= number, let state = try ReplicaState.fetch(in: db)
          else { return .rollback }
          try ReplicaStore.empty(db)
          try ReplicaState.wiped(state).store(in: db)
          isWiped = true
          return .commit
        }
        // What was freed goes with the old pages, and the log with what it still had of them.
        guard isWiped else { return false }
        try db.execute(sql: "VACUUM")
        _ = try db.checkpoint(.truncate)
        return true
      }
    }
  }

  private static func empty(_ db: Database) throws {
    // The names are our own, from the table descriptions and the schema.
    let tables =
      TableDescription.all.map(\.name) + ["base", "outbox", "staged", "bucket", "incident", "meta"]
    for table in tables { try db.execute(sql: "DELETE FROM \"\(table)\"") }
    try SearchIndex.empty(db)
  }
}

extension ReplicaState {
  /// What is left of a replica: whose it was, and what became of it.
  fileprivate static func wiped(_ state: ReplicaState) -> ReplicaState {
    var left = ReplicaState(
      device: state.device, role: state.role, name: state.name, url: "", caFile: "", centreKey: [],
      keySeed: [], epoch: .none, incarnation: .none, grants: .nothing)
    left.refusedWith = Code.deviceWiped.rawValue
    return left
  }
}
