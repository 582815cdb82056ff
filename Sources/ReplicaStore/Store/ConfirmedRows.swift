import GRDB
import SyncProtocol
import TradeRules
import TradeTables

import struct Foundation.Data

/// The rows as the centre has them, and the digests of the buckets held, kept up to date row by row.
///
/// Valid inside a transaction; of the rows it is given the replica's own guesses are put back.
struct ConfirmedRows {
  /// The bucket of all rows, for devices that hold everything.
  static let everything = Bucket("*")

  private let db: Database
  private let grants: Grants
  /// Whether a row that is here stays when an older state of it comes: a page that was read for others may be
  /// older than what another bucket has brought of the same row.
  private let keepsNewer: Bool
  private let loader: RowLoader
  private var sums: [Bucket: BucketDigest] = [:]
  private var hasher = RowHasher()

  init(_ db: Database, grants: Grants, keepsNewer: Bool) throws {
    self.db = db
    self.grants = grants
    self.keepsNewer = keepsNewer
    loader = RowLoader(in: db)
    for row in try GRDB.Row.fetchAll(db.cachedStatement(sql: "SELECT name, digest FROM bucket")) {
      let name: String = try row.cell("name", .file)
      sums[Bucket(name)] = BucketDigest(bytes: Array(try row.cell("digest", .file, as: Data.self)))
    }
  }

  // MARK: Rows

  /// Writes rows over those with the same keys, in key order; over newer ones only where that is asked for.
  ///
  /// - Parameter rebase: puts the device's own guess at a row back before the row is read, and hears what it
  ///   was; nil where there are no guesses.
  /// - Returns: the keys.
  @discardableResult
  mutating func replace(
    _ rows: [TradeRules.Row], in table: TableDescription, telling rebase: inout Rebase?
  ) throws -> [RowKey] {
    var written: [(key: RowKey, row: TradeRules.Row)] = []
    for (key, row) in rows.map({ (key: table.key(of: $0), row: $0) }).sorted(by: { $0.key < $1.key }) {
      try rebase?.uncover(key)
      let old = try loader.row(key)
      if keepsNewer, let old, old.version > row.version {
        try rebase?.note(old, old, in: table)
        continue
      }
      if let old { subtract(old, at: key, of: table) }
      add(row, at: key, of: table)
      try rebase?.note(old, row, in: table)
      written.append((key, row))
    }
    try TradeTables.write(written, in: db)
    return written.map { $0.key }
  }

  /// Writes the rows of a first load straight from the page they came in. No row has one of their keys yet,
  /// and all are in one bucket.
  mutating func insertNew(_ batch: RowBatchReader, in bucket: Bucket) throws {
    var sum = digest(of: bucket)
    for row in 0..<batch.rowCount { sum.add(hasher.hash(row, of: batch)) }
    sums[bucket] = sum
    let insert = try BulkInsert(into: batch.table, in: db)
    try insert.insert(batch)
  }

  mutating func remove(_ key: RowKey) throws {
    guard let table = TableDescription.numbered(key.table), let old = try TradeTables.row(key, in: db)
    else { return }
    subtract(old, at: key, of: table)
    try TradeTables.delete(key, in: db)
  }

  /// Takes note that a row left a bucket.
  ///
  /// Pages come in order, a page's rows before the keys that left. If the row is in that bucket still by its
  /// own columns, no other grant has brought its newer state yet: it goes, and a later page brings it back if
  /// another grant has it.
  mutating func leave(_ bucket: Bucket, _ key: RowKey, telling rebase: inout Rebase?) throws {
    try rebase?.uncover(key)
    guard let table = TableDescription.numbered(key.table), let row = try loader.row(key),
      bucket == ConfirmedRows.everything || table.buckets(of: row).contains(bucket)
    else { return }
    try remove(key)
    try rebase?.note(row, nil, in: table)
  }

  // MARK: Digests

  func digest(of bucket: Bucket) -> BucketDigest { sums[bucket] ?? .zero }

  /// The buckets whose digest is another than a checkpoint says.
  func mismatches(_ checkpoint: Checkpoint) -> [Bucket] {
    checkpoint.digests.filter { digest(of: $0.bucket).bytes != $0.bytes }.map(\.bucket)
  }

  /// Reads and hashes every row anew.
  mutating func recount() throws {
    let digests = try BaseImages.confirmedDigests(in: db)
    sums =
      grants.everything
      ? [ConfirmedRows.everything: digests.all] : digests.byBucket.filter { grants.contains($0.key) }
  }

  func storeDigests() throws {
    try db.cachedStatement(sql: "DELETE FROM bucket").execute()
    let statement = try db.cachedStatement(sql: "INSERT INTO bucket (name, digest) VALUES (?, ?)")
    // A bucket that is granted and empty is held too.
    let held = Set(sums.keys).union(grants.everything ? [ConfirmedRows.everything] : grants.exact)
    for bucket in held.sorted() {
      try statement.execute(arguments: [bucket.name, Data(digest(of: bucket).bytes)])
    }
  }

  private mutating func add(_ row: TradeRules.Row, at key: RowKey, of table: TableDescription) {
    let hash = hasher.hash(row, at: key, of: table)
    for bucket in held(table.buckets(of: row)) { sums[bucket, default: .zero].add(hash) }
  }

  private mutating func subtract(_ row: TradeRules.Row, at key: RowKey, of table: TableDescription) {
    let hash = hasher.hash(row, at: key, of: table)
    // A bucket without a sum never had it: what rotted out of its own was not counted there.
    for bucket in held(table.buckets(of: row)) { sums[bucket]?.subtract(hash) }
  }

  private func held(_ buckets: [Bucket]) -> [Bucket] {
    grants.everything ? [ConfirmedRows.everything] : buckets.filter(grants.contains)
  }
}
