public import SyncProtocol

/// The first conversation of a new device: it spends a one-time code and becomes known by its key.
public struct EnrolmentSession: Sendable {
  private let code: EnrolmentCode
  private let key: SigningKey
  private let appVersion: String
  private var challenge: Challenge?
  private var enrol: Enrol?

  public init(code: EnrolmentCode, key: SigningKey, appVersion: String) {
    self.code = code
    self.key = key
    self.appVersion = appVersion
  }

  public enum OnReceived: Sendable {
    case send(Message)
    /// The device exists. Its conversation goes on with a hello that answers the same challenge.
    case enrolled(Enrolled, challenge: Challenge)
    case refused(Refused)
  }

  /// - Parameter nonce: 32 fresh random bytes.
  /// - Throws: `CentreUntrusted` when the peer's key is not the one the code names, or its answer is not
  ///   signed with it.
  public mutating func received(_ message: Message, nonce: @autoclosure () -> [UInt8]) throws -> OnReceived {
    switch message {
    case .refused(let refused): return .refused(refused)
    case .challenge(let challenge) where self.challenge == nil:
      guard code.matches(centreKey: challenge.centreKey) else { throw CentreUntrusted() }
      self.challenge = challenge
      return .send(.enrol(try makeEnrol(for: challenge, nonce: nonce())))
    case .enrolled(let enrolled):
      guard let challenge, let enrol else {
        throw ProtocolViolation.unexpected(message, in: "an enrolment")
      }
      let transcript = Transcript.enrolled(challenge, enrol, enrolled)
      guard
        SigningKey.isValid(enrolled.signature, over: transcript, by: challenge.centreKey)
      else { throw CentreUntrusted() }
      return .enrolled(enrolled, challenge: challenge)
    default: throw ProtocolViolation.unexpected(message, in: "an enrolment")
    }
  }

  private mutating func makeEnrol(for challenge: Challenge, nonce: [UInt8]) throws -> Enrol {
    var enrol = Enrol(
      secret: code.secret, publicKey: key.publicKey, nonce: nonce, appVersion: appVersion)
    enrol.signature = try key.sign(Transcript.enrol(challenge, enrol))
    self.enrol = enrol
    return enrol
  }
}
