/// Why a connection was closed, as its WebSocket close frame says (RFC 6455 §7.4; 4000 … are ours).
public enum CloseCode: UInt16, Hashable, Sendable, CaseIterable {
  /// The program ends, or has nothing more to do.
  case goingAway = 1001
  /// A message was larger than `WireLimits.frameBytesMax`.
  case messageTooBig = 1009
  /// The peer broke this protocol.
  case protocolViolation = 4000
  /// A newer connection of the same device took over.
  case replaced = 4001
  /// A `Refused` with the reason went before.
  case refused = 4002
  /// The device's right to be here was taken away.
  case revoked = 4003
  /// The peer read too slowly; it catches up from its checkpoint when it returns.
  case slowReader = 4008
  /// The two programs have no version in common.
  case upgradeRequired = 4009
  /// The centre restarts; come back after a random while.
  case restarting = 4010

  /// For the close frame: what happened, in at most 123 bytes.
  public var reason: String {
    switch self {
    case .goingAway: "going away"
    case .messageTooBig: "message too big"
    case .protocolViolation: "protocol violation"
    case .replaced: "replaced by a newer connection of this device"
    case .refused: "refused"
    case .revoked: "this device may no longer connect"
    case .slowReader: "reading too slowly; catch up from the checkpoint"
    case .upgradeRequired: "no version in common; upgrade"
    case .restarting: "restarting; come back soon"
    }
  }

  /// Whether a replica closed with this code connects again by itself.
  public var mayReconnect: Bool {
    switch self {
    case .goingAway, .slowReader, .restarting, .protocolViolation: true
    case .messageTooBig, .replaced, .refused, .revoked, .upgradeRequired: false
    }
  }
}
