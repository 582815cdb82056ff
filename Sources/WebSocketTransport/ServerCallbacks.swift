internal import CLibWebSockets

// The two functions that libwebsockets calls for a server, one for each of its protocols. They find
// the owner, translate, and return; 0 goes on, anything else closes.

/// Sockets before they are anything, plain HTTP, and upgrades that name no subprotocol.
func serverHTTPCallback(
  wsi: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
  bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
  guard let wsi, let loop = ServerLoop.of(wsi) else { return 0 }
  switch reason {
  case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
    if let user { clws_tls_harden(OpaquePointer(user)) }
    return 0
  case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
    return loop.admits(socket: Int32(truncatingIfNeeded: Int(bitPattern: bytes))) ? 0 : 1
  case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
    guard let peer = loop.accepted(wsi) else { return -1 }
    // The table holds it until WSI_DESTROY: this pointer needs no reference of its own.
    lws_set_opaque_user_data(wsi, Unmanaged.passUnretained(peer).toOpaque())
    return 0
  case LWS_CALLBACK_WSI_DESTROY:
    guard let peer = Peer.of(wsi) else { return 0 }
    lws_set_opaque_user_data(wsi, nil)
    loop.closed(peer)
    loop.forgotten(peer)
    return 0
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return refuseUpgrade(wsi, status: 400, "name the subprotocol")
  case LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_RAW_ADOPT, LWS_CALLBACK_RAW_RX:
    // After CONNECT, libwebsockets passes raw bytes on.
    return -1
  case LWS_CALLBACK_HTTP, LWS_CALLBACK_HTTP_BODY, LWS_CALLBACK_HTTP_BODY_COMPLETION,
    LWS_CALLBACK_HTTP_WRITEABLE:
    // A request without a socket of its own came over h2c, which nobody offered.
    guard let peer = Peer.of(wsi) else { return -1 }
    return loop.exchange(
      with: peer, reason, UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
  default:
    return 0
  }
}

/// WebSocket connections.
func serverMessageCallback(
  wsi: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
  bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
  guard let wsi, let loop = ServerLoop.of(wsi) else { return 0 }
  if reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED {
    loop.runCommands()
    return 0
  }
  // Other reasons come for connections that are not ours, or not any more.
  guard let peer = Peer.of(wsi) else {
    return reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION ? -1 : 0
  }
  switch reason {
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return loop.admitsUpgrade(wsi)
  case LWS_CALLBACK_ESTABLISHED:
    loop.opened(peer)
  case LWS_CALLBACK_RECEIVE:
    loop.received(bytes, count: count, from: peer)
  case LWS_CALLBACK_RECEIVE_PONG:
    peer.link?.receivedPong(at: ContinuousClock.now)
    loop.account(for: peer)
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return loop.writable(peer)
  case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    let payload = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count)
    peer.link?.peerCloses(Ending(closeFrame: payload))
    loop.account(for: peer)
  case LWS_CALLBACK_CLOSED:
    // Comes for refused upgrades too, which were never opened.
    loop.closed(peer)
  default:
    break
  }
  return 0
}

extension ServerLoop {
  /// The loop that a connection, or a stand-in for one, belongs to.
  static func of(_ wsi: OpaquePointer) -> ServerLoop? {
    guard let context = lws_get_context(wsi), let user = lws_context_user(context) else {
      return nil
    }
    return Unmanaged<ServerLoop>.fromOpaque(user).takeUnretainedValue()
  }

  /// A socket arrives: the first and cheapest place to turn it away.
  fileprivate func admits(socket: Int32) -> Bool {
    guard !isStopping, let address = NetworkAddress(peerOf: socket),
      doors.admits(address.group, limits: limits, openMax: openMax)
    else { return false }
    arriving = address
    return true
  }

  /// An upgrade with our subprotocol arrives: path and origin are still to be checked.
  fileprivate func admitsUpgrade(_ wsi: OpaquePointer) -> Int32 {
    if isStopping { return refuseUpgrade(wsi, status: 503, "the server stops") }
    guard requestHead(of: wsi)?.path == configuration.path else {
      return refuseUpgrade(wsi, status: 404, "no such path")
    }
    if let origin = header(WSI_TOKEN_ORIGIN, of: wsi),
      !configuration.allowedOrigins.contains(origin)
    {
      return refuseUpgrade(wsi, status: 403, "origin not allowed")
    }
    return 0
  }

  fileprivate func received(_ bytes: UnsafeMutableRawPointer?, count: Int, from peer: Peer) {
    guard let link = peer.link else { return }
    let bytesMax = peer.isTrusted ? limits.messageBytesMax : limits.messageBytesMaxBeforeTrust
    let message = link.receive(bytes, count: count, bytesMax: bytesMax, at: now)
    guard let message else { return account(for: peer) }
    // However late we are ourselves, that is not the peer's fault.
    if !peer.isTrusted { peer.deadline = now + limits.trustAnswerWithin }
    events(.received(peer.id, message))
  }

  fileprivate func writable(_ peer: Peer) -> Int32 {
    guard let link = peer.link else { return 0 }
    let next = link.write(from: scratch)
    account(for: peer)
    if link.hasDrained() { events(.drained(peer.id)) }
    return next.rawValue
  }
}

extension Peer {
  fileprivate static func of(_ wsi: OpaquePointer) -> Peer? {
    guard let data = lws_get_opaque_user_data(wsi) else { return nil }
    return Unmanaged<Peer>.fromOpaque(data).takeUnretainedValue()
  }
}

/// Answers an upgrade with an HTTP status instead.
private func refuseUpgrade(_ wsi: OpaquePointer, status: UInt32, _ why: String) -> Int32 {
  lws_return_http_status(wsi, status, why)
  return -1
}
