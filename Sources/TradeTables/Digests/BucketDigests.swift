public import GRDB
public import TradeRules

/// The digests of many buckets, kept up to date row by row. A row counts once in each of its buckets.
public struct BucketDigests: Sendable {
  /// By bucket; one that is not listed has no rows.
  public private(set) var byBucket: [Bucket: BucketDigest] = [:]
  /// Of every row once, whatever its buckets: for those who hold everything.
  public private(set) var all = BucketDigest.zero
  private var hasher = RowHasher()

  public init() {}

  public subscript(bucket: Bucket) -> BucketDigest { byBucket[bucket] ?? .zero }

  /// Takes in a row. Rows of a table that only the centre has count nowhere.
  public mutating func add(_ row: TradeRules.Row, of table: TableDescription) {
    if table.isCentreOnly { return }
    let hash = hasher.hash(row, of: table)
    all.add(hash)
    for bucket in table.buckets(of: row) { byBucket[bucket, default: .zero].add(hash) }
  }

  /// Takes out a row exactly as it was when it came in.
  public mutating func subtract(_ row: TradeRules.Row, of table: TableDescription) {
    if table.isCentreOnly { return }
    let hash = hasher.hash(row, of: table)
    all.subtract(hash)
    for bucket in table.buckets(of: row) { byBucket[bucket, default: .zero].subtract(hash) }
  }
}

extension TradeTables {
  /// The digests of all rows as stored, each read and hashed anew: the centre's scrub (G23). A replica's is
  /// `BaseImages.confirmedDigests(in:)`.
  public static func digests(in db: Database) throws -> BucketDigests {
    var digests = BucketDigests()
    for table in TableDescription.all where !table.isCentreOnly {
      try visit(table, in: db) { digests.add($0, of: table) }
    }
    return digests
  }
}
