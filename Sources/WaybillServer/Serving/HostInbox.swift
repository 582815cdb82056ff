import CentralStore
import Foundation
import TradeRules
import WebSocketTransport

/// What the host's thread has to do, filled from any thread: what came over connections in its order, and jobs
/// with the next turn, however much waits.
final class HostInbox: @unchecked Sendable {
  // Everything below `condition` is touched only while it is locked.
  private let condition = NSCondition()
  private var events: [TransportEvent] = []
  private var jobs: [Job] = []
  private var bytes = 0
  /// The same by connection, of those that have any.
  private var waiting: [ConnectionID: Int] = [:]
  private var isClosed = false
  /// Connections that may not send more until the host has caught up.
  private var paused: [ConnectionID] = []
  private let pause: @Sendable (ConnectionID) -> Void

  /// Something to be done on the host's thread; it gives the orders that come of it.
  typealias Job = @Sendable (OpenCentre) -> [CentralHost.Order]

  /// Received bytes that wait for the host. Beyond it a sender is held back by TCP: it bounds memory when
  /// many devices come home at once.
  static let bytesMax = 64 << 20
  /// The same of one connection: a device that keeps to its credit is far below, and one that does not holds up nobody
  /// else.
  static let connectionBytesMax = 4 << 20
  /// What a message costs beside its own bytes, about: small ones count as well.
  static let bytesBeside = 256

  /// Received bytes that one turn takes, or one message that is larger: what was sent to whom goes out when a turn
  /// ends, so it bounds how long everybody waits.
  static let turnBytesMax = 4 << 20

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
    // Nothing of it was acknowledged, and a stop that waited for whoever still sends would never come to its end.
    guard !isClosed else { return }
    events.append(event)
    if case .received(let id, let message) = event {
      let cost = message.count + HostInbox.bytesBeside
      bytes += cost
      waiting[id, default: 0] += cost
      if !mayGoOn(id) {
        if !paused.contains(id) { paused.append(id) }
        // Once more does no harm; one that is just being let go on is held back again.
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

  /// What there is to do, as much as one turn takes; waits until there is something, or until `deadline`.
  func nextTurn(until deadline: Date) -> Turn {
    condition.lock()
    defer { condition.unlock() }
    while events.isEmpty, jobs.isEmpty, !isClosed {
      guard condition.wait(until: deadline) else { break }
    }
    let taken = takeEvents()
    var turn = Turn(events: taken, jobs: jobs, isLast: isClosed && events.isEmpty)
    jobs = []
    turn.resumed = paused.filter(mayGoOn)
    paused.removeAll(where: mayGoOn)
    return turn
  }

  private func mayGoOn(_ id: ConnectionID) -> Bool {
    bytes <= HostInbox.bytesMax && waiting[id, default: 0] <= HostInbox.connectionBytesMax
  }

  private func takeEvents() -> [TransportEvent] {
    var (count, cost) = (0, 0)
    for event in events {
      var next = 0
      if case .received(_, let message) = event { next = message.count + HostInbox.bytesBeside }
      guard cost == 0 || cost + next <= HostInbox.turnBytesMax else { break }
      if case .received(let id, _) = event {
        let rest = waiting[id, default: 0] - next
        waiting[id] = rest > 0 ? rest : nil
      }
      (count, cost) = (count + 1, cost + next)
    }
    bytes -= cost
    defer { events.removeFirst(count) }
    return Array(events.prefix(count))
  }
}
