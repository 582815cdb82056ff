import Foundation
import GRDB
import Glibc
import Schema
import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

/// What came of making a replica's file anew.
public struct RebuildReport: Sendable {
  /// Unsent operations that are kept as they were.
  public var kept = 0
  /// Unsent operations that were recorded anew, behind a damaged one: what they were and what they are.
  public var renumbered: [(was: OperationID, now: OperationID)] = []
  /// Unsent operations that cannot be read any more.
  public var lost: [LostOperation] = []
  /// How many operations there were can no longer be read: others may have been behind the last.
  public var mayLackMore = false
  /// Buckets that are not whole; the next sync fetches what is missing.
  public var suspects: [Bucket] = []
  /// Where the damaged file is kept.
  public var aside = ""
}

extension ReplicaFile {
  /// Makes the replica's file anew from what can be read of it: its identity, its work, its rows. The damaged file
  /// is kept aside.
  ///
  /// Whoever calls holds the lock of the one that syncs; nobody else has the file open to write.
  ///
  /// - Throws: `ReplicaDamage` when the file cannot say any more which replica it is; it is left as it is.
  public func rebuild(at now: Instant, random: @escaping (Int) -> [UInt8]) throws -> RebuildReport {
    let lock = ReplicaLock.writers(of: path)
    return try lock.held {
      try finishRebuild()
      try DiskRoom(of: path).require(2 * ReplicaFile.bytes(of: path))
      let fresh = ReplicaFile(path + ReplicaFile.rebuildingMark)
      for suffix in ["", "-wal", "-shm"] { unlink(fresh.path + suffix) }
      var report: RebuildReport
      do { report = try ReplicaFile.transfer(from: path, to: fresh.path, at: now, random: random) } catch {
        for suffix in ["", "-wal", "-shm"] { unlink(fresh.path + suffix) }
        throw error
      }
      if WriteAheadLog(of: path)?.isLastInDoubt == true { report.mayLackMore = true }
      report.aside = try keepAside(at: now)
      guard rename(fresh.path, path + ReplicaFile.rebuiltMark) == 0 else {
        throw ReplicaFault.io("rename \(fresh.path)", errno)
      }
      try syncFolder()
      try finishRebuild()
      return report
    }
  }

  /// How large a file is with the log beside it.
  private static func bytes(of path: String) -> Int64 {
    [path, path + "-wal"].reduce(0) { sum, file in
      var status = stat()
      return stat(file, &status) == 0 ? sum + Int64(status.st_size) : sum
    }
  }

  /// Gives the damaged file and its log a second name: without the log the file alone would be older.
  private func keepAside(at now: Instant) throws -> String {
    let name = "\(path)\(ReplicaFile.asideMark)\(now.timestamp.prefix(19).filter { $0 != "-" && $0 != ":" })Z"
    var (aside, count) = (name, 1)
    while FileManager.default.fileExists(atPath: aside) {
      count += 1
      aside = "\(name)-\(count)"
    }
    for suffix in ["-wal", ""] where FileManager.default.fileExists(atPath: path + suffix) {
      guard link(path + suffix, aside + suffix) == 0 || errno == EEXIST else {
        throw ReplicaFault.io("keep \(path + suffix) aside", errno)
      }
    }
    return aside
  }

  /// Puts a file that was made anew in the damaged one's place. A program that was cut short here left two files:
  /// the damaged one without its log would look like a sound replica of some time ago, so whoever writes next
  /// ends this first.
  func finishRebuild() throws {
    let rebuilt = path + ReplicaFile.rebuiltMark
    guard FileManager.default.fileExists(atPath: rebuilt) else { return }
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    guard rename(rebuilt, path) == 0 else { throw ReplicaFault.io("rename \(rebuilt)", errno) }
    try syncFolder()
  }

  private static let asideMark = ".damaged-"
  /// Beside a replica: work that somebody discarded.
  public static let discardedMark = ".discarded-"
  private static let rebuildingMark = ".rebuilding"
  /// Complete, and not yet in its place.
  static let rebuiltMark = ".rebuilt"

  /// Removes the damaged files that were kept aside, for good.
  func removeAside() throws { try removeFiles(marked: [ReplicaFile.asideMark]) }

  /// And the work that was saved before it was discarded, and what an interrupted rebuild left (G20).
  func removeAllAside() throws {
    try removeFiles(marked: [ReplicaFile.asideMark, ReplicaFile.discardedMark, ReplicaFile.rebuildingMark])
  }

  private func removeFiles(marked marks: [String]) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let prefixes = marks.map { URL(fileURLWithPath: path).lastPathComponent + $0 }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where prefixes.contains(where: name.hasPrefix) {
      let file = folder.appendingPathComponent(name).path
      guard unlink(file) == 0 || errno == ENOENT else { throw ReplicaFault.io("remove \(file)", errno) }
    }
  }

  private static func transfer(
    from path: String, to fresh: String, at now: Instant, random: @escaping (Int) -> [UInt8]
  ) throws -> RebuildReport {
    let new = try TradeDatabase.openQueue(
      at: fresh, as: ReplicaSchema.format, create: true, upgrade: ReplicaSchema.upgrade)
    let copy = fresh + "-readable"
    defer { for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) } }
    let report: RebuildReport
    do {
      let old = try openDamaged(path, copy, SchemaGraft(of: fresh, new))
      defer { try? old.close() }
      report = try old.inDatabase { damaged in
        try new.write { db in try Rebuild(from: damaged, to: db, now: now, random: random).run() }
      }
    } catch {
      try? new.close()
      throw error
    }
    // Whoever closes a store is not told that its log could not be copied into the file.
    do { try TradeDatabase.checkpoint(new, .truncate) } catch {
      try? new.close()
      throw error
    }
    try new.close()
    let descriptor = open(fresh, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReplicaFault.io("open \(fresh)", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw ReplicaFault.io("sync \(fresh)", errno) }
    return report
  }
}

extension ReplicaFile {
  /// The damaged file, or a copy with a new replica's tables where it does not say what its own are.
  private static func openDamaged(
    _ path: String, _ copy: String, _ graft: SchemaGraft
  ) throws -> DatabaseQueue {
    let log = WriteAheadLog(of: path)
    // SQLite would take a log that rotted for a shorter one.
    if log?.isCutShort != true,
      let found = try? TradeDatabase.openReadOnly(at: path, as: ReplicaSchema.format)
    {
      if (try? found.read(Scrub.requireSoundSchema)) != nil { return found }
      try? found.close()
    }
    for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
    do {
      try graft.copy(path, log, to: copy)
      return try TradeDatabase.openReadOnly(at: copy, as: ReplicaSchema.format)
    } catch  where ReplicaDamage.explains(error) {
      throw ReplicaDamage(.whole, "it cannot be opened: \(error)")
    }
  }
}

/// Fills a new replica's tables from a damaged one's.
private struct Rebuild {
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
    do {
      guard let found = try ReplicaState.fetch(in: damaged) else {
        throw ReplicaDamage(.whole, "nothing in it says whose replica it is")
      }
      state = found
    } catch  where ReplicaDamage.explains(error) {
      // A disk that cannot be read just now says nothing of the file.
      throw ReplicaDamage(.whole, "\(error)")
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
    let salvage = Salvage(try Salvage.items(in: damaged, through: last), through: last, state: state)
    report.mayLackMore = noted == nil
    for item in salvage.kept { try Outbox.append(item, in: db) }
    report.kept = salvage.kept.count { $0.number > state.appliedThrough }
    report.lost = salvage.lost
    report.renumbered = try recordAnew(salvage.loose, state)
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

  /// Gives operations whose place in the chain is lost new places at its end, group by group.
  private func recordAnew(
    _ loose: [OutboxItem], _ state: ReplicaState
  ) throws -> [(was: OperationID, now: OperationID)] {
    var renumbered: [(was: OperationID, now: OperationID)] = []
    for group in loose.grouped(by: \.group) {
      let end = try Outbox.end(state, in: db)
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
        (again.chainHash, again.state) = (chain, .unsent)
        try Outbox.append(again, in: db)
        renumbered.append((OperationID(device: state.device, number: item.number), operation.id))
      }
    }
    return renumbered
  }

  private func tell(_ report: RebuildReport) throws {
    try Incidents.append(.replicaCorrupt, "the file was made anew", at: now, in: db)
    for lost in report.lost {
      let what = [lost.kind, lost.record].compactMap { $0 }.joined(separator: " ")
      try Incidents.append(
        .operationUnreadable, what.isEmpty ? "\(lost.id)" : "\(lost.id) \(what)", at: now, in: db)
    }
  }
}
