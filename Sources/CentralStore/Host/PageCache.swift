import SyncProtocol
import TradeRules

/// Pages of whole buckets, read and compressed once for all devices that ask for them: a hundred devices that start in
/// the same morning cost one reading. Bounded in bytes; what was not asked for longest goes first.
struct PageCache {
  /// Where a page of a whole bucket begins.
  struct Place: Hashable {
    let bucket: Bucket
    let after: RowKey?
  }

  struct Entry {
    let body: PageBody
    /// The last row on the page; nil when the bucket ends here.
    let last: RowKey?
    /// The head when it was read: the rows are as they were then.
    let readAt: Int64
    fileprivate var usedAt: UInt64 = 0
    /// How many changes to its bucket were counted when it was read.
    fileprivate var changesBefore = 0

    var isEmpty: Bool { body.bytes.isEmpty }

    init(body: PageBody, last: RowKey?, readAt: Int64) {
      self.body = body
      self.last = last
      self.readAt = readAt
    }
  }

  /// How many rows of a bucket may have changed since its pages were read, so that a download can share them: what
  /// changed since follows, and is read for each device anew.
  static let sharedChangesMax = 1_000

  private let bytesMax: Int
  private var entries: [Place: Entry] = [:]
  private var uses: UInt64 = 0
  /// Rows that changed in each bucket since the program started.
  private var changes: [Bucket: Int] = [:]
  private(set) var bytes = 0
  /// How many pages were read for it, and how often one was found in it.
  private(set) var made = 0
  private(set) var shared = 0

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// A page that a download may take which began when `base` was the head: read since, or of a bucket that has
  /// not changed since it was read.
  mutating func page(at place: Place, base: Int64, bucketVersion: Int64) -> Entry? {
    guard let entry = entries[place], entry.readAt >= base || entry.readAt >= bucketVersion else {
      return nil
    }
    uses += 1
    entries[place]?.usedAt = uses
    shared += 1
    return entry
  }

  mutating func keep(_ entry: Entry, at place: Place) {
    made += 1
    remove(place)
    uses += 1
    var entry = entry
    entry.usedAt = uses
    entry.changesBefore = changes[place.bucket] ?? 0
    entries[place] = entry
    bytes += entry.size(at: place)
    while bytes > bytesMax, let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt })?.key {
      remove(oldest)
    }
  }

  /// Takes note of rows that changed in a bucket, or left it.
  mutating func count(_ rows: Int, changedIn bucket: Bucket) { changes[bucket, default: 0] += rows }

  /// The version at which a download of a bucket begins that starts now: behind the head when that lets it share
  /// pages, and little changed since.
  func base(of bucket: Bucket, head: Int64, horizon: Int64) -> Int64 {
    guard let first = entries[Place(bucket: bucket, after: nil)], first.readAt >= horizon,
      (changes[bucket] ?? 0) - first.changesBefore <= PageCache.sharedChangesMax
    else { return head }
    return first.readAt
  }

  private mutating func remove(_ place: Place) {
    guard let entry = entries.removeValue(forKey: place) else { return }
    bytes -= entry.size(at: place)
  }
}

extension PageCache.Entry {
  fileprivate func size(at place: PageCache.Place) -> Int {
    body.bytes.count + 2 * (last?.bytes.count ?? 0) + 128
  }
}
