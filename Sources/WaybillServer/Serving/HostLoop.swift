import CentralStore
import Foundation
import Logging
import TradeRules
import WebSocketTransport

/// The loop of the one thread that owns the host: takes everything that has happened as one batch, so that one commit
/// serves everybody who is waiting, and does what the host orders.
final class HostLoop {
  private let centre: OpenCentre
  private let inbox: HostInbox
  private let server: WebSocketServer
  private let health: Health
  private let log: Logger
  private var clock: ClockWatch
  private var connections: [CentralHost.ConnectionNumber: ConnectionID] = [:]
  private var wakes: [Instant] = []
  private var keeper: LogKeeper
  private var storeGuard: StoreGuard

  /// Looks at the clock at least this often, so that a jump of it is noticed and does not stretch a wait.
  private static let longestWait: TimeInterval = 5
  /// Everybody waits as long as one turn takes.
  private static let slowTurn = Duration.seconds(1)

  init(
    _ centre: OpenCentre, inbox: HostInbox, server: WebSocketServer, health: Health, folder: DataFolder,
    log: Logger
  ) {
    self.centre = centre
    self.inbox = inbox
    self.server = server
    self.health = health
    self.log = log
    clock = ClockWatch(folder, log: log)
    keeper = LogKeeper(path: folder.storePath + "-wal", log: log)
    storeGuard = StoreGuard(folder, log: log)
  }

  /// Works until the inbox is closed and empty.
  ///
  /// - Throws: `Failure` with `CLOCK_JUMPED`, which is marked unless that cannot be.
  func run() throws {
    while true {
      let turn = inbox.nextTurn(until: deadline)
      let now = SystemClock.now
      obey(try clock.beforeTurn(of: centre.host, at: now))
      serve(turn, at: now)
      obey(storeGuard.afterTurn(of: centre.host))
      health.update(head: centre.store.head.version, halted: centre.host.halted, at: now)
      keeper.afterTurn(of: centre.store, isIdle: turn.events.isEmpty && turn.jobs.isEmpty)
      if turn.isLast { return try clock.end() }
    }
  }

  private func serve(_ turn: HostInbox.Turn, at now: Instant) {
    let start = ContinuousClock.now
    defer {
      let taken = ContinuousClock.now - start
      if taken > HostLoop.slowTurn {
        log.warning("a slow turn", metadata: ["taken": "\(taken)", "events": "\(turn.events.count)"])
      }
    }
    var events = turn.events.compactMap(event)
    if let first = wakes.first, first <= now {
      wakes.removeAll { $0 <= now }
      events.append(.ticked)
    }
    if !events.isEmpty { obey(centre.host.handle(events, at: now)) }
    for job in turn.jobs { obey(job(centre)) }
    for id in turn.resumed { server.resume(id) }
  }

  private func event(_ event: TransportEvent) -> CentralHost.Event? {
    switch event {
    case .opened(let id, let peer):
      connections[id.rawValue] = id
      log.debug("connected", metadata: ["connection": "\(id)", "peer": "\(peer)"])
      return .connected(id.rawValue)
    case .received(let id, let bytes): return .received(id.rawValue, bytes)
    case .closed(let id, let code, let reason):
      connections[id.rawValue] = nil
      log.debug("closed", metadata: ["connection": "\(id)", "code": "\(code)", "reason": "\(reason)"])
      return .disconnected(id.rawValue)
    case .drained: return nil
    }
  }

  private func obey(_ orders: [CentralHost.Order]) {
    for order in orders {
      switch order {
      case .send(let bytes, let numbers):
        server.send(OutboundMessage(bytes), to: numbers.compactMap { connections[$0] })
      case .trust(let number):
        guard let id = connections[number] else { continue }
        server.trust(id)
        let device = centre.host.device(on: number) ?? ""
        log.info("device connected", metadata: ["connection": "\(id)", "device": "\(device)"])
      case .discard(let number):
        if let id = connections[number] { server.discard(id) }
      case .close(let number, let code, let reason):
        guard let id = connections[number] else { continue }
        server.close(id, code: code.rawValue, reason: reason)
        log.info(
          "dropped", metadata: ["connection": "\(id)", "code": "\(code.rawValue)", "reason": "\(reason)"])
      case .wake(let instant): wake(at: instant)
      case .report(let code, let device, let detail):
        log.warning("\(code)", metadata: ["device": "\(device)", "detail": "\(detail)"])
      }
    }
  }

  private func wake(at instant: Instant) {
    guard !wakes.contains(instant) else { return }
    let place = wakes.firstIndex { $0 > instant } ?? wakes.endIndex
    wakes.insert(instant, at: place)
  }

  private var deadline: Date {
    var wait = HostLoop.longestWait
    if let first = wakes.first {
      let milliseconds = max(0, first.milliseconds(since: SystemClock.now))
      wait = min(wait, TimeInterval(milliseconds) / 1_000)
    }
    return Date(timeIntervalSinceNow: wait)
  }
}
