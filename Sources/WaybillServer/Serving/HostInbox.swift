import CentralStore
import Foundation
import TradeRules
import WebSocketTransport

/// What the host's thread has to do, in the order in which it came; filled from any thread.
final class HostInbox: @unchecked Sendable {
  // Everything below `condition` is touched only while it is locked.
  private let condition = NSCondition()
  private var events: [TransportEvent] = []
  private var jobs: [Job] = []
  private var bytes = 0
  private var isClosed = false
  /// Connections that may not send more until the host has caught up.
  private var paused: [ConnectionID] = []
  private let pause: @Sendable (ConnectionID) -> Void

  /// Something to be done on the host's thread; it gives the orders that come of it.
  typealias Job = @Sendable (OpenCentre) -> [CentralHost.Order]

  /// Received bytes that wait for the host. Beyond it a sender is held back by TCP: it bounds memory when
  /// many devices come home at once.
  static let bytesMax = 64 << 20
  /// What a message costs beside its own bytes, about: small ones count as well.
  static let bytesBeside = 256

  struct Turn {
    var events: [TransportEvent] = []
    var jobs: [Job] = []
    /// Connections that may send again.
    var resumed: [ConnectionID] = []
    /// Nothing more will come.
    var isLast = false
  }

  init(pause: @escaping @Sendable (ConnectionID) -> Void) { self.pause = pause }

  func take(_ event: TransportEvent) {
    condition.lock()
    defer { condition.unlock() }
    events.append(event)
    if case .received(let id, let message) = event {
      bytes += message.count + HostInbox.bytesBeside
      if bytes > HostInbox.bytesMax, !paused.contains(id) {
        paused.append(id)
        pause(id)
      }
    }
    condition.signal()
  }

  /// - Returns: false when the host has stopped; then the job is never done.
  func take(_ job: @escaping Job) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !isClosed else { return false }
    jobs.append(job)
    condition.signal()
    return true
  }

  /// Lets the host finish what is here and stop.
  func close() {
    condition.lock()
    isClosed = true
    condition.signal()
    condition.unlock()
  }

  /// Everything there is to do; waits until there is something, or until `deadline`.
  func nextTurn(until deadline: Date) -> Turn {
    condition.lock()
    defer { condition.unlock() }
    while events.isEmpty, jobs.isEmpty, !isClosed {
      guard condition.wait(until: deadline) else { break }
    }
    let turn = Turn(events: events, jobs: jobs, resumed: paused, isLast: isClosed)
    (events, jobs, paused, bytes) = ([], [], [], 0)
    return turn
  }
}
