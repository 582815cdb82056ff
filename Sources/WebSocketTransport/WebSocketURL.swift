/// A `ws://` or `wss://` URL (RFC 6455 §3), taken apart.
struct WebSocketURL: Equatable {
  let isSecure: Bool
  /// Without the brackets of an IPv6 address.
  let host: String
  let port: Int
  /// With the query; at least `/`.
  let path: String

  /// Host and port as in the `Host` header.
  var authority: String {
    HostKind(host) == .version6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// - Throws: `TransportError.badURL`.
  init(_ text: String) throws {
    func bad(_ cause: String) -> TransportError { .badURL(text, cause: cause) }
    guard let schemeEnd = text.firstRange(of: "://") else { throw bad("no scheme") }
    switch text[..<schemeEnd.lowerBound].lowercased() {
    case "ws": isSecure = false
    case "wss": isSecure = true
    default: throw bad("the scheme is neither ws nor wss")
    }
    let rest = text[schemeEnd.upperBound...]
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !rest.contains("#") else {
      throw bad("it has a character that may not stand there")
    }
    let pathStart = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let tail = String(rest[pathStart...])
    path = tail.hasPrefix("/") ? tail : "/" + tail
    let authority = rest[..<pathStart]
    guard !authority.contains("@") else { throw bad("it has a user name in it") }
    let (name, portText) = try Self.split(authority, orThrow: bad)
    guard !name.isEmpty else { throw bad("no host") }
    host = String(name)
    guard let portText else {
      port = isSecure ? 443 : 80
      return
    }
    guard let number = UInt16(portText), number > 0 else { throw bad("the port is not 1 … 65535") }
    port = Int(number)
  }

  private static func split(
    _ authority: Substring, orThrow bad: (String) -> TransportError
  ) throws -> (host: Substring, port: Substring?) {
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw bad("a bracket is not closed") }
      let host = authority[authority.index(after: authority.startIndex)..<end]
      guard HostKind(String(host)) == .version6 else { throw bad("not an IPv6 address") }
      let tail = authority[authority.index(after: end)...]
      if tail.isEmpty { return (host, nil) }
      guard tail.hasPrefix(":") else { throw bad("something follows the bracket") }
      return (host, tail.dropFirst())
    }
    guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }
}
