import Foundation
import GRDB
import TradeTables

/// Lets any thread read a store until its owner closes it, and not all at once: whoever decides reads on connections of
/// the same pool and must not wait for an audit.
///
/// A pool that is closed while somebody waits for one of its connections hands him a closed one, and using that
/// ends the process.
final class ReadingGate: @unchecked Sendable {
  // What follows is touched only while `condition` is locked.
  private let condition = NSCondition()
  private var readers = 0
  private var isClosed = false

  private let readersMax: Int
  private let grace: TimeInterval

  /// - Parameters:
  ///   - readersMax: how many read at a time; others wait their turn.
  ///   - grace: how long whoever reads may go on once the store is to be closed, seconds.
  init(readersMax: Int = .max, grace: TimeInterval = 5) {
    (self.readersMax, self.grace) = (readersMax, grace)
  }

  /// - Throws: `StoreFault`, once the gate is closed.
  func pass<T>(_ body: () throws -> T) throws -> T {
    try condition.withLock {
      while readers >= readersMax, !isClosed { condition.wait() }
      guard !isClosed else {
        throw StoreFault(.busy, doing: "read the store", detail: "it is being closed")
      }
      readers += 1
    }
    defer {
      condition.withLock {
        readers -= 1
        condition.broadcast()
      }
    }
    return try body()
  }

  /// Lets nobody in any more, and waits until all are out.
  ///
  /// - Parameter interrupt: breaks off what is read; called again and again when the grace is over.
  func close(interrupting interrupt: () -> Void) {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    var patience = grace
    while readers > 0 {
      if condition.wait(until: Date(timeIntervalSinceNow: patience)) { continue }
      interrupt()
      patience = 0.1
    }
  }
}

/// A store that may be read from any thread.
struct GatedReader: Sendable {
  let database: any DatabaseReader
  let gate: ReadingGate

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    try gate.pass { try database.read(body) }
  }

  /// Reads without a view of its own, as statements do that make one themselves.
  func unsafeRead<T>(_ body: (Database) throws -> T) throws -> T {
    try gate.pass { try database.unsafeRead(body) }
  }
}
