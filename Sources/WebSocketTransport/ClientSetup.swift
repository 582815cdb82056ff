internal import CLibWebSockets
internal import Glibc

/// Turns a client's configuration into a libwebsockets context and its virtual host.
struct ClientSetup {
  private let owner: ClientLoop
  private let configuration: WebSocketClient.Configuration

  init(_ owner: ClientLoop) {
    self.owner = owner
    configuration = owner.configuration
  }

  /// OpenSSL's side of a client: whom it trusts. The caller frees it, after the context's end.
  func makeTLS() throws -> OpaquePointer {
    Library.prepareTLS()
    guard let tls = SSL_CTX_new(TLS_client_method()) else {
      throw TransportError.setupFailed(cause: "OpenSSL has no context to give")
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

  func makeContext() throws -> OpaquePointer {
    var info = lws_context_creation_info()
    info.port = CONTEXT_PORT_NO_LISTEN
    info.options = UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
    info.user = Unmanaged.passUnretained(owner).toOpaque()
    // The connection, the wake-up descriptor, and room to spare. Without it, tables for as many
    // descriptors as the process may open.
    info.fd_limit_per_thread = 16
    info.pt_serv_buf_size = 64 << 10
    info.timeout_secs = configuration.connectTimeout.wholeSeconds
    guard let context = lws_create_context(&info) else { throw refusal("no context") }
    return context
  }

  func makeHost(in context: OpaquePointer, tls: OpaquePointer?) throws -> OpaquePointer {
    let memory = owner.memory
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
    guard let host = lws_create_vhost(context, &info) else { throw refusal("no virtual host") }
    return host
  }

  private func refusal(_ cause: String) -> TransportError {
    .setupFailed(cause: owner.log.lastLine(mentioning: []) ?? cause)
  }
}
