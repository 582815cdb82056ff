/// Every tunable number of the transport. Bytes are payload bytes: frame headers and TLS records
/// are not counted. The defaults are what a small machine has room for.
public struct TransportLimits: Sendable {
  /// The defaults.
  public init() {}

  // MARK: Messages in

  /// Bytes of one message from a trusted peer. One more: the connection closes with 1009, as soon
  /// as a frame header announces it.
  public var messageBytesMax = 1 << 20

  /// The same for a peer that has not been trusted yet: it may only say who it is.
  public var messageBytesMaxBeforeTrust = 4 << 10

  /// Fragments of one message (RFC 6455 §5.4). One more: 1008. Without it, a peer makes us work
  /// for a megabyte one byte at a time.
  public var fragmentsPerMessageMax = 64

  /// Pongs a second from one peer. Beyond: 1008. (Pings cannot be counted: libwebsockets answers
  /// them unseen, one answer at a time.)
  public var pongsPerSecondMax = 10

  // MARK: Messages out

  /// Bytes queued for one connection. Beyond: its queue is dropped at once and it closes with 4008.
  /// MUST be at least the largest message sent.
  public var outboundBytesMax = 2 << 20

  /// Low-water mark of one connection's queue: see `TransportEvent.drained`. At least 1.
  public var outboundBytesLow = 256 << 10

  /// Bytes queued for all connections of a server; a message shared by many counts once for each.
  /// Beyond: the connection with the longest queue is shed as above, then the next, until it fits.
  public var outboundBytesMaxTotal = 512 << 20

  // MARK: Life

  /// Silence after which a ping is sent (RFC 6455 §5.5.2). Precision: a quarter of a second.
  public var pingAfter: Duration = .seconds(10)

  /// Silence after which the peer is taken for dead and the connection ends with 1006. Any byte
  /// counts as life, and so does a peer that is still taking bytes from a full pipe. MUST be longer
  /// than `pingAfter`.
  public var hangUpAfter: Duration = .seconds(25)

  /// Pings after that much silence, and takes a peer for dead after two and a half times as much.
  public mutating func ping(after silence: Duration) {
    (pingAfter, hangUpAfter) = (silence, silence * 5 / 2)
  }

  /// Time for the closing handshake, from `close` to the socket's end; beyond, it is cut (1006 for
  /// the peer, the code asked for here).
  public var closeWithin: Duration = .seconds(5)

  /// Time that `stop` gives all connections to take their queues and the close frame.
  public var drainOnStop: Duration = .seconds(5)

  // MARK: Doors (server only)

  /// Open sockets, whatever they are doing. Beyond: refused before TLS. The server raises the
  /// process's soft limit of open files to match, as far as the hard limit allows, and lowers this
  /// number to what it got.
  public var connectionsMax = 8_000

  /// Open sockets of one network address (one IPv4 address, one IPv6 /64) that are not trusted yet,
  /// plain HTTP included. Beyond: refused before TLS. Raise it for many devices behind one NAT.
  public var connectionsPerAddressBeforeTrust = 20

  /// Time for each single step of a handshake: accept to TLS, TLS to the HTTP header. Whole
  /// seconds, at least 1. Beyond: cut.
  public var handshakeStepWithin: Duration = .seconds(5)

  /// Time from accept to the upgrade, or to the first HTTP request. Beyond: cut.
  public var handshakeWithin: Duration = .seconds(10)

  /// Time a peer that is not trusted yet has to say its next word, from the upgrade and from each of ours. Beyond: 1008.
  public var trustWithin: Duration = .seconds(10)

  /// Time we have to answer or to trust a peer that has said one. Beyond: 1008.
  public var trustAnswerWithin: Duration = .seconds(60)

  // MARK: Small HTTP (server only)

  /// Bytes of one request's header block. Beyond: cut.
  public var httpHeaderBytesMax = 4 << 10

  /// Bytes of one request's body; 0 = none. Beyond: 413.
  public var httpBodyBytesMax = 1 << 20

  /// Time from a request's header to the last byte of its answer. Beyond: cut.
  public var httpExchangeWithin: Duration = .seconds(30)
}

extension Duration {
  /// Whole seconds, rounded up, at least 1: what libwebsockets counts in.
  var wholeSeconds: UInt32 {
    let (seconds, attoseconds) = components
    return UInt32(clamping: max(1, seconds + (attoseconds > 0 ? 1 : 0)))
  }

  /// Whole milliseconds, for messages.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
