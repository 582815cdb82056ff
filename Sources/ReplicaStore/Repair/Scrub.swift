import GRDB
import SyncSession
public import TradeRules
import TradeTables

import struct Foundation.Data

/// What a scrub found.
public struct ScrubResult: Hashable, Sendable {
  /// Buckets whose rows are not what the centre proved at the checkpoint; the next sync fetches what differs.
  public var suspects: [Bucket] = []
  /// Rows that no grant explains; they are gone.
  public var strays = 0

  public var isSound: Bool { suspects.isEmpty && strays == 0 }
}

extension ReplicaStore {
  /// Bytes of rows up to which every sync scrubs first: reading and hashing them takes less than a second.
  public static let alwaysScrubbedBytes: Int64 = 64 << 20
  /// How long a larger replica may go without, milliseconds (G23).
  public static let scrubEveryMilliseconds: Int64 = 86_400_000

  /// Whether it is time to read every row again.
  public func isScrubDue(at now: Instant) throws -> Bool {
    try read { db in
      let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      let bytes = pages * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
      return try bytes <= ReplicaStore.alwaysScrubbedBytes || Scrub.delay(at: now, in: db) == 0
    }
  }

  /// How long until every row has to be read again, milliseconds: at most a scrub's period.
  public func scrubDelay(at now: Instant) throws -> Int64 {
    try read { db in try Scrub.delay(at: now, in: db) }
  }

  /// Reads everything again: digests kept row by row do not see a disk that forgets (G23).
  ///
  /// Own work is guessed anew on the confirmed rows; digests become those of the rows that are here, so that the
  /// next checkpoint shows what differs from the centre's.
  ///
  /// - Throws: `ReplicaDamage`, or what SQLite says of a damaged file: then only a new file helps
  ///   (`ReplicaFile.rebuild`).
  public func scrub(at now: Instant) throws -> ScrubResult {
    // What takes long only reads: nobody who records meanwhile waits for it.
    let (areRowsSound, areTextsSound) = try read { db in
      try Scrub.requireSoundFile(db)
      let state = try Scrub.state(in: db)
      try Scrub.requireSoundOutbox(state, in: db)
      guard state.checkpoint > 0 else { return (true, true) }
      return (try Scrub(db: db, state: state).areRowsSound(), try SearchIndex.hasTexts(in: db))
    }
    return try write { db in
      let scrub = Scrub(db: db, state: try Scrub.state(in: db))
      var result = ScrubResult()
      if scrub.state.checkpoint > 0 {
        if areRowsSound { try scrub.guessAnew() } else { result = try scrub.rows(at: now) }
        try SearchIndex.mend(db, hasTexts: areTextsSound)
      }
      try Scrub.note(now, in: db)
      return result
    }
  }
}

/// One scrub, inside one transaction.
struct Scrub {
  let db: Database
  let state: ReplicaState

  // MARK: File and outbox

  /// Pages, indexes, and the schema's checks on every cell.
  static func requireSoundFile(_ db: Database) throws {
    let finding = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
    guard finding == "ok" else { throw ReplicaDamage(.file, finding) }
    try requireSoundSchema(db)
  }

  /// The schema is text in the file: a name that rotted makes a sound file of other tables.
  static func requireSoundSchema(_ db: Database) throws {
    let wanted = try ReplicaStore.inMemory().read(schema)
    let missing = wanted.subtracting(try schema(db)).sorted()
    if let first = missing.first { throw ReplicaDamage(.file, "its schema lacks: \(first.prefix(60))") }
  }

  /// The same, and nothing is in it that this program would not make.
  static func requireThisSchema(_ db: Database) throws {
    try requireSoundSchema(db)
    let known = try ReplicaStore.inMemory().write { db in
      try FirstLoad.finish(db)
      try SearchIndex.ensure(db)
      return try schema(db)
    }
    let strange = try schema(db).subtracting(known).sorted()
    if let first = strange.first { throw ReplicaDamage(.file, "its schema has: \(first.prefix(60))") }
  }

  private static func schema(_ db: Database) throws -> Set<String> {
    Set(try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
  }

  /// Every operation is the one that was recorded, and what is written beside its bytes is what they say.
  static func requireSoundOutbox(_ state: ReplicaState, in db: Database) throws {
    if let finding = try Outbox.followChain(state, in: db).finding { throw ReplicaDamage(.outbox, finding) }
  }

  /// - Throws: `ReplicaDamage` when one of the two places that say it rotted: the other is there to mend it.
  static func state(in db: Database) throws -> ReplicaState {
    let (state, copy) = (try ReplicaState.fetch(in: db), try ReplicaState.fetch(from: .copy, in: db))
    guard state == copy else { throw ReplicaDamage(.identity, "two places in it say otherwise what it is") }
    guard let state else { throw ReplicaFault.notEnrolled(path: "") }
    return state
  }

  // MARK: Rows

  /// Whether the confirmed rows are those that the centre proved, and none is here that no grant explains.
  func areRowsSound() throws -> Bool {
    var (digests, hasStray) = (BucketDigests(), false)
    for table in TableDescription.all {
      try BaseImages.visitConfirmed(table, in: db) { row in
        hasStray = hasStray || isStray(row, of: table)
        digests.add(row, of: table)
      }
    }
    return try !hasStray
      && GRDB.Row.fetchAll(db, sql: "SELECT name, digest FROM bucket").allSatisfy { row in
        let bucket = Bucket(try row.cell("name", .file))
        let found = bucket == ConfirmedRows.everything ? digests.all : digests[bucket]
        return found.bytes == Array(try row.cell("digest", .file, as: Data.self))
      }
  }

  /// Decides the own work again: what it shows may have rotted on top of sound rows.
  func guessAnew() throws {
    var rebase = try Rebase(db)
    try rebase.takeAllBack()
    try rebase.decideAnew(state)
  }

  func rows(at now: Instant) throws -> ScrubResult {
    var result = ScrubResult()
    var rebase = try Rebase(db)
    try rebase.takeAllBack()
    result.strays = try removeStrays()
    let digests = try TradeTables.digests(in: db)
    let kept = try GRDB.Row.fetchAll(db, sql: "SELECT name, digest FROM bucket ORDER BY name")
    let update = try db.cachedStatement(sql: "UPDATE bucket SET digest = ? WHERE name = ?")
    for row in kept {
      let bucket = Bucket(try row.cell("name", .file))
      let found = bucket == ConfirmedRows.everything ? digests.all : digests[bucket]
      guard found.bytes != Array(try row.cell("digest", .file, as: Data.self)) else { continue }
      try update.execute(arguments: [Data(found.bytes), bucket.name])
      result.suspects.append(bucket)
    }
    // Rules are for rows that hold together; on damaged ones nothing is guessed before they are mended.
    if result.isSound { try rebase.decideAnew(state) } else { try Outbox.forgetFootprints(in: db) }
    if !result.isSound {
      let names = result.suspects.map(\.name).joined(separator: " ")
      try Incidents.append(.digestMismatch, names.isEmpty ? "stray rows" : names, at: now, in: db)
      try Suspects.add(result.suspects, in: db)
    }
    return result
  }

  /// A row whose columns rotted may belong nowhere any more: no bucket that is fetched again would replace it.
  private func removeStrays() throws -> Int {
    var strays: [RowKey] = []
    for table in TableDescription.all {
      try TradeTables.visit(table, in: db) { row in
        if isStray(row, of: table) { strays.append(table.key(of: row)) }
      }
    }
    for key in strays { try TradeTables.delete(key, in: db) }
    return strays.count
  }

  private func isStray(_ row: TradeRules.Row, of table: TableDescription) -> Bool {
    !state.grants.everything && (table.isCentreOnly || !state.grants.meet(table.buckets(of: row)))
  }

  // MARK: When

  static func last(in db: Database) throws -> Instant? {
    let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'scrubbed_at'")
    let text = try row.map { String(decoding: try $0.cell("value", .identity, as: Data.self), as: UTF8.self) }
    return text.flatMap { Int64($0) }.map(Instant.init(milliseconds:))
  }

  static func delay(at now: Instant, in db: Database) throws -> Int64 {
    guard let last = try last(in: db) else { return 0 }
    let passed = now.milliseconds(since: last)
    // A clock that was set back is no reason to wait for years.
    return passed < 0 ? 0 : max(0, ReplicaStore.scrubEveryMilliseconds - passed)
  }

  static func note(_ now: Instant, in db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('scrubbed_at', ?)",
      arguments: [Data(String(now.milliseconds).utf8)])
  }
}

/// Buckets that are known to differ from the centre's until a checkpoint proves them: nobody may take their rows
/// for sound because their digest is now that of the damage.
enum Suspects {
  static func fetch(in db: Database) throws -> [Bucket] {
    let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'suspects'")
    let text = try row.map { String(decoding: try $0.cell("value", .identity, as: Data.self), as: UTF8.self) }
    return (text ?? "").split(separator: "\n").map { Bucket(String($0)) }
  }

  static func add(_ buckets: [Bucket], in db: Database) throws {
    try store(Set(try fetch(in: db) + buckets).sorted(), in: db)
  }

  /// A checkpoint proved these.
  static func clear(_ buckets: [Bucket], in db: Database) throws {
    let all = try fetch(in: db)
    if !all.isEmpty { try store(all.filter { !buckets.contains($0) }, in: db) }
  }

  private static func store(_ buckets: [Bucket], in db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('suspects', ?)",
      arguments: [Data(buckets.map(\.name).joined(separator: "\n").utf8)])
  }
}
