import CentralStore
import Foundation
import Logging
import TradeRules
import WebSocketTransport

/// One run of the server: opens the centre, joins host, transport and control socket, and ends in order.
///
/// The calling thread becomes the host's: it alone touches the store until the end.
struct Serving {
  let address: ListenAddress
  let tls: TLSIdentity?
  let logLevel: Logger.Level
  let desk: Desk
  var isClockConfirmed = false
  var limits = TransportLimits()

  /// Serves until SIGTERM or SIGINT.
  ///
  /// - Throws: `Failure` with `STORE_BUSY`, `CLOCK_JUMPED` or `CANNOT_LISTEN`; `StoreFault`.
  func run() throws {
    // Before any thread starts: threads inherit what is blocked, and one alone waits for it.
    let signals = StopSignals()
    let log = Logger(label: "waybill-server") { [logLevel] _ in LineLog(level: logLevel) }
    guard let centre = try OpenCentre.open(desk.folder, creating: true) else {
      throw Failure(.storeBusy, desk.folder.path)
    }
    try ClockMark(desk.folder).check(head: centre.store.head, isConfirmed: isClockConfirmed)
    let damage = DamageMark(desk.folder)
    let isSuspected = try damage.isSet
    if isSuspected { _ = centre.host.halt(DamageMark.suspicion) }
    let health = Health(epoch: centre.store.epoch, head: centre.store.head.version, at: SystemClock.now)
    let bridge = Bridge(configuration(log), health: health)
    let port = try bridge.server.start()
    defer { bridge.server.stop() }
    let control = try ControlSocket(
      desk.folder, queries: centre.store.queries, inbox: bridge.inbox, log: log)
    signals.wait { [inbox = bridge.inbox] in inbox.close() }
    StoreScrub.start(
      on: centre.store.queries, isSuspected: isSuspected, mark: damage, inbox: bridge.inbox, log: log)
    announce(port, centre.store, log)
    log.info("serving", metadata: ["address": "\(address.urlHost):\(port)", "tls": "\(tls != nil)"])
    let loop = HostLoop(
      centre, inbox: bridge.inbox, server: bridge.server, health: health, folder: desk.folder, log: log)
    do { try loop.run() } catch {
      control.stop()
      throw error
    }
    log.info("stopping")
    control.stop()
    bridge.server.stop()
    do { try centre.close() } catch {
      log.warning("the store was left with a log beside it", metadata: ["error": "\(error)"])
    }
    log.info("stopped", metadata: ["head": "\(centre.store.head.version)"])
  }

  func configuration(_ log: Logger) -> WebSocketServer.Configuration {
    var configuration = WebSocketServer.Configuration(subprotocol: CentralHost.subprotocol)
    configuration.host = address.host
    configuration.port = address.port
    configuration.tls = tls
    configuration.path = CentralHost.path
    configuration.limits = limits
    configuration.limits.messageBytesMax = CentralHost.messageBytesMax
    configuration.limits.messageBytesMaxBeforeTrust = CentralHost.messageBytesBeforeTrustMax
    // Nobody reads a body: a stranger's megabyte must not be kept until it is whole.
    configuration.limits.httpBodyBytesMax = 0
    configuration.log = { line in log.warning("libwebsockets", metadata: ["line": "\(line)"]) }
    return configuration
  }

  /// The one line on standard output: programs wait for it. Devices do not: without it the server serves all the same,
  /// and says at its end what became of the line.
  private func announce(_ port: Int, _ store: CentralStore, _ log: Logger) {
    let place = "\(address.urlHost):\(port)"
    let sync = "\(tls == nil ? "ws" : "wss")://\(place)\(CentralHost.path)"
    desk.console.show(
      ["ready": true, "sync": .string(sync), "epoch": .string(store.epoch.description)],
      "ready: devices sync at \(sync)")
    if let failure = desk.console.outputFailure {
      log.warning("standard output takes nothing", metadata: ["error": "\(failure.message)"])
    }
  }
}

/// Joins transport and inbox, which need each other.
private struct Bridge {
  let inbox: HostInbox
  let server: WebSocketServer

  init(_ configuration: WebSocketServer.Configuration, health: Health) {
    let pausing = Pausing()
    let inbox = HostInbox { pausing.pause($0) }
    self.inbox = inbox
    server = WebSocketServer(
      configuration, http: { health.answer($0, at: SystemClock.now) }, events: { inbox.take($0) })
    pausing.server = server
  }
}

/// Holds back a sender on behalf of the inbox, which is made before the server.
private final class Pausing: @unchecked Sendable {
  // Set once, before the server starts and anything can happen.
  weak var server: WebSocketServer?

  func pause(_ id: ConnectionID) { server?.pause(id) }
}

/// SIGTERM and SIGINT, waited for by one thread (sigwait(3)) instead of striking anywhere.
struct StopSignals {
  /// Blocks them for this thread and all it starts.
  init() {
    var set = StopSignals.set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Calls `body` once, on a thread of its own, when one of them comes.
  func wait(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      var set = StopSignals.set
      var number: Int32 = 0
      while sigwait(&set, &number) != 0 {}
      body()
    }
  }

  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
