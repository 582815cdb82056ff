public import TradeRules

/// Every tunable number of a conversation, in one place.
public struct SyncLimits: Sendable {
  /// Operations in one batch, 1 … 500. A larger batch breaks the session. 500 operations decide in some
  /// 10 ms, which bounds how long others wait for a commit.
  public var operationsPerBatchMax = 500
  /// Operations after which a commit takes no further batch: what many devices send at once is decided in several,
  /// each settled and told to everybody. It bounds what one transaction holds, and what is lost when it fails.
  public var operationsPerCommitMax = 2_000
  /// Encoded bytes of one batch. Chunks of this size keep a slow link responsive (OWASP asks for small
  /// messages).
  public var batchBytesMax = 256 * 1024
  /// Bytes of operations sent and not yet settled. Beyond it the replica waits: it bounds the centre's memory
  /// a device.
  public var creditBytes = 1024 * 1024
  /// Rows in one page; a page is one commit on a first load.
  public var pageRowsMax = 2_000
  /// Encoded bytes after which a page is closed, before compression.
  public var pageBytes = 256 * 1024
  /// Pages sent and not yet stored by the replica, and their bytes. Beyond either the centre waits: it bounds the
  /// send buffer. A page may be as large as its last row makes it, so that one more has to fit there.
  public var pagesInFlightMax = 6
  public var pageBytesInFlightMax = 1024 * 1024
  /// Bytes of encoded pages of whole buckets that the centre keeps, for the next device that asks for them.
  public var pageCacheBytes = 32 * 1024 * 1024
  /// Rows read in one turn to find out where a replica differs. 5,000 take some 10 ms, which bounds how long others
  /// wait for them.
  public var comparedRowsPerTurn = 5_000
  /// How long a replica with nothing changed in its scope may stay behind the head, milliseconds.
  public var idleCheckpointMilliseconds: Int64 = 10_000
  /// Between opening and a proved identity, milliseconds. Beyond it the connection is closed. Who says nothing is shown
  /// out much sooner by the transport, which knows whose word still waits to be heard.
  public var proofMilliseconds: Int64 = 120_000

  public init() {}
}

/// When to try again after a lost connection.
///
/// Full jitter keeps a thousand devices that lost the centre together from returning together. For the first
/// minute after an established session the delay is short, so that a live device is back within seconds of
/// a short outage.
public struct Backoff: Sendable {
  /// Milliseconds: the first ceiling, the last, and the ceiling within a minute of a live session.
  public static let base: Int64 = 1_000
  public static let cap: Int64 = 300_000
  public static let shortOutageCeiling: Int64 = 5_000
  public static let shortOutage: Int64 = 60_000

  private var attempts: Int64 = 0
  private var lostAt: Instant?

  public init() {}

  /// A session was established: the next loss starts from the beginning.
  public mutating func connected() {
    attempts = 0
    lostAt = nil
  }

  /// The delay before the next attempt, milliseconds.
  ///
  /// - Parameters:
  ///   - wasEstablished: whether the connection that ended had been welcomed, and was of use.
  ///   - random: 64 random bits.
  ///   - retryAfter: what the centre asked for; it overrides the rest. Up to a quarter more is waited, so that those
  ///     who were sent away together do not return together.
  public mutating func delay(
    after now: Instant, wasEstablished: Bool, random: UInt64, retryAfter: Int64? = nil
  ) -> Int64 {
    if wasEstablished { lostAt = now }
    if let retryAfter, retryAfter > 0 { return retryAfter + Int64(random % UInt64(retryAfter / 4 + 1)) }
    if let lostAt, now.milliseconds(since: lostAt) < Backoff.shortOutage {
      return Int64(random % UInt64(Backoff.shortOutageCeiling))
    }
    let ceiling = min(Backoff.cap, Backoff.base << min(attempts, 20))
    attempts += 1
    return Int64(random % UInt64(ceiling))
  }
}
