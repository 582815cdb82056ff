import Crypto
public import SyncProtocol

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

  /// What stands in the hash chain for a text about a person: nobody who has the chain alone can guess the
  /// text (16 random bytes of salt), nobody who has both can deny it.
  public static func commitment(_ note: PersonalNote) -> [UInt8] { sha256(Transcript.commitment(note)) }
}

/// SHA-256 of bytes that come in pieces: a file while it is read.
public struct RunningHash: Sendable {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ bytes: [UInt8]) { hasher.update(data: bytes) }

  /// The hash of everything so far, 32 bytes.
  public var value: [UInt8] { Array(hasher.finalize()) }
}

/// A device's chain of operations: each link covers the one before, the operation's bytes and the
/// commitments to its personal texts. A second branch shows at its first operation (G18, #66).
public enum OperationChain {
  /// The hash before a device's first operation.
  public static let start = Transcript.chainStart

  public static func next(after previous: [UInt8], bytes: [UInt8], commitments: [[UInt8]]) -> [UInt8] {
    Hashing.sha256(Transcript.link(previous: previous, operation: bytes, commitments: commitments))
  }
}
