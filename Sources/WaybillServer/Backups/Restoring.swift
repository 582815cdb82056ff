import CentralStore
import Foundation
import SyncSession
import TradeRules

/// Puts a backup in the place of a centre's store, under a new epoch, and keeps the present store aside.
///
/// A crash at any moment leaves either the present store or the restored one: what is to be done after the
/// restored file has its name `centre.db.restored` is done again when the store is next opened, and what was done
/// before is cleared away.
struct Restoring {
  let folder: DataFolder
  let key: SigningKey

  struct Outcome {
    let id: String
    let epoch: RecordID
    let head: Int64
    /// Where the store lies that was there before; nil when there was none.
    let aside: String?
  }

  /// - Throws: `Failure` with `BACKUP_UNUSABLE`, `UPGRADE_REQUIRED` or `DISK_FULL`; then nothing was changed.
  func restore(_ backup: Backup, at now: Instant) throws -> Outcome {
    try backup.requireSound()
    try DurableFile.requireRoom(backup.manifest.bytes * 2, in: folder.path)
    Restoring.clear(folder)
    let store: (epoch: RecordID, head: Int64)
    do {
      store = try Restoring.prepare(backup, as: folder.restoringPath, key: key, at: now)
      try keepAside(at: now)
      try DurableFile.rename(folder.restoringPath, to: folder.restoredPath)
    } catch {
      Restoring.clear(folder)
      throw error
    }
    let aside = try Restoring.finish(folder)
    return Outcome(id: backup.manifest.id, epoch: store.epoch, head: store.head, aside: aside)
  }

  /// Makes a store of a backup's file and begins its new history: one file, on the disk.
  static func prepare(
    _ backup: Backup, as path: String, key: SigningKey, at now: Instant
  ) throws -> (epoch: RecordID, head: Int64) {
    try DurableFile.copy(backup.path, to: path)
    let store = try CentralStore.open(at: path, create: false)
    let host = CentralHost(store: store, key: key, random: SystemRandom.bytes)
    let epoch = try host.beginHistory(from: backup.manifest.id, at: now)
    let head = store.head.version
    try store.checkpointLog(truncating: true)
    try store.close()
    try DurableFile.sync(path)
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    return (epoch, head)
  }

  /// Takes up what a crash interrupted, or clears it away; whoever calls has the folder's lock.
  ///
  /// - Returns: where the store lies that was replaced; nil when none was.
  @discardableResult
  static func finish(_ folder: DataFolder) throws -> String? {
    guard try DurableFile.exists(folder.restoredPath) else {
      clear(folder)
      return nil
    }
    let aside = try nameAside(folder)
    // The old store's log must not be taken for the new one's.
    for suffix in ["-wal", "-shm"] { unlink(folder.storePath + suffix) }
    try DurableFile.rename(folder.restoredPath, to: folder.storePath)
    DamageMark(folder).clear()
    return aside
  }

  /// What the names of stores begin with that are not replaced yet: as long as they are the present one, who writes to
  /// either writes to both.
  private static let keptPrefix = "."

  /// Gives the present store, as it is, a second name.
  private func keepAside(at now: Instant) throws {
    let present = try ["", "-wal"].filter { try DurableFile.exists(folder.storePath + $0) }
    guard !present.isEmpty else { return }
    let time = now.timestamp.prefix(19).filter { $0 != "-" && $0 != ":" }
    let kept = "\(folder.asidePath)/\(Restoring.keptPrefix)\(time)Z"
    try DurableFile.makeFolder(kept)
    for suffix in present {
      try DurableFile.link(folder.storePath + suffix, to: kept + "/centre.db" + suffix)
    }
    try DurableFile.sync(kept)
  }

  /// Gives the store that was kept its name for good, once another is certain to take its place.
  private static func nameAside(_ folder: DataFolder) throws -> String? {
    var aside: String?
    for name in try DurableFile.names(in: folder.asidePath) where name.hasPrefix(keptPrefix) {
      let wanted = "\(folder.asidePath)/\(name.dropFirst(keptPrefix.count))"
      var (free, count) = (wanted, 1)
      while try DurableFile.exists(free) {
        count += 1
        free = "\(wanted)-\(count)"
      }
      try DurableFile.rename(folder.asidePath + "/" + name, to: free)
      aside = free
    }
    return aside
  }

  /// Removes what a restore began that came to nothing. What cannot be removed now is when the store is next opened.
  private static func clear(_ folder: DataFolder) {
    guard (try? DurableFile.exists(folder.restoredPath)) == false else { return }
    for suffix in ["", "-wal", "-shm"] { unlink(folder.restoringPath + suffix) }
    for name in (try? DurableFile.names(in: folder.asidePath)) ?? [] where name.hasPrefix(keptPrefix) {
      try? FileManager.default.removeItem(atPath: folder.asidePath + "/" + name)
    }
  }
}

/// Restores a backup to a scratch place and compares: whether it would do, before anybody needs it.
struct BackupDrill {
  let folder: DataFolder
  let key: SigningKey

  /// - Throws: `Failure` when the drill itself cannot be held.
  func run(_ backup: Backup, at now: Instant) throws -> [BackupCheck] {
    var checks = try backup.verify()
    guard checks.allSatisfy(\.isOK) else { return checks }
    sweep()
    let scratch = folder.path + "/" + BackupDrill.scratchPrefix + UUID().uuidString
    try DurableFile.makeFolder(scratch)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    try DurableFile.requireRoom(backup.manifest.bytes * 2, in: scratch)
    let path = scratch + "/centre.db"
    let restored = try Restoring.prepare(backup, as: path, key: key, at: now)
    let queries = try CentralQueries.reading(path)
    let goesOn = restored.head == backup.manifest.head + 1
    checks = [
      BackupCheck(
        name: "restored", isOK: goesOn,
        detail: goesOn
          ? "it would go on at version \(restored.head) under a new epoch" : "the restored log has a gap")
    ]
    checks += try queries.verify(deep: true).map(BackupCheck.init)
    if let check = try compareWithPresent(backup.manifest) { checks.append(check) }
    return checks
  }

  private static let scratchPrefix = "drill-"

  /// Removes what drills left that were cut short: everybody's data, and room that is wanted.
  private func sweep() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(BackupDrill.scratchPrefix) && DurableFile.isLeft(folder.path + "/" + name) {
      try? FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
  }

  /// Whether the present store goes on from the backup; nil when there is none to compare with.
  private func compareWithPresent(_ manifest: BackupManifest) throws -> BackupCheck? {
    guard try folder.hasStore, let present = try? CentralQueries.reading(folder.storePath),
      let head = try? present.facts().head.version
    else { return nil }
    let isPart = try present.logHash(at: manifest.head) == manifest.headHash
    return BackupCheck(
      name: "present store", isOK: isPart,
      detail: isPart
        ? "it goes on from the backup: \(head - manifest.head) entries later"
        : "its log is not the one of the backup")
  }
}
