import SyncProtocol
import SyncSession
public import TradeRules

/// What whoever holds the host's connection has to know of the conversation.
extension ReplicaHost {
  /// The WebSocket subprotocol to offer.
  public static var subprotocol: String { ProtocolVersion.subprotocol }
  /// Where on a centre the conversation takes place, for an address that names no place.
  public static var path: String { ProtocolVersion.path }

  /// The longest that a replica stays away from a centre it could not reach, milliseconds.
  public static var longestDelay: Int64 { Backoff.cap }

  /// Why a centre that closed with this code does not want the connection back; nil when it is worth
  /// connecting again.
  public static func refusal(closing code: UInt16) -> Code? {
    guard let code = CloseCode(rawValue: code), !code.mayReconnect else { return nil }
    switch code {
    case .replaced: return .replaced
    case .upgradeRequired: return .upgradeRequired
    case .refused, .revoked: return .notAuthorised
    case .messageTooBig, .goingAway, .protocolViolation, .slowReader, .restarting:
      return .protocolViolation
    }
  }

  /// Whether a centre that closed with this code says that we broke the protocol, its own or that below it (RFC 6455
  /// §7.4.1).
  static func isToldOff(closing code: UInt16) -> Bool {
    [1003, 1008, CloseCode.protocolViolation.rawValue].contains(code)
  }

  /// As many of the buckets that are here as a hello has room for. Of those left out the centre knows nothing and sends
  /// them whole, which costs more and is never wrong.
  static func fitting(_ buckets: [Bucket], beside cursor: [UInt8]?) -> [Bucket] {
    // A name has a tag and a length; all else in a hello takes less than 2 KiB.
    var room = WireLimits.frameBytesBeforeProofMax - (2 << 10) - (cursor?.count ?? 0)
    // Months of ledgers are the many; those long past are the last to be of use.
    let isMonth = { (bucket: Bucket) in bucket.name.split(separator: "/").count > 2 }
    let months = buckets.filter(isMonth).sorted { $0.name.suffix(7) > $1.name.suffix(7) }
    return Array(
      (buckets.filter { !isMonth($0) } + months).prefix { bucket in
        room -= bucket.name.utf8.count + 3
        return room >= 0
      })
  }

  /// Prepares to spend an enrolment code as a person typed it.
  ///
  /// - Throws: `Refusal` with `CODE_INVALID` for a text that is no code.
  public func beginEnrolment(typed text: String, url: String, caFile: String) throws {
    try beginEnrolment(code: EnrolmentCode(typed: text), url: url, caFile: caFile)
  }
}

extension EnrolmentCode {
  /// Reads a code as a person typed it.
  ///
  /// - Throws: `Refusal` with `CODE_INVALID` for a text that is no code.
  init(typed text: String) throws {
    guard let code = EnrolmentCode(text) else {
      throw Refusal(.codeInvalid, "it has 50 letters and digits after WB1-")
    }
    self = code
  }
}
