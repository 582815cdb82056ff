import Foundation
import GRDB
import Glibc
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

  /// The damaged files that were kept aside, with the logs beside them; sorted.
  func damagedAside() throws -> [String] { try files(marked: [ReplicaFile.asideMark]) }

  /// What was kept aside and has rows as the replica has: damaged files, and enrolments that were set aside.
  func rowsAside() throws -> [String] {
    try files(marked: [ReplicaFile.asideMark, ReplicaFile.enrolmentMark])
  }

  /// Removes all that was kept aside, also work that was saved before it was discarded, and what an interrupted rebuild
  /// left (G20).
  func removeAllAside() throws {
    let marks = [ReplicaFile.discardedMark, ReplicaFile.rebuildingMark]
    try ReplicaFile.remove(rowsAside() + files(marked: marks))
  }

  /// Removes files for good.
  static func remove(_ files: [String]) throws {
    for file in files {
      guard unlink(file) == 0 || errno == ENOENT else { throw ReplicaFault.io("remove \(file)", errno) }
    }
  }

  private func files(marked marks: [String]) throws -> [String] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let prefixes = marks.map { URL(fileURLWithPath: path).lastPathComponent + $0 }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { name in prefixes.contains(where: name.hasPrefix) }.sorted()
      .map { folder.appendingPathComponent($0).path }
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
