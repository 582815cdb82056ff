import Foundation
public import GRDB

/// Opens the files of both stores, and only such files, so that what they acknowledge survives a power cut.
///
/// Journal: WAL with `synchronous = FULL`. GRDB's WAL set-up runs after a configuration's own preparation and
/// sets NORMAL, which may lose the last commits; so FULL is set when the store is open, and read back.
///
/// One connection a file may write *or* checkpoint at a time (SQLite 3.40's WAL-reset race loses commits
/// otherwise): a pool does both on its writer; processes that share a replica's file take a lock around both,
/// and around closing, as the last connection to close checkpoints too.
public enum TradeDatabase {
  /// Makes or upgrades tables, inside one write transaction.
  ///
  /// - Parameter version: what the file has; 0 when it is empty.
  public typealias Upgrade = (_ db: Database, _ version: Int) throws -> Void

  /// A store with one writer and several readers: the centre's.
  ///
  /// - Parameter create: whether a file that is not there or empty becomes a new store.
  /// - Throws: `StoreFault`. A file that is not of this format is not changed.
  public static func openPool(
    at path: String, as format: StoreFormat, create: Bool, options: StoreOptions = .centre,
    upgrade: Upgrade
  ) throws -> DatabasePool {
    let doing = "open \(path)"
    return try StoreFault.explaining(doing) {
      try admit(path, as: format, create: create, options: options, doing: doing)
      let pool = try DatabasePool(
        path: path, configuration: configuration(for: format.kind, options: options))
      try makeDurable(pool, doing: doing)
      try prepare(pool, as: format, doing: doing, upgrade: upgrade)
      return pool
    }
  }

  /// A store with one connection: a replica's.
  ///
  /// - Parameter create: whether a file that is not there or empty becomes a new store.
  /// - Throws: `StoreFault`. A file that is not of this format is not changed.
  public static func openQueue(
    at path: String, as format: StoreFormat, create: Bool, options: StoreOptions = .replica,
    upgrade: Upgrade
  ) throws -> DatabaseQueue {
    let doing = "open \(path)"
    return try StoreFault.explaining(doing) {
      try admit(path, as: format, create: create, options: options, doing: doing)
      var configuration = configuration(for: format.kind, options: options)
      configuration.journalMode = .wal
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try makeDurable(queue, doing: doing)
      try prepare(queue, as: format, doing: doing, upgrade: upgrade)
      return queue
    }
  }

  /// A store to read from only. It takes no lock that a writer would notice and upgrades nothing.
  ///
  /// - Throws: `StoreFault`; `missing` also for a file that nothing was ever stored in.
  public static func openReadOnly(
    at path: String, as format: StoreFormat, options: StoreOptions = .replica
  ) throws -> DatabaseQueue {
    let doing = "open \(path)"
    return try StoreFault.explaining(doing) {
      do {
        guard let queue = try inspect(path, as: format, options: options, doing: doing) else {
          throw missing(doing)
        }
        return queue
      } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE {
        // The disk has no room for what readers and writers share, so nobody writes (G22). Without a log the file
        // is all there is, and can be read as one that does not change (https://sqlite.org/uri.html, "immutable").
        let name = URL(fileURLWithPath: path).absoluteString + "?immutable=1"
        let log = (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
        guard log == 0, let queue = try inspect(name, as: format, options: options, doing: doing) else {
          throw error
        }
        return queue
      }
    }
  }

  /// A store in memory, with the tables and checks of one on disk.
  public static func inMemory(
    as format: StoreFormat, options: StoreOptions = .replica, upgrade: Upgrade
  ) throws -> DatabaseQueue {
    try StoreFault.explaining("make a store in memory") {
      let queue = try DatabaseQueue(configuration: configuration(for: format.kind, options: options))
      try prepare(queue, as: format, doing: "make a store in memory", upgrade: upgrade)
      return queue
    }
  }

  /// What every connection is set to.
  ///
  /// Foreign keys are checked at the centre alone (see trade.sql). A file may come from anywhere, so its schema
  /// is not trusted to call functions, and cells are checked against their page. No memory map: a failing disk
  /// would kill the process instead of returning an error.
  public static func configuration(for kind: StoreFormat.Kind, options: StoreOptions) -> Configuration {
    var configuration = Configuration()
    configuration.label = kind.rawValue
    configuration.foreignKeysEnabled = kind == .centre
    configuration.busyMode = .timeout(TimeInterval(options.busyTimeoutSeconds))
    configuration.maximumReaderCount = options.readersMax
    configuration.prepareDatabase { db in
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA mmap_size = 0;
          PRAGMA cache_size = \(-options.cacheBytes / 1024);
          PRAGMA wal_autocheckpoint = \(options.autocheckpointPages);
          PRAGMA journal_size_limit = \(options.logBytesKept);
          """)
    }
    return configuration
  }

  /// Copies the write-ahead log into the file, as far as readers and the mode let it.
  ///
  /// - Returns: whether all of it was copied.
  /// - Throws: `StoreFault`; `busy` when a reader keeps `truncate` from its end, which may pass.
  @discardableResult
  public static func checkpoint(
    _ writer: some DatabaseWriter, _ mode: Database.CheckpointMode = .passive
  ) throws -> Bool {
    try StoreFault.explaining("checkpoint the store") {
      let frames = try writer.writeWithoutTransaction { try $0.checkpoint(mode) }
      return frames.walFrameCount == frames.checkpointedFrameCount
    }
  }
}

extension TradeDatabase {
  /// A read-only connection to a file of this format; nil when there is no file or nothing in it. The file is
  /// not changed: opening for writing would, before anybody could look whose it is.
  private static func inspect(
    _ path: String, as format: StoreFormat, options: StoreOptions, doing: String
  ) throws -> DatabaseQueue? {
    var configuration = configuration(for: format.kind, options: options)
    configuration.readonly = true
    let queue: DatabaseQueue
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
      guard !FileManager.default.fileExists(atPath: path) else { throw error }
      return nil
    }
    let version = try queue.read { try format.check($0, doing: doing) }
    return version == 0 ? nil : queue
  }

  private static func admit(
    _ path: String, as format: StoreFormat, create: Bool, options: StoreOptions, doing: String
  ) throws {
    func isThere() throws -> Bool {
      try inspect(path, as: format, options: options, doing: doing) != nil
    }
    var isStore: Bool
    do { isStore = try isThere() } catch let error as DatabaseError
      where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
    {
      // Whoever made the file was killed before it had a log. What was begun is taken back, as by any program
      // that may write (https://sqlite.org/rescode.html#readonly_rollback).
      try DatabaseQueue(path: path).close()
      isStore = try isThere()
    }
    guard isStore || create else { throw missing(doing) }
  }

  private static func missing(_ doing: String) -> StoreFault {
    StoreFault(.missing, doing: doing, detail: "there is no store")
  }

  /// Sets what GRDB's own set-up undid, and refuses a store that would not keep its word.
  private static func makeDurable(_ writer: some DatabaseWriter, doing: String) throws {
    try writer.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
      let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      guard synchronous == 2, journal == "wal" else {
        throw StoreFault(
          .notDurable, doing: doing,
          detail: "synchronous is \(synchronous ?? -1) and the journal is \(journal ?? "unknown")")
      }
    }
  }

  private static func prepare(
    _ writer: some DatabaseWriter, as format: StoreFormat, doing: String, upgrade: Upgrade
  ) throws {
    try writer.write { db in
      // Another process may have been here since the file was inspected.
      let version = try format.check(db, doing: doing)
      guard version < format.version else { return }
      try upgrade(db, version)
      try format.mark(db)
    }
  }
}
