public import TradeRules

/// Centre → replica: rows of one bucket, and keys that left it. Applied when its `Checkpoint` comes.
///
/// The bytes are the same for every device in the bucket. Answer: now and then `Stored`.
/// Spec: docs/PROTOCOL.md, "Page".
public struct Page: Hashable, Sendable {
  public var bucket: Bucket
  /// Where the download stands behind this page; the replica stores it with the rows and understands nothing
  /// of it. At most 16 KiB.
  public var cursor: [UInt8]
  /// Part of the whole bucket, not of its changes.
  public var isSnapshot: Bool
  /// No more pages of this bucket come before the checkpoint. A hint for showing progress: false says nothing,
  /// and only a checkpoint ends a download.
  public var isLast: Bool
  public var body: PageBody

  public init(bucket: Bucket, cursor: [UInt8], isSnapshot: Bool, isLast: Bool = false, body: PageBody) {
    self.bucket = bucket
    self.cursor = cursor
    self.isSnapshot = isSnapshot
    self.isLast = isLast
    self.body = body
  }
}

/// Centre → replica: all pages before it become visible in one transaction; the replica is at `version`.
///
/// Answer: `Stored`, or `Fetch` when a digest differs. Spec: docs/PROTOCOL.md, "Checkpoint".
public struct Checkpoint: Hashable, Sendable {
  /// The head of the centre's log; never less than the last one's.
  public var version: Int64
  /// The rows contain the effects of this device's operations up to here.
  public var appliedThrough: Int64
  /// Ascending by bucket. A granted bucket that is not listed is unchanged since the last checkpoint.
  public var digests: [Digest]
  public var centreTime: Instant
  /// Of the log entry `version`; 32 bytes.
  public var headHash: [UInt8]

  /// The sum of the hashes of every row of a bucket (docs/PROTOCOL.md, "Digests").
  public struct Digest: Hashable, Sendable {
    public var bucket: Bucket
    /// 16 bytes, most significant first.
    public var bytes: [UInt8]

    public init(bucket: Bucket, bytes: [UInt8]) {
      self.bucket = bucket
      self.bytes = bytes
    }
  }

  public init(
    version: Int64, appliedThrough: Int64, digests: [Digest], centreTime: Instant,
    headHash: [UInt8]
  ) {
    self.version = version
    self.appliedThrough = appliedThrough
    self.digests = digests
    self.centreTime = centreTime
    self.headHash = headHash
  }
}

/// Replica → centre: how far it has come, durably.
///
/// Sent after each checkpoint and while pages of a load are stored; the centre sends only so many pages ahead
/// of it (docs/PROTOCOL.md, "Flow control").
/// Spec: docs/PROTOCOL.md, "Stored".
public struct Stored: Hashable, Sendable {
  /// Pages of this connection that are on disk or dropped.
  public var pages: Int64
  /// The checkpoint the replica is at; 0 = none yet.
  public var checkpointVersion: Int64
  /// The one this connection's `Welcome` gave: it is stored. Nil once it was said.
  public var incarnation: RecordID?

  public init(pages: Int64, checkpointVersion: Int64, incarnation: RecordID?) {
    self.pages = pages
    self.checkpointVersion = checkpointVersion
    self.incarnation = incarnation
  }
}

/// Replica → centre: these buckets' digests differ; send them whole.
///
/// Answer: their pages as snapshots, then a `Checkpoint`. Spec: docs/PROTOCOL.md, "Fetch".
public struct Fetch: Hashable, Sendable {
  /// 1 … 4096, each granted.
  public var buckets: [Bucket]
  public init(buckets: [Bucket]) { self.buckets = buckets }
}
