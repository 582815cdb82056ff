import SwiftProtobuf

/// One message of the conversation, its every field within the bounds of docs/PROTOCOL.md.
///
/// Each has a heading of its name there: direction, when it is sent, fields, the answer, what breaks the
/// session, since which version.
public enum Message: Hashable, Sendable {
  case challenge(Challenge)
  case enrol(Enrol)
  case enrolled(Enrolled)
  case hello(Hello)
  case welcome(Welcome)
  case refused(Refused)
  case push(Push)
  case settled(Settled)
  case page(Page)
  case checkpoint(Checkpoint)
  case stored(Stored)
  case fetch(Fetch)
  case wipe(Wipe)
  case wiped(Wiped)
  case compare(Compare)
  case summary(Summary)
  case mend(Mend)
  case surplus(Surplus)

  /// The bytes of one binary WebSocket message.
  public func encode() -> [UInt8] {
    let envelope = WireEnvelope.with { $0.message = wire }
    do {
      return try envelope.serializedBytes()
    } catch {
      // proto3 has no required fields, and no message of ours nests deeply.
      preconditionFailure("\(error) when encoding a message")
    }
  }

  /// Reads one binary WebSocket message. Fields that only a newer program knows are passed over.
  ///
  /// - Throws: what is wrong with the first field out of bounds; nothing of the message may then be used.
  public static func decode(_ bytes: [UInt8]) throws(ProtocolViolation) -> Message {
    guard bytes.count <= WireLimits.frameBytesMax else {
      throw ProtocolViolation(
        expected: "a message of at most \(WireLimits.frameBytesMax) bytes", found: "\(bytes.count)",
        closeCode: .messageTooBig)
    }
    let envelope: WireEnvelope
    do {
      envelope = try WireEnvelope(serializedBytes: bytes)
    } catch {
      throw ProtocolViolation(expected: "an Envelope", found: "\(bytes.count) other bytes")
    }
    guard let message = envelope.message else {
      throw ProtocolViolation(expected: "a message of this protocol version", found: "none known")
    }
    return try Message(message)
  }

  private var wire: WireEnvelope.OneOf_Message {
    switch self {
    case .challenge(let message): .challenge(message.wire)
    case .enrol(let message): .enrol(message.wire)
    case .enrolled(let message): .enrolled(message.wire)
    case .hello(let message): .hello(message.wire)
    case .welcome(let message): .welcome(message.wire)
    case .refused(let message): .refused(message.wire)
    case .push(let message): .push(message.wire)
    case .settled(let message): .settled(message.wire)
    case .page(let message): .page(message.wire)
    case .checkpoint(let message): .checkpoint(message.wire)
    case .stored(let message): .stored(message.wire)
    case .fetch(let message): .fetch(message.wire)
    case .wipe(let message): .wipe(message.wire)
    case .wiped(let message): .wiped(message.wire)
    case .compare(let message): .compare(message.wire)
    case .summary(let message): .summary(message.wire)
    case .mend(let message): .mend(message.wire)
    case .surplus(let message): .surplus(message.wire)
    }
  }

  private init(_ wire: WireEnvelope.OneOf_Message) throws(ProtocolViolation) {
    switch wire {
    case .challenge(let message): self = .challenge(try Challenge(message))
    case .enrol(let message): self = .enrol(try Enrol(message))
    case .enrolled(let message): self = .enrolled(try Enrolled(message))
    case .hello(let message): self = .hello(try Hello(message))
    case .welcome(let message): self = .welcome(try Welcome(message))
    case .refused(let message): self = .refused(try Refused(message))
    case .push(let message): self = .push(try Push(message))
    case .settled(let message): self = .settled(try Settled(message))
    case .page(let message): self = .page(try Page(message))
    case .checkpoint(let message): self = .checkpoint(try Checkpoint(message))
    case .stored(let message): self = .stored(try Stored(message))
    case .fetch(let message): self = .fetch(try Fetch(message))
    case .wipe(let message): self = .wipe(try Wipe(message))
    case .wiped(let message): self = .wiped(try Wiped(message))
    case .compare(let message): self = .compare(try Compare(message))
    case .summary(let message): self = .summary(try Summary(message))
    case .mend(let message): self = .mend(try Mend(message))
    case .surplus(let message): self = .surplus(try Surplus(message))
    }
  }
}
