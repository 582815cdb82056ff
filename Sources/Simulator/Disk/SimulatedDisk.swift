import Foundation
import GRDBSQLite
import Synchronization

/// A disk in memory below SQLite: what was not synced may be kept, lost or torn when the power goes, and any
/// call may fail.
///
/// Files made or deleted are so at once; only their content waits for a sync.
final class SimulatedDisk: @unchecked Sendable {
  // Everything is guarded by `lock`: SQLite's connections live on threads of their own.
  private let lock = NSLock()
  private var files: [String: DiskFile] = [:]
  private var generation = 0
  private var plan = Plan()
  private var isDead = false
  private var mutations = 0
  private var reads = 0
  private var refused = 0

  /// What goes wrong, counted in calls that change the disk: writes, cuts, syncs, deletions.
  struct Plan {
    /// The power goes at this call: it is not done, and nothing is until the disk is started again.
    var powerCutAt: Int?
    /// This call fails, and so do `failures - 1` calls after it.
    var failsAt: Int?
    /// This read fails, counted in reads, and so do `failures - 1` reads after it.
    var readFailsAt: Int?
    var failures = 1
    /// With which of SQLite's codes a call that changes the disk fails.
    var code: Int32 = DiskCode.write
  }

  /// No two disks of a process are mistaken for each other.
  private static let made = Atomic<Int>(0)

  /// Where its files are; SQLite finds them there once a disk was made.
  let root: String

  init() {
    root = "/simulated/\(SimulatedDisk.made.add(1, ordering: .relaxed).newValue)/"
    DiskRouter.install()
    DiskRouter.add(self)
  }

  deinit { DiskRouter.remove(root) }

  func path(_ name: String) -> String { root + name }

  /// Calls so far that change the disk, and how many of them failed.
  var calls: Int { lock.withLock { mutations } }
  var failures: Int { lock.withLock { refused } }
  var hasLostPower: Bool { lock.withLock { isDead } }

  /// Lets things go wrong, counted from now on; an empty plan lets nothing.
  func follow(_ plan: Plan) {
    lock.withLock {
      self.plan = plan
      self.plan.powerCutAt = plan.powerCutAt.map { $0 + mutations }
      self.plan.failsAt = plan.failsAt.map { $0 + mutations }
      self.plan.readFailsAt = plan.readFailsAt.map { $0 + reads }
    }
  }

  /// The power comes back. Of each write since its file's last sync chance says whether it is there, not there,
  /// or there in part. Who had the files open has them no more.
  func restart(_ random: inout Random) {
    lock.lock()
    defer { lock.unlock() }
    generation += 1
    plan = Plan()
    isDead = false
    for path in files.keys.sorted() { files[path]?.losePower(&random) }
  }

  /// The program ends without a power cut: everything written is there.
  func release() {
    lock.withLock {
      generation += 1
      plan = Plan()
      isDead = false
      for file in files.values { file.forgetUsers() }
    }
  }
}

// MARK: What others see

extension SimulatedDisk {
  /// The first of some texts that any of its files has.
  func firstTrace(of texts: [String]) -> String? {
    let contents = lock.withLock { files.keys.sorted().compactMap { files[$0].map { Data($0.content) } } }
    return texts.first { text in contents.contains { $0.range(of: Data(text.utf8)) != nil } }
  }
}

// MARK: What SQLite asks for

extension SimulatedDisk {
  /// One open file.
  final class Handle {
    let disk: SimulatedDisk
    let file: DiskFile
    fileprivate let generation: Int
    let deletesOnClose: Bool
    let path: String
    var level = SQLITE_LOCK_NONE
    var sharedLocks: UInt32 = 0
    var exclusiveLocks: UInt32 = 0

    fileprivate init(
      _ disk: SimulatedDisk, _ file: DiskFile, _ generation: Int, at path: String, deletesOnClose: Bool
    ) {
      self.disk = disk
      self.file = file
      self.generation = generation
      self.path = path
      self.deletesOnClose = deletesOnClose
    }

    /// Does something with the file, unless the disk is gone.
    func use(_ failure: Int32, _ body: (DiskFile) -> Int32) -> Int32 {
      disk.lock.withLock {
        disk.generation == generation && !disk.isDead ? body(file) : failure
      }
    }

    /// The same for a call that changes the disk.
    func change(_ failure: Int32, _ body: (DiskFile) -> Void) -> Int32 {
      use(failure) { file in
        if let code = disk.misfortune() { return code }
        body(file)
        return SQLITE_OK
      }
    }

    /// The same for a call that reads it.
    func read(_ failure: Int32, _ body: (DiskFile) -> Int32) -> Int32 {
      use(failure) { file in disk.isReadRefused() ? failure : body(file) }
    }

    /// Locks go with their holder, whatever became of the disk.
    func close() {
      disk.lock.withLock {
        guard disk.generation == generation else { return }
        file.unlock(self, to: SQLITE_LOCK_NONE)
        file.dropMemoryLocks(of: self)
        if deletesOnClose { disk.files[path] = nil }
      }
    }
  }

  /// What goes wrong with the next call, if anything. The caller holds the lock.
  private func misfortune() -> Int32? {
    defer { mutations += 1 }
    if plan.powerCutAt == mutations {
      isDead = true
      return SQLITE_IOERR
    }
    guard let first = plan.failsAt, (first..<first + plan.failures).contains(mutations) else { return nil }
    refused += 1
    return plan.code
  }

  /// Whether the next read fails. The caller holds the lock.
  private func isReadRefused() -> Bool {
    defer { reads += 1 }
    guard let first = plan.readFailsAt, (first..<first + plan.failures).contains(reads) else { return false }
    refused += 1
    return true
  }

  func open(_ path: String, create: Bool, deletesOnClose: Bool) -> Handle? {
    lock.withLock {
      guard !isDead, files[path] != nil || create else { return nil }
      let file = files[path] ?? DiskFile()
      files[path] = file
      return Handle(self, file, generation, at: path, deletesOnClose: deletesOnClose)
    }
  }

  func delete(_ path: String) -> Int32 {
    lock.withLock {
      guard !isDead else { return DiskCode.delete }
      guard files[path] != nil else { return DiskCode.deleteNoEntry }
      if let code = misfortune() { return code }
      files[path] = nil
      return SQLITE_OK
    }
  }

  func has(_ path: String) -> Bool { lock.withLock { !isDead && files[path] != nil } }
}
