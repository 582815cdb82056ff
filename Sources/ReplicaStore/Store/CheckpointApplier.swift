import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

import struct Foundation.Data

/// Makes staged pages the replica's rows, in one transaction: takes back the guesses they concern, applies what
/// the centre says, proves it with the digests, drops what is answered and guesses anew what has to be.
struct CheckpointApplier {
  let db: Database
  var state: ReplicaState
  var mending = Mending.none

  /// What has been fetched since digests were found to differ.
  enum Mending {
    case none
    /// Single rows: that digests kept row by row are off is no news.
    case rows
    /// Whole buckets: what is here is not to be trusted in anything.
    case buckets
  }

  /// The buckets whose digests did not match, with the sums of their ranges; nothing was changed.
  struct Mismatch: Error {
    let buckets: [Bucket]
    let sums: [Bucket: RangeSums]
  }

  /// - Returns: the new state, and how many rows the pages had.
  /// - Throws: `Mismatch`; the caller's transaction must then be rolled back.
  mutating func apply(_ checkpoint: Checkpoint) throws -> (state: ReplicaState, rows: Int) {
    var rebase: Rebase? = try Rebase(db)
    var rows = try ConfirmedRows(db, grants: state.granted, keepsNewer: mending != .buckets)
    let count = try takeStaged(&rows, &rebase)
    try prove(checkpoint, &rows)
    try rows.storeDigests()
    // With other grants every row was looked at; what is not granted any more is gone.
    let proved = state.hasNewGrants ? try Suspects.fetch(in: db) : checkpoint.digests.map(\.bucket)
    try Suspects.clear(proved, in: db)
    state.grants = state.granted
    state.hasNewGrants = false
    state.checkpoint = checkpoint.version
    state.checkpointEpoch = state.epoch
    // What was answered may have been lost to damage; where the chain stood is known all the same.
    let known = checkpoint.appliedThrough == state.appliedThrough ? state.appliedHash : []
    state.appliedThrough = checkpoint.appliedThrough
    state.appliedHash = try Outbox.find(checkpoint.appliedThrough, in: db)?.chainHash ?? known
    state.headVersion = checkpoint.version
    state.headHash = checkpoint.headHash
    try CheckpointApplier.settleOutbox(state, in: db)
    try state.store(in: db)
    try rebase?.decideAnew(state)
    try StagedPages.clear(in: db)
    return (state, count)
  }

  /// Makes the confirmed rows what they are with the staged pages, and nothing else.
  func takeStaged() throws {
    var rebase: Rebase? = try Rebase(db)
    var rows = try ConfirmedRows(db, grants: state.granted, keepsNewer: true)
    _ = try takeStaged(&rows, &rebase)
  }

  /// - Returns: how many rows the pages had.
  private func takeStaged(_ rows: inout ConfirmedRows, _ rebase: inout Rebase?) throws -> Int {
    // With other grants the device sees other rows, and guesses otherwise.
    if state.hasNewGrants { try rebase?.takeAllBack() }
    if state.checkpointEpoch != state.epoch { try makeRoom(&rows, &rebase) }
    for (bucket, keys) in try StagedSnapshot.rest(in: db) {
      for key in keys { try rows.leave(bucket, key, telling: &rebase) }
    }
    let count = try takePages(&rows, &rebase)
    if state.hasNewGrants { try purgeUngranted(&rows) }
    return count
  }

  /// Takes out what the staged pages will replace: versions of another history cannot be compared with theirs.
  private func makeRoom(_ rows: inout ConfirmedRows, _ rebase: inout Rebase?) throws {
    try StagedPages.forEach(in: db) { page in
      for batch in try PageContent(page.body.content()).batches {
        for row in batch.rows() {
          try rows.leave(ConfirmedRows.everything, batch.table.key(of: row), telling: &rebase)
        }
      }
    }
  }

  /// Applies the staged pages one at a time, so that a long absence costs disk and not memory.
  ///
  /// - Returns: how many rows came.
  private func takePages(_ rows: inout ConfirmedRows, _ rebase: inout Rebase?) throws -> Int {
    var count = 0
    try StagedPages.forEach(in: db) { page in
      let content = try PageContent(page.body.content())
      for batch in content.batches {
        try rows.replace(batch.rows(), in: batch.table, telling: &rebase)
        count += batch.rowCount
      }
      for key in content.left {
        try rows.leave(page.bucket, key, telling: &rebase)
      }
    }
    return count
  }

  /// Rows that meet no grant any more go. A bucket that was granted anew may have had rows here before, by
  /// another one: its digest is reckoned from all of them.
  private func purgeUngranted(_ rows: inout ConfirmedRows) throws {
    for table in TableDescription.all where !table.isCentreOnly {
      var outside: [RowKey] = []
      try TradeTables.visit(table, in: db) { row in
        if !state.granted.meet(table.buckets(of: row)) { outside.append(table.key(of: row)) }
      }
      if PlantedBug.isPlanted(.lostRowsKept) { continue }
      for key in outside { try rows.remove(key) }
      if !outside.isEmpty { try ReplicaStore.noteRemains(in: db) }
    }
    try rows.recount()
  }

  /// The digests kept row by row miss a row that rotted, and stay wrong when a good one is put over it. So
  /// before rows are asked for again, those that are here are read and hashed anew.
  private func prove(_ checkpoint: Checkpoint, _ rows: inout ConfirmedRows) throws {
    let suspect = rows.mismatches(checkpoint)
    if suspect.isEmpty || PlantedBug.isPlanted(.digestNotCompared) { return }
    try rows.recount()
    let wrong = rows.mismatches(checkpoint)
    guard wrong.isEmpty else {
      let view = StagedView(db: db, holdsEverything: state.granted.everything)
      throw Mismatch(buckets: wrong, sums: try view.sums(of: wrong))
    }
    if mending != .none { return }
    let names = suspect.map(\.name).joined(separator: " ")
    try Incidents.append(.digestMismatch, names, at: state.lastSyncAt ?? checkpoint.centreTime, in: db)
  }

  /// Marks what of the outbox is answered, held or unsent.
  static func settleOutbox(_ state: ReplicaState, in db: Database) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT number FROM held WHERE device = ? AND waiting_for <> ''")
    let held = try Int64.fetchAll(statement, arguments: [state.device])
    let through = state.appliedThrough + (PlantedBug.isPlanted(.answeredTooFar) ? 1 : 0)
    try Outbox.settle(through: through, held: held, of: state.device, in: db)
  }
}
