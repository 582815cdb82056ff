internal import Synchronization

/// Certificate and key of a server, in PEM files.
public struct TLSIdentity: Sendable {
  /// The server's certificate, followed by the authorities between it and the root.
  public var certificateFile: String
  /// Its private key, not encrypted.
  public var keyFile: String

  public init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}

/// Accepts WebSocket connections and answers small HTTP requests on the same port.
///
/// One thread runs the loop and calls both handlers; everything else may be called from anywhere,
/// handlers included, and never waits (`start` and `stop` do). Calls about a connection that is
/// gone do nothing. What one thread asks for happens in the order in which it asked.
///
/// The process ignores SIGPIPE from then on; no other signal is touched.
public final class WebSocketServer: Sendable {
  /// What to listen on, and for what.
  public struct Configuration: Sendable {
    /// An address of this machine; `0.0.0.0` is every IPv4 one, `::` every one.
    public var host = "127.0.0.1"
    /// 1 … 65535, or 0 for any free port.
    public var port = 0
    /// nil is plain text, for loopback or behind a proxy.
    public var tls: TLSIdentity?
    /// The only path that can be upgraded.
    public var path = "/sync"
    /// The one subprotocol spoken (RFC 6455 §1.9). A peer that does not offer it is refused.
    public var subprotocol: String
    /// Web pages that may connect, as in `Origin` (`https://admin.example`). Programs send no
    /// `Origin` and are not concerned; any other page is refused with 403 (RFC 6455 §10.2).
    public var allowedOrigins: Set<String> = []
    public var limits = TransportLimits()
    /// Takes libwebsockets' warnings and errors, one line each, on the loop thread.
    public var log: (@Sendable (String) -> Void)?

    public init(subprotocol: String) {
      self.subprotocol = subprotocol
    }
  }

  private enum State {
    case idle
    case running(ServiceThread)
    case stopped
  }

  private let configuration: Configuration
  private let http: @Sendable (HTTPRequest) -> HTTPResponse
  private let events: @Sendable (TransportEvent) -> Void
  private let commands = CommandQueue<ServerLoop.Command>()
  private let state = Mutex(State.idle)

  /// Makes a server that listens once it is started.
  ///
  /// Both handlers run on the loop thread and MUST return at once.
  public init(
    _ configuration: Configuration,
    http: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    events: @escaping @Sendable (TransportEvent) -> Void
  ) {
    self.configuration = configuration
    self.http = http
    self.events = events
  }

  /// Starts listening and returns the port. Once in a server's life.
  ///
  /// - Throws: `TransportError.addressInUse`, `.addressUnavailable`, `.certificateUnusable`,
  ///   `.eventLoopUnavailable` or `.setupFailed`; the server may then be started again.
  public func start() throws -> Int {
    try state.withLock { state in
      guard case .idle = state else { preconditionFailure("a server starts once") }
      let loop = ServerLoop(configuration, http: http, events: events, commands: commands)
      let port = try loop.open()
      state = .running(try ServiceThread(name: "waybill-server") { loop.run() })
      return port
    }
  }

  /// The peer has proved who it is: the larger message limit applies from here on, it no longer
  /// counts against its address, and it has no deadline any more.
  public func trust(_ id: ConnectionID) {
    commands.post(.trust(id))
  }

  /// Queues a message. If the peer reads too slowly, see `TransportLimits.outboundBytesMax`.
  public func send(_ message: OutboundMessage, to id: ConnectionID) {
    commands.post(.send(message, id))
  }

  /// Queues the same message for many.
  public func send(_ message: OutboundMessage, to ids: [ConnectionID]) {
    commands.post(.broadcast(message, ids))
  }

  /// Stops reading from a peer: its sender is held back by TCP, its memory does not become ours.
  /// Up to 16 KiB that were read already may still arrive. Its silence is not counted meanwhile.
  public func pause(_ id: ConnectionID) {
    commands.post(.pause(id))
  }

  /// Reads again.
  public func resume(_ id: ConnectionID) {
    commands.post(.resume(id))
  }

  /// Drops the messages of which nothing has gone out yet; what is sent afterwards goes out as ever.
  public func discard(_ id: ConnectionID) {
    commands.post(.discard(id))
  }

  /// Closes after what is queued has been written (RFC 6455 §7.1.2), at the latest after
  /// `TransportLimits.closeWithin`. Nothing more is received from the peer.
  ///
  /// `code` MUST be 1000 … 1003, 1007 … 1011 or 3000 … 4999. `reason` is for the peer's log; the
  /// frame holds 123 bytes of it.
  public func close(_ id: ConnectionID, code: UInt16, reason: String) {
    precondition(CloseCode.maySend(code), "close code \(code) is reserved")
    commands.post(.close(id, Ending(code: code, reason: reason)))
  }

  /// Refuses new connections, closes all with 1001, gives them `TransportLimits.drainOnStop`, and
  /// waits for the loop's end. Every `closed` has been delivered when it returns. May be called
  /// again; MUST NOT be called in a handler.
  public func stop() {
    let thread: ServiceThread? = state.withLock { state in
      guard case .running(let thread) = state else { return nil }
      state = .stopped
      return thread
    }
    guard let thread else { return }
    commands.post(.stop)
    thread.join()
  }

  deinit {
    // Whoever forgot to stop still gets the port back; nobody is left to wait.
    commands.post(.stop)
  }
}
