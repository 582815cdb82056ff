internal import CLibWebSockets

/// A client's loop: one context with one connection, on libwebsockets' own poll loop, which is the
/// best one for a handful of descriptors. Confined to its thread once it runs.
final class ClientLoop {
  enum Command: Sendable {
    case send(OutboundMessage)
    case pause
    case resume
    case close(Ending)
    case stop
  }

  let configuration: WebSocketClient.Configuration
  private let url: WebSocketURL
  private let limits: TransportLimits
  private let events: @Sendable (WebSocketClient.Event) -> Void
  private let commands: CommandQueue<Command>
  let log: LibraryLog
  let memory = KeptMemory()
  private let scratch = Scratch(capacity: 64 << 10)
  private var context: OpaquePointer?
  private var host: OpaquePointer?
  private var tls: OpaquePointer?
  private var ticker: Ticker?
  private var now = ContinuousClock.now
  private var connectBy = ContinuousClock.now
  private var link: Link?
  private var hasAsked = false
  private var isOver = false

  init(
    _ configuration: WebSocketClient.Configuration, url: WebSocketURL,
    events: @escaping @Sendable (WebSocketClient.Event) -> Void, commands: CommandQueue<Command>
  ) {
    self.configuration = configuration
    self.url = url
    limits = configuration.limits
    self.events = events
    self.commands = commands
    log = LibraryLog(configuration.log)
  }

  /// Makes the context; the connection is made by `run`.
  func open() throws {
    try log.catching {
      do {
        try prepare()
      } catch {
        end()
        throw error
      }
    }
  }

  private func prepare() throws {
    let setup = ClientSetup(self)
    if url.isSecure { tls = try setup.makeTLS() }
    let context = try setup.makeContext()
    self.context = context
    host = try setup.makeHost(in: context, tls: tls)
    ticker = Ticker(context) { [unowned self] in tick() }
    commands.open(ContextHandle(pointer: context))
  }

  /// Connects and serves until the connection is over.
  func run() {
    log.catching {
      guard let context else { return }
      connectBy = ContinuousClock.now + configuration.connectTimeout
      connect(context)
      while !isOver, lws_service(context, 0) >= 0 {}
      if !isOver { lost() }
      end()
    }
  }

  private func end() {
    commands.close()
    ticker?.stop()
    ticker = nil
    if let context { lws_context_destroy(context) }
    context = nil
    if let tls { SSL_CTX_free(tls) }
    tls = nil
  }

  deinit {
    // A loop that never got its thread.
    end()
  }
}

// MARK: - Connecting

extension ClientLoop {
  private func connect(_ context: OpaquePointer) {
    var info = lws_client_connect_info()
    info.context = context
    info.vhost = host
    info.address = memory.string(url.host)
    info.port = Int32(url.port)
    info.path = memory.string(url.path)
    info.host = memory.string(url.authority)
    info.protocol = memory.string(configuration.subprotocol)
    info.local_protocol_name = info.protocol
    info.alpn = memory.string("http/1.1")
    info.retry_and_idle_policy = UnsafePointer(memory.table([lws_retry_bo_t()]))
    var flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue
    if url.isSecure { flags |= LCCSCF_USE_SSL.rawValue }
    info.ssl_connection = Int32(truncatingIfNeeded: flags)
    if lws_client_connect_via_info(&info) == nil {
      refused(status: 0, cause: "the name is unknown, or no way leads there")
    }
  }

  /// The connection failed before it was open; `cause` is all that libwebsockets says.
  ///
  /// A server that closes without a word after it was asked does not want us: it knows no such
  /// subprotocol, or has too many from this address.
  fileprivate func refused(status: Int, cause: String) {
    let error: TransportError
    if hasAsked || status != 0 {
      error = .handshakeRefused(status: status, cause: cause)
    } else if url.isSecure, let line = log.lastLine(mentioning: ["SSL error"]),
      line.contains("SSL error")
    {
      error = .certificateRefused(host: url.host, cause: line)
    } else {
      let isTLS = cause.contains("SSL err")
      error = .unreachable(configuration.url, cause: isTLS ? "no TLS is spoken there" : cause)
    }
    finish(.failed(error))
  }

  /// TCP and TLS are through; the upgrade is being asked for.
  fileprivate func asks() {
    hasAsked = true
  }

  fileprivate func opened(_ wsi: OpaquePointer) {
    now = ContinuousClock.now
    link = Link(wsi, limits: limits, at: now)
    events(.opened)
  }

  /// The server must have chosen our subprotocol; libwebsockets is content with none.
  fileprivate func accepts(_ wsi: OpaquePointer) -> Bool {
    header(WSI_TOKEN_PROTOCOL, of: wsi) == configuration.subprotocol
  }
}

// MARK: - Commands and time

extension ClientLoop {
  fileprivate func runCommands() {
    now = ContinuousClock.now
    for command in commands.drain() { run(command) }
  }

  private func run(_ command: Command) {
    switch command {
    case .send(let message):
      guard let link, !link.enqueue(message) else { return }
      link.dropQueue()
      let ending = Ending(code: CloseCode.slowReader, reason: "slow reader")
      link.close(ending, dropping: true, within: limits.closeWithin, at: now)
    case .pause: link?.pause(true, at: now)
    case .resume: link?.pause(false, at: now)
    case .close(let ending): close(ending, within: limits.closeWithin)
    case .stop:
      close(
        Ending(code: CloseCode.goingAway, reason: "the program ends"), within: limits.drainOnStop)
    }
  }

  private func close(_ ending: Ending, within duration: Duration) {
    guard let link else { return finish(.failed(.cancelled)) }
    link.close(ending, dropping: false, within: duration, at: now)
  }

  private func tick() {
    now = ContinuousClock.now
    if let link {
      link.tick(at: now)
    } else if now >= connectBy {
      finish(.failed(.timedOut(configuration.url, after: configuration.connectTimeout)))
    }
  }

  fileprivate func received(_ bytes: UnsafeMutableRawPointer?, count: Int) {
    let message = link?.receive(bytes, count: count, bytesMax: limits.messageBytesMax, at: now)
    if let message { events(.received(message)) }
  }

  fileprivate func receivedPong() {
    link?.receivedPong(at: ContinuousClock.now)
  }

  fileprivate func peerCloses(_ ending: Ending) {
    link?.peerCloses(ending)
  }

  fileprivate func writable() -> Int32 {
    guard let link else { return 0 }
    let next = link.write(from: scratch)
    if link.hasDrained() { events(.drained) }
    return next.rawValue
  }

  /// libwebsockets has forgotten the connection, or the loop cannot go on.
  fileprivate func lost() {
    guard let link else {
      return finish(.failed(.unreachable(configuration.url, cause: "closed before it was open")))
    }
    link.dropQueue()
    let ending = link.endingToReport
    finish(.closed(code: ending.code, reason: ending.reason))
  }

  /// The last event, once.
  private func finish(_ event: WebSocketClient.Event) {
    guard !isOver else { return }
    isOver = true
    events(event)
  }
}

// MARK: - What libwebsockets calls

func clientCallback(
  wsi: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
  bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
  guard let wsi, let context = lws_get_context(wsi), let owner = lws_context_user(context) else {
    return 0
  }
  let loop = Unmanaged<ClientLoop>.fromOpaque(owner).takeUnretainedValue()
  let payload = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)
  switch reason {
  case LWS_CALLBACK_EVENT_WAIT_CANCELLED: loop.runCommands()
  case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: loop.asks()
  case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH: return loop.accepts(wsi) ? 0 : -1
  case LWS_CALLBACK_CLIENT_ESTABLISHED: loop.opened(wsi)
  case LWS_CALLBACK_CLIENT_RECEIVE: loop.received(bytes, count: count)
  case LWS_CALLBACK_CLIENT_RECEIVE_PONG: loop.receivedPong()
  case LWS_CALLBACK_CLIENT_WRITEABLE: return loop.writable()
  case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: loop.peerCloses(Ending(closeFrame: payload))
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    let text = String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self)
    loop.refused(
      status: Int(lws_http_client_http_response(wsi)), cause: text.isEmpty ? "no answer" : text)
  // Some failures come with the last of these only.
  case LWS_CALLBACK_CLIENT_CLOSED, LWS_CALLBACK_WSI_DESTROY: loop.lost()
  default: break
  }
  return 0
}
