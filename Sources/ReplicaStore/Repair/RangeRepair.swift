import SyncProtocol
import TradeRules
import TradeTables

/// How a replica whose digests differ from a checkpoint's finds out which of its rows do: it asks for the digests of
/// ever smaller ranges, and names its rows in those that differ.
///
/// What is compared is the rows as they would be with the pages that are staged. The centre answers for its rows as
/// they are now: a row that changed meanwhile counts as one that differs and is sent, which it would be anyway.
struct RangeRepair {
  /// The search in one bucket.
  private struct Course {
    let sums: RangeSums
    /// How fine the last ranges are to be.
    let depth: Int
    /// How fine those are that were asked for last; 0 before the first question.
    var bits = 0
    /// Those of `bits` that differ.
    var differing: [UInt32] = [0]
    var isFound: Bool { bits == depth }
  }

  private var courses: [Bucket: Course]
  /// Buckets in which more differs than ranges are good for.
  private(set) var beyond: [Bucket] = []
  /// The rows that were named, once they are, by their hashes.
  private var named: [Bucket: [UInt64: RowKey]] = [:]
  /// Buckets of which the centre has not said yet what is too much.
  private var awaited: Set<Bucket> = []

  init(_ sums: [Bucket: RangeSums]) {
    courses = sums.mapValues { Course(sums: $0, depth: KeyRange.bits(rows: $0.rows)) }
  }

  var buckets: [Bucket] { courses.keys.sorted() }

  // MARK: Asking

  /// What to ask first; none for buckets small enough to name all their rows.
  func firstQuestions() -> [Compare] {
    buckets.filter { courses[$0]?.depth ?? 0 > 0 }.map { Compare(bucket: $0, bits: 8) }
  }

  /// Takes an answer in.
  ///
  /// - Returns: the next question about this bucket; nil when none is left.
  /// - Throws: `ProtocolViolation` for an answer to nothing that was asked.
  mutating func take(_ summary: Summary) throws(ProtocolViolation) -> Compare? {
    let bucket = summary.bucket
    guard var course = courses[bucket], !course.isFound else { throw RangeRepair.unasked(bucket) }
    let bits = course.bits == 0 ? 8 : course.bits + KeyRange.stepBits
    let asked = course.bits == 0 ? nil : course.differing
    let ours = course.sums.parts(bits: bits, of: asked)
    guard summary.bits == bits, summary.digests.count == ours.count else { throw RangeRepair.unasked(bucket) }
    let numbers = (asked ?? Array(0..<16)).flatMap { range in (0..<16).map { range << 4 | UInt32($0) } }
    course.differing = zip(numbers, zip(ours, summary.digests)).filter { $0.1.0 != $0.1.1 }.map(\.0)
    course.bits = bits
    if RangeRepair.isTooMuch(course, theirs: summary.rows) {
      courses[bucket] = nil
      beyond.append(bucket)
      return nil
    }
    // Where nothing differs any more there is nothing to go into.
    if course.differing.isEmpty { course.bits = course.depth }
    courses[bucket] = course
    return course.isFound
      ? nil : Compare(bucket: bucket, bits: bits + KeyRange.stepBits, ranges: course.differing)
  }

  /// Whether the whole bucket costs no more than what differs: half of the rows, or of the ranges from the second
  /// step on.
  private static func isTooMuch(_ course: Course, theirs: Int64) -> Bool {
    if theirs > 2 * Int64(course.sums.rows) { return true }
    if course.bits == 8, course.depth > 8 { return false }
    return course.differing.count * 2 > 1 << course.bits
  }

  private static func unasked(_ bucket: Bucket) -> ProtocolViolation {
    ProtocolViolation(expected: "answers to what was asked", found: "something about \(bucket)")
  }

  // MARK: Naming

  /// Whether it is known of all buckets which of their ranges differ.
  var isFound: Bool { courses.values.allSatisfy(\.isFound) }

  /// The ranges that differ: how fine they are, and their numbers.
  var found: [Bucket: (bits: Int, ranges: Set<UInt32>)] {
    courses.mapValues { ($0.bits, Set($0.differing)) }
  }

  /// Names the replica's rows in the ranges that differ.
  ///
  /// - Parameter rows: of each bucket the hashes and keys.
  /// - Returns: nil when they are more than one message takes.
  mutating func name(_ rows: [Bucket: [UInt64: RowKey]]) -> Mend? {
    guard rows.values.reduce(0, { $0 + $1.count }) <= WireLimits.mendRowsMax else { return nil }
    named = rows
    awaited = Set(buckets)
    return Mend(
      buckets: buckets.map { bucket in
        let course = courses[bucket]
        let bits = course?.bits ?? 0
        var hashes: [UInt32: [UInt64]] = [:]
        for (hash, key) in rows[bucket] ?? [:] {
          hashes[KeyRange.number(KeyRange.number(of: key), bits: bits), default: []].append(hash)
        }
        return RangeRows(
          bucket: bucket, bits: bits,
          ranges: (course?.differing ?? []).map { .init(number: $0, hashes: (hashes[$0] ?? []).sorted()) })
      })
  }

  // MARK: Taking out

  /// Whether the centre was told what is here, and has not said yet of all buckets what is too much.
  var isAwaitingSurplus: Bool { !awaited.isEmpty }

  /// The keys of rows that the centre does not have so, in order.
  ///
  /// - Throws: `ProtocolViolation` for rows that were not named.
  mutating func keys(of surplus: Surplus) throws(ProtocolViolation) -> [RowKey] {
    guard awaited.remove(surplus.bucket) != nil else { throw RangeRepair.unasked(surplus.bucket) }
    var keys: [RowKey] = []
    for hash in surplus.hashes {
      guard let key = named[surplus.bucket]?[hash] else { throw RangeRepair.unasked(surplus.bucket) }
      keys.append(key)
    }
    return keys.sorted()
  }
}
