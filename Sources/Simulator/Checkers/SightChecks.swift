import GRDB
import ReplicaStore
import TradeRules
import TradeTables

/// What a person sees on a replica, at any moment and not only when all is quiet: rows of one moment of the
/// centre, and his own work on top of them (G3, G9).
enum SightChecks {
  /// The confirmed rows are those of one moment, the checkpoint's: what the centre has not changed since is here
  /// as it is there, and nothing is newer, be it half of a page or half of a commit.
  static func checkMoment(of device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    guard let state = try device.store.state(), state.checkpoint > 0,
      state.checkpointEpoch == world.store.epoch
    else { return }
    tally.add("one moment")
    let there = try world.store.read { db in
      try rows(in: db) { row, table in state.grants.meet(table.buckets(of: row)) }
    }
    let here = try device.store.read { db in
      var found: [RowKey: Seen] = [:]
      var hasher = RowHasher()
      for table in TableDescription.all where !table.isCentreOnly {
        try BaseImages.visitConfirmed(table, in: db) { row in
          found[table.key(of: row)] = Seen(row.version, hasher.hash(row, of: table), isGranted: true)
        }
      }
      return found
    }
    for key in Set(there.keys).union(here.keys).sorted() {
      guard let wrong = difference(there[key], here[key], at: state.checkpoint) else { continue }
      let table = TableDescription.numbered(key.table)?.name ?? "?"
      throw Finding("one moment", "\(device.code) at \(state.checkpoint) \(wrong) of \(table)")
    }
  }

  /// A row as somebody has it.
  private struct Seen {
    let version: Int64
    let hash: RowHash
    let isGranted: Bool

    init(_ version: Int64, _ hash: RowHash, isGranted: Bool) {
      (self.version, self.hash, self.isGranted) = (version, hash, isGranted)
    }
  }

  private static func difference(_ there: Seen?, _ here: Seen?, at checkpoint: Int64) -> String? {
    if let here, here.version > checkpoint { return "has a row from after it" }
    guard let there else { return "has a row that the centre never had" }
    // What it was at the checkpoint nobody knows any more.
    if there.version > checkpoint { return nil }
    guard there.isGranted else { return here == nil ? nil : "has a row that is not granted" }
    guard let here else { return "lacks a row" }
    return here.hash == there.hash ? nil : "has another row"
  }

  private static func rows(
    in db: Database, _ isGranted: (TradeRules.Row, TableDescription) -> Bool
  ) throws -> [RowKey: Seen] {
    var found: [RowKey: Seen] = [:]
    var hasher = RowHasher()
    for table in TableDescription.all where !table.isCentreOnly {
      try TradeTables.visit(table, in: db) { row in
        found[table.key(of: row)] = Seen(
          row.version, hasher.hash(row, of: table), isGranted: isGranted(row, table))
      }
    }
    return found
  }

  /// What is seen is what the confirmed rows and the work still open come to when all of it is decided anew,
  /// whatever came in between and however little of it was decided again: a change that was recorded neither
  /// goes away nor comes twice while its answer is under way.
  static func checkOwnWork(on device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    guard let state = try device.store.state(), state.checkpoint > 0 else { return }
    tally.add("own work")
    let copy = try ReplicaStore.inMemory()
    try device.store.copy(to: copy)
    let before = try copy.read { db in try rows(in: db) { _, _ in true } }
    guard try copy.scrub(at: world.now).isSound else {
      throw Finding("own work", "\(device.code) has rows that its digests do not explain")
    }
    let after = try copy.read { db in try rows(in: db) { _, _ in true } }
    let differing = Set(before.keys).union(after.keys).filter { before[$0]?.hash != after[$0]?.hash }
    guard let key = differing.min() else { return }
    let table = TableDescription.numbered(key.table)?.name ?? "?"
    throw Finding(
      "own work",
      "\(device.code) shows \(differing.count) rows otherwise than its work makes them, of \(table)")
  }
}
