public import SyncProtocol
public import TradeRules

/// The centre's half of one connection: what may be said when, and what to do about what was heard.
///
/// It lives exactly as long as the connection. The host looks things up, decides and stores; the session only
/// converses.
public struct CentralSession: Sendable {
  private enum State {
    /// The challenge is sent; the peer has to prove itself.
    case challenged
    /// The peer's claim is with the host.
    case proving(Hello)
    case open(Open)
  }

  private struct Open {
    let device: String
    let hello: Hello
    /// What the device was last told to remove.
    var wipe: Wipe?
    var nextNumber: Int64
    var pagesStored: Int64 = 0
    /// Bytes of each page that was sent and is not stored yet.
    var underWay: [Int] = []
  }

  public let challenge: Challenge
  public let openedAt: Instant
  private var state = State.challenged

  /// - Parameter nonce: 32 fresh random bytes.
  public init(nonce: [UInt8], centreKey: [UInt8], at now: Instant) {
    challenge = Challenge(nonce: nonce, centreKey: centreKey)
    openedAt = now
  }

  public var isOpen: Bool { if case .open = state { true } else { false } }
  /// The device, once it has proved itself.
  public var device: String? { if case .open(let open) = state { open.device } else { nil } }
  /// Whether pages may follow before the replica has stored some. When none is under way one may, however large.
  ///
  /// - Parameter bytes: of all of them, where that is known.
  public func hasRoom(forPages count: Int, bytes: Int = 0, _ limits: SyncLimits) -> Bool {
    guard case .open(let open) = state else { return false }
    if open.underWay.isEmpty, count <= 1 { return true }
    return open.underWay.count + count <= limits.pagesInFlightMax
      && open.underWay.reduce(bytes, +) <= limits.pageBytesInFlightMax
  }

  // MARK: What the replica says

  public enum OnReceived: Sendable {
    /// Spend this code for this key. The signature is right.
    case enrol(Enrol)
    /// Look this device up and check its signature with `isProved`.
    case prove(Hello)
    /// Operations that follow the last one received.
    case decide(Push)
    case stored(Stored)
    case sendWhole([Bucket])
    /// The replica is gone; check its signature with `isProved`.
    case wiped(Wiped)
    /// Digests of ranges are asked for.
    case summarise(Compare)
    /// Ranges differ.
    case mend(Mend)
  }

  public mutating func received(_ message: Message) throws(ProtocolViolation) -> OnReceived {
    switch (state, message) {
    case (.challenged, .enrol(let enrol)):
      let transcript = Transcript.enrol(challenge, enrol)
      guard SigningKey.isValid(enrol.signature, over: transcript, by: enrol.publicKey) else {
        throw ProtocolViolation(expected: "a signature by the key in the message", found: "another")
      }
      return .enrol(enrol)
    case (.challenged, .hello(let hello)):
      state = .proving(hello)
      return .prove(hello)
    case (.open(var open), .push(let push)):
      // Sent again after a reconnect is fine: the host answers from its record. A gap is not.
      guard push.firstNumber <= open.nextNumber else {
        throw ProtocolViolation(
          expected: "operation \(open.nextNumber)", found: "\(push.firstNumber): numbers have no gaps")
      }
      open.nextNumber = max(open.nextNumber, push.lastNumber + 1)
      state = .open(open)
      return .decide(push)
    case (.open(var open), .stored(let stored)):
      let more = min(max(stored.pages - open.pagesStored, 0), Int64(open.underWay.count))
      open.pagesStored += more
      open.underWay.removeFirst(Int(more))
      state = .open(open)
      return .stored(stored)
    case (.open, .fetch(let fetch)): return .sendWhole(fetch.buckets)
    case (.open(let open), .wiped(let wiped)) where open.wipe != nil: return .wiped(wiped)
    case (.open, .compare(let compare)): return .summarise(compare)
    case (.open, .mend(let mend)): return .mend(mend)
    default: throw .unexpected(message, in: isOpen ? "an open session" : "an unproved one")
    }
  }

  /// Whether a hello was signed by the device's key for this very connection.
  public func isProved(_ hello: Hello, by publicKey: [UInt8]) -> Bool {
    SigningKey.isValid(
      hello.signature, over: Transcript.hello(challenge, hello), by: publicKey)
  }

  /// Whether the confirmation was signed by the device's key for what it was told here.
  public func isProved(_ wiped: Wiped, by publicKey: [UInt8]) -> Bool {
    guard case .open(let open) = state, let wipe = open.wipe else { return false }
    return SigningKey.isValid(
      wiped.signature, over: Transcript.wiped(challenge, open.hello, wipe), by: publicKey)
  }

  // MARK: What the centre has to say

  /// Lets the device in; `welcome` lacks only its signature.
  public mutating func welcome(
    _ unsigned: Welcome, answering hello: Hello, signedBy key: SigningKey
  ) throws -> Message {
    guard case .proving = state else {
      preconditionFailure("only a peer that is proving itself can be welcomed")
    }
    var welcome = unsigned
    welcome.signature = try key.sign(Transcript.welcome(challenge, hello, welcome))
    state = .open(
      Open(device: hello.device, hello: hello, nextNumber: welcome.appliedThrough + 1))
    return .welcome(welcome)
  }

  /// Tells the device to remove everything: once for each number of its last operation.
  ///
  /// - Returns: nil when it was told already, or is not let in.
  public mutating func wipe(through number: Int64, signedBy key: SigningKey) throws -> Message? {
    guard case .open(var open) = state, open.wipe?.through != number else { return nil }
    var wipe = Wipe(through: number)
    wipe.signature = try key.sign(Transcript.wipe(challenge, open.hello, wipe))
    open.wipe = wipe
    state = .open(open)
    return .wipe(wipe)
  }

  /// Signs the answer to a spent enrolment code; the peer goes on with its hello.
  public func enrolled(
    _ unsigned: Enrolled, answering enrol: Enrol, signedBy key: SigningKey
  ) throws -> Message {
    var enrolled = unsigned
    enrolled.signature = try key.sign(Transcript.enrolled(challenge, enrol, enrolled))
    return .enrolled(enrolled)
  }

  /// A page was sent.
  public mutating func sentPage(bytes: Int) {
    guard case .open(var open) = state else { return }
    open.underWay.append(bytes)
    state = .open(open)
  }
}

extension ProtocolViolation {
  /// A message that has no place where the conversation stands.
  static func unexpected(_ message: Message, in state: String) -> ProtocolViolation {
    // The case's name alone: a message's content stays out of logs and close frames.
    let name = Mirror(reflecting: message).children.first?.label ?? "message"
    return ProtocolViolation(expected: "what belongs into \(state)", found: name)
  }
}
