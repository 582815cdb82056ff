public import TradeRules

/// Replica → centre: who speaks, what it has, what it still has to send.
///
/// Answer: `Welcome`, with which rows may already come, or `Refused`. Spec: docs/PROTOCOL.md, "Hello".
public struct Hello: Hashable, Sendable {
  /// One of those the challenge offered.
  public var protocolVersion: UInt32
  /// Of the tables this program knows.
  public var schemaVersion: UInt32
  /// The device's code.
  public var device: String
  /// 32 random bytes.
  public var nonce: [UInt8]
  /// What the last `Welcome`, or `Enrolled`, gave.
  public var incarnation: RecordID
  /// The history the checkpoint is of.
  public var epoch: RecordID
  /// 0 = none yet.
  public var checkpointVersion: Int64
  /// Held whole at the checkpoint; empty when `holdsEverything`.
  public var buckets: [Bucket]
  /// Every bucket there was at the checkpoint: the device was granted everything.
  public var holdsEverything: Bool
  /// The cursor of the last page that is stored, of a load that has not become a checkpoint; nil = no such.
  public var loadCursor: [UInt8]?
  /// 1 more than the last operation known to be settled.
  public var firstUnsent: Int64
  /// 0 = nothing recorded yet.
  public var lastRecorded: Int64
  /// The operation up to which `chainHash` is taken: the newest the replica has; 0 = none.
  public var chainNumber: Int64
  /// Of the device's chain, 32 bytes; zeros when `chainNumber` is 0.
  public var chainHash: [UInt8]
  public var clock: DeviceClock
  public var acceptsZstd: Bool
  public var appVersion: String
  /// The newest log head the replica has seen: a centre that lost it was restored or rewritten.
  public var knownHead: LogHead?
  /// By the device's key over `Transcript.hello`; 64 bytes.
  public var signature: [UInt8]

  public init(
    protocolVersion: UInt32 = ProtocolVersion.current, schemaVersion: UInt32, device: String,
    nonce: [UInt8], incarnation: RecordID, epoch: RecordID, checkpointVersion: Int64 = 0,
    buckets: [Bucket] = [], holdsEverything: Bool = false, loadCursor: [UInt8]? = nil,
    firstUnsent: Int64 = 1, lastRecorded: Int64 = 0, chainNumber: Int64 = 0,
    chainHash: [UInt8] = Transcript.chainStart, clock: DeviceClock, acceptsZstd: Bool = true,
    appVersion: String, knownHead: LogHead? = nil, signature: [UInt8] = []
  ) {
    self.protocolVersion = protocolVersion
    self.schemaVersion = schemaVersion
    self.device = device
    self.nonce = nonce
    self.incarnation = incarnation
    self.epoch = epoch
    self.checkpointVersion = checkpointVersion
    self.buckets = buckets
    self.holdsEverything = holdsEverything
    self.loadCursor = loadCursor
    self.firstUnsent = firstUnsent
    self.lastRecorded = lastRecorded
    self.chainNumber = chainNumber
    self.chainHash = chainHash
    self.clock = clock
    self.acceptsZstd = acceptsZstd
    self.appVersion = appVersion
    self.knownHead = knownHead
    self.signature = signature
  }
}

/// What the device's clocks say as it connects, for its offset.
public struct DeviceClock: Hashable, Sendable {
  public var wall: Instant
  /// Names one start of the device's operating system.
  public var bootID: RecordID
  /// Milliseconds since that start.
  public var bootTimeMilliseconds: Int64

  public init(wall: Instant, bootID: RecordID, bootTimeMilliseconds: Int64) {
    self.wall = wall
    self.bootID = bootID
    self.bootTimeMilliseconds = bootTimeMilliseconds
  }
}

/// The end of the centre's log at some time.
public struct LogHead: Hashable, Sendable {
  public var epoch: RecordID
  public var version: Int64
  /// 32 bytes.
  public var hash: [UInt8]

  public init(epoch: RecordID, version: Int64, hash: [UInt8]) {
    self.epoch = epoch
    self.version = version
    self.hash = hash
  }
}
