public import TradeRules

/// Replica → centre: what are the digests of these ranges of a bucket?
///
/// A range is the rows whose keys' hashes begin with the same bits; its number is these bits. Each step asks for
/// the sixteen parts of those ranges that differed in the step before.
/// Answer: `Summary`. Spec: docs/PROTOCOL.md, "Compare".
public struct Compare: Hashable, Sendable {
  public var bucket: Bucket
  /// How fine the ranges asked for are: 8, 12 or 16.
  public var bits: Int
  /// The ranges of `bits` − 4 whose parts are asked for, ascending; none with 8 bits: all of them.
  public var ranges: [UInt32]

  public init(bucket: Bucket, bits: Int, ranges: [UInt32] = []) {
    self.bucket = bucket
    self.bits = bits
    self.ranges = ranges
  }

  /// How many digests answer it.
  public var digestCount: Int { bits == 8 ? 256 : ranges.count * 16 }
}

/// Centre → replica: the digests asked for, of the bucket as it is now.
///
/// Answer: another `Compare`, `Mend` or `Fetch`. Spec: docs/PROTOCOL.md, "Summary".
public struct Summary: Hashable, Sendable {
  public var bucket: Bucket
  public var bits: Int
  /// How many rows the bucket has.
  public var rows: Int64
  /// In the order of the ranges asked for.
  public var digests: [UInt64]

  public init(bucket: Bucket, bits: Int, rows: Int64, digests: [UInt64]) {
    self.bucket = bucket
    self.bits = bits
    self.rows = rows
    self.digests = digests
  }
}

/// Replica → centre: what it has in the ranges that differ.
///
/// Answer: a `Surplus` for each bucket, pages with the rows that the replica lacks, a `Checkpoint`.
/// Spec: docs/PROTOCOL.md, "Mend".
public struct Mend: Hashable, Sendable {
  public var buckets: [RangeRows]
  public init(buckets: [RangeRows]) { self.buckets = buckets }

  /// How many rows it names.
  public var rowCount: Int { buckets.reduce(0) { $0 + $1.rowCount } }
}

/// The rows of some ranges of a bucket, by their hashes.
public struct RangeRows: Hashable, Sendable {
  public var bucket: Bucket
  /// 0 (one range, the bucket), 8, 12 or 16.
  public var bits: Int
  /// Ascending by number; hashes ascending.
  public var ranges: [Range]

  public struct Range: Hashable, Sendable {
    public var number: UInt32
    public var hashes: [UInt64]

    public init(number: UInt32, hashes: [UInt64]) {
      self.number = number
      self.hashes = hashes
    }
  }

  public init(bucket: Bucket, bits: Int, ranges: [Range]) {
    self.bucket = bucket
    self.bits = bits
    self.ranges = ranges
  }

  public var rowCount: Int { ranges.reduce(0) { $0 + $1.hashes.count } }
}

/// Centre → replica: rows the replica named that the centre does not have as they are.
///
/// Spec: docs/PROTOCOL.md, "Surplus".
public struct Surplus: Hashable, Sendable {
  public var bucket: Bucket
  /// Ascending.
  public var hashes: [UInt64]

  public init(bucket: Bucket, hashes: [UInt64]) {
    self.bucket = bucket
    self.hashes = hashes
  }
}
