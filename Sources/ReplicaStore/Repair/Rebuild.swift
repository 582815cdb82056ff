import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

import struct Foundation.Data

/// Fills a new replica's tables from a damaged one's.
struct Rebuild {
  let damaged: Database
  let db: Database
  let now: Instant
  let random: (Int) -> [UInt8]

  init(
    from damaged: Database, to db: Database, now: Instant, random: @escaping (Int) -> [UInt8]
  ) {
    (self.damaged, self.db, self.now, self.random) = (damaged, db, now, random)
  }

  func run() throws -> RebuildReport {
    var report = RebuildReport()
    let state: ReplicaState
    do { state = try ReplicaState.salvage(from: damaged) } catch let damage as ReplicaDamage {
      // Nothing of it can be sent any more, but whoever recorded it can do so again.
      throw ReplicaDamage(damage.part, damage.detail + Salvage.unsentNames(in: damaged))
    }
    try state.store(in: db)
    try takeNumbering()
    if state.checkpoint > 0 {
      try takeRows(state.grants)
      try FirstLoad.finish(db)
      report.suspects = try takeDigests(state)
    }
    let noted = (try? Outbox.notedEnd(in: damaged)) ?? nil
    let last = max(noted ?? 0, state.appliedThrough)
    let salvage = Salvage(
      Salvage.items(in: damaged, through: last), through: last, state: state,
      chains: (try? Outbox.notedChains(in: damaged)) ?? [:])
    report.mayLackMore = noted == nil
    for item in salvage.kept { try Outbox.append(item, in: db) }
    try Outbox.note(salvage.chains, in: db)
    report.kept = salvage.kept.count { $0.number > state.appliedThrough }
    report.lost = salvage.lost
    report.renumbered = try Outbox.recordAnew(salvage.loose, state, in: db)
    try Outbox.noteEnd(try Outbox.end(state, in: db).number, in: db)
    try CheckpointApplier.settleOutbox(state, in: db)
    if state.checkpoint > 0, report.suspects.isEmpty {
      var rebase = try Rebase(db)
      try rebase.decideAnew(state)
    }
    try tell(report)
    return report
  }

  /// Human numbers go on where they were; a damaged count is made up for by the numbers that are in use. Rows that
  /// left this device's sight are still in the file that is kept aside.
  private func takeNumbering() throws {
    guard let rows = try? GRDB.Row.fetchCursor(damaged, sql: "SELECT name, value FROM meta") else { return }
    while let row = try? rows.next() {
      guard let name = try? row.cell("name", .identity, as: String.self),
        name.hasPrefix("series_") || name == "has_remains",
        let value = try? row.cell("value", .identity, as: Data.self)
      else { continue }
      try db.execute(sql: "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)", arguments: [name, value])
    }
  }

  /// Confirmed rows as far as they can be read; the digests will show what is missing or wrong. A row that no
  /// grant explains any more has rotted: nothing that is fetched again would replace it.
  private func takeRows(_ grants: Grants) throws {
    for table in TableDescription.all where !table.isCentreOnly {
      var (chunk, failure): ([(key: RowKey, row: TradeRules.Row)], (any Error)?) = ([], nil)
      func flush() throws {
        for row in chunk {
          do { try TradeTables.write([row], in: db) } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CONSTRAINT
          {
            // A row that breaks the schema's rules is damaged: it comes again.
          } catch {
            failure = error
            throw error
          }
        }
        chunk = []
      }
      do {
        try BaseImages.visitConfirmed(table, in: damaged) { row in
          guard grants.everything || grants.meet(table.buckets(of: row)) else { return }
          chunk.append((table.key(of: row), row))
          if chunk.count == 500 { try flush() }
        }
      } catch  where failure == nil {
        // The rest of this table is behind a page that cannot be read.
      }
      try flush()
    }
  }

  /// The digests of what was taken over.
  ///
  /// - Returns: the buckets that the damaged file was proved to hold otherwise, or did not name.
  private func takeDigests(_ state: ReplicaState) throws -> [Bucket] {
    let digests = try TradeTables.digests(in: db)
    var proved: [Bucket: [UInt8]] = [:]
    if let rows = try? GRDB.Row.fetchCursor(damaged, sql: "SELECT name, digest FROM bucket") {
      while let row = try? rows.next() {
        guard let name = try? row.cell("name", .file, as: String.self),
          let digest = try? row.cell("digest", .file, as: Data.self)
        else { continue }
        proved[Bucket(name)] = Array(digest)
      }
    }
    let granted = state.grants.everything ? [ConfirmedRows.everything] : state.grants.exact
    let statement = try db.cachedStatement(sql: "INSERT INTO bucket (name, digest) VALUES (?, ?)")
    var suspects: [Bucket] = []
    for bucket in Set(granted).union(proved.keys).sorted() {
      let found = bucket == ConfirmedRows.everything ? digests.all : digests[bucket]
      if proved[bucket] != found.bytes { suspects.append(bucket) }
      // A bucket that was not held is not held now either: it comes whole.
      guard proved[bucket] != nil else { continue }
      try statement.execute(arguments: [bucket.name, Data(found.bytes)])
    }
    try Suspects.add(suspects, in: db)
    return suspects
  }

  private func tell(_ report: RebuildReport) throws {
    try Incidents.append(.replicaCorrupt, "the file was made anew", at: now, in: db)
    try Incidents.append(report.lost, at: now, in: db)
  }
}
