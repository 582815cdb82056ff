internal import Synchronization

/// Names one accepted connection of one process. Ascending in the order of acceptance and never
/// reused, so a message for a connection that is gone can never reach its successor.
public struct ConnectionID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 1 …, unique in this process across all servers.
  public let rawValue: UInt64

  public var description: String { "#\(rawValue)" }

  public static func < (left: ConnectionID, right: ConnectionID) -> Bool {
    left.rawValue < right.rawValue
  }

  private static let last = Atomic<UInt64>(0)

  static func next() -> ConnectionID {
    ConnectionID(rawValue: last.add(1, ordering: .relaxed).newValue)
  }
}
