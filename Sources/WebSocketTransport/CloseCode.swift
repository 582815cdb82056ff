/// Close codes the transport itself sends or reports (RFC 6455 §7.4.1). Codes 4000 … 4999 belong to
/// the protocol above; of these the transport uses only `slowReader`.
public enum CloseCode {
  /// The work is done.
  public static let normal: UInt16 = 1000
  /// The server stops, or the program ends.
  public static let goingAway: UInt16 = 1001
  /// A text message came where only binary ones are understood.
  public static let unsupportedData: UInt16 = 1003
  /// Never on the wire: the peer closed without giving a code.
  public static let noCode: UInt16 = 1005
  /// Never on the wire: the connection ended without a closing handshake.
  public static let lost: UInt16 = 1006
  /// The peer broke a limit that has no code of its own.
  public static let policyViolation: UInt16 = 1008
  /// A message is longer than the limit.
  public static let messageTooBig: UInt16 = 1009
  /// The peer did not read fast enough; what was queued for it is gone. It should come back and
  /// catch up from its checkpoint.
  public static let slowReader: UInt16 = 4008

  /// True for a code that may stand in a close frame: 1000 … 1003, 1007 … 1011, 3000 … 4999.
  /// 1004 … 1006 and 1015 are reserved (§7.4.1); 1012 … 1014 are refused by libwebsockets 4.1.
  static func maySend(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1011, 3000...4999: true
    default: false
    }
  }
}

/// Why a connection ends, as far as one side knows.
struct Ending: Equatable, Sendable {
  let code: UInt16
  let reason: String

  /// The reason in UTF-8, cut between characters to the 123 bytes that a close frame holds
  /// (RFC 6455 §5.5: 125, less two for the code).
  var reasonOnWire: [UInt8] {
    var bytes: [UInt8] = []
    for character in reason {
      let next = Array(character.utf8)
      if bytes.count + next.count > 123 { break }
      bytes += next
    }
    return bytes
  }

  init(code: UInt16, reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Reads a close frame's payload: two bytes of code, big-endian, and the reason (§5.5.1). The
  /// reason is a stranger's text: whatever is not UTF-8 is replaced.
  init(closeFrame payload: UnsafeRawBufferPointer) {
    if payload.count >= 2 {
      code = UInt16(payload[0]) << 8 | UInt16(payload[1])
      reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
    } else {
      code = CloseCode.noCode
      reason = ""
    }
  }
}
