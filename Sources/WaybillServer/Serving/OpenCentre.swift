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
  /// - Parameter creating: makes folder, key and store where there are none.
  /// - Returns: nil when another process has the store.
  /// - Throws: `Failure` with `NO_STORE`; `StoreFault`.
  static func open(_ folder: DataFolder, creating: Bool) throws -> OpenCentre? {
    if creating { try folder.create() }
    guard try creating || folder.hasStore || DurableFile.exists(folder.restoredPath) else {
      throw Failure(.noStore, folder.path)
    }
    guard let lock = try FolderLock(folder) else { return nil }
    try Restoring.finish(folder)
    let key = try folder.key()
    // SQLite gives what it makes beside a file to the file's owner, but not the file to the folder's.
    if creating, try !DurableFile.exists(folder.storePath) { try DurableFile.makeEmpty(folder.storePath) }
    let store = try CentralStore.open(at: folder.storePath, create: creating)
    let host = CentralHost(store: store, key: key, random: SystemRandom.bytes)
    try host.foundIfNew(at: SystemClock.now)
    return OpenCentre(host: host, lock: lock)
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
