import Foundation
import Glibc
public import TradeRules

/// The advisory file locks of one replica.
///
/// SQLite's WAL in the versions we link can lose commits when one connection writes while another
/// checkpoints. So every writing connection of every process writes and checkpoints only under the writers'
/// lock; a second lock keeps a second `sync` out (#74).
public final class ReplicaLock {
  /// How long a command waits for another's write, milliseconds.
  public static let patience = 5_000

  private let path: String
  private var descriptor: Int32 = -1
  private var depth = 0
  /// When it was taken.
  private var since = Date.distantPast

  /// The lock that whoever writes the replica at `path` holds meanwhile.
  public static func writers(of path: String) -> ReplicaLock { ReplicaLock(path + ".lock") }
  /// The lock of the one program that syncs.
  public static func sync(of path: String) -> ReplicaLock { ReplicaLock(path + ".sync") }

  private init(_ path: String) { self.path = path }

  deinit { release() }

  /// Runs `body` while holding the lock, waiting for it up to `patience` milliseconds.
  ///
  /// - Throws: `ReplicaFault.busy` naming the holder.
  func held<T>(patience: Int = ReplicaLock.patience, _ body: () throws -> T) throws -> T {
    try acquire(patience: patience)
    defer { release() }
    return try body()
  }

  /// Takes the lock and keeps it until `release` or the end of the process.
  public func acquire(patience: Int = 0) throws {
    if depth > 0 {
      depth += 1
      return
    }
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ReplicaFault.io("open the lock file beside the replica", errno)
    }
    var waited = 0
    while let error = WholeFileLock.take(descriptor) {
      guard [EAGAIN, EACCES].contains(error), waited < patience else {
        defer { closeFile() }
        guard [EAGAIN, EACCES].contains(error) else {
          throw ReplicaFault.io("lock the file beside the replica", error)
        }
        let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        throw ReplicaFault.busy(holder: holder.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      usleep(5_000)
      waited += 5
    }
    depth = 1
    since = Date()
    noteHolder()
  }

  /// Whether another program holds the lock; asking takes nothing from anybody.
  public var isHeldByAnother: Bool {
    if depth > 0 { return false }
    let probe = open(path, O_RDONLY | O_CLOEXEC)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return WholeFileLock.isTaken(probe)
  }

  public func release() {
    guard depth > 0 else { return }
    depth -= 1
    guard depth == 0 else { return }
    // Nobody holds it now, so nobody is named. Closing gives the lock back; the file stays, because removing
    // it would let two holders in.
    _ = ftruncate(descriptor, 0)
    closeFile()
  }

  private func closeFile() {
    close(descriptor)
    descriptor = -1
  }

  /// Says beside the holder's name whether it has a link to the centre.
  public func note(hasLink: Bool) {
    if depth > 0 { noteHolder(hasLink ? "" : ReplicaLock.noLinkMark) }
  }

  /// Whether another program holds the lock and says that it has no link to the centre.
  public var isHeldWithoutLink: Bool {
    guard isHeldByAnother else { return false }
    return (try? String(contentsOfFile: path, encoding: .utf8))?.contains(ReplicaLock.noLinkMark) ?? false
  }

  private static let noLinkMark = ", without a link"

  /// Writes who holds the lock, for the message of whoever does not get it.
  private func noteHolder(_ mark: String = "") {
    let text = "pid \(getpid()) since \(Int(since.timeIntervalSince1970))\(mark)\n"
    // In this order: whoever reads meanwhile finds a holder.
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    _ = ftruncate(descriptor, off_t(text.utf8.count))
  }
}

/// A lock of a whole file that belongs to the open file and not to the process (fcntl(2), "open file description
/// locks"). Unlike `flock(2)` it can be asked about without being taken: somebody who looks is in nobody's way.
private enum WholeFileLock {
  // The Glibc module leaves these numbers out; they are the same on every architecture (asm-generic/fcntl.h).
  private static let ask: Int32 = 36
  private static let takeNow: Int32 = 37

  /// - Returns: nil when the lock is taken, else the error: `EAGAIN` or `EACCES` when another has it.
  static func take(_ descriptor: Int32) -> Int32? {
    var range = wholeFile
    while fcntl(descriptor, takeNow, &range) != 0 { if errno != EINTR { return errno } }
    return nil
  }

  static func isTaken(_ descriptor: Int32) -> Bool {
    var range = wholeFile
    return fcntl(descriptor, ask, &range) == 0 && range.l_type != Int16(F_UNLCK)
  }

  private static var wholeFile: Glibc.flock {
    // From the beginning, and a length of 0: to the end wherever that will be.
    Glibc.flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
  }
}

/// What keeps a replica from working, apart from the business.
public enum ReplicaFault: Error, Sendable {
  /// Nothing is enrolled at this path.
  case notEnrolled(path: String)
  case alreadyEnrolled(path: String)
  /// Another program holds the lock: its process id and since when.
  case busy(holder: String)
  case io(String, Int32)
  /// The disk has not room enough; so many bytes are left.
  case full(folder: String, free: Int64)
  /// The key given names no record, or several.
  case noRecord(Code, key: String)
  case ambiguous(key: String)
}
