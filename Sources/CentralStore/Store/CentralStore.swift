public import GRDB
import Schema
import SyncSession
public import TradeRules
import TradeTables

/// The centre's memory: rows, log, change index, sessions. One writer; every method is one transaction.
///
/// The head, the digests and the working set are kept in memory beside the file. They change only after a
/// commit: a full disk or a failed write leaves both as they were (G22).
public final class CentralStore {
  /// The device whose operations are the centre's own.
  public static let ownDevice = "centre"
  static let ownDeviceRecord: Device = {
    var device = Device()
    device.code = ownDevice
    device.role = .centre
    return device
  }()
  /// Rows kept in memory between commits; beyond it the working set starts anew. At some 500 bytes a row it
  /// bounds memory to a few megabytes.
  static let rowsInMemoryMax = 10_000

  let database: any DatabaseWriter
  public private(set) var epoch: RecordID
  public private(set) var head: LogEnd
  private(set) var index: ChangeIndex
  private var rows = WorkingSet()
  private var awaited: Set<String>

  init(_ database: any DatabaseWriter) throws {
    self.database = database
    (epoch, head, index, awaited) = try TradeDatabase.read(database, CentralStore.remembered)
  }

  /// What is kept in memory beside the file, as the file has it.
  private static func remembered(_ db: Database) throws -> (RecordID, LogEnd, ChangeIndex, Set<String>) {
    (
      try Meta.id("epoch", in: db) ?? .none, try LogStore.head(in: db), try ChangeIndex(db),
      try Set(String.fetchAll(db, sql: "SELECT DISTINCT waiting_for FROM held WHERE waiting_for <> ''"))
    )
  }

  /// The same store as a program that starts anew would find it: everything that was not committed is gone.
  public func reopened() throws -> CentralStore { try CentralStore(database) }

  /// Whether the store has its first entry.
  public var isFounded: Bool { head.version > 0 }

  /// What one commit did.
  struct Commit {
    var entries: [LogEntry] = []
    var changes: [IndexedChange] = []
  }

  /// Decides groups in order and commits all of it, or nothing.
  ///
  /// - Parameter sessions: what was learned of the devices meanwhile, kept in the same transaction.
  func commit(
    _ groups: [[ReceivedOperation]], sessions: [DeviceSession] = [], at now: Instant
  ) throws -> Commit {
    try commit(sessions) { batch in for group in groups { try batch.decide(group, at: now) } }
  }

  /// Decides logged entries again, on a store that has the entries before them and no others.
  ///
  /// - Returns: the entries as decided now; with the rules and rows of the day they are the same (G29).
  func replay(_ logged: [(entry: LogEntry, group: [ReceivedOperation])]) throws -> [LogEntry] {
    try commit([]) { batch in for (entry, group) in logged { try batch.replay(entry, group) } }.entries
  }

  private func commit(
    _ sessions: [DeviceSession], _ decide: (DecisionBatch) throws -> Void
  ) throws -> Commit {
    if rows.count > CentralStore.rowsInMemoryMax { rows = WorkingSet() }
    do {
      let (batch, newIndex, changes) = try database.write { db in
        let batch = try DecisionBatch(db, rows: rows, head: head, epoch: epoch, awaited: awaited)
        try decide(batch)
        let (newIndex, changes) = try keep(batch, in: db)
        for session in sessions { try DeviceSessions.store(session, in: db) }
        return (batch, newIndex, changes)
      }
      rows.markStored()
      (head, index, awaited) = (batch.head, newIndex, batch.awaited)
      return Commit(entries: batch.entries, changes: changes)
    } catch {
      // What was decided in memory may not have reached the disk; after a failed fsync nobody knows. What
      // the file says counts.
      if !PlantedBug.isPlanted(.undecidedRowsKept) { rows = WorkingSet() }
      (epoch, head, index, awaited) = try TradeDatabase.read(database, CentralStore.remembered)
      throw error
    }
  }

  private func keep(_ batch: DecisionBatch, in db: Database) throws -> (ChangeIndex, [IndexedChange]) {
    let changes = rows.changes()
    try TradeTables.write(changes, in: db)
    var newIndex = index
    let indexed = try newIndex.apply(changes, in: db)
    return (newIndex, indexed)
  }

  /// Starts the history of a new store.
  func begin(epoch: RecordID) throws {
    try database.write { db in try Meta.set("epoch", epoch.bytes, in: db) }
    self.epoch = epoch
  }

  func session(of device: String) throws -> DeviceSession? {
    try read { db in try DeviceSessions.fetch(device, in: db) }
  }

  func store(_ sessions: [DeviceSession]) throws {
    guard !sessions.isEmpty else { return }
    try database.write { db in for session in sessions { try DeviceSessions.store(session, in: db) } }
  }

  /// Reads in one consistent view.
  public func read<T>(_ body: (Database) throws -> T) throws -> T {
    try TradeDatabase.read(database, body)
  }

  /// One record by the parts of its key; nil when there is none.
  public func find<C: TableColumns>(
    _ columns: C.Type, _ parts: any ColumnValue...
  ) throws -> TradeRules.Record<C>? {
    let key = RowKey(columns, parts: parts)
    return try read { db in try TradeTables.row(key, in: db) }.map { TradeRules.Record<C>($0) }
  }
}

/// Small named values of a store.
enum Meta {
  static func bytes(_ name: String, in db: Database) throws -> [UInt8]? {
    try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
      .map { LogStore.bytes($0["value"]) }
  }

  static func id(_ name: String, in db: Database) throws -> RecordID? {
    try bytes(name, in: db).flatMap { RecordID(bytes: $0) }
  }

  static func set(_ name: String, _ value: [UInt8], in db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
      arguments: [name, LogStore.blob(value)])
  }
}
