/// One binary message, immutable, shared by every connection it is queued for: encoded once,
/// however many listen.
///
/// The payload is copied on its way out, at most 64 KiB at a time, into a buffer of the loop that
/// sends it. libwebsockets writes frame headers in front of what it is given, and a client masks it
/// in place, so lending it shared memory would let one receiver's frame spoil another's.
public final class OutboundMessage: Sendable {
  /// The payload. 0 … `TransportLimits.outboundBytesMax` bytes.
  public let bytes: [UInt8]

  /// Wraps a payload; no copy is made.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }
}
