import Foundation
import Glibc
public import TradeRules
import TradeTables

/// The file of one replica: where it is, and the ways to open it.
public struct ReplicaFile: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// Where the replica is: as given, else `WAYBILL_REPLICA`, else `waybill/replica.db` under `XDG_DATA_HOME`
  /// (by default `~/.local/share`, XDG Base Directory Specification).
  public static func path(given: String?, environment: [String: String]) -> String {
    if let given, !given.isEmpty { return given }
    if let named = environment["WAYBILL_REPLICA"], !named.isEmpty { return named }
    let data = environment["XDG_DATA_HOME"] ?? ""
    // The specification has relative paths ignored.
    let root = data.hasPrefix("/") ? data : (environment["HOME"] ?? "") + "/.local/share"
    return root + "/waybill/replica.db"
  }

  public var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a program syncs this replica now.
  public var isSyncing: Bool { ReplicaLock.sync(of: path).isHeldByAnother }

  /// Whether the program that syncs has no link to the centre for now.
  public var isSyncingWithoutLink: Bool { ReplicaLock.sync(of: path).isHeldWithoutLink }

  /// Keeps every other `sync` and `enroll` of this replica out until the lock is released.
  ///
  /// - Throws: `ReplicaFault.busy` naming the holder.
  public func lockSync() throws -> ReplicaLock {
    let lock = ReplicaLock.sync(of: path)
    try lock.acquire()
    return lock
  }

  // MARK: Opening

  /// Reads in one consistent view; takes no lock and waits for nobody.
  ///
  /// - Throws: `ReplicaFault.notEnrolled` when there is no enrolled replica here.
  public func reading<T>(_ body: (ReplicaView) throws -> T) throws -> T {
    try requireFile()
    return try naming { try ReplicaStore.openReadOnly(at: path) }.view(body)
  }

  /// Opens the replica, works and closes it, all under the writers' lock: SQLite's checkpoint on closing is
  /// a write too.
  ///
  /// - Throws: `ReplicaFault.notEnrolled`; `ReplicaFault.busy` when another program keeps the lock too long.
  public func writing<T>(_ body: (ReplicaStore) throws -> T) throws -> T {
    try requireFile()
    let lock = ReplicaLock.writers(of: path)
    return try lock.held {
      try finishRebuild()
      try requireWholeLog()
      let store = try naming { try ReplicaStore.open(at: path, create: false, under: lock) }
      let result = Result { try body(store) }
      try store.close()
      return try result.get()
    }
  }

  /// Opens the replica for as long as a sync lasts; each of its writes takes the writers' lock. Close it with
  /// `ReplicaStore.close`.
  public func openToSync() throws -> ReplicaStore {
    try requireFile()
    return try naming { try ReplicaStore.open(at: path, create: false) }
  }

  /// The replica to sync with, once everything in it was read and found sound, or mended: a damaged file is made
  /// anew from what can be read of it.
  ///
  /// Whoever calls holds the lock of the one that syncs.
  ///
  /// - Parameter isAsked: whether somebody wants everything to be read; else a large file is once a day.
  /// - Throws: as `openToSync`; `ReplicaDamage` when the file cannot be mended.
  public func openSound(
    at now: Instant, isAsked: Bool = false, random: @escaping (Int) -> [UInt8]
  ) throws -> (store: ReplicaStore, mending: Mending) {
    try requireFile()
    do {
      try ReplicaLock.writers(of: path).held {
        try finishRebuild()
        try requireWholeLog()
      }
      let store = try openToSync()
      do {
        guard try isAsked || store.isScrubDue(at: now) else { return (store, .sound) }
        let result = try store.scrub(at: now)
        return (store, result.isSound ? .sound : .refetching(result.suspects))
      } catch {
        // What is wrong with the file is the news, not that it cannot be closed.
        try? store.close()
        throw error
      }
    } catch  where ReplicaDamage.explains(error) {
      let report = try rebuild(at: now, random: random)
      return (try openToSync(), .rebuilt(report))
    }
  }

  /// Opens the file, and says when it is a replica that does not look like one any more.
  private func naming<T>(_ open: () throws -> T) throws -> T {
    do { return try open() } catch  where hidesReplica(error) {
      throw ReplicaDamage(.file, "its first bytes are not a replica's")
    }
  }

  /// Whether a file that is said to be none of ours, or a newer program's, is one whose first bytes rotted.
  private func hidesReplica(_ error: any Error) -> Bool {
    switch (error as? StoreFault)?.reason {
    case .notAStore, .missing: namesOurTables
    case .newer(let version, _): hasOurTables(under: version)
    default: false
    }
  }

  /// Whether our tables are named behind the header.
  private var namesOurTables: Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    let start = try? file.read(upToCount: ReplicaFile.schemaBytesMax)
    return start?.range(of: Data("CREATE TABLE outbox".utf8)) != nil
  }

  /// Whether the tables are this program's and no others, whatever version the header names.
  private func hasOurTables(under version: Int) -> Bool {
    let format = StoreFormat(ReplicaSchema.format.kind, version: version)
    guard let found = try? TradeDatabase.openReadOnly(at: path, as: format) else { return false }
    defer { try? found.close() }
    return (try? found.read(Scrub.requireThisSchema)) != nil
  }

  /// The schema lies at a replica's beginning, within so many bytes.
  private static let schemaBytesMax = 256 << 10

  /// Whoever opens a log that rotted writes over what is behind the damage.
  private func requireWholeLog() throws {
    guard WriteAheadLog(of: path)?.isCutShort == true else { return }
    throw ReplicaDamage(.file, "commits in its log are behind a damaged one")
  }

  private func requireFile() throws {
    guard exists else { throw ReplicaFault.notEnrolled(path: path) }
  }

  // MARK: Enrolment

  /// Where a replica grows until its first checkpoint; a crash before leaves it, and the next attempt goes on
  /// with it although its code is spent.
  var partial: ReplicaFile { ReplicaFile(path + ".partial") }

  /// Opens the replica that is being enrolled, new or left by an attempt before.
  ///
  /// - Throws: `ReplicaFault.alreadyEnrolled` when there is a whole one.
  public func openToEnrol() throws -> ReplicaStore {
    guard !exists else { throw ReplicaFault.alreadyEnrolled(path: path) }
    return try ReplicaStore.open(at: partial.path, create: true)
  }

  /// Makes the folder the replica lies in, for its owner alone.
  public func makeFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw ReplicaFault.io("make the folder \(folder)", EACCES) }
  }

  /// - Throws: `ReplicaFault.full` when the disk has no room for a first load; half of one helps nobody.
  public func requireRoom() throws { try DiskRoom(of: path).require(DiskRoom.firstLoad) }

  /// Gives the replica its name once its first checkpoint is complete. From then on the file is
  /// replaced by `rebuild` alone.
  ///
  /// - Parameter store: of `openToEnrol`; it is closed.
  public func finishEnrolment(_ store: ReplicaStore) throws {
    try store.close()
    // The last connection to close leaves no log behind; with one, a rename would part it from its file.
    let log = partial.path + "-wal"
    guard !FileManager.default.fileExists(atPath: log) else {
      throw ReplicaFault.busy(holder: "another program reads \(partial.path)")
    }
    guard rename(partial.path, path) == 0 else { throw ReplicaFault.io("rename \(partial.path)", errno) }
    try syncFolder()
    unlink(partial.path + ".lock")
  }

  /// Forgets an enrolment that came to nothing.
  ///
  /// - Parameter store: of `openToEnrol`; it is closed.
  public func abandonEnrolment(_ store: ReplicaStore) throws {
    try store.close()
    for suffix in ["", "-wal", "-shm", ".lock"] { unlink(partial.path + suffix) }
  }

  /// A rename is durable once its folder is.
  func syncFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReplicaFault.io("open the folder \(folder)", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw ReplicaFault.io("sync the folder \(folder)", errno) }
  }
}
