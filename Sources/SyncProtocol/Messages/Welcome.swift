public import TradeRules

/// Centre → replica: the session is open. The replica sends nothing before it has checked the signature.
///
/// Spec: docs/PROTOCOL.md, "Welcome".
public struct Welcome: Hashable, Sendable {
  /// Another than the replica's: the centre was restored, its versions mean something else.
  public var epoch: RecordID
  public var centreTime: Instant
  /// To store durably and to show next time, by `Stored` or the next `Hello`.
  public var incarnation: RecordID
  public var grants: Grants
  public var limits: UploadLimits
  /// All the device's operations up to here are decided or held; the replica sends from the next one on.
  public var appliedThrough: Int64
  public var headVersion: Int64
  /// 32 bytes.
  public var headHash: [UInt8]
  /// Come whole as snapshots in this download, the other granted ones as changes.
  public var wholeBuckets: [Bucket]
  /// Whether the download goes on behind `Hello.loadCursor`; when not, pages stored of it are dropped.
  public var loadContinues: Bool
  /// By the centre's key over `Transcript.welcome`; 64 bytes.
  public var signature: [UInt8]

  public init(
    epoch: RecordID, centreTime: Instant, incarnation: RecordID, grants: Grants,
    limits: UploadLimits = .standard, appliedThrough: Int64, headVersion: Int64, headHash: [UInt8],
    wholeBuckets: [Bucket] = [], loadContinues: Bool = false, signature: [UInt8] = []
  ) {
    self.epoch = epoch
    self.centreTime = centreTime
    self.incarnation = incarnation
    self.grants = grants
    self.limits = limits
    self.appliedThrough = appliedThrough
    self.headVersion = headVersion
    self.headHash = headHash
    self.wholeBuckets = wholeBuckets
    self.loadContinues = loadContinues
    self.signature = signature
  }
}

/// How much a replica may send at once.
public struct UploadLimits: Hashable, Sendable {
  /// `Push.creditBytes` of one push, 1 KiB … 256 KiB; a single operation may be larger than a smaller limit.
  public var batchBytes: Int
  /// Of all operations sent and not yet settled, `batchBytes` … 64 MiB.
  public var creditBytes: Int
  /// Operations of one push, 1 … 500.
  public var batchOperations: Int

  public init(batchBytes: Int, creditBytes: Int, batchOperations: Int) {
    self.batchBytes = batchBytes
    self.creditBytes = creditBytes
    self.batchOperations = batchOperations
  }

  /// 256 KiB and 500 operations a push, 1 MiB in flight.
  public static let standard = UploadLimits(
    batchBytes: WireLimits.pushBytesMax, creditBytes: 1 << 20,
    batchOperations: WireLimits.pushOperationsMax)
}

extension Welcome {
  init(_ wire: WireWelcome) throws(ProtocolViolation) {
    let check = FieldChecks(of: "welcome")
    epoch = try check.id(wire.epoch, "epoch")
    centreTime = Instant(milliseconds: wire.centreTime)
    incarnation = try check.id(wire.incarnation, "incarnation")
    let exact = try check.buckets(wire.grants.buckets, "grants.buckets")
    let prefixes = try check.buckets(wire.grants.prefixes, "grants.prefixes").map(\.name)
    grants = Grants(exact: exact, prefixes: prefixes, everything: wire.grants.everything)
    limits = try UploadLimits(wire.limits)
    appliedThrough = try check.number(wire.appliedThrough, "applied_through")
    headVersion = try check.number(wire.headVersion, "head_version")
    headHash = try check.bytes(wire.headHash, "head_hash", 32)
    wholeBuckets = try check.buckets(wire.wholeBuckets, "whole_buckets")
    loadContinues = wire.loadContinues
    signature = try check.bytes(wire.signature, "signature", 64)
  }

  var wire: WireWelcome {
    .with {
      $0.epoch = .of(epoch)
      $0.centreTime = centreTime.milliseconds
      $0.incarnation = .of(incarnation)
      $0.grants.buckets = grants.exact.map(\.name)
      $0.grants.prefixes = grants.prefixes
      $0.grants.everything = grants.everything
      $0.limits = limits.wire
      $0.appliedThrough = UInt64(bitPattern: appliedThrough)
      $0.headVersion = UInt64(bitPattern: headVersion)
      $0.headHash = .of(headHash)
      $0.wholeBuckets = wholeBuckets.map(\.name)
      $0.loadContinues = loadContinues
      $0.signature = .of(signature)
    }
  }
}

extension UploadLimits {
  init(_ wire: WireUploadLimits) throws(ProtocolViolation) {
    let check = FieldChecks(of: "welcome.limits")
    batchBytes = try check.size(wire.batchBytes, "batch_bytes", 1024...WireLimits.pushBytesMax)
    creditBytes = try check.size(wire.creditBytes, "credit_bytes", batchBytes...64 << 20)
    batchOperations = try check.size(
      wire.batchOperations, "batch_operations", 1...WireLimits.pushOperationsMax)
  }

  var wire: WireUploadLimits {
    .with {
      $0.batchBytes = UInt32(batchBytes)
      $0.creditBytes = UInt32(creditBytes)
      $0.batchOperations = UInt32(batchOperations)
    }
  }
}
