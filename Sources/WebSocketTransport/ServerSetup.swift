internal import CLibWebSockets
internal import Glibc

/// Turns a server's configuration into a libwebsockets context and its virtual host, and their
/// refusals into errors that say what to do.
struct ServerSetup {
  private let owner: ServerLoop
  private let configuration: WebSocketServer.Configuration

  init(_ owner: ServerLoop) {
    self.owner = owner
    configuration = owner.configuration
  }

  /// libwebsockets serves plain text if the certificate's file is missing: that must not happen.
  func checkFiles() throws {
    guard let tls = configuration.tls else { return }
    for file in [tls.certificateFile, tls.keyFile] where access(file, R_OK) != 0 {
      throw TransportError.certificateUnusable(file: file, cause: String(cString: strerror(errno)))
    }
    Library.prepareTLS()
  }

  func makeContext(on loop: OpaquePointer) throws -> OpaquePointer {
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.options = UInt64(LWS_SERVER_OPTION_LIBEV) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
    info.user = Unmanaged.passUnretained(owner).toOpaque()
    info.pt_serv_buf_size = 64 << 10
    info.max_http_header_data = UInt16(clamping: configuration.limits.httpHeaderBytesMax)
    info.timeout_secs = configuration.limits.handshakeStepWithin.wholeSeconds
    var loops: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(loop)]
    let context = loops.withUnsafeMutableBufferPointer { loops in
      info.foreign_loops = loops.baseAddress
      return lws_create_context(&info)
    }
    guard let context else {
      let cause = owner.log.lastLine(mentioning: ["evlib", "plugin"]) ?? "no context"
      throw cause.contains("evlib")
        ? TransportError.eventLoopUnavailable(cause: cause)
        : TransportError.setupFailed(cause: cause)
    }
    return context
  }

  func makeHost(in context: OpaquePointer) throws -> OpaquePointer {
    let memory = owner.memory
    var info = lws_context_creation_info()
    info.options =
      UInt64(LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND)
      | UInt64(LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE)
    info.vhost_name = memory.string("waybill")
    info.port = Int32(clamping: configuration.port)
    info.iface = interface.flatMap { memory.string($0) }
    if !listensOnIPv6 { info.options |= UInt64(LWS_SERVER_OPTION_DISABLE_IPV6) }
    info.protocols = UnsafePointer(memory.table(protocols, end: lws_protocols()))
    // All zero: silence is judged by `Liveness`.
    info.retry_and_idle_policy = UnsafePointer(memory.table([lws_retry_bo_t()]))
    info.keepalive_timeout = 5
    if let tls = configuration.tls {
      info.options |= UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
      info.ssl_cert_filepath = memory.string(tls.certificateFile)
      info.ssl_private_key_filepath = memory.string(tls.keyFile)
      // Offered h2, some clients take it, and WebSocket over h2 is another matter.
      info.alpn = memory.string("http/1.1")
    }
    guard let host = lws_create_vhost(context, &info) else { throw refusal() }
    return host
  }

  /// The first protocol gets what belongs to none: HTTP, and upgrades without a subprotocol.
  private var protocols: [lws_protocols] {
    var http = lws_protocols()
    http.name = owner.memory.string("http")
    http.callback = serverHTTPCallback
    var messages = lws_protocols()
    messages.name = owner.memory.string(configuration.subprotocol)
    messages.callback = serverMessageCallback
    // Allocated for each connection; what a message may have at most comes in several of these.
    messages.rx_buffer_size = 16 << 10
    messages.tx_packet_size = 64 << 10
    http.tx_packet_size = 64 << 10
    return [http, messages]
  }

  private var interface: String? {
    switch configuration.host {
    case "0.0.0.0", "::", "*", "": nil
    case "localhost": "127.0.0.1"
    default: configuration.host
    }
  }

  private var listensOnIPv6: Bool {
    configuration.host == "*" || HostKind(configuration.host) == .version6
  }

  private func refusal() -> TransportError {
    let host = configuration.host
    let port = configuration.port
    if let code = errorListening(on: interface, port: port) {
      return code == EADDRINUSE
        ? .addressInUse(host: host, port: port)
        : .addressUnavailable(host: host, port: port, cause: String(cString: strerror(code)))
    }
    let cause = owner.log.lastLine(mentioning: ["cert", "key", "ssl"]) ?? "no virtual host"
    guard let tls = configuration.tls else { return .setupFailed(cause: cause) }
    let file = cause.contains("key") ? tls.keyFile : tls.certificateFile
    return .certificateUnusable(file: file, cause: cause)
  }
}
