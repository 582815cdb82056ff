internal import CLibWebSockets
internal import Glibc

/// The server's loop: one libwebsockets context on one libev loop. Confined to its thread once it
/// runs.
///
/// libev, because libwebsockets' own poll loop costs time for every connection at every wake. The
/// libev loop is ours: one made by the plugin takes SIGINT from the program, and libev aborts when
/// two loops of a process do so.
final class ServerLoop {
  enum Command: Sendable {
    case trust(ConnectionID)
    case send(OutboundMessage, ConnectionID)
    case broadcast(OutboundMessage, [ConnectionID])
    case pause(ConnectionID)
    case resume(ConnectionID)
    case discard(ConnectionID)
    case close(ConnectionID, Ending)
    case stop
  }

  let configuration: WebSocketServer.Configuration
  let limits: TransportLimits
  let http: @Sendable (HTTPRequest) -> HTTPResponse
  let events: @Sendable (TransportEvent) -> Void
  let scratch = Scratch(capacity: 64 << 10)
  /// Refreshed at every tick and wake: good for deadlines.
  var now = ContinuousClock.now
  /// Every accepted socket. What libwebsockets' connections point to lives here.
  var peers: [ConnectionID: Peer] = [:]
  var doors = Doors()
  /// The address of the socket being accepted, between the two callbacks about it.
  var arriving: NetworkAddress?
  private(set) var isStopping = false

  let commands: CommandQueue<Command>
  let log: LibraryLog
  let memory = KeptMemory()
  private var loop: OpaquePointer?
  private var context: OpaquePointer?
  private var ticker: Ticker?
  private var stopBy: ContinuousClock.Instant?
  private(set) var openMax: Int
  private var openLinks = 0
  private var queuedBytes = 0

  init(
    _ configuration: WebSocketServer.Configuration,
    http: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    events: @escaping @Sendable (TransportEvent) -> Void, commands: CommandQueue<Command>
  ) {
    self.configuration = configuration
    self.limits = configuration.limits
    self.http = http
    self.events = events
    self.commands = commands
    log = LibraryLog(configuration.log)
    openMax = configuration.limits.connectionsMax
  }

  /// Listens. Returns the port.
  func open() throws -> Int {
    // 256 for everything else the process has open: databases, logs, the loop itself.
    let files = Library.openFiles(atLeast: limits.connectionsMax + 256)
    openMax = min(limits.connectionsMax, max(1, files - 256))
    return try log.catching {
      do {
        return try listen()
      } catch {
        end()
        throw error
      }
    }
  }

  private func listen() throws -> Int {
    let setup = ServerSetup(self)
    try setup.checkFiles()
    guard let loop = clws_loop_new() else {
      throw TransportError.eventLoopUnavailable(cause: "libev has no loop to give")
    }
    self.loop = loop
    let context = try setup.makeContext(on: loop)
    self.context = context
    let host = try setup.makeHost(in: context)
    ticker = Ticker(context) { [unowned self] in tick() }
    commands.open(ContextHandle(pointer: context))
    return Int(lws_get_vhost_listen_port(host))
  }

  /// Serves until it is stopped.
  func run() {
    log.catching {
      guard let context, let loop else { return }
      // The plugin arms its timer only after an event.
      lws_cancel_service(context)
      clws_loop_run(loop)
      end()
    }
  }

  private func end() {
    commands.close()
    ticker?.stop()
    ticker = nil
    // Delivers `closed` for whatever is still open.
    if let context { lws_context_destroy(context) }
    context = nil
    if let loop { clws_loop_destroy(loop) }
    loop = nil
  }

  deinit {
    // A loop that never got its thread.
    end()
  }
}

// MARK: - Commands and time

extension ServerLoop {
  /// The loop was woken: runs what was asked for since.
  func runCommands() {
    now = ContinuousClock.now
    for command in commands.drain() { run(command) }
  }

  private func run(_ command: Command) {
    switch command {
    case .trust(let id): trust(id)
    case .send(let message, let id): send(message, to: id)
    case .broadcast(let message, let ids):
      for id in ids { send(message, to: id) }
    case .pause(let id): peers[id]?.link?.pause(true, at: now)
    case .resume(let id): peers[id]?.link?.pause(false, at: now)
    case .discard(let id):
      guard let peer = peers[id] else { return }
      peer.link?.dropWaiting()
      account(for: peer)
    case .close(let id, let ending):
      guard let peer = peers[id] else { return }
      peer.link?.close(ending, dropping: false, within: limits.closeWithin, at: now)
      account(for: peer)
    case .stop: stop()
    }
  }

  private func trust(_ id: ConnectionID) {
    guard let peer = peers[id], !peer.isTrusted else { return }
    peer.isTrusted = true
    peer.deadline = nil
    doors.trusted(peer.address.group)
  }

  private func send(_ message: OutboundMessage, to id: ConnectionID) {
    guard let peer = peers[id], let link = peer.link else { return }
    let fits = link.enqueue(message)
    if !peer.isTrusted { peer.deadline = now + limits.trustWithin }
    account(for: peer)
    if !fits { shed(peer) }
    while queuedBytes > limits.outboundBytesMaxTotal {
      guard let longest = peers.values.max(by: { $0.countedBytes < $1.countedBytes }),
        longest.countedBytes > 0
      else { return }
      shed(longest)
    }
  }

  /// Frees a slow reader's queue at once; it learns why if it reads on.
  private func shed(_ peer: Peer) {
    peer.link?.dropQueue()
    let ending = Ending(code: CloseCode.slowReader, reason: "slow reader")
    peer.link?.close(ending, dropping: true, within: limits.closeWithin, at: now)
    account(for: peer)
  }

  /// Brings the total up to date after anything that may have changed a queue.
  func account(for peer: Peer) {
    let bytes = peer.link?.queue.bytes ?? 0
    queuedBytes += bytes - peer.countedBytes
    peer.countedBytes = bytes
  }

  private func stop() {
    guard !isStopping else { return }
    isStopping = true
    stopBy = now + limits.drainOnStop
    let ending = Ending(code: CloseCode.goingAway, reason: "the server stops")
    for peer in peers.values {
      peer.link?.close(ending, dropping: false, within: limits.drainOnStop, at: now)
    }
    leaveLoopIfDone()
  }

  private func leaveLoopIfDone() {
    guard isStopping, let loop else { return }
    if openLinks == 0 || stopBy.map({ now >= $0 }) == true { clws_loop_break(loop) }
  }

  private func tick() {
    now = ContinuousClock.now
    for peer in peers.values {
      let isLate = peer.deadline.map { now >= $0 } ?? false
      if isLate { peer.deadline = nil }
      if let link = peer.link {
        if isLate {
          let ending = Ending(code: CloseCode.policyViolation, reason: "not proved in time")
          link.close(ending, dropping: true, within: limits.closeWithin, at: now)
        }
        link.tick(at: now)
        account(for: peer)
      } else if isLate {
        lws_set_timeout(peer.wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC)
      }
    }
    leaveLoopIfDone()
  }
}

// MARK: - A peer's life

extension ServerLoop {
  /// A socket was accepted; TLS and HTTP are still to come.
  func accepted(_ wsi: OpaquePointer) -> Peer? {
    guard let address = arriving else { return nil }
    arriving = nil
    now = ContinuousClock.now
    let peer = Peer(wsi, address: address, deadline: now + limits.handshakeWithin)
    peers[peer.id] = peer
    doors.entered(address.group)
    return peer
  }

  /// libwebsockets has forgotten the socket.
  func forgotten(_ peer: Peer) {
    peers[peer.id] = nil
    doors.left(peer.address.group, wasTrusted: peer.isTrusted)
  }

  /// The upgrade is done.
  func opened(_ peer: Peer) {
    now = ContinuousClock.now
    peer.link = Link(peer.wsi, limits: limits, at: now)
    peer.deadline = now + limits.trustWithin
    openLinks += 1
    events(.opened(peer.id, peer: peer.address.text))
  }

  /// The WebSocket is over; the socket soon will be.
  func closed(_ peer: Peer) {
    guard let link = peer.link else { return }
    link.dropQueue()
    account(for: peer)
    peer.link = nil
    peer.deadline = nil
    openLinks -= 1
    let ending = link.endingToReport
    events(.closed(peer.id, code: ending.code, reason: ending.reason))
    leaveLoopIfDone()
  }
}
