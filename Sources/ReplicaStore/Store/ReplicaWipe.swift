import GRDB
public import TradeRules
import TradeTables

/// What is gone for good: rows that the device may not have any more, and the whole replica of a lost one.
extension ReplicaStore {
  // MARK: Rows that left

  /// Free pages, and the log, may have bytes of rows that were removed.
  static func noteRemains(in db: Database) throws {
    try db.execute(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('has_remains', x'01')")
  }

  /// Makes the file anew when rows left it for good since it was last made: no byte of them stays (G16). Takes
  /// as long as copying the file, and as much room; another time will do as well. What is kept aside has such rows too,
  /// and goes first; that a damaged file went, the last to have work that nobody could read, is noted for good.
  ///
  /// - Parameter tell: hears what is removed that was kept aside.
  /// - Throws: when another program reads meanwhile, or the disk is full; the file is as it was then.
  public func removeRemains(at now: Instant, telling tell: ([String]) -> Void) throws {
    let query = "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'has_remains')"
    guard try read({ try Bool.fetchOne($0, sql: query) }) == true else { return }
    try locked {
      try database.writeWithoutTransaction { db in
        if lock != nil { try ReplicaFile(database.path).removeRows(at: now, noting: db, telling: tell) }
        try ReplicaStore.removeRemains(db)
      }
    }
  }

  private static func removeRemains(_ db: Database) throws {
    try db.execute(sql: "VACUUM")
    _ = try db.checkpoint(.truncate)
    try db.execute(sql: "DELETE FROM meta WHERE name = 'has_remains'")
  }

  // MARK: A lost device

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
          // A damaged file that was kept aside has rows as well.
          if lock != nil { try ReplicaFile(database.path).removeAllAside() }
          try ReplicaStore.empty(db)
          try ReplicaState.wiped(state).store(in: db)
          // What is cut short from here on is done by the next sync.
          try ReplicaStore.noteRemains(in: db)
          isWiped = true
          return .commit
        }
        // What was freed goes with the old pages, and the log with what it still had of them.
        if isWiped { try ReplicaStore.removeRemains(db) }
        return isWiped
      }
    }
  }

  private static func empty(_ db: Database) throws {
    // The names are our own, from the table descriptions and the schema.
    let tables =
      TableDescription.all.map(\.name) + [
        "base", "outbox", "staged", "bucket", "incident", "meta", "meta_copy",
      ]
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

extension ReplicaFile {
  /// Removes what was kept aside and has rows.
  fileprivate func removeRows(
    at now: Instant, noting db: Database, telling tell: ([String]) -> Void
  ) throws {
    let files = try rowsAside()
    guard !files.isEmpty else { return }
    for file in try damagedAside() where !file.hasSuffix("-wal") {
      try Incidents.append(
        .replicaCorrupt, "\(file) is removed: rows in it left this device", at: now, in: db)
    }
    try ReplicaFile.remove(files)
    tell(files)
  }
}
