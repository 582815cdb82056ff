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

  private(set) var database: any DatabaseWriter
  /// For those who read on other threads; one connection is always left for whoever decides.
  let gate = ReadingGate(readersMax: StoreOptions.centre.readersMax - 1)
  /// Opens the store's file anew; nil for a store in memory.
  private let open: (() throws -> any DatabaseWriter)?
  /// An fsync failed: what the disk has is not known before the file was closed and opened again.
  private var mustReopen = false
  /// The histories up to the present one.
  private(set) var epochs: Epochs
  public private(set) var head: LogEnd
  private(set) var index: ChangeIndex
  private var rows = WorkingSet()
  private var awaited: Set<String>

  /// - Parameter open: opens the same file again.
  init(_ database: any DatabaseWriter, open: (() throws -> any DatabaseWriter)? = nil) throws {
    self.database = database
    self.open = open
    (epochs, head, index, awaited) = try TradeDatabase.read(database, CentralStore.remembered)
  }

  /// Names the present history.
  public var epoch: RecordID { epochs.current }

  /// What is kept in memory beside the file, as the file has it.
  private static func remembered(_ db: Database) throws -> (Epochs, LogEnd, ChangeIndex, Set<String>) {
    (
      try Epochs.fetch(in: db), try LogStore.head(in: db), try ChangeIndex(db),
      try Set(String.fetchAll(db, sql: "SELECT DISTINCT waiting_for FROM held WHERE waiting_for <> ''"))
    )
  }

  /// The same store as a program that starts anew would find it: everything that was not committed is gone.
  public func reopened() throws -> CentralStore { try CentralStore(database, open: open) }

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
    if mustReopen { try reopenFile() }
    do {
      let (batch, newIndex, changes) = try database.write { db in
        let batch = try DecisionBatch(db, rows: rows, head: head, epochs: epochs, awaited: awaited)
        try decide(batch)
        let (newIndex, changes) = try keep(batch, in: db)
        for session in sessions { try DeviceSessions.store(session, in: db) }
        return (batch, newIndex, changes)
      }
      rows.markStored()
      (epochs, head, index, awaited) = (batch.epochs, batch.head, newIndex, batch.awaited)
      return Commit(entries: batch.entries, changes: changes)
    } catch {
      // What was decided in memory may not have reached the disk; after a failed fsync nobody knows. What
      // the file says counts.
      if !PlantedBug.isPlanted(.undecidedRowsKept) { rows = WorkingSet() }
      if let error = error as? DatabaseError, StoreFault(error).leavesOutcomeUnknown {
        mustReopen = true
        // If that fails now, the next commit tries again; until then nothing is decided.
        try? reopenFile()
      }
      (epochs, head, index, awaited) = try TradeDatabase.read(database, CentralStore.remembered)
      throw error
    }
  }

  /// After a failed fsync neither SQLite's cache nor the head in memory is to be believed
  /// (https://sqlite.org/rescode.html, SQLITE_IOERR_FSYNC).
  private func reopenFile() throws {
    guard let open else {
      mustReopen = false
      return
    }
    // A disk that takes nothing may still be read (G22): the old connections stay until there are new ones, and
    // end with whoever still reads on them.
    database = try open()
    rows = WorkingSet()
    (epochs, head, index, awaited) = try TradeDatabase.read(database, CentralStore.remembered)
    mustReopen = false
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
    try database.write { db in try Epochs.append(epoch, at: 1, in: db) }
    epochs.begin(epoch, at: 1)
  }

  /// Changes the index and nothing else, in a transaction of its own.
  func change<T>(_ body: (inout ChangeIndex, Database) throws -> T) throws -> T {
    var newIndex = index
    let result = try database.write { db in try body(&newIndex, db) }
    index = newIndex
    return result
  }

  func session(of device: String) throws -> DeviceSession? {
    try read { db in try DeviceSessions.fetch(device, in: db) }
  }

  func store(_ sessions: [DeviceSession]) throws {
    guard !sessions.isEmpty else { return }
    if mustReopen { try reopenFile() }
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
