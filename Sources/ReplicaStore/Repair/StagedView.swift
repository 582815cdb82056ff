import GRDB
import SyncProtocol
import TradeRules
import TradeTables

/// The replica's rows as they would be with the staged pages: what a repair compares with the centre's.
///
/// Valid inside a transaction that was made to look only and is rolled back.
struct StagedView {
  let db: Database
  let holdsEverything: Bool

  /// The sums by range of some buckets.
  func sums(of buckets: [Bucket]) throws -> [Bucket: RangeSums] {
    var sums = Dictionary(uniqueKeysWithValues: buckets.map { ($0, RangeSums()) })
    var hasher = RowHasher()
    try visit(buckets) { bucket, key, row, table in
      sums[bucket]?.add(hasher.hash(row, at: key, of: table), at: key)
    }
    return sums
  }

  /// The rows in some ranges of some buckets, by their hashes.
  func rows(in found: [Bucket: (bits: Int, ranges: Set<UInt32>)]) throws -> [Bucket: [UInt64: RowKey]] {
    var rows: [Bucket: [UInt64: RowKey]] = found.mapValues { _ in [:] }
    var hasher = RowHasher()
    try visit(found.filter { !$0.value.ranges.isEmpty }.keys.sorted()) { bucket, key, row, table in
      guard let (bits, ranges) = found[bucket],
        ranges.contains(KeyRange.number(KeyRange.number(of: key), bits: bits))
      else { return }
      rows[bucket]?[hasher.hash(row, at: key, of: table).short] = key
    }
    return rows
  }

  /// Each confirmed row once for each of the buckets it is in.
  private func visit(
    _ buckets: [Bucket], _ body: (Bucket, RowKey, TradeRules.Row, TableDescription) throws -> Void
  ) throws {
    let wanted = Set(buckets)
    for table in TableDescription.all where !table.isCentreOnly {
      if !holdsEverything, let common = table.commonBucket, !wanted.contains(common) { continue }
      try BaseImages.visitConfirmed(table, in: db) { row in
        let its = holdsEverything ? [ConfirmedRows.everything] : table.buckets(of: row)
        for bucket in its where wanted.contains(bucket) { try body(bucket, table.key(of: row), row, table) }
      }
    }
  }
}

/// Ends a transaction that was made to look only.
private struct LookedAt: Error {}

extension ReplicaStore {
  /// Looks at the rows as they would be with the staged pages; changes nothing.
  func look<T>(_ body: (StagedView) throws -> T) throws -> T {
    var result: T?
    do {
      try write { db in
        guard let state = try ReplicaState.fetch(in: db) else { throw ReplicaFault.notEnrolled(path: "") }
        try CheckpointApplier(db: db, state: state).takeStaged()
        result = try body(StagedView(db: db, holdsEverything: state.granted.everything))
        throw LookedAt()
      }
    } catch is LookedAt {}
    guard let result else { preconditionFailure("what was looked at was seen") }
    return result
  }

  /// Stages that rows go which the centre does not have.
  func stage(removing keys: [RowKey], from bucket: Bucket) throws {
    guard !keys.isEmpty else { return }
    let pages = try PageContent.encodePages(rows: [], left: keys).map {
      Page(bucket: bucket, cursor: [], isSnapshot: false, body: try PageBody($0, compressing: true))
    }
    try write { db in for page in pages { try StagedPages.append(page, in: db) } }
  }
}
