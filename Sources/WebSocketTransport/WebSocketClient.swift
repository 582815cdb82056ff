internal import Synchronization

/// One connection to a server, on a thread of its own.
///
/// Connecting again is a new client: what was queued or half received belongs to the old one.
/// Everything may be called from anywhere, the handler included, and never waits; only `stop` does.
public final class WebSocketClient: Sendable {
  /// Where to connect, and how.
  public struct Configuration: Sendable {
    /// `ws://host:port/path` or `wss://host:port/path`. The host of a `wss` URL is what the
    /// certificate must be for: a name or an IPv4 address.
    public var url: String
    /// The one subprotocol offered; a server that does not choose it is left.
    public var subprotocol: String
    /// Authorities to trust instead of the system's, in a PEM file.
    public var caFile: String?
    /// Allows `ws://` to another machine. What is sent can then be read and changed on the way.
    public var allowPlaintext = false
    /// Looking the name up, TCP, TLS and the upgrade together. A name server that does not answer
    /// can take longer: that step cannot be interrupted.
    public var connectTimeout: Duration = .seconds(10)
    /// Of these, the server's own (doors, HTTP, trust) do not apply: a server is trusted by its
    /// certificate.
    public var limits = TransportLimits()
    /// Takes libwebsockets' warnings and errors, one line each, on the loop thread.
    public var log: (@Sendable (String) -> Void)?

    public init(url: String, subprotocol: String) {
      self.url = url
      self.subprotocol = subprotocol
    }
  }

  /// What happened, in order. Exactly one `closed` or `failed` ends it.
  public enum Event: Sendable {
    /// The upgrade is done (RFC 6455 §4.1).
    case opened
    /// One whole binary message, 0 … `TransportLimits.messageBytesMax` bytes.
    case received([UInt8])
    /// As `TransportEvent.drained`.
    case drained
    /// As `TransportEvent.closed`; only after `opened`.
    case closed(code: UInt16, reason: String)
    /// It never opened.
    case failed(TransportError)
  }

  private enum State {
    case idle
    case running(ServiceThread)
    case stopped
  }

  private let configuration: Configuration
  private let events: @Sendable (Event) -> Void
  private let commands = CommandQueue<ClientLoop.Command>()
  private let state = Mutex(State.idle)

  /// Makes a client that connects once it is told to. `events` runs on the loop thread and MUST
  /// return at once.
  public init(_ configuration: Configuration, events: @escaping @Sendable (Event) -> Void) {
    self.configuration = configuration
    self.events = events
  }

  /// Starts connecting; `opened` or `failed` follows. Once in a client's life.
  ///
  /// - Throws: `TransportError.badURL`, `.plaintextRefused`, `.certificateUnusable` for the
  ///   authority file, or `.setupFailed`. No event follows then.
  public func connect() throws {
    let url = try WebSocketURL(configuration.url)
    if !url.isSecure && !configuration.allowPlaintext && !HostKind.isLoopback(url.host) {
      throw TransportError.plaintextRefused(host: url.host)
    }
    if url.isSecure && HostKind(url.host) == .version6 {
      // libwebsockets 4.1 cuts the name at its first colon, and then checks none.
      throw TransportError.badURL(configuration.url, cause: "wss needs a name or IPv4 address")
    }
    try state.withLock { state in
      guard case .idle = state else { preconditionFailure("a client connects once") }
      let loop = ClientLoop(configuration, url: url, events: events, commands: commands)
      try loop.open()
      state = .running(try ServiceThread(name: "waybill-client") { loop.run() })
    }
  }

  /// Queues a message. Before `opened` there is nobody to send it to, and it is dropped.
  public func send(_ bytes: [UInt8]) {
    commands.post(.send(OutboundMessage(bytes)))
  }

  /// Stops reading: see `WebSocketServer.pause`.
  public func pause() {
    commands.post(.pause)
  }

  /// Reads again.
  public func resume() {
    commands.post(.resume)
  }

  /// Closes after what is queued has been written, at the latest after
  /// `TransportLimits.closeWithin`; before `opened` it gives up at once, with `failed(.cancelled)`.
  ///
  /// `code` MUST be 1000 … 1003, 1007 … 1011 or 3000 … 4999.
  public func close(code: UInt16 = CloseCode.normal, reason: String = "") {
    precondition(CloseCode.maySend(code), "close code \(code) is reserved")
    commands.post(.close(Ending(code: code, reason: reason)))
  }

  /// Closes with 1001 unless it is closed already, within `TransportLimits.drainOnStop`, and waits
  /// for the loop's end: the last event has been delivered when it returns. May be called again;
  /// MUST NOT be called in the handler.
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
    commands.post(.stop)
  }
}
