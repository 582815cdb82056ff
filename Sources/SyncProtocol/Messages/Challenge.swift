public import TradeRules

/// Centre → replica, first on every connection.
///
/// The centre says what it can speak and gives something new to sign. Answer: `Enrol` or `Hello`.
/// Spec: docs/PROTOCOL.md, "Challenge".
public struct Challenge: Hashable, Sendable {
  /// 32 random bytes, never used twice.
  public var nonce: [UInt8]
  /// The centre's Ed25519 key, 32 bytes; the replica goes on only when it is the one it knows.
  public var centreKey: [UInt8]
  /// 1 … 16 of them, ascending.
  public var protocolVersions: [UInt32]

  public init(
    nonce: [UInt8], centreKey: [UInt8], protocolVersions: [UInt32] = ProtocolVersion.supported
  ) {
    self.nonce = nonce
    self.centreKey = centreKey
    self.protocolVersions = protocolVersions
  }
}

/// Centre → replica: the session will not be, or is over; a close with 4002, 4003 or 4009 follows.
///
/// A peer that has not proved who it is gets `NOT_AUTHORISED` whatever the cause.
/// Spec: docs/PROTOCOL.md, "Refused".
public struct Refused: Hashable, Sendable {
  /// From the code book: its sentence, what to do, whether trying again can help.
  public var code: Code
  /// When to try again; 0 = as the replica sees fit. At most a day.
  public var retryAfterMilliseconds: Int64

  public init(code: Code, retryAfterMilliseconds: Int64 = 0) {
    self.code = code
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }
}

extension Challenge {
  init(_ wire: WireChallenge) throws(ProtocolViolation) {
    let check = FieldChecks(of: "challenge")
    nonce = try check.bytes(wire.nonce, "nonce", 32)
    centreKey = try check.bytes(wire.centreKey, "centre_key", 32)
    protocolVersions = wire.protocolVersions
    _ = try check.count(protocolVersions.count, "protocol_versions", 1...WireLimits.versionsMax)
    try check.that(
      zip(protocolVersions, protocolVersions.dropFirst()).allSatisfy(<),
      "protocol_versions ascending", found: "another order")
  }

  var wire: WireChallenge {
    .with {
      $0.nonce = .of(nonce)
      $0.centreKey = .of(centreKey)
      $0.protocolVersions = protocolVersions
    }
  }
}

extension Refused {
  init(_ wire: WireRefused) throws(ProtocolViolation) {
    let check = FieldChecks(of: "refused")
    code = Code(rawValue: try check.name(wire.code, "code", WireLimits.nameBytesMax))
    retryAfterMilliseconds = try check.number(
      wire.retryAfterMs, "retry_after_ms", 0...WireLimits.retryAfterMillisecondsMax)
  }

  var wire: WireRefused {
    .with {
      $0.code = code.rawValue
      $0.retryAfterMs = UInt64(bitPattern: retryAfterMilliseconds)
    }
  }
}
