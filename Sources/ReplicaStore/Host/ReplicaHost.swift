public import SyncProtocol
public import SyncSession
public import TradeRules
import TradeTables

/// A replica without its socket: events and the clocks go in, orders come out, SQLite is the only effect.
public final class ReplicaHost {
  public enum Event: Sendable {
    case connected
    case received([UInt8])
    /// The connection ended, or could not be made.
    case disconnected
    /// The centre ended it, with this code of a close frame.
    case closed(UInt16)
    /// Somebody recorded work in the replica.
    case recorded
    /// Time has passed; see `Order.wake` and `Order.connect`.
    case ticked
  }

  public enum Order: Sendable {
    /// Open a connection at or after this time.
    case connect(at: Instant)
    case send([UInt8])
    case close(CloseCode, reason: String)
  }

  /// What a person or a program that watches wants to know.
  public struct Progress: Sendable {
    /// Whether the centre let us in on this connection.
    public var isConnected = false
    /// Operations sent and rows received since the host was made.
    public var sent = 0
    public var received = 0
    public var checkpoint: Int64 = 0
    /// The head the centre named when it welcomed us.
    public var head: Int64 = 0
    /// The outbox is answered and the checkpoint has reached that head.
    public var isCurrent = false
    /// Whether the centre has decided, or holds, all that was recorded here.
    public var isUploaded = false
    /// Rows wait at the centre for room on this device's disk; work goes up all the same.
    public var isShortOfRoom = false
    /// The code that ended the last connection, when trying again cannot help.
    public var refusedWith: Code?
    /// The last reason for a lost connection.
    public var trouble: Code?
  }

  public let store: ReplicaStore
  public internal(set) var progress = Progress()
  let limits: SyncLimits
  let random: (Int) -> [UInt8]
  let appVersion: String
  var session: ReplicaSession?
  private var enrolment: Enrolment?
  private var backoff = Backoff()
  private var helloSentAt: ClockReading?
  /// Buckets were asked for again; until their first page what was on its way is passed over.
  var isAwaitingWhole = false
  /// Whether such buckets were asked for since the last checkpoint was proved.
  var hasFetchedWhole = false
  /// Buckets that the hello said are here.
  private(set) var namedBuckets: Set<Bucket> = []
  /// Buckets that come whole before the next checkpoint.
  var comingWhole: Set<Bucket> = []
  /// There is room again for the rows that were passed over: they come with the next connection.
  var isMakingUp = false
  /// The device is out of use: the centre takes what there is, and gives nothing.
  private var isHandingOver = false
  /// The search for rows that differ, while it goes on.
  var repair: RangeRepair?
  /// Buckets that were mended by range since the last checkpoint was proved.
  var mended: Set<Bucket> = []
  var orders: [Order] = []

  /// - Parameters:
  ///   - random: makes random bytes, for keys, nonces, salts and the jitter of reconnecting.
  public init(
    store: ReplicaStore, limits: SyncLimits = SyncLimits(), appVersion: String,
    random: @escaping (Int) -> [UInt8]
  ) {
    self.store = store
    self.limits = limits
    self.appVersion = appVersion
    self.random = random
    // A checkpoint that was here before is nothing that a connection brought. A store that cannot be read shows
    // at the first event.
    progress.checkpoint = (try? store.state())?.checkpoint ?? 0
  }

  /// Handles what happened, in order, and says what to do.
  ///
  /// - Throws: when the replica's own store fails. The connection must then be closed; nothing recorded or
  ///   stored before is lost.
  public func handle(_ events: [Event], at clock: ClockReading) throws -> [Order] {
    orders = []
    for event in events {
      switch event {
      case .connected: try connected()
      case .received(let bytes): try received(bytes, at: clock)
      case .disconnected: disconnected(at: clock.wall)
      case .closed(let code):
        if ReplicaHost.isToldOff(closing: code) { progress.trouble = .protocolViolation }
        disconnected(at: clock.wall)
      case .recorded, .ticked: break
      }
    }
    makeUpForRoom()
    try pushMore()
    try refreshProgress()
    return orders
  }

  // MARK: Enrolment

  struct Enrolment {
    let url: String
    let caFile: String
    let key: SigningKey
    let code: EnrolmentCode
    var session: EnrolmentSession
  }

  /// Prepares to spend an enrolment code on the next connection.
  ///
  /// The key is durable before the code is spent, so that an answer that gets lost can be asked for again.
  public func beginEnrolment(code: EnrolmentCode, url: String, caFile: String) throws {
    let key = try SigningKey(seed: try store.enrolmentSeed(orMake: random(32)))
    enrolment = Enrolment(
      url: url, caFile: caFile, key: key, code: code,
      session: EnrolmentSession(code: code, key: key, appVersion: appVersion))
  }

  private func enrolled(
    _ enrolled: Enrolled, _ challenge: Challenge, _ enrolment: Enrolment, at clock: ClockReading
  ) throws {
    let state = ReplicaState(
      device: enrolled.device, role: enrolled.role, name: enrolled.name, url: enrolment.url,
      caFile: enrolment.caFile, centreKey: challenge.centreKey, keySeed: enrolment.key.seed,
      epoch: enrolled.epoch, incarnation: enrolled.incarnation, grants: .nothing)
    try store.keep(state)
    self.enrolment = nil
    session = try makeSession()
    try received(.challenge(challenge), at: clock)
  }

  // MARK: Connection

  private func connected() throws {
    progress.refusedWith = nil
    progress.trouble = nil
    isAwaitingWhole = false
    hasFetchedWhole = false
    isHandingOver = false
    repair = nil
    mended = []
    if let enrolment {
      // A session lives as long as its connection.
      self.enrolment?.session = EnrolmentSession(
        code: enrolment.code, key: enrolment.key, appVersion: appVersion)
    } else {
      session = try makeSession()
    }
  }

  private func makeSession() throws -> ReplicaSession {
    guard let state = try store.state() else { throw ReplicaFault.notEnrolled(path: "") }
    guard !state.isWiped else { throw Refusal(.deviceWiped) }
    return ReplicaSession(
      resumingFrom: ReplicaSession.Position(
        device: state.device, key: try SigningKey(seed: state.keySeed), centreKey: state.centreKey,
        hello: try hello(of: state), leftEpochs: state.leftEpochs))
  }

  private func hello(of state: ReplicaState) throws -> Hello {
    let end = try store.chainEnd(state)
    let checkpoint = state.checkpointInEpoch
    let held = checkpoint == 0 ? [] : try store.heldBuckets()
    let holdsEverything = held.contains(ConfirmedRows.everything)
    let cursor = try store.loadCursor()
    let named = ReplicaHost.fitting(held.filter { $0 != ConfirmedRows.everything }, beside: cursor)
    namedBuckets = Set(holdsEverything ? held : named)
    return Hello(
      schemaVersion: UInt32(ReplicaSchema.format.version), device: state.device, nonce: [],
      incarnation: state.incarnation, epoch: state.epoch, checkpointVersion: checkpoint,
      buckets: named, holdsEverything: holdsEverything, loadCursor: cursor,
      firstUnsent: state.appliedThrough + 1, lastRecorded: end.number, chainNumber: end.number,
      chainHash: end.chainHash,
      clock: DeviceClock(wall: Instant(milliseconds: 0), bootID: .none, bootTimeMilliseconds: 0),
      appVersion: appVersion,
      knownHead: state.headVersion > 0
        ? LogHead(epoch: state.checkpointEpoch, version: state.headVersion, hash: state.headHash) : nil)
  }

  private func disconnected(at now: Instant) {
    // One that ended in a quarrel would be in vain the next time as well.
    let isQuarrel = progress.trouble == .digestMismatch || progress.trouble == .protocolViolation
    let wasEstablished = session?.isOpen ?? false && !isQuarrel
    if wasEstablished { backoff.connected() }
    // An attempt that never came to a connection says nothing new of the last one.
    if (session == nil && enrolment == nil) || progress.trouble == nil { progress.trouble = .noLink }
    session = nil
    progress.isConnected = false
    progress.isShortOfRoom = false
    isMakingUp = false
    // The centre's last word may have been lost with the link.
    if (try? store.state())?.isWiped == true { progress.refusedWith = .deviceWiped }
    guard progress.refusedWith == nil else { return }
    if PlantedBug.isPlanted(.retryGivenUp), !wasEstablished { return }
    let jitter = random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let delay = backoff.delay(
      after: now, wasEstablished: wasEstablished, random: jitter, retryAfter: retryAfter)
    retryAfter = nil
    orders.append(.connect(at: now.advanced(byMilliseconds: delay)))
  }

  /// What the centre asked us to wait, milliseconds.
  private var retryAfter: Int64?

  private func received(_ bytes: [UInt8], at clock: ClockReading) throws {
    do { try received(try Message.decode(bytes), at: clock) } catch let violation as ProtocolViolation {
      if violation.closeCode == .upgradeRequired {
        progress.refusedWith = .upgradeRequired
      } else {
        progress.trouble = .protocolViolation
      }
      close(violation.closeCode, violation.description)
    } catch is CentreUntrusted {
      progress.refusedWith = .centreUntrusted
      close(.protocolViolation, "the centre's key is not the one pinned at enrolment")
    }
  }

  func close(_ code: CloseCode, _ reason: String) {
    orders.append(.close(code, reason: reason))
  }

  private func received(_ message: Message, at clock: ClockReading) throws {
    if var enrolment {
      let received = try enrolment.session.received(message, nonce: random(32))
      self.enrolment = enrolment
      switch received {
      case .send(let message): orders.append(.send(message.encode()))
      case .refused(let refused): try self.refused(refused)
      case .enrolled(let enrolled, let challenge):
        try self.enrolled(enrolled, challenge, enrolment, at: clock)
      }
      return
    }
    guard let received = try session?.received(message, nonce: random(32), at: clock) else { return }
    switch received {
    case .send(let message):
      helloSentAt = clock
      orders.append(.send(message.encode()))
    case .welcomed(let welcome): try welcomed(welcome, at: clock)
    case .stage(let page): try stage(page)
    case .apply(let checkpoint): try apply(checkpoint, at: clock)
    case .settled(let through): if isHandingOver { try store.handOver(through: through) }
    case .wipe(let wipe): try self.wipe(wipe)
    case .compare(let summary): try compare(summary)
    case .takeOut(let surplus): try takeOut(surplus)
    case .refused(let refused): try self.refused(refused)
    case .tooLate: break
    }
  }

  private func wipe(_ wipe: Wipe) throws {
    // Signed before the key is gone, said after.
    guard let wiped = try session?.wiped(wipe), try store.wipe(ifSafeThrough: wipe.through) else { return }
    orders.append(.send(wiped.encode()))
  }

  private func refused(_ refused: Refused) throws {
    let code = refused.code
    progress.trouble = code
    if CodeBook.entry(for: code).isRetryable || refused.retryAfterMilliseconds > 0 {
      retryAfter = refused.retryAfterMilliseconds
    } else {
      progress.refusedWith = code
      if var state = try store.state() {
        state.refusedWith = code.rawValue
        try store.keep(state)
      }
    }
    close(.refused, "refused")
  }

  private func welcomed(_ welcome: Welcome, at clock: ClockReading) throws {
    guard var state = try store.state() else { return }
    progress.isConnected = true
    progress.head = welcome.headVersion
    comingWhole = Set(welcome.wholeBuckets)
    state.incarnation = welcome.incarnation
    // Every device in use is granted something.
    isHandingOver = welcome.grants == .nothing
    if !isHandingOver { state.take(welcome.grants) }
    let roundTrip = helloSentAt.map { clock.wall.milliseconds(since: $0.wall) } ?? 0
    state.clockOffsetMilliseconds = welcome.centreTime.milliseconds(since: clock.wall)
    state.clockUncertaintyMilliseconds = max(0, roundTrip)
    state.anchorBootID = clock.bootID
    state.anchorBootTime = clock.bootTimeMilliseconds
    state.anchorCentreTime = welcome.centreTime
    state.refusedWith = ""
    // Pages of a history that is over go first: under the new epoch they would be taken for its own (#67).
    if welcome.epoch != state.epoch { try store.dropStaged() }
    state.follow(welcome.epoch)
    // The token is durable before anything is sent under it (#66).
    try store.keep(state)
    if try store.closeGaps(after: welcome.appliedThrough, at: clock.wall) {
      // What the hello said of this device's work is no longer so.
      return close(.goingAway, "work is missing here")
    }
    if isHandingOver {
      try store.handOver(through: welcome.appliedThrough)
    } else if !welcome.loadContinues {
      try store.dropStaged()
      if state.checkpointInEpoch > 0 {
        try noteHorizon(welcome, at: clock.wall)
      } else if state.checkpoint > 0 {
        try noteGone(welcome)
      }
    }
    sayStored(pages: 0, state)
  }
}
