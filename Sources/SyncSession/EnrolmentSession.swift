public import Foundation
public import SyncProtocol

/// The first conversation of a new device: it spends a one-time code and becomes known by its key.
public struct EnrolmentSession: Sendable {
  private let code: EnrolmentCode
  private let key: SigningKey
  private let appVersion: String
  private var challenge: WireChallenge?
  private var enrol: WireEnrol?

  public init(code: EnrolmentCode, key: SigningKey, appVersion: String) {
    self.code = code
    self.key = key
    self.appVersion = appVersion
  }

  public enum OnReceived: Sendable {
    case send(Message)
    /// The device exists. Its conversation goes on with a hello that answers the same challenge.
    case enrolled(WireEnrolled, challenge: WireChallenge)
    case refused(WireRefused)
  }

  /// - Parameter nonce: 32 fresh random bytes.
  /// - Throws: `CentreUntrusted` when the peer's key is not the one the code names, or its answer is not
  ///   signed with it.
  public mutating func received(_ message: Message, nonce: @autoclosure () -> [UInt8]) throws -> OnReceived {
    switch message {
    case .refused(let refused): return .refused(refused)
    case .challenge(let challenge) where self.challenge == nil:
      guard code.matches(centreKey: Array(challenge.centreKey)) else { throw CentreUntrusted() }
      self.challenge = challenge
      return .send(.enrol(try makeEnrol(for: challenge, nonce: nonce())))
    case .enrolled(let enrolled):
      guard let challenge, let enrol else {
        throw ProtocolViolation.unexpected(message.name, in: "an enrolment")
      }
      let transcript = Transcript.enrolled(enrolled, enrol: enrol, challenge: challenge)
      guard
        SigningKey.isValid(Array(enrolled.signature), over: transcript, by: Array(challenge.centreKey))
      else { throw CentreUntrusted() }
      return .enrolled(enrolled, challenge: challenge)
    default: throw ProtocolViolation.unexpected(message.name, in: "an enrolment")
    }
  }

  private mutating func makeEnrol(for challenge: WireChallenge, nonce: [UInt8]) throws -> WireEnrol {
    var enrol = WireEnrol()
    enrol.protocolVersion = UInt32(ProtocolVersion.current)
    enrol.secret = Data(code.secret)
    enrol.publicKey = Data(key.publicKey)
    enrol.nonce = Data(nonce)
    enrol.appVersion = appVersion
    enrol.signature = Data(try key.sign(Transcript.enrol(enrol, challenge: challenge)))
    self.enrol = enrol
    return enrol
  }
}
