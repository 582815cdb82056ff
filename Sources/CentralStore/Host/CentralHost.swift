public import SyncProtocol
public import SyncSession
public import TradeRules
import TradeTables

/// The centre without its sockets: events and the time go in, orders come out, SQLite is the only effect.
///
/// A batch of events is taken at once, so that one commit and one fsync serve everybody who is waiting.
/// Nothing is said to anybody before it is on disk.
public final class CentralHost {
  public typealias ConnectionNumber = UInt64

  public enum Event: Sendable {
    case connected(ConnectionNumber)
    case received(ConnectionNumber, [UInt8])
    case disconnected(ConnectionNumber)
    /// Time has passed; see `Order.wake`.
    case ticked
  }

  public enum Order: Sendable {
    /// The same bytes for all.
    case send([UInt8], to: [ConnectionNumber])
    /// The peer has proved itself: it may send more than a stranger.
    case trust(ConnectionNumber)
    case close(ConnectionNumber, CloseCode, reason: String)
    /// Drop what was sent and has not begun to go out.
    case discard(ConnectionNumber)
    /// Send `ticked` at or after this time.
    case wake(at: Instant)
    /// Something an administrator may want to know of a device.
    case report(Code, device: String, detail: String)
  }

  public let store: CentralStore
  public let limits: SyncLimits
  let key: SigningKey
  let random: (Int) -> [UInt8]
  var connections: [ConnectionNumber: Connection] = [:]
  /// Each device's newest connection that was let in; connections are numbered as they were opened.
  var lastWelcomed: [String: ConnectionNumber] = [:]
  var orders: [Order] = []
  /// Groups that arrived in this batch of events, with the devices' sessions after them.
  var pending: [PendingPush] = []
  /// What replicas said in this turn of how far they have come, by device.
  var heard: [String: DeviceSession] = [:]
  /// Pages of whole buckets that several devices may take.
  var pages: PageCache
  /// When it is next looked for what may be forgotten.
  var forgetsAt = Instant(milliseconds: 0)
  /// Comparing buckets with replicas whose digests differ.
  var ranges = RangeWork()
  /// Buckets that a device has asked for whole since the program began: one that it wants again is read through
  /// before it is sent.
  var fetched: [String: Set<Bucket>] = [:]
  /// Why nothing is decided; nil while all is well.
  public internal(set) var halted: Halt?
  /// What the store's last failed commit was called; nil since the last `resume`.
  public internal(set) var lastFailure: Code?

  /// - Parameters:
  ///   - random: makes random bytes, for nonces, tokens and salts.
  public init(
    store: CentralStore, key: SigningKey, limits: SyncLimits = SyncLimits(),
    random: @escaping (Int) -> [UInt8]
  ) {
    self.store = store
    self.key = key
    self.limits = limits
    self.random = random
    pages = PageCache(bytesMax: limits.pageCacheBytes)
  }

  /// Handles what happened, in order, and says what to do.
  public func handle(_ events: [Event], at now: Instant) -> [Order] {
    orders = []
    for event in events {
      switch event {
      case .connected(let number): connect(number, at: now)
      case .received(let number, let bytes): receive(bytes, from: number, at: now)
      case .disconnected(let number): connections[number] = nil
      case .ticked: break
      }
    }
    keepHeard()
    if halted == nil { decidePending(at: now) }
    dismiss()
    closeUnproved(at: now)
    guard halted == nil else {
      // Nobody is told anything of a store that cannot be trusted, and devices keep what they sent in vain.
      pending = []
      return orders
    }
    workOnRanges(at: now)
    // What rotted was found just now: nobody is sent any more of it.
    guard halted == nil else { return orders }
    pumpDownloads(at: now)
    sendIdleCheckpoints(at: now)
    forget(at: now)
    return orders
  }

  /// Forgets what left its bucket long ago, some of it a turn, once an hour.
  private func forget(at now: Instant) {
    guard now >= forgetsAt else { return }
    // What cannot be written now is forgotten another time.
    let count = (try? store.forget(at: now)) ?? 0
    let hasMore = count == CentralStore.forgottenAtOnce
    forgetsAt = now.advanced(byMilliseconds: hasMore ? 1 : CentralHost.forgetEveryMilliseconds)
    if hasMore { orders.append(.wake(at: forgetsAt)) }
  }

  static let forgetEveryMilliseconds: Int64 = 3_600_000

  // MARK: Connections

  struct Connection {
    var session: CentralSession
    var device: String?
    /// What may be sent: its scope, or nothing to a device that is out of use.
    var grants = Grants.nothing
    var scope = Grants.nothing
    var standing = DeviceState.active
    /// The last operation the device had recorded when it connected.
    var lastRecorded: Int64 = 0
    /// What still has to be sent; nil once the replica is live: everything up to `current` was sent.
    var download: Download?
    /// The version of the last checkpoint sent.
    var current: Int64 = 0
    /// The checkpoint the replica last said it holds.
    var acknowledged: Int64 = 0
    var checkpointSentAt = Instant(milliseconds: 0)
    /// Buckets, and ranges of them, that the replica asked for again after a mismatch, counted so that a quarrel
    /// ends.
    var wholeSends = 0
    var mends = 0
  }

  private func connect(_ number: ConnectionNumber, at now: Instant) {
    let session = CentralSession(nonce: random(32), centreKey: key.publicKey, at: now)
    connections[number] = Connection(session: session)
    send(.challenge(session.challenge), to: number)
    orders.append(.wake(at: now.advanced(byMilliseconds: limits.proofMilliseconds)))
  }

  private func receive(_ bytes: [UInt8], from number: ConnectionNumber, at now: Instant) {
    guard var connection = connections[number] else { return }
    do {
      let message = try Message.decode(bytes)
      let received = try connection.session.received(message)
      connections[number] = connection
      try act(on: received, from: number, at: now)
    } catch let violation as ProtocolViolation {
      drop(number, violation.closeCode, reason: violation.description)
    } catch {
      refuse(number, StoreTrouble.code(of: error), retryAfter: 5_000)
      note(error)
    }
  }

  private func act(
    on received: CentralSession.OnReceived, from number: ConnectionNumber, at now: Instant
  ) throws {
    // What is known of a device is to be in the store before anything else is said of it.
    if case .stored = received {} else { keepHeard() }
    switch received {
    case .enrol(let enrol): try self.enrol(enrol, from: number, at: now)
    case .prove(let hello): try welcome(hello, from: number, at: now)
    case .decide(let push):
      if let halted { throw halted }
      try take(push, from: number)
    case .stored(let stored): try note(stored, from: number, at: now)
    case .wiped(let wiped): try noteWiped(wiped, from: number, at: now)
    case .sendWhole(let buckets): try sendWhole(buckets, to: number, at: now)
    case .summarise(let compare): try summarise(compare, for: number, at: now)
    case .mend(let mend): try self.mend(mend, for: number)
    }
  }

  /// Who does not prove itself in time is closed: a stranger costs little, and not for long (G26).
  private func closeUnproved(at now: Instant) {
    for number in connections.keys.sorted() {
      guard let connection = connections[number], connection.device == nil,
        now.milliseconds(since: connection.session.openedAt) >= limits.proofMilliseconds
      else { continue }
      // Perhaps its link is thin: it may come back.
      drop(number, .slowReader, reason: "no proof of identity in time")
    }
  }

  // MARK: Saying things

  func send(_ message: Message, to number: ConnectionNumber) {
    orders.append(.send(message.encode(), to: [number]))
  }

  func drop(_ number: ConnectionNumber, _ code: CloseCode, reason: String) {
    connections[number] = nil
    orders.append(.close(number, code, reason: reason))
  }

  /// Refuses with a stable code; the reason is for people.
  func refuse(_ number: ConnectionNumber, _ code: Code, retryAfter: Int64 = 0) {
    send(.refused(Refused(code: code, retryAfterMilliseconds: max(0, retryAfter))), to: number)
    drop(number, .refused, reason: code.rawValue)
  }
}
