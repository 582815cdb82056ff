import ReplicaStore
import TradeRules
import WebSocketTransport

/// Joins a host to its connection: the connection's thread posts what happens, this one handles it.
final class SyncLoop {
  private enum Letter: Sendable {
    case opened(link: Int)
    case received([UInt8], link: Int)
    case closed(code: UInt16, link: Int)
    case failed(TransportError, link: Int)
    case interrupted
  }

  /// Why the loop stopped.
  enum Ending {
    case done
    case interrupted
    /// Everything is to be read again, by whoever opens the replica the next time.
    case scrubDue
    case failed(Failure)
  }

  /// How often a live replica looks for work that other programs recorded, milliseconds.
  static let lookEvery: Int64 = 100

  let host: ReplicaHost
  private let url: String
  private let caFile: String
  private let mailbox = Mailbox<Letter>()
  private let interruptions: Interruptions?
  private var client: WebSocketClient?
  /// Counts connections, so that nothing an old one still says is taken for the new one's.
  private var link = 0
  /// When to connect, in milliseconds since boot: the wall clock may be set meanwhile.
  private var connectAt: Int64?
  private(set) var lastTrouble: TransportError?
  /// Why nothing that answered was trusted lately; nil once a connection came about.
  private(set) var distrust: TransportError?
  /// Whether to stay live, whatever becomes of connections.
  private var isWatching = false
  private var mustWait = false
  /// Of its connections.
  var limits = TransportLimits()
  /// What was read is not read again at once, whatever the clock says, milliseconds.
  var scrubPause: Int64 = 60_000
  /// Whether the centre let us in at any time.
  private(set) var wasLetIn = false
  private var progressAtConnecting: ReplicaHost.Progress

  /// - Parameter heedsSignals: whether the signals that ask a program to end interrupt it.
  init(host: ReplicaHost, url: String, caFile: String, heedsSignals: Bool = true) {
    self.host = host
    self.url = url
    self.caFile = caFile
    progressAtConnecting = host.progress
    let mailbox = mailbox
    interruptions = heedsSignals ? Interruptions { mailbox.post(.interrupted) } : nil
  }

  /// Runs until the replica is current, or it cannot become so.
  ///
  /// - Parameters:
  ///   - timeout: how long to keep trying, milliseconds; nil = as long as connections bring something.
  ///   - onStep: called after each step.
  func runUntilCurrent(timeout: Int64?, onStep: () -> Void) throws -> Ending {
    let deadline = timeout.map { Clocks.sinceBoot + $0 }
    connectAt = Clocks.sinceBoot
    while true {
      if host.progress.isCurrent { return .done }
      let now = Clocks.sinceBoot
      if let deadline, now >= deadline { return .failed(noLink("not done within the time given")) }
      if let ending = try step(until: min(now + 1_000, deadline ?? .max)) { return ending }
      onStep()
      if client == nil, deadline == nil, !hasBroughtSomething { return .failed(noLink(nil)) }
    }
  }

  /// Stays live until somebody ends the program: connects again when a connection is lost, and sends what
  /// other programs record as soon as they have. Once a day everything is to be read again (G23).
  func watch(onStep: () -> Void) throws -> Ending {
    isWatching = true
    connectAt = Clocks.sinceBoot
    let scrubAt = Clocks.sinceBoot + max(scrubPause, try host.store.scrubDelay(at: Clocks.now))
    var seen = try host.store.othersCommits()
    while true {
      if Clocks.sinceBoot >= scrubAt { return .scrubDue }
      do {
        if let ending = try step(until: Clocks.sinceBoot + SyncLoop.lookEvery) { return ending }
        let commits = try host.store.othersCommits()
        if commits != seen {
          try obey(try host.handle([.recorded], at: Clocks.reading()))
          seen = commits
        }
      } catch ReplicaFault.busy {
        try startOver()
      } catch  where ReplicaFault.mayPass(error) {
        // A disk that is full or does not answer: what is stored stays, and the rest comes again.
        try waitForDisk()
      }
      onStep()
    }
  }

  /// Ends the loop with its next step.
  func interrupt() { mailbox.post(.interrupted) }

  /// Closes the connection.
  func stop() { drop() }

  // MARK: One step

  /// Handles what has happened, waiting for it up to a time.
  private func step(until limit: Int64) throws -> Ending? {
    if let connectAt, connectAt <= Clocks.sinceBoot {
      self.connectAt = nil
      connect()
    }
    let wake = min(limit, connectAt ?? .max)
    var events: [ReplicaHost.Event] = []
    var failure: Failure?
    for letter in mailbox.take(waiting: wake - Clocks.sinceBoot) {
      if case .interrupted = letter { return .interrupted }
      if case .closed = letter, !events.isEmpty {
        // What was said before a close explains it.
        try obey(try host.handle(events, at: Clocks.reading()))
        events = []
      }
      if let event = take(letter, &failure) { events.append(event) }
    }
    try obey(try host.handle(events.isEmpty ? [.ticked] : events, at: Clocks.reading()))
    if mustWait { try waitForTrust() }
    if host.progress.isConnected { wasLetIn = true }
    if let code = host.progress.refusedWith { return .failed(Failure(code)) }
    if !isWatching, isStuckForRoom { return .failed(Failure.noRoomForRows) }
    // What the centre said before it closed counts for more than the code it closed with.
    guard let failure, host.progress.trouble == .noLink else { return nil }
    return .failed(failure)
  }

  /// Whether nothing more can be done before somebody frees some room.
  private var isStuckForRoom: Bool { host.progress.isShortOfRoom && host.progress.isUploaded }

  /// The host's event for a letter; nil for one of an old connection.
  ///
  /// - Parameter failure: why it is no use to connect again, as far as the connection tells.
  private func take(_ letter: Letter, _ failure: inout Failure?) -> ReplicaHost.Event? {
    switch letter {
    case .opened(link):
      distrust = nil
      return .connected
    case .received(let bytes, link): return .received(bytes)
    case .closed(let code, link):
      drop()
      if let refusal = ReplicaHost.refusal(closing: code) { failure = Failure(refusal) }
      return .closed(code)
    case .failed(let error, link):
      drop()
      lastTrouble = error
      switch Setback(error, isWatching: isWatching) {
      case .retry: break
      case .wait: (distrust, mustWait) = (error, true)
      case .end: failure = Failure(error)
      }
      return .disconnected
    case .opened, .received, .closed, .failed, .interrupted: return nil
    }
  }

  private func drop() {
    client?.stop()
    client = nil
  }

  /// What the host was about to store is lost with the connection, and comes again with the next.
  private func startOver() throws {
    drop()
    try obey(try host.handle([.disconnected], at: Clocks.reading()))
  }

  /// How long to leave a disk alone that took nothing, milliseconds.
  private static let diskPause: Int64 = 5_000

  private func waitForDisk() throws {
    drop()
    _ = try? host.handle([.disconnected], at: Clocks.reading())
    connectAt = Clocks.sinceBoot + SyncLoop.diskPause
  }

  /// Leaves what is not trusted alone for as long as one ever waits, and lets `status` say so.
  private func waitForTrust() throws {
    mustWait = false
    connectAt = Clocks.sinceBoot + ReplicaHost.longestDelay
    guard let distrust else { return }
    switch distrust {
    case .certificateRefused, .certificateUnusable: try host.store.noteDistrust(Failure(distrust).code)
    default: break
    }
  }

  private func connect() {
    link += 1
    var configuration = WebSocketClient.Configuration(url: url, subprotocol: ReplicaHost.subprotocol)
    if !caFile.isEmpty { configuration.caFile = caFile }
    configuration.limits = limits
    let (mailbox, link) = (mailbox, link)
    let client = WebSocketClient(configuration) { event in
      switch event {
      case .opened: mailbox.post(.opened(link: link))
      case .received(let bytes): mailbox.post(.received(bytes, link: link))
      case .closed(let code, _): mailbox.post(.closed(code: code, link: link))
      case .failed(let error): mailbox.post(.failed(error, link: link))
      case .drained: break
      }
    }
    progressAtConnecting = host.progress
    self.client = client
    // What fails at once is an event as any other.
    do { try client.connect() } catch let error as TransportError {
      mailbox.post(.failed(error, link: link))
    } catch {
      mailbox.post(.failed(.setupFailed(cause: "\(error)"), link: link))
    }
  }

  private func obey(_ orders: [ReplicaHost.Order]) throws {
    for order in orders {
      switch order {
      case .connect(let at): connectAt = Clocks.sinceBoot + max(0, at.milliseconds(since: Clocks.now))
      case .send(let bytes): client?.send(bytes)
      case .close(let code, let reason): client?.close(code: code.rawValue, reason: reason)
      }
    }
  }

  // MARK: Giving up

  /// Whether the last connection brought the work on; then the next one will as well.
  private var hasBroughtSomething: Bool {
    let (before, now) = (progressAtConnecting, host.progress)
    // The centre asked us to come back at once.
    if now.trouble == .scopeChanged { return true }
    // What was sent to a centre that then refused has brought nothing.
    let wasTaken = now.sent > before.sent && (now.trouble == nil || now.trouble == .noLink)
    return now.received > before.received || now.checkpoint > before.checkpoint || wasTaken
  }

  private func noLink(_ why: String?) -> Failure {
    if let trouble = host.progress.trouble, trouble != .noLink {
      return Failure(saidByCentre: trouble)
    }
    return Failure(.noLink, lastTrouble.map { $0.description } ?? why ?? "the connection was lost")
  }
}
