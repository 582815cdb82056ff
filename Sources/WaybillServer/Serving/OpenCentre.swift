import CentralStore
import TradeRules

/// The centre, opened by this process, which alone has its store.
///
/// Belongs to one thread.
final class OpenCentre {
  let host: CentralHost
  private let lock: FolderLock

  var store: CentralStore { host.store }

  /// Opens the folder's store.
  ///
  /// - Parameter creating: makes folder, key and store where there are none and never were.
  /// - Returns: nil when another process has the store.
  /// - Throws: `Failure` with `NO_STORE`; `StoreFault`.
  static func open(_ folder: DataFolder, creating: Bool) throws -> OpenCentre? {
    if creating { try folder.create() }
    guard try creating || folder.hasStore || DurableFile.exists(folder.restoredPath) else {
      throw try folder.missingStore()
    }
    guard let lock = try FolderLock(folder) else { return nil }
    try Restoring.finish(folder)
    let key = try folder.key()
    if creating { try makeFile(in: folder) }
    let store = try CentralStore.open(at: folder.storePath, create: creating)
    let host = CentralHost(store: store, key: key, random: SystemRandom.bytes)
    try host.foundIfNew(at: SystemClock.now)
    return OpenCentre(host: host, lock: lock)
  }

  /// Makes the file of a new store where there is none, and where none is lost: an empty one in its place would turn
  /// every device away.
  ///
  /// - Throws: `Failure` with `NO_STORE` where there are backups of this centre.
  private static func makeFile(in folder: DataFolder) throws {
    guard try !folder.hasStore else { return }
    guard try folder.lastBackup() == nil else { throw try folder.missingStore() }
    // SQLite gives what it makes beside a file to the file's owner, but not the file to the folder's.
    if try !DurableFile.exists(folder.storePath) { try DurableFile.makeEmpty(folder.storePath) }
  }

  private init(host: CentralHost, lock: FolderLock) {
    self.host = host
    self.lock = lock
  }

  /// Leaves one tidy file behind: everything that was committed, no log beside it.
  ///
  /// - Throws: `StoreFault` when somebody still reads; nothing is lost, the log is taken up at the next start.
  func close() throws {
    let tidied = Result { try store.checkpointLog(truncating: true) }
    try store.close()
    try tidied.get()
  }
}
