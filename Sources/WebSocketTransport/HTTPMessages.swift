/// A plain HTTP request on the server's port: everything that is not the WebSocket upgrade.
public struct HTTPRequest: Sendable {
  /// `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`.
  public let method: String
  /// Percent-decoded, without the query, `..` resolved; starts with `/`.
  public let path: String
  /// As after `?`, percent-encoded; empty if there is none.
  public let query: String
  /// By lower-case name; only those of `HTTPRequest.headerNames` that were sent.
  public let headers: [String: String]
  /// 0 … `TransportLimits.httpBodyBytesMax` bytes.
  public internal(set) var body: [UInt8]
  /// Address and port of the peer, as in `TransportEvent.opened`.
  public let peer: String

  /// The headers that are read. No other can matter to a handler.
  public static let headerNames = [
    "accept", "authorization", "content-type", "cookie", "host", "if-none-match", "origin",
    "referer", "sec-fetch-site", "user-agent", "x-csrf-token",
  ]

  /// Makes a request, for tests of a handler.
  public init(
    method: String, path: String, query: String = "", headers: [String: String] = [:],
    body: [UInt8] = [], peer: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }
}

/// The answer to an `HTTPRequest`.
///
/// `content-length`, `referrer-policy`, `x-frame-options`, `x-content-type-options` and a strict
/// `content-security-policy` are added to every answer.
public struct HTTPResponse: Sendable {
  /// 200 … 599.
  public var status: Int
  /// A media type, such as `application/json`.
  public var contentType: String
  public var body: [UInt8]
  /// Further headers, in order; a name may repeat. One with a control character in it is a bug of
  /// the handler's, and the peer gets 500 instead.
  public var headers: [(name: String, value: String)]

  public init(
    status: Int, contentType: String, body: [UInt8],
    headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  /// A plain text answer.
  public init(status: Int, text: String) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  /// False if a header could smuggle in another one (RFC 9110 §5.5), or the status is not one.
  var isWellFormed: Bool {
    let texts = [contentType] + headers.flatMap { [$0.name, $0.value] }
    let isClean = texts.allSatisfy { text in
      text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
    let areNamed = headers.allSatisfy { header in
      !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ":") }
    }
    return isClean && areNamed && (200...599).contains(status)
  }
}
