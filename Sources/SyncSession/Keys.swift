public import Crypto
import TradeRules

/// An Ed25519 key pair of a device or of the centre.
public struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// The key of a 32-byte seed.
  ///
  /// - Throws: when `seed` is not 32 bytes.
  public init(seed: [UInt8]) throws { key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed) }

  public var seed: [UInt8] { Array(key.rawRepresentation) }
  public var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

  /// Signs a transcript, 64 bytes.
  public func sign(_ transcript: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: transcript)) }

  /// Whether `signature` over `transcript` was made with the private half of `publicKey`.
  public static func isValid(_ signature: [UInt8], over transcript: [UInt8], by publicKey: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    return key.isValidSignature(signature, for: transcript)
  }
}

/// SHA-256 and what is made of it.
public enum Hashing {
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// What stands in the hash chain for a text about a person: SHA-256 over the salt and the text, so that
  /// nobody who has the chain alone can guess it (16 random bytes of salt), and nobody who has both can deny
  /// it.
  public static func commitment(salt: [UInt8], text: String) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: Array("waybill/personal/v1".utf8))
    hasher.update(data: [UInt8(truncatingIfNeeded: salt.count)])
    hasher.update(data: salt)
    hasher.update(data: Array(text.utf8))
    return Array(hasher.finalize())
  }
}

/// A device's chain of operations: each link covers the one before, the operation's bytes and the
/// commitments to its personal texts. A second branch shows at its first operation (G18, #66).
public enum OperationChain {
  /// The hash before a device's first operation.
  public static let start = [UInt8](repeating: 0, count: 32)

  public static func next(
    after previous: [UInt8], bytes: [UInt8], commitments: [[UInt8]]
  ) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: [2])
    hasher.update(data: previous)
    var length: [UInt8] = []
    length.appendVarint(UInt64(bytes.count))
    hasher.update(data: length)
    hasher.update(data: bytes)
    for commitment in commitments { hasher.update(data: commitment) }
    return Array(hasher.finalize())
  }
}
