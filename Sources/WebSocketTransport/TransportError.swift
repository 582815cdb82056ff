/// Why a server could not start, or a client could not connect.
public enum TransportError: Error, Equatable, Sendable {
  /// Another program listens on this port already.
  case addressInUse(host: String, port: Int)
  /// The host is not an address of this machine, or the port is not ours to take.
  case addressUnavailable(host: String, port: Int, cause: String)
  /// libwebsockets cannot load the libev event loop.
  case eventLoopUnavailable(cause: String)
  /// A certificate, key or authority file cannot be read, parsed or matched.
  case certificateUnusable(file: String, cause: String)
  /// libwebsockets refused the configuration for a reason of its own.
  case setupFailed(cause: String)
  /// Not a `ws://` or `wss://` URL that can be used here.
  case badURL(String, cause: String)
  /// `ws://` to another machine, where anybody on the way could read and change what is sent.
  case plaintextRefused(host: String)
  /// No connection: the name is unknown, or nobody answers there.
  case unreachable(String, cause: String)
  /// The server's certificate is not signed by a trusted authority, not for this host, or expired.
  case certificateRefused(host: String, cause: String)
  /// Something answered, but not our server: no upgrade, or another subprotocol. `status` is the
  /// HTTP status, 0 if there was none.
  case handshakeRefused(status: Int, cause: String)
  /// No connection within the time given.
  case timedOut(String, after: Duration)
  /// `close` or `stop` came before the connection was open.
  case cancelled

  /// Whether the same call may succeed later without anybody changing anything.
  public var mayRetry: Bool {
    switch self {
    case .addressInUse, .unreachable, .handshakeRefused, .timedOut: true
    default: false
    }
  }
}

extension TransportError: CustomStringConvertible {
  /// One sentence of what failed, one of what to do.
  public var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "Port \(port) on \(host) is in use. Stop the program that has it, or choose another port."
    case .addressUnavailable(let host, let port, let cause):
      "Cannot listen on \(host) port \(port): \(cause). Use an address of this machine, and a port "
        + "above 1023 unless you may use the lower ones."
    case .eventLoopUnavailable(let cause):
      "The libev event loop is missing: \(cause). Install the package libwebsockets-evlib-ev."
    case .certificateUnusable(let file, let cause):
      "Cannot use \(file): \(cause). It must be a readable PEM file, and the key must fit the "
        + "certificate."
    case .setupFailed(let cause):
      "libwebsockets refused to start: \(cause)."
    case .badURL(let url, let cause):
      "Cannot use the URL \(url): \(cause). Expected ws://host:port/path or wss://host:port/path."
    case .plaintextRefused(let host):
      "Refused to talk to \(host) without encryption. Use wss://, or allow plain text on purpose."
    case .unreachable(let url, let cause):
      "Cannot reach \(url): \(cause). Check the address and the network; trying again may help."
    case .certificateRefused(let host, let cause):
      "The certificate of \(host) is not acceptable: \(cause). Check the host name and the "
        + "authority file."
    case .handshakeRefused(let status, let cause):
      "The server did not accept the connection (\(cause)\(status == 0 ? "" : ", HTTP \(status)")). "
        + "Check the path and that both sides speak the same protocol version."
    case .timedOut(let url, let duration):
      "No connection to \(url) within \(duration.milliseconds) ms. Trying again may help."
    case .cancelled:
      "Closed before the connection was open."
    }
  }
}
