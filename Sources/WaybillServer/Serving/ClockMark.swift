import CentralStore
import Foundation
import TradeRules

/// Remembers across restarts that the clock jumped, until somebody says that it is right.
struct ClockMark {
  private let path: String

  init(_ folder: DataFolder) { path = folder.path + "/clock-jumped" }

  /// - Throws: `Failure` with `CLOCK_JUMPED` when it jumped in the last run, or is far behind the log.
  func check(head: LogEnd, isConfirmed: Bool) throws {
    if isConfirmed {
      unlink(path)
      return
    }
    guard try !DurableFile.exists(path) else { throw Failure(.clockJumped, "while the server ran") }
    let behind = head.version == 0 ? 0 : head.receivedAt.milliseconds(since: SystemClock.now)
    guard behind <= ClockGuard.jumpMax else {
      throw Failure(.clockJumped, "the log's last entry is of \(head.receivedAt.timestamp)")
    }
  }

  /// - Throws: `Failure` when that is not on the disk.
  func set() throws { try DurableFile.write([], to: path) }
}
