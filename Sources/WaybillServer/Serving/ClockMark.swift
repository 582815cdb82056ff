import CentralStore
import Foundation
import TradeRules

/// Remembers across restarts that the clock jumped, until somebody says that it is right; and, when the log's end lies
/// ahead of a clock that is right, for which end that was said.
struct ClockMark {
  private let path: String
  private let confirmedPath: String

  init(_ folder: DataFolder) {
    path = folder.path + "/clock-jumped"
    confirmedPath = folder.path + "/clock-confirmed"
  }

  /// - Parameter isConfirmed: somebody says now that the clock is right.
  /// - Throws: `Failure` with `CLOCK_JUMPED` when it jumped in the last run, or is far behind what the log or whoever
  ///   confirmed it last had it at.
  func check(head: LogEnd, isConfirmed: Bool, at now: Instant = SystemClock.now) throws {
    if isConfirmed { return try confirm(head, at: now) }
    guard try !DurableFile.exists(path) else { throw Failure(.clockJumped, "while the server ran") }
    guard head.version > 0 else { return }
    let confirmed = try confirmation().flatMap { $0.covers(head) ? $0.at : nil }
    guard (confirmed ?? head.receivedAt).milliseconds(since: now) <= ClockGuard.jumpMax else {
      throw Failure(
        .clockJumped,
        confirmed.map { "it was confirmed at \($0.timestamp)" }
          ?? "the log's last entry is of \(head.receivedAt.timestamp)")
    }
  }

  /// - Throws: `Failure` when that is not on the disk.
  func set() throws { try DurableFile.write([], to: path) }

  // MARK: A log that is ahead

  /// The end of a log that lay ahead of the clock when somebody said that this is right.
  private struct Confirmation {
    let version: Int64
    let receivedAt: Instant
    /// By the clock that is right.
    let at: Instant

    /// Whether a log's end tells nothing newer of the clock: until the clock has come to an entry's time, those after
    /// it get the same, for none is earlier than the one before.
    func covers(_ head: LogEnd) -> Bool { head.version >= version && head.receivedAt == receivedAt }
  }

  private func confirm(_ head: LogEnd, at now: Instant) throws {
    if head.version > 0, head.receivedAt > now {
      let document: JSONValue = [
        "version": .integer(head.version), "receivedAt": .instant(head.receivedAt),
        "confirmedAt": .instant(now),
      ]
      try DurableFile.write(Array((document.text + "\n").utf8), to: confirmedPath)
    } else {
      unlink(confirmedPath)
    }
    unlink(path)
  }

  /// Nil when there is none; what cannot be made out was not said.
  private func confirmation() throws -> Confirmation? {
    guard let text = try DurableFile.contents(confirmedPath), let document = try? JSONValue(parsing: text),
      let version = document["version"]?.integer,
      let receivedAt = document["receivedAt"]?.string.flatMap({ Instant(timestamp: $0) }),
      let at = document["confirmedAt"]?.string.flatMap({ Instant(timestamp: $0) })
    else { return nil }
    return Confirmation(version: version, receivedAt: receivedAt, at: at)
  }
}
