public import SyncProtocol
public import TradeRules

/// The replica's half of one connection: what may be said when, and what to do about what was heard.
///
/// It lives exactly as long as the connection. Events go in, orders come out; it reads no clock and no store.
public struct ReplicaSession: Sendable {
  /// Who this replica is and how far it has come.
  public struct Position: Sendable {
    public var device: String
    public var key: SigningKey
    /// The centre's key as pinned at enrolment.
    public var centreKey: [UInt8]
    public var hello: Hello
    /// Histories of the centre that this replica has left: it follows none of them again.
    public var leftEpochs: [RecordID]

    public init(
      device: String, key: SigningKey, centreKey: [UInt8], hello: Hello, leftEpochs: [RecordID] = []
    ) {
      self.device = device
      self.key = key
      self.centreKey = centreKey
      self.hello = hello
      self.leftEpochs = leftEpochs
    }
  }

  private enum State {
    case awaitingChallenge(Position)
    case awaitingWelcome(Position, Challenge, Hello)
    case open(Open)
    /// We do not take part any more, and close.
    case over
  }

  /// How long to stay away from a centre whose history is not the one this replica follows, milliseconds: until
  /// somebody has looked at it.
  public static let historyRetryMilliseconds: Int64 = 60_000

  /// A welcomed connection.
  private struct Open {
    let position: Position
    let challenge: Challenge
    let hello: Hello
    let welcome: Welcome
    /// The last operation sent, and what of it is not settled: number and bytes of each batch.
    var sentThrough: Int64
    var unsettled: [(through: Int64, bytes: Int)]
    var pagesStored: Int64 = 0
    /// Whether the centre was told that the new incarnation is stored.
    var hasShownIncarnation = false
  }

  private var state: State

  public init(resumingFrom position: Position) { state = .awaitingChallenge(position) }

  public var isOpen: Bool { if case .open = state { true } else { false } }

  // MARK: What the centre says

  public enum OnReceived: Sendable {
    case send(Message)
    /// The centre proved itself and let us in.
    case welcomed(Welcome)
    case stage(Page)
    case apply(Checkpoint)
    /// Digests of ranges that were asked for.
    case compare(Summary)
    /// Rows to take out of the ranges that were named.
    case takeOut(Surplus)
    case settled(through: Int64)
    /// Remove everything, unless there is work that the centre has not got; then say `wiped`.
    case wipe(Wipe)
    /// The centre refused us, or is one that we refuse.
    case refused(Refused)
    /// Said before the centre heard that we close.
    case tooLate
  }

  /// - Parameters:
  ///   - nonce: 32 fresh random bytes, used when the centre challenges.
  ///   - clock: what the device's clocks say now; the centre measures their offset by it.
  public mutating func received(
    _ message: Message, nonce: @autoclosure () -> [UInt8], at clock: ClockReading
  ) throws -> OnReceived {
    switch (state, message) {
    case (.over, _): return .tooLate
    case (_, .refused(let refused)): return .refused(refused)
    case (.awaitingChallenge(let position), .challenge(let challenge)):
      guard challenge.centreKey == position.centreKey else { throw CentreUntrusted() }
      guard ProtocolVersion.best(of: challenge.protocolVersions) == position.hello.protocolVersion else {
        throw ProtocolViolation(
          expected: "protocol version \(position.hello.protocolVersion)",
          found: "\(challenge.protocolVersions)", closeCode: .upgradeRequired)
      }
      let hello = try sign(position, challenge, nonce: nonce(), at: clock)
      state = .awaitingWelcome(position, challenge, hello)
      return .send(.hello(hello))
    case (.awaitingWelcome(let position, let challenge, let hello), .welcome(let welcome)):
      let transcript = Transcript.welcome(challenge, hello, welcome)
      guard SigningKey.isValid(welcome.signature, over: transcript, by: position.centreKey) else {
        throw CentreUntrusted()
      }
      // A file from before a restore that this replica has followed: with its rows all that came since would
      // go, and nobody would be told (G21).
      guard !position.leftEpochs.contains(welcome.epoch) else {
        state = .over
        return .refused(
          Refused(
            code: .historyDiffers, retryAfterMilliseconds: ReplicaSession.historyRetryMilliseconds))
      }
      state = .open(
        Open(
          position: position, challenge: challenge, hello: hello, welcome: welcome,
          sentThrough: welcome.appliedThrough, unsettled: []))
      return .welcomed(welcome)
    case (.open, .page(let page)): return .stage(page)
    case (.open, .checkpoint(let checkpoint)): return .apply(checkpoint)
    case (.open, .summary(let summary)): return .compare(summary)
    case (.open, .surplus(let surplus)): return .takeOut(surplus)
    case (.open(var open), .settled(let settled)):
      if !PlantedBug.isPlanted(.creditNotReturned) {
        open.unsettled.removeAll { $0.through <= settled.through }
      }
      state = .open(open)
      return .settled(through: settled.through)
    case (.open(let open), .wipe(let wipe)):
      let transcript = Transcript.wipe(open.challenge, open.hello, wipe)
      guard SigningKey.isValid(wipe.signature, over: transcript, by: open.position.centreKey) else {
        throw CentreUntrusted()
      }
      return .wipe(wipe)
    default: throw ProtocolViolation.unexpected(message, in: stateName)
    }
  }

  private func sign(
    _ position: Position, _ challenge: Challenge, nonce: [UInt8], at clock: ClockReading
  ) throws -> Hello {
    var hello = position.hello
    hello.clock = DeviceClock(
      wall: clock.wall, bootID: clock.bootID, bootTimeMilliseconds: max(0, clock.bootTimeMilliseconds))
    hello.nonce = nonce
    hello.signature = try position.key.sign(Transcript.hello(challenge, hello))
    return hello
  }

  private var stateName: String {
    switch state {
    case .awaitingChallenge: "awaiting the challenge"
    case .awaitingWelcome: "awaiting the welcome"
    case .open: "open"
    case .over: "over"
    }
  }

  // MARK: What the replica has to say

  /// From which operation on to send, and how much of it may go in one batch; nil when nothing may be sent
  /// now. A group goes whole even when it is more.
  public func mayPush(_ limits: SyncLimits) -> (after: Int64, operations: Int, bytes: Int)? {
    guard case .open(let open) = state else { return nil }
    let granted = open.welcome.limits
    let waiting = open.unsettled.reduce(0) { $0 + $1.bytes }
    let credit = min(limits.creditBytes, granted.creditBytes) - waiting
    guard credit > 0 else { return nil }
    return (
      open.sentThrough, min(limits.operationsPerBatchMax, granted.batchOperations),
      min(credit, limits.batchBytesMax, granted.batchBytes)
    )
  }

  /// Whether this connection is open and waits for no word on what was sent over it.
  public var hasSettledAll: Bool { if case .open(let open) = state { open.unsettled.isEmpty } else { false } }

  /// Makes the signed batch of operations that follow what was sent.
  public mutating func push(
    _ operations: [RecordedOperation], first: Int64, chainHash: [UInt8], device: String
  ) throws -> Message {
    guard case .open(var open) = state else {
      preconditionFailure("a batch is made only when mayPush allows it")
    }
    var push = Push(firstNumber: first, operations: operations, chainHash: chainHash)
    push.signature = try open.position.key.sign(
      Transcript.push(
        device: device, epoch: open.welcome.epoch, lastNumber: push.lastNumber, chainHash: chainHash))
    open.sentThrough = push.lastNumber + (PlantedBug.isPlanted(.batchWithGap) ? 1 : 0)
    open.unsettled.append((push.lastNumber, push.creditBytes))
    state = .open(open)
    return .push(push)
  }

  /// Makes the confirmation that everything was removed; to be made while there is a key.
  public func wiped(_ wipe: Wipe) throws -> Message? {
    guard case .open(let open) = state else { return nil }
    let transcript = Transcript.wiped(open.challenge, open.hello, wipe)
    return .wiped(Wiped(signature: try open.position.key.sign(transcript)))
  }

  /// Tells the centre how far this replica has stored what it was sent.
  public mutating func stored(pages: Int, checkpoint: Int64) -> Message? {
    guard case .open(var open) = state else { return nil }
    open.pagesStored += Int64(pages)
    let incarnation = open.hasShownIncarnation ? nil : open.welcome.incarnation
    open.hasShownIncarnation = true
    state = .open(open)
    return .stored(
      Stored(pages: open.pagesStored, checkpointVersion: checkpoint, incarnation: incarnation))
  }
}

/// The peer has not the key that was pinned at enrolment: a wrong address, or a man in the middle.
public struct CentreUntrusted: Error, Hashable, Sendable {
  public init() {}
}
