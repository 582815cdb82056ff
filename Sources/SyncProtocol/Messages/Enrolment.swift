public import TradeRules

/// Replica → centre, instead of a first `Hello`: spends a one-time code for a key made on this device.
///
/// Answer: `Enrolled`, after which the replica says `Hello` on the same connection; or `Refused`
/// (`CODE_INVALID`). Spec: docs/PROTOCOL.md, "Enrol".
public struct Enrol: Hashable, Sendable {
  /// One of those the challenge offered.
  public var protocolVersion: UInt32
  /// The secret part of the code, 15 … 64 bytes. The replica has compared the centre's key with the
  /// fingerprint in the code before it sends this.
  public var secret: [UInt8]
  /// The device's Ed25519 key, 32 bytes.
  public var publicKey: [UInt8]
  /// 32 random bytes.
  public var nonce: [UInt8]
  /// For the admin's list of devices.
  public var appVersion: String
  /// By the device's key over `Transcript.enrol`; 64 bytes.
  public var signature: [UInt8]

  public init(
    protocolVersion: UInt32 = ProtocolVersion.current, secret: [UInt8], publicKey: [UInt8], nonce: [UInt8],
    appVersion: String, signature: [UInt8] = []
  ) {
    self.protocolVersion = protocolVersion
    self.secret = secret
    self.publicKey = publicKey
    self.nonce = nonce
    self.appVersion = appVersion
    self.signature = signature
  }
}

/// Centre → replica: the device exists, from now on known by its key.
///
/// The replica believes it once it has checked the signature. Spec: docs/PROTOCOL.md, "Enrolled".
public struct Enrolled: Hashable, Sendable {
  /// The device's code, never used again for another device.
  public var device: String
  public var role: Role
  public var name: String
  public var epoch: RecordID
  /// To show in the first `Hello`.
  public var incarnation: RecordID
  /// By the centre's key over `Transcript.enrolled`; 64 bytes.
  public var signature: [UInt8]

  public init(
    device: String, role: Role, name: String, epoch: RecordID, incarnation: RecordID,
    signature: [UInt8] = []
  ) {
    self.device = device
    self.role = role
    self.name = name
    self.epoch = epoch
    self.incarnation = incarnation
    self.signature = signature
  }
}

extension Enrol {
  init(_ wire: WireEnrol) throws(ProtocolViolation) {
    let check = FieldChecks(of: "enrol")
    protocolVersion = wire.protocolVersion
    secret = try check.bytes(wire.secret, "secret", WireLimits.secretBytes)
    publicKey = try check.bytes(wire.publicKey, "public_key", 32)
    nonce = try check.bytes(wire.nonce, "nonce", 32)
    appVersion = try check.name(wire.appVersion, "app_version", WireLimits.nameBytesMax)
    signature = try check.bytes(wire.signature, "signature", 64)
  }

  var wire: WireEnrol {
    .with {
      $0.protocolVersion = protocolVersion
      $0.secret = .of(secret)
      $0.publicKey = .of(publicKey)
      $0.nonce = .of(nonce)
      $0.appVersion = appVersion
      $0.signature = .of(signature)
    }
  }
}

extension Enrolled {
  init(_ wire: WireEnrolled) throws(ProtocolViolation) {
    let check = FieldChecks(of: "enrolled")
    device = try check.name(wire.device, "device", WireLimits.deviceBytesMax)
    role = Role(rawValue: try check.name(wire.role, "role", WireLimits.nameBytesMax))
    name = try check.name(wire.name, "name", WireLimits.nameBytesMax)
    epoch = try check.id(wire.epoch, "epoch")
    incarnation = try check.id(wire.incarnation, "incarnation")
    signature = try check.bytes(wire.signature, "signature", 64)
  }

  var wire: WireEnrolled {
    .with {
      $0.device = device
      $0.role = role.rawValue
      $0.name = name
      $0.epoch = .of(epoch)
      $0.incarnation = .of(incarnation)
      $0.signature = .of(signature)
    }
  }
}
