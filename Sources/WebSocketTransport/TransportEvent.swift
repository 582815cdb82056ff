/// What happened on a server's connections, in the order in which it happened.
///
/// Delivered on the loop thread: copy what you need, hand it on, return. While a handler runs,
/// nobody's bytes move.
public enum TransportEvent: Sendable {
  /// A peer finished the WebSocket upgrade (RFC 6455 §4.2). `peer` is its address and port,
  /// `192.0.2.7:51234` or `[2001:db8::7]:51234`, for logs only.
  case opened(ConnectionID, peer: String)

  /// One whole binary message, 0 … `TransportLimits.messageBytesMax` bytes, however many fragments
  /// it came in (RFC 6455 §5.4).
  case received(ConnectionID, [UInt8])

  /// The outbound queue had reached `TransportLimits.outboundBytesLow` and has fallen below it:
  /// a sender that held back may go on.
  case drained(ConnectionID)

  /// The connection is over; exactly once for each `opened`, and the last event of its id.
  ///
  /// `code` is that of whoever asked for the close first, this side or the peer
  /// (RFC 6455 §7.4; 1005 if the peer gave none). 1006 means that there was no closing handshake:
  /// the peer vanished, or did not answer in time, and then `reason` says what was noticed here.
  /// A peer's code is lost, and 1006 reported, if its close frame meets a frame of ours that the
  /// socket has taken only in part: libwebsockets then hangs up without reading the code.
  case closed(ConnectionID, code: UInt16, reason: String)
}
