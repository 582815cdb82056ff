/// Centre → replica: nobody knows who has the device; its replica is to remove rows, work and key, for good.
///
/// Sent to a device that was reported lost, once all it had recorded is safe at the centre. The replica obeys
/// only when the signature is right and it has recorded nothing beyond `through`. Answer: `Wiped`.
/// Spec: docs/PROTOCOL.md, "Wipe".
public struct Wipe: Hashable, Sendable {
  /// The device's operations up to here are on the centre's disk.
  public var through: Int64
  /// By the centre's key over `Transcript.wipe`; 64 bytes.
  public var signature: [UInt8]

  public init(through: Int64, signature: [UInt8] = []) {
    self.through = through
    self.signature = signature
  }
}

/// Replica → centre: rows, work and key are gone (G20). The last message that the key signs.
///
/// Spec: docs/PROTOCOL.md, "Wiped".
public struct Wiped: Hashable, Sendable {
  /// By the device's key over `Transcript.wiped`; 64 bytes.
  public var signature: [UInt8]

  public init(signature: [UInt8] = []) { self.signature = signature }
}

extension Wipe {
  init(_ wire: WireWipe) throws(ProtocolViolation) {
    let check = FieldChecks(of: "wipe")
    through = try check.number(wire.through, "through")
    signature = try check.bytes(wire.signature, "signature", 64)
  }

  var wire: WireWipe {
    .with {
      $0.through = UInt64(bitPattern: through)
      $0.signature = .of(signature)
    }
  }
}

extension Wiped {
  init(_ wire: WireWiped) throws(ProtocolViolation) {
    signature = try FieldChecks(of: "wiped").bytes(wire.signature, "signature", 64)
  }

  var wire: WireWiped { .with { $0.signature = .of(signature) } }
}
