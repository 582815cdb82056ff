import Foundation
import SyncSession
import TradeRules

/// The centre's folder: the store, its key, the lock, the control socket.
struct DataFolder: Sendable {
  let path: String

  var storePath: String { path + "/centre.db" }
  var keyPath: String { path + "/centre.key" }
  /// A store that is being restored.
  var restoringPath: String { storePath + ".restoring" }
  /// A restored store that is about to take the present one's place.
  var restoredPath: String { storePath + ".restored" }
  /// The stores that were replaced, each in a folder named for when.
  var asidePath: String { path + "/aside" }
  var lockPath: String { path + "/lock" }
  static let socketName = "control.sock"

  /// What a person named, the environment, or `./waybill-data`.
  static func path(given: String?, environment: [String: String]) -> String {
    let named = given ?? environment["WAYBILL_DATA"] ?? ""
    return named.isEmpty ? "./waybill-data" : named
  }

  /// Whether there is a store: an empty file is none.
  ///
  /// - Throws: `Failure` when that cannot be told.
  var hasStore: Bool {
    get throws { try DurableFile.status(storePath).map { $0.st_size > 0 } ?? false }
  }

  /// Makes the folder, for its owner alone, unless it is there.
  func create() throws { try DurableFile.makeFolder(path, isHandedOver: false) }

  /// Whose the folder is, and with it what is made there; nil when that cannot be told.
  var owner: uid_t? { (try? DurableFile.status(path))?.st_uid }

  // MARK: The key

  private static let keyHint = "Put your copy of the centre's key back; it is in no backup."
  private static let unreadableHint =
    "Let whoever runs the server read it, or put your copy of it in its place; it is in no backup."

  /// The centre's key; made, and on the disk before it is used, when there is neither key nor store nor backup.
  ///
  /// - Throws: `Failure` when a store or its backups have lost their key, or it cannot be read: a new one would turn
  ///   every device away.
  func key() throws -> SigningKey {
    if let key = try foundKey() { return key }
    guard try !hasStore, try !BackupFolder.of(self).hasManifests else {
      throw Failure(
        .fileUnusable, "\(keyPath) is missing; no device and no backup would know a centre with another key",
        hint: DataFolder.keyHint)
    }
    let seed = SystemRandom.bytes(32)
    try DurableFile.writeNew(seed, to: keyPath)
    return try SigningKey(seed: seed)
  }

  /// The key that is there; nil when there is none, and then alone.
  private func foundKey() throws -> SigningKey? {
    guard let seed = try foundSeed() else { return nil }
    guard let key = try? SigningKey(seed: seed) else {
      throw Failure(.fileUnusable, "\(keyPath) is not a key of 32 bytes", hint: DataFolder.keyHint)
    }
    return key
  }

  private func foundSeed() throws -> [UInt8]? {
    do { return try DurableFile.contents(keyPath) } catch {
      let failure = Failure(error)
      throw Failure(failure.code, failure.detail, hint: failure.hint ?? DataFolder.unreadableHint)
    }
  }

  /// The centre's key where there must be one already.
  ///
  /// - Throws: `Failure` with `NO_STORE` for a folder that is no centre's, `FILE_UNUSABLE` for one that lost its
  ///   key: a backup restored without it would know no device, and no device it.
  func presentKey() throws -> SigningKey {
    if let key = try foundKey() { return key }
    guard try DurableFile.exists(path) else { throw Failure(.noStore, path) }
    throw Failure(.fileUnusable, "\(keyPath) is missing", hint: DataFolder.keyHint)
  }

  /// Whether two paths are one file, whatever links lead there.
  static func isSameFile(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// What the last system call said, as a failure.
  static func failure(_ doing: String) -> Failure {
    let number = errno
    // What the whole disk lacks, or whoever runs the program may not take any more.
    let isFull = number == ENOSPC || number == EDQUOT
    return Failure(isFull ? .diskFull : .ioFailed, "cannot \(doing): \(String(cString: strerror(number)))")
  }
}

/// The exclusive right to the folder's store, held until this object is gone or the process is.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Returns: nil when another process has it.
  init?(_ folder: DataFolder) throws {
    if try !DurableFile.exists(folder.lockPath) {
      do { try DurableFile.makeEmpty(folder.lockPath) } catch {
        // Another process made it at the same time.
        guard try DurableFile.exists(folder.lockPath) else { throw error }
      }
    }
    let descriptor = open(folder.lockPath, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataFolder.failure("open \(folder.lockPath)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      close(descriptor)
      if isHeld { return nil }
      throw DataFolder.failure("lock \(folder.lockPath)")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
