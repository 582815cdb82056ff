import TradeRules

/// `127.0.0.1:8420`, `[::1]:8420`, `localhost:0`.
struct ListenAddress: Equatable {
  let host: String
  /// 0 is any free port.
  let port: Int

  /// - Throws: `Failure` with `USAGE`.
  init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw Failure.usage("--listen takes HOST:PORT, such as 127.0.0.1:8420") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw Failure.usage("--listen takes HOST:PORT, such as 127.0.0.1:8420") }
    self.host = String(host)
    self.port = port
  }

  /// Whether nobody but this machine can connect.
  var isLoopback: Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    if octets.count == 4, octets.allSatisfy({ $0 != nil }) { return octets[0] == 127 }
    return host == "::1" || host.lowercased() == "localhost"
  }

  /// The host as it stands in a URL.
  var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
