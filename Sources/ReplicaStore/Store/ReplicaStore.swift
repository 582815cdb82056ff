public import GRDB
import Schema
import SyncProtocol
import SyncSession
public import TradeRules
import TradeTables

import struct Foundation.Data

/// One replica's memory: rows, outbox, before-images. Its methods are one transaction each, named after what
/// they keep true.
public final class ReplicaStore {
  let database: any DatabaseWriter
  let lock: ReplicaLock?
  /// Bytes left on its disk; nil where nobody knows, as of one in memory.
  var freeBytes: () -> Int64?

  /// - Parameter lock: the writers' lock of the file; nil for a store in memory.
  init(
    _ database: any DatabaseWriter, lock: ReplicaLock?, freeBytes: @escaping () -> Int64? = { nil }
  ) {
    self.database = database
    self.lock = lock
    self.freeBytes = freeBytes
  }

  /// Whether rows may come down: the last of the room is for what people record (G22).
  var hasRoomForRows: Bool { freeBytes().map { $0 >= DiskRoom.reserve } ?? true }

  /// Reads in one consistent view; takes no lock.
  public func read<T>(_ body: (Database) throws -> T) throws -> T {
    try TradeDatabase.read(database, body)
  }

  /// Runs `body` under the writers' lock of the file, if there is one.
  func locked<T>(_ body: () throws -> T) throws -> T { try lock.map { try $0.held(body) } ?? body() }

  /// Writes in one transaction, under the writers' lock of the file.
  package func write<T>(_ body: (Database) throws -> T) throws -> T {
    func settled(_ db: Database) throws -> T {
      let result = try body(db)
      try SearchIndex.settle(db)
      return result
    }
    guard let lock else { return try database.write(settled) }
    return try lock.held { try database.write(settled) }
  }

  /// Closes the store. SQLite copies its log into the file then, which is a write: it happens under the lock.
  public func close() throws {
    guard let lock else { return try database.close() }
    try lock.held { try database.close() }
  }

  /// Copies the whole replica into another, as it is now: what somebody does who copies its file.
  package func copy(to other: ReplicaStore) throws { try database.backup(to: other.database) }

  /// What the replica knows of itself; nil before its enrolment.
  public func state() throws -> ReplicaState? { try read(ReplicaState.fetch) }

  func keep(_ state: ReplicaState) throws { try write { db in try state.store(in: db) } }

  /// Records a group: durable, and visible here, when this returns (G1).
  ///
  /// - Parameters:
  ///   - random: makes random bytes, for the salts of personal texts.
  ///   - drafts: says what is to be done, taking human numbers as needed; they are used up only when the
  ///     work is recorded.
  /// - Throws: `Refusal` when it can never become right; then nothing is recorded.
  public func record(
    actor: String, clock: ClockReading, random: @escaping (Int) -> [UInt8],
    _ drafts: (Numbering) throws -> [Draft]
  ) throws -> Recorded {
    try write { db in
      guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
      guard !state.isWiped else { throw Refusal(.deviceWiped) }
      if state.checkpoint > 0 { try SearchIndex.ensure(db) }
      let drafts = try drafts(Numbering(db: db, device: state.device))
      return try Recorder(db: db, state: state, random: random).record(drafts, actor: actor, clock: clock)
    }
  }

  // MARK: Upload

  /// What to send after an operation number, as much as fits: whole groups, at most `limit` operations and
  /// `bytesMax` bytes, or one group that is larger.
  ///
  /// - Throws: `ReplicaDamage` when one is not what was recorded: the centre would take it for another's (G23).
  func batch(after number: Int64, limit: Int, bytesMax: Int) throws -> [OutboxItem] {
    try read { db in
      // One more than fits shows whether the last group goes on.
      let items = try Outbox.items(after: number, limit: limit + 1, in: db)
      // What follows a gap waits until the gap is closed: see `closeGaps`.
      guard items.first?.number == number + 1 else { return [] }
      try Outbox.requireChain(items, after: number, in: db)
      var bytes = 0
      var batch: [OutboxItem] = []
      for group in items.grouped(by: \.group) {
        bytes += group.reduce(0) { $0 + $1.recorded.creditBytes }
        if !batch.isEmpty, bytes > bytesMax || batch.count + group.count > limit { break }
        batch += group
      }
      if PlantedBug.isPlanted(.groupTorn) { return Array(items.prefix(limit)) }
      guard let first = batch.first, batch.count > limit else { return batch }
      return try Outbox.group(first.group, in: db).filter { $0.number > number }
    }
  }

  /// Where the device's chain ends.
  func chainEnd(_ state: ReplicaState) throws -> (number: Int64, chainHash: [UInt8]) {
    try read { db in try Outbox.end(state, in: db) }
  }

  /// The number of the last operation recorded; 0 before the first.
  func lastRecorded() throws -> Int64 {
    try read { db in
      guard let state = try ReplicaState.fetch(in: db) else { return 0 }
      return try Outbox.end(state, in: db).number
    }
  }

  // MARK: Download

  /// Keeps a page and how far the download has come, durably.
  func stage(_ page: Page) throws {
    try write { db in
      if page.isSnapshot {
        try StagedSnapshot(db: db).take(page)
      } else {
        try StagedPages.append(page, in: db)
      }
    }
  }

  /// Takes a page of the first load straight into the tables: nothing is recorded on a new replica yet and
  /// nobody reads it, so no page has to wait for its checkpoint.
  ///
  /// - Returns: how many rows it had.
  func load(_ page: Page) throws -> Int {
    try write { db in
      guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
      return try FirstLoad(db: db, grants: state.granted).take(page)
    }
  }

  /// Makes everything received since the last checkpoint visible at once (G3, G7).
  ///
  /// - Parameter mending: what has been fetched since digests were found to differ.
  /// - Throws: `CheckpointApplier.Mismatch` when a digest differs; then nothing changed.
  func apply(
    _ checkpoint: Checkpoint, mending: CheckpointApplier.Mending = .none, at now: Instant
  ) throws -> (state: ReplicaState, rows: Int) {
    try write { db in
      guard var state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
      if state.checkpoint == 0 { try FirstLoad.finish(db) } else { try SearchIndex.ensure(db) }
      state.lastSyncAt = now
      var applier = CheckpointApplier(db: db, state: state, mending: mending)
      return try applier.apply(checkpoint)
    }
  }

  /// How far the download since the last checkpoint has come; nil when none is under way.
  func loadCursor() throws -> [UInt8]? { try read(StagedPages.cursor) }

  /// The buckets held at the checkpoint, sorted.
  func heldBuckets() throws -> [Bucket] {
    try read { db in try String.fetchAll(db, sql: "SELECT name FROM bucket ORDER BY name").map(Bucket.init) }
  }

  /// Takes note of buckets as if each had come whole, without a row.
  func noteEmpty(_ buckets: [Bucket]) throws {
    try write { db in for bucket in buckets { try Reached.store(nil, of: bucket, in: db) } }
  }

  /// Forgets pages that will not become a checkpoint; a first load starts from nothing again.
  func dropStaged() throws {
    try write { db in
      guard try !StagedPages.isEmpty(in: db), let state = try ReplicaState.fetch(in: db) else { return }
      try StagedPages.clear(in: db)
      if state.checkpoint == 0 { try FirstLoad.startOver(db) }
    }
  }

  /// The seed of the key made for an enrolment; made and kept when there is none yet.
  func enrolmentSeed(orMake seed: [UInt8]) throws -> [UInt8] {
    try write { db in
      let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'enrolment_seed'")
      if let row { return Array(try row.cell("value", .identity, as: Data.self)) }
      try db.execute(
        sql: "INSERT INTO meta (name, value) VALUES ('enrolment_seed', ?)", arguments: [Data(seed)])
      return seed
    }
  }

  /// The centre has the work up to here, and answers this device no more: what it did here goes with it.
  func handOver(through number: Int64) throws {
    try write { db in
      var rebase = try Rebase(db)
      try Outbox.handOver(through: number, in: db)
      guard let state = try ReplicaState.fetch(in: db), state.checkpoint > 0 else { return }
      try rebase.decideAnew(state)
    }
  }

  func note(_ code: Code, _ detail: String, at now: Instant) throws {
    try write { db in try Incidents.append(code, detail, at: now, in: db) }
  }
}

/// What went wrong and was mended, for `status` and support.
enum Incidents {
  static func append(_ code: Code, _ detail: String, at now: Instant, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO incident (at, code, detail) VALUES (?, ?, ?)",
      arguments: [now.milliseconds, code.rawValue, detail])
  }

  /// Names work that nobody can read any more.
  static func append(_ lost: [LostOperation], at now: Instant, in db: Database) throws {
    for lost in lost {
      let what = [lost.kind, lost.record].compactMap { $0 }.joined(separator: " ")
      try append(.operationUnreadable, what.isEmpty ? "\(lost.id)" : "\(lost.id) \(what)", at: now, in: db)
    }
  }
}

/// The human numbers of a device: `SO-A7-0001`, `SO-A7-0002` … Coded with the device, two devices never make
/// the same (#42).
public struct Numbering {
  let db: Database
  let device: String

  /// The next number of a series: `SO` for orders, `C` for customers, `SH` for shipments.
  public func take(_ series: String) throws -> String {
    let name = "series_" + series
    let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    let last = try row.map { String(decoding: try $0.cell("value", .identity, as: Data.self), as: UTF8.self) }
    let next = (last.flatMap { Int64($0) } ?? 0) + 1
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
      arguments: [name, Data(String(next).utf8)])
    let digits = String(next)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "\(series)-\(device)-\(padded)"
  }
}
