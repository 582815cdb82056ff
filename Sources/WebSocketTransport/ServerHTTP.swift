internal import CLibWebSockets

/// What a request's first line says, without the query.
struct RequestHead {
  let method: String
  let path: String
}

// MARK: - Reading a request

/// One header, its parts joined with commas; nil if it is absent.
func header(_ token: lws_token_indexes, of wsi: OpaquePointer) -> String? {
  let count = Int(lws_hdr_total_length(wsi, token))
  guard count > 0 else { return nil }
  // Each part may add a comma, and there is a byte of zero at the end.
  var buffer = [CChar](repeating: 0, count: count * 2 + 2)
  guard lws_hdr_copy(wsi, &buffer, Int32(buffer.count), token) > 0 else { return nil }
  return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
}

/// A header that libwebsockets has no number for. `name` is in lower case.
private func customHeader(_ name: String, of wsi: OpaquePointer) -> String? {
  let key = name + ":"
  let count = lws_hdr_custom_length(wsi, key, Int32(key.utf8.count))
  guard count > 0 else { return nil }
  var buffer = [CChar](repeating: 0, count: Int(count) + 1)
  guard lws_hdr_custom_copy(wsi, &buffer, Int32(buffer.count), key, Int32(key.utf8.count)) > 0
  else { return nil }
  return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
}

/// Method and path; nil for a method that nobody here answers.
func requestHead(of wsi: OpaquePointer) -> RequestHead? {
  var start: UnsafeMutablePointer<CChar>?
  var count: Int32 = 0
  let names = ["GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD"]
  let number = Int(lws_http_get_uri_and_method(wsi, &start, &count))
  guard names.indices.contains(number), names[number] != "CONNECT", let start else { return nil }
  let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
  return RequestHead(method: names[number], path: String(decoding: bytes, as: UTF8.self))
}

/// The query, encoded again: libwebsockets hands over its arguments one by one and decoded, and an
/// ampersand within one must not become a boundary between two.
private func query(of wsi: OpaquePointer) -> String {
  var arguments: [String] = []
  var buffer = [CChar](repeating: 0, count: 4 << 10)
  while true {
    let count = lws_hdr_copy_fragment(
      wsi, &buffer, Int32(buffer.count), WSI_TOKEN_HTTP_URI_ARGS, Int32(arguments.count))
    guard count > 0 else { break }
    let bytes = buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }
    arguments.append(percentEncoded(bytes))
  }
  return arguments.joined(separator: "&")
}

/// Leaves unreserved characters and `=` as they are (RFC 3986 §2.3).
func percentEncoded(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var encoded: [UInt8] = []
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "="):
      encoded.append(byte)
    default:
      encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: encoded, as: UTF8.self)
}

private let numberedHeaders: [(name: String, token: lws_token_indexes)] = [
  ("accept", WSI_TOKEN_HTTP_ACCEPT), ("authorization", WSI_TOKEN_HTTP_AUTHORIZATION),
  ("content-type", WSI_TOKEN_HTTP_CONTENT_TYPE), ("cookie", WSI_TOKEN_HTTP_COOKIE),
  ("host", WSI_TOKEN_HOST), ("if-none-match", WSI_TOKEN_HTTP_IF_NONE_MATCH),
  ("origin", WSI_TOKEN_ORIGIN), ("referer", WSI_TOKEN_HTTP_REFERER),
  ("user-agent", WSI_TOKEN_HTTP_USER_AGENT),
]

// MARK: - One exchange

extension ServerLoop {
  /// Takes an HTTP exchange one step further; not 0 ends the connection once its output is out.
  func exchange(
    with peer: Peer, _ reason: lws_callback_reasons, _ bytes: UnsafeRawBufferPointer
  ) -> Int32 {
    switch reason {
    case LWS_CALLBACK_HTTP:
      return begin(with: peer)
    case LWS_CALLBACK_HTTP_BODY:
      guard let exchange = peer.exchange,
        exchange.request.body.count + bytes.count <= limits.httpBodyBytesMax
      else { return -1 }
      exchange.request.body.append(contentsOf: bytes)
      return 0
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
      guard let exchange = peer.exchange else { return -1 }
      return answer(exchange, peer)
    default:
      guard let exchange = peer.exchange else { return 0 }
      return writeOn(exchange, peer)
    }
  }

  /// The header is read.
  private func begin(with peer: Peer) -> Int32 {
    now = ContinuousClock.now
    peer.deadline = now + limits.httpExchangeWithin
    guard let head = requestHead(of: peer.wsi), !isStopping else { return -1 }
    var headers: [String: String] = [:]
    for (name, token) in numberedHeaders { headers[name] = header(token, of: peer.wsi) }
    for name in ["sec-fetch-site", "x-csrf-token"] {
      headers[name] = customHeader(name, of: peer.wsi)
    }
    let request = HTTPRequest(
      method: head.method, path: head.path, query: query(of: peer.wsi), headers: headers,
      peer: peer.address.text)
    let exchange = HTTPExchange(request)
    peer.exchange = exchange
    let hasBody = ["POST", "PUT", "PATCH"].contains(head.method)
    let length = header(WSI_TOKEN_HTTP_CONTENT_LENGTH, of: peer.wsi)
    guard header(WSI_TOKEN_HTTP_TRANSFER_ENCODING, of: peer.wsi) == nil, length != nil || !hasBody
    else { return refuse(exchange, peer, HTTPResponse(status: 411, text: "say the length\n")) }
    guard let length else { return answer(exchange, peer) }
    guard let count = Int(length), count >= 0 else { return -1 }
    if count > limits.httpBodyBytesMax {
      return refuse(exchange, peer, HTTPResponse(status: 413, text: "too long\n"))
    }
    // libwebsockets announces the end of an empty body for POST only.
    return count > 0 || head.method == "POST" ? 0 : answer(exchange, peer)
  }

  private func answer(_ exchange: HTTPExchange, _ peer: Peer) -> Int32 {
    var response = http(exchange.request)
    if !response.isWellFormed {
      log.note("the answer to \(exchange.request.method) \(exchange.request.path) is malformed")
      response = HTTPResponse(status: 500, text: "internal error\n")
    }
    guard writeHead(of: response, peer.wsi) else { return -1 }
    exchange.answer = exchange.request.method == "HEAD" ? [] : response.body
    if exchange.answer.isEmpty { return finish(peer) }
    lws_callback_on_writable(peer.wsi)
    return 0
  }

  /// Answers without waiting for a body that will not be read, and hangs up.
  private func refuse(_ exchange: HTTPExchange, _ peer: Peer, _ response: HTTPResponse) -> Int32 {
    var response = response
    response.headers.append((name: "connection", value: "close"))
    guard writeHead(of: response, peer.wsi) else { return -1 }
    let start = scratch.fill(response.body[...])
    lws_write(peer.wsi, start, response.body.count, LWS_WRITE_HTTP_FINAL)
    return -1
  }

  private func writeHead(of response: HTTPResponse, _ wsi: OpaquePointer) -> Bool {
    let start = scratch.payload
    let end = start + scratch.capacity
    var position: UnsafeMutablePointer<UInt8>? = start
    guard
      lws_add_http_common_headers(
        wsi, UInt32(response.status), response.contentType, lws_filepos_t(response.body.count),
        &position, end) == 0
    else { return false }
    for (name, value) in response.headers {
      let code = lws_add_http_header_by_name(
        wsi, name.lowercased() + ":", value, Int32(value.utf8.count), &position, end)
      if code != 0 { return false }
    }
    return lws_finalize_write_http_header(wsi, start, &position, end) == 0
  }

  private func writeOn(_ exchange: HTTPExchange, _ peer: Peer) -> Int32 {
    guard exchange.written < exchange.answer.count else { return 0 }
    let end = min(exchange.answer.count, exchange.written + 64 << 10)
    let start = scratch.fill(exchange.answer[exchange.written..<end])
    let isLast = end == exchange.answer.count
    let kind = isLast ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP
    guard lws_write(peer.wsi, start, end - exchange.written, kind) >= 0 else { return -1 }
    exchange.written = end
    if isLast { return finish(peer) }
    lws_callback_on_writable(peer.wsi)
    return 0
  }

  private func finish(_ peer: Peer) -> Int32 {
    peer.exchange = nil
    peer.deadline = ContinuousClock.now + limits.handshakeWithin
    return lws_http_transaction_completed(peer.wsi) == 0 ? 0 : -1
  }
}
