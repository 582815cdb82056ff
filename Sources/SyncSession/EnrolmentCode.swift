import TradeRules

/// What an administrator hands to a person who sets up a device: a one-time secret, and enough of the
/// centre's key that a man in the middle with a valid certificate is noticed.
///
/// Text form: `WB1-` and 50 characters of Crockford's base 32 in groups of five: 120 bits of secret, 128 bits
/// of SHA-256 of the centre's public key, 2 bits unused.
public struct EnrolmentCode: Hashable, Sendable {
  public static let secretBytes = 15
  public static let fingerprintBytes = 16

  public let secret: [UInt8]
  public let fingerprint: [UInt8]

  /// - Precondition: `secret` has 15 bytes.
  public init(secret: [UInt8], centreKey: [UInt8]) {
    precondition(secret.count == EnrolmentCode.secretBytes)
    self.secret = secret
    fingerprint = Array(Hashing.sha256(centreKey).prefix(EnrolmentCode.fingerprintBytes))
  }

  /// Reads a code in either case, with or without dashes, `O` for 0 and `I` or `L` for 1; nil for anything
  /// else.
  public init?(_ text: String) {
    var characters = text.uppercased().filter { $0 != "-" && !$0.isWhitespace }
    guard characters.hasPrefix("WB1") else { return nil }
    characters.removeFirst(3)
    guard let bytes = Base32.decode(characters), bytes.count == 31 else { return nil }
    secret = Array(bytes.prefix(EnrolmentCode.secretBytes))
    fingerprint = Array(bytes.suffix(EnrolmentCode.fingerprintBytes))
  }

  public var text: String {
    let characters = Array(Base32.encode(secret + fingerprint))
    let groups = stride(from: 0, to: characters.count, by: 5).map {
      String(characters[$0..<min($0 + 5, characters.count)])
    }
    return "WB1-" + groups.joined(separator: "-")
  }

  /// What the centre keeps of a code instead of the code.
  public var secretHash: [UInt8] { Hashing.sha256(secret) }

  public func matches(centreKey: [UInt8]) -> Bool {
    Array(Hashing.sha256(centreKey).prefix(EnrolmentCode.fingerprintBytes)) == fingerprint
  }
}

/// Crockford's base 32: no letter that is easily taken for a digit.
enum Base32 {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  static func encode(_ bytes: [UInt8]) -> String {
    var text = ""
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
      }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
    return text
  }

  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for character in text {
      let plain: Character = character == "O" ? "0" : character == "I" || character == "L" ? "1" : character
      guard let digit = alphabet.firstIndex(of: plain) else { return nil }
      buffer = buffer << 5 | UInt32(digit)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    return bytes
  }
}
