import Foundation
import GRDB
import SyncProtocol
import SyncSession
import TradeRules
import TradeTables

/// Makes staged pages the replica's rows, in one transaction: takes its guesses back, applies what the centre
/// says, proves it with the digests, drops what is answered and guesses the rest anew.
struct CheckpointApplier {
  let db: Database
  var state: ReplicaState

  struct Result {
    var state: ReplicaState
    var rows = 0
  }

  /// The buckets whose digests did not match; nothing was changed.
  struct Mismatch: Error {
    let buckets: [Bucket]
  }

  /// - Parameter pages: everything received since the last checkpoint, in order.
  /// - Throws: `Mismatch`; the caller's transaction must then be rolled back.
  mutating func apply(_ checkpoint: ReceivedCheckpoint, _ pages: [ReceivedPage]) throws -> Result {
    try BaseImages.restoreAll(in: db)
    var digests = try BucketDigests(db, grants: state.grants)
    var result = Result(state: state)
    var wholeBuckets: [Bucket: Set<RowKey>] = [:]
    for page in pages {
      if page.isSnapshot, wholeBuckets[page.bucket] == nil { wholeBuckets[page.bucket] = [] }
      for (table, rows) in page.rows {
        result.rows += rows.count
        for row in rows.sorted(by: { table.key(of: $0) < table.key(of: $1) }) {
          let key = table.key(of: row)
          if page.isSnapshot { wholeBuckets[page.bucket]?.insert(key) }
          try replace(key, with: row, in: table, &digests)
        }
      }
    }
    for page in pages {
      for key in page.left { try leave(page.bucket, key, &digests) }
    }
    for bucket in wholeBuckets.keys.sorted() {
      try sweep(bucket, keeping: wholeBuckets[bucket] ?? [], after: pages, &digests)
    }
    try purgeUngranted(&digests)
    try prove(checkpoint, digests)
    try digests.store(in: db)
    state.checkpoint = checkpoint.version
    state.appliedThrough = max(state.appliedThrough, checkpoint.appliedThrough)
    try settleOutbox()
    try state.store(in: db)
    try guessAnew()
    try db.execute(sql: "DELETE FROM staged")
    try LoadCursor.clear(in: db)
    result.state = state
    return result
  }

  private func replace(
    _ key: RowKey, with row: TradeRules.Row, in table: TableDescription, _ digests: inout BucketDigests
  ) throws {
    if let old = try TradeTables.row(key, in: db) { digests.subtract(old, in: table) }
    try TradeTables.write([Change(key: key, before: nil, after: row)], in: db)
    digests.add(row, in: table)
  }

  private func remove(_ key: RowKey, _ digests: inout BucketDigests) throws {
    guard let table = TableDescription.numbered(key.table), let old = try TradeTables.row(key, in: db)
    else { return }
    digests.subtract(old, in: table)
    try TradeTables.delete(key, in: db)
  }

  /// A row left a bucket. Upserts came first: if the row is still in that bucket by its own columns, it was
  /// not sent again, so no other grant has it.
  private func leave(_ bucket: Bucket, _ key: RowKey, _ digests: inout BucketDigests) throws {
    guard let table = TableDescription.numbered(key.table), let row = try TradeTables.row(key, in: db)
    else { return }
    if table.buckets(of: row).contains(bucket) { try remove(key, &digests) }
  }

  /// After a bucket came whole: what it did not bring is not in it any more.
  private func sweep(
    _ bucket: Bucket, keeping keys: Set<RowKey>, after pages: [ReceivedPage], _ digests: inout BucketDigests
  ) throws {
    var sent = keys
    for page in pages where page.bucket == bucket {
      for (table, rows) in page.rows { sent.formUnion(rows.map(table.key)) }
    }
    for table in TableDescription.all where !table.isCentreOnly {
      if let common = table.commonBucket, common != bucket, bucket != BucketDigests.everything { continue }
      for key in try BucketDigests.keys(of: table, in: bucket, db) where !sent.contains(key) {
        try remove(key, &digests)
      }
    }
  }

  /// Rows of grants that were taken away go, unless another grant has them.
  private func purgeUngranted(_ digests: inout BucketDigests) throws {
    let held = try String.fetchAll(db, sql: "SELECT name FROM bucket ORDER BY name").map(Bucket.init)
    let lost = held.filter { $0 != BucketDigests.everything && !state.grants.contains($0) }
    guard !lost.isEmpty else { return }
    for table in TableDescription.all where !table.isCentreOnly {
      for bucket in lost where table.commonBucket == nil || table.commonBucket == bucket {
        for key in try BucketDigests.keys(of: table, in: bucket, db) {
          guard let row = try TradeTables.row(key, in: db) else { continue }
          if !state.grants.meet(table.buckets(of: row)) { try remove(key, &digests) }
        }
      }
    }
    digests.forget(lost)
  }

  private func prove(_ checkpoint: ReceivedCheckpoint, _ digests: BucketDigests) throws {
    let wrong = checkpoint.digests.filter { digests.digest(of: $0.bucket) != $0.digest }.map(\.bucket)
    if !wrong.isEmpty { throw Mismatch(buckets: wrong) }
  }

  private func settleOutbox() throws {
    let held = try GRDB.Row.fetchAll(
      db, sql: "SELECT number FROM held WHERE device = ? AND waiting_for <> ''", arguments: [state.device]
    ).map { $0["number"] as Int64 }
    try Outbox.settle(through: state.appliedThrough, held: held, in: db)
  }

  /// Decides what is still unsent or held on the new rows, in order, as far as it can be decided here.
  private func guessAnew() throws {
    let pending = try Outbox.pending(in: db)
    guard !pending.isEmpty else { return }
    let guess = try Guess(db, state: state)
    for group in pending.chunked(by: \.group) {
      let operations = group.compactMap(\.operation)
      guard operations.count == group.count else { continue }
      _ = try guess.decide(operations)
    }
    try guess.store()
  }
}

/// A page with its batches decoded.
struct ReceivedPage {
  var bucket: Bucket
  var isSnapshot: Bool
  var rows: [(table: TableDescription, rows: [TradeRules.Row])]
  var left: [RowKey]
}

struct ReceivedCheckpoint {
  var version: Int64
  var appliedThrough: Int64
  var digests: [(bucket: Bucket, digest: BucketDigest)]
}

extension Array {
  /// Runs of neighbours with an equal key.
  func chunked<Key: Equatable>(by key: (Element) -> Key) -> [[Element]] {
    var chunks: [[Element]] = []
    for element in self {
      if let last = chunks.last?.last, key(last) == key(element) {
        chunks[chunks.count - 1].append(element)
      } else {
        chunks.append([element])
      }
    }
    return chunks
  }
}
