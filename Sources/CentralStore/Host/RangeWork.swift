import SyncProtocol
import TradeRules
import TradeTables

/// Work on whole buckets for replicas whose digests differ: done a slice a turn, so that nobody waits for it.
///
/// The sums of a bucket's ranges are made when a replica asks for them, by reading the bucket once; from then on
/// commits keep them up to date while they are in use.
struct RangeWork {
  /// Buckets whose sums are kept: half a megabyte each.
  static let sumsMax = 8
  /// How long sums are kept that nobody asks for, milliseconds.
  static let keptMilliseconds: Int64 = 300_000

  /// The sums of one bucket, complete or not.
  struct Summing {
    var walk: BucketWalk
    var sums = RangeSums()
    /// Whether an answer was given from them: a first disagreement with the digest is the store's fault, a later
    /// one may be ours.
    var isProved = false
    var usedAt: Instant
  }

  /// Ranges of some buckets that a replica wants mended.
  struct Mending {
    struct Part {
      var walk: BucketWalk
      /// Of the rows that the walk has visited, as they are now.
      var digest = BucketDigest.zero
      let bits: Int
      let wanted: Set<UInt32>
      /// Hashes of the replica's rows that were not met yet.
      var unmet: Set<UInt64>
      /// Rows of ours that the replica did not name.
      var lacking: [RowKey] = []

      /// It lacks so much that the whole bucket is sent instead.
      var isBeyond: Bool { lacking.count > WireLimits.mendRowsMax }
      var isDone: Bool { wanted.isEmpty || walk.isComplete || isBeyond }
    }

    let connection: CentralHost.ConnectionNumber
    var parts: [Part]
  }

  /// A bucket that is read from end to end and held against its digest before it is sent whole once more.
  struct Proving {
    let connection: CentralHost.ConnectionNumber
    var walk: BucketWalk
    var digest = BucketDigest.zero
  }

  var sums: [Bucket: Summing] = [:]
  var questions: [(connection: CentralHost.ConnectionNumber, compare: Compare)] = []
  var mends: [Mending] = []
  var proofs: [Proving] = []

  var isIdle: Bool { questions.isEmpty && mends.isEmpty && proofs.isEmpty }

  /// Whether a connection waits for its buckets to be read: until then nothing of them is sent.
  func isProving(for number: CentralHost.ConnectionNumber) -> Bool {
    proofs.contains { $0.connection == number }
  }

  /// Takes a commit into what was reckoned so far.
  mutating func take(_ changes: [IndexedChange]) {
    for bucket in Array(sums.keys) { sums[bucket]?.take(changes) }
    for place in mends.indices {
      for part in mends[place].parts.indices {
        let walk = mends[place].parts[part].walk
        walk.follow(changes, into: &mends[place].parts[part].digest)
      }
    }
    for place in proofs.indices {
      let walk = proofs[place].walk
      walk.follow(changes, into: &proofs[place].digest)
    }
  }

  /// Forgets what was asked on a connection.
  mutating func forget(_ number: CentralHost.ConnectionNumber) {
    questions.removeAll { $0.connection == number }
    mends.removeAll { $0.connection == number }
    proofs.removeAll { $0.connection == number }
  }

  /// Forgets what was asked on connections that are gone, and sums that nobody needs.
  mutating func tidy(_ isOpen: (CentralHost.ConnectionNumber) -> Bool, at now: Instant) {
    questions.removeAll { !isOpen($0.connection) }
    mends.removeAll { !isOpen($0.connection) }
    proofs.removeAll { !isOpen($0.connection) }
    guard !sums.isEmpty else { return }
    let asked = Set(questions.map(\.compare.bucket))
    sums = sums.filter { bucket, summing in
      asked.contains(bucket) || now.milliseconds(since: summing.usedAt) < RangeWork.keptMilliseconds
    }
    while sums.count > RangeWork.sumsMax {
      let idle = sums.filter { !asked.contains($0.key) }
      guard let oldest = idle.min(by: { ($0.value.usedAt, $0.key) < ($1.value.usedAt, $1.key) }) else {
        return
      }
      sums[oldest.key] = nil
    }
  }
}

extension RangeWork.Summing {
  fileprivate mutating func take(_ changes: [IndexedChange]) {
    let walk = walk
    walk.follow(changes, subtracting: { sums.subtract($0, at: $1) }, adding: { sums.add($0, at: $1) })
  }
}

extension BucketWalk {
  /// Lets what a walk has reckoned follow a commit: of rows that it is still to visit it will see what they are
  /// then.
  fileprivate func follow(
    _ changes: [IndexedChange], subtracting: (RowHash, RowKey) -> Void, adding: (RowHash, RowKey) -> Void
  ) {
    let isAll = bucket == ChangeIndex.everything
    for change in changes where hasPassed(change.key) {
      if let oldHash = change.oldHash, isAll || change.oldBuckets.contains(bucket) {
        subtracting(oldHash, change.key)
      }
      if isAll || change.buckets.contains(bucket) { adding(change.hash, change.key) }
    }
  }

  fileprivate func follow(_ changes: [IndexedChange], into digest: inout BucketDigest) {
    follow(
      changes, subtracting: { hash, _ in digest.subtract(hash) }, adding: { hash, _ in digest.add(hash) })
  }
}
