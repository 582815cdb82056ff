import SyncProtocol
import TradeRules

/// Pages read and compressed once for all devices that ask for them: a hundred devices that start in the same
/// morning, or come back after the same night, cost one reading. Bounded in bytes; what was not asked for longest
/// goes first.
struct PageCache {
  /// Where a page begins.
  enum Place: Hashable {
    /// In a whole bucket, behind a key.
    case rows(Bucket, after: RowKey?)
    /// Among what changed in a bucket after a version.
    case changes(Bucket, through: Int64, after: Download.ChangePlace?)

    var bucket: Bucket {
      switch self {
      case .rows(let bucket, _), .changes(let bucket, _, _): bucket
      }
    }
  }

  struct Entry {
    let body: PageBody
    /// Where the next page begins; nil when there is no more.
    let next: Place?
    /// The head when it was read: the rows are as they were then.
    let readAt: Int64
    fileprivate var usedAt: UInt64 = 0
    /// How many changes to its bucket were counted when it was read.
    fileprivate var changesBefore = 0

    init(body: PageBody, next: Place?, readAt: Int64) {
      self.body = body
      self.next = next
      self.readAt = readAt
    }
  }

  /// How many rows of a bucket may have changed since its pages were read, so that a download can share them: what
  /// changed since follows, and is read for each device anew.
  static let sharedChangesMax = 1_000

  private let bytesMax: Int
  private var entries: [Place: Entry] = [:]
  /// Pages of changes by bucket: the next change to the bucket ends their use.
  private var changePages: [Bucket: Set<Place>] = [:]
  private var uses: UInt64 = 0
  /// Rows that changed in each bucket since the program started.
  private var changes: [Bucket: Int] = [:]
  private(set) var bytes = 0
  /// How many pages were read for it, and how often one was found in it.
  private(set) var made = 0
  private(set) var shared = 0

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// A page that a download may take.
  ///
  /// - Parameters:
  ///   - base: the head when the download began: pages of whole buckets that were read since will do.
  ///   - bucketVersion: when the bucket changed last: a page that was read since is as good as new.
  mutating func page(at place: Place, base: Int64, bucketVersion: Int64) -> Entry? {
    guard let entry = entries[place], entry.readAt >= base || entry.readAt >= bucketVersion else {
      return nil
    }
    uses += 1
    entries[place]?.usedAt = uses
    shared += 1
    return entry
  }

  /// The same, read now where there is none.
  mutating func page(
    at place: Place, base: Int64, bucketVersion: Int64, orRead read: () throws -> Entry
  ) rethrows -> Entry {
    if let found = page(at: place, base: base, bucketVersion: bucketVersion) { return found }
    let entry = try read()
    keep(entry, at: place)
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
    if case .changes = place { changePages[place.bucket, default: []].insert(place) }
    bytes += entry.size
    while bytes > bytesMax, let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt })?.key {
      remove(oldest)
    }
  }

  /// Takes note of rows that changed in a bucket, or left it.
  mutating func count(_ rows: Int, changedIn bucket: Bucket) {
    guard rows > 0 else { return }
    changes[bucket, default: 0] += rows
    for place in changePages[bucket] ?? [] { remove(place) }
  }

  /// The version at which a download of a bucket begins that starts now: behind the head when that lets it share
  /// pages, and little changed since.
  func base(of bucket: Bucket, head: Int64, horizon: Int64) -> Int64 {
    guard let first = entries[.rows(bucket, after: nil)], first.readAt >= horizon,
      (changes[bucket] ?? 0) - first.changesBefore <= PageCache.sharedChangesMax
    else { return head }
    return first.readAt
  }

  private mutating func remove(_ place: Place) {
    guard let entry = entries.removeValue(forKey: place) else { return }
    bytes -= entry.size
    changePages[place.bucket]?.remove(place)
    if changePages[place.bucket]?.isEmpty == true { changePages[place.bucket] = nil }
  }
}

extension PageCache.Entry {
  fileprivate var size: Int { body.bytes.count + (next?.size ?? 0) + 192 }
}

extension PageCache.Place {
  /// Twice: the page before says it too.
  fileprivate var size: Int {
    switch self {
    case .rows(_, let after): 2 * (after?.bytes.count ?? 0)
    case .changes(_, _, let after): 2 * (after?.key.bytes.count ?? 0)
    }
  }
}
