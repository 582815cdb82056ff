import GRDB
public import TradeRules
import TradeTables

/// Decides a log again, from its first entry on, on an empty store in memory (G29).
struct LogReplay {
  /// Entries that one commit takes.
  private static let step = 200

  let store: CentralStore

  /// - Parameter db: the store whose log it is.
  init(of db: Database) throws {
    store = try CentralStore.inMemory()
    try store.begin(epoch: try Epochs.fetch(in: db).spans.first?.id ?? .none)
  }

  /// - Parameters:
  ///   - version: the last entry to decide.
  ///   - compare: sees each entry as it is logged and as it was decided now.
  func run(
    _ db: Database, through version: Int64 = .max, _ compare: (LogEntry, LogEntry) throws -> Void
  ) throws {
    var waiting: [(entry: LogEntry, group: [ReceivedOperation])] = []
    func decide() throws {
      for (logged, again) in zip(waiting.map(\.entry), try store.replay(waiting)) {
        try compare(logged, again)
      }
      waiting = []
    }
    try LogWalk.entries(in: db, through: version) { entry, operations in
      waiting.append((entry, operations))
      if waiting.count == LogReplay.step { try decide() }
    }
    try decide()
  }
}

extension CentralQueries {
  /// The store as it was right after an entry of its log, made anew in memory.
  ///
  /// - Parameter version: 0 for the empty store before the first entry.
  /// - Throws: `LogDamage` when an entry is not decided as it was logged.
  public func replayed(through version: Int64) throws -> CentralStore {
    try database.read { db in
      let replay = try LogReplay(of: db)
      try replay.run(db, through: version) { logged, again in
        guard logged.hash == again.hash else { throw LogDamage(version: logged.version) }
      }
      return replay.store
    }
  }

  /// The last version that the centre had received by then; 0 when it had none.
  public func version(at time: Instant) throws -> Int64 {
    try database.read { db in
      // Times of receipt never go back, so the last entry of that time is the last by version.
      try Int64.fetchOne(
        db, sql: "SELECT max(version) FROM log_entry WHERE received_at <= ?", arguments: [time.milliseconds])
        ?? 0
    }
  }
}
