internal import CLibWebSockets
internal import Glibc

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

  private let configuration: WebSocketClient.Configuration
  private let url: WebSocketURL
  private let limits: TransportLimits
  private let events: @Sendable (WebSocketClient.Event) -> Void
  private let commands: CommandQueue<Command>
  private let log: LibraryLog
  private let memory = KeptMemory()
  private let scratch = Scratch(capacity: 64 << 10)
  private var context: OpaquePointer?
  private var host: OpaquePointer?
  private var tls: OpaquePointer?
  private var ticker: Ticker?
  private var now = ContinuousClock.now
  private var connectBy = ContinuousClock.now
  private var link: Link?
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
    if url.isSecure { tls = try makeTLS() }
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.options = UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
    info.user = Unmanaged.passUnretained(self).toOpaque()
    // The connection, the wake-up descriptor, and room to spare. Without it, tables for as many
    // descriptors as the process may open.
    info.fd_limit_per_thread = 16
    info.pt_serv_buf_size = 64 << 10
    info.timeout_secs = configuration.connectTimeout.wholeSeconds
    guard let context = lws_create_context(&info) else {
      throw TransportError.libraryRefused(cause: log.lastLine(mentioning: []) ?? "no context")
    }
    self.context = context
    host = try makeHost(in: context)
    ticker = Ticker(context) { [unowned self] in tick() }
    commands.open(ContextHandle(pointer: context))
  }

  private func makeTLS() throws -> OpaquePointer {
    Library.prepareTLS()
    guard let tls = SSL_CTX_new(TLS_client_method()) else {
      throw TransportError.libraryRefused(cause: "OpenSSL has no context to give")
    }
    clws_tls_harden(tls)
    guard let file = configuration.caFile else {
      SSL_CTX_set_default_verify_paths(tls)
      return tls
    }
    guard SSL_CTX_load_verify_file(tls, file) == 1 else {
      SSL_CTX_free(tls)
      let readable = access(file, R_OK) == 0
      let cause = readable ? "no certificate in it" : String(cString: strerror(errno))
      throw TransportError.certificateUnusable(file: file, cause: cause)
    }
    return tls
  }

  private func makeHost(in context: OpaquePointer) throws -> OpaquePointer {
    var messages = lws_protocols()
    messages.name = memory.string(configuration.subprotocol)
    messages.callback = clientCallback
    messages.rx_buffer_size = 16 << 10
    messages.tx_packet_size = 64 << 10
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.vhost_name = memory.string("waybill")
    info.protocols = UnsafePointer(memory.table([messages], end: lws_protocols()))
    // All zero: silence is judged by `Liveness`.
    info.retry_and_idle_policy = UnsafePointer(memory.table([lws_retry_bo_t()]))
    info.connect_timeout_secs = configuration.connectTimeout.wholeSeconds
    // Port 0 is none. Otherwise the environment's http_proxy would be used, for loopback too.
    info.http_proxy_address = memory.string("none:0")
    if let tls {
      info.options = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
      info.provided_client_ssl_ctx = tls
      info.alpn = memory.string("http/1.1")
    }
    guard let host = lws_create_vhost(context, &info) else {
      throw TransportError.libraryRefused(cause: log.lastLine(mentioning: []) ?? "no host")
    }
    return host
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
      refused(status: 0, cause: "the connection could not be begun")
    }
  }

  /// The connection failed before it was open; `cause` is all that libwebsockets says.
  fileprivate func refused(status: Int, cause: String) {
    let error: TransportError
    if status != 0 && status != 101 {
      error = .handshakeRefused(status: status, cause: cause)
    } else if cause.hasPrefix("HS:") {
      error = .handshakeRefused(status: 0, cause: cause)
    } else if url.isSecure, let line = log.lastLine(mentioning: ["SSL error"]),
      line.contains("SSL error")
    {
      error = .certificateRefused(host: url.host, cause: line)
    } else {
      error = .unreachable(configuration.url, cause: cause)
    }
    finish(.failed(error))
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

private func clientCallback(
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
