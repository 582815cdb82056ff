import Foundation
import Glibc

/// Many seeds, in whatever order they came to their end, and what they came to together.
struct Campaign {
  private(set) var seeds: [UInt64] = []
  private(set) var figures = Figures()
  /// The lines that report failures.
  private(set) var failures: [String] = []
  /// The exit status: the highest of any failure.
  private(set) var status: Int32 = 0
  let begun = Date()
  private let start = ContinuousClock.now

  mutating func add(_ outcome: Outcome) {
    seeds.append(outcome.seed)
    figures += outcome.figures
    if let failure = outcome.failure { failures.append(failure) }
    status = max(status, outcome.status)
  }

  /// Seconds since it began, to the millisecond.
  var wallSeconds: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1_000
  }

  /// What is said of it while it lasts.
  var progress: String {
    """
    \(seeds.count) seeds in \(Int(wallSeconds)) s, \(perSecond) a second, \(failures.count) failed, \
    \(figures.missing.count) events never met yet
    """
  }

  /// The rare events that no seed met.
  var neverMet: String { figures.missing.isEmpty ? "none" : figures.missing.joined(separator: "; ") }

  private var perSecond: String { String(format: "%.2f", Double(seeds.count) / max(wallSeconds, 0.001)) }

  /// All of it, as a text to keep.
  ///
  /// - Parameters:
  ///   - arguments: the command's.
  ///   - processorSeconds: what all its processes used.
  func report(arguments: [String], processorSeconds: Double) -> String {
    """
    options:        \(arguments.joined(separator: " "))
    begun:          \(begun.formatted(.iso8601))
    wall time:      \(String(format: "%.1f", wallSeconds)) s
    processor time: \(String(format: "%.1f", processorSeconds)) s
    speed:          \(perSecond) seeds a second
    seeds:          \(Campaign.ranges(of: seeds))
    failed:         \(failures.count)
    never met:      \(neverMet)
    \(figures.description)

    """ + failures.map { $0 + "\n" }.joined()
  }

  /// Numbers as ranges: `1-4211, 4213`.
  static func ranges(of numbers: [UInt64]) -> String {
    var ranges: [ClosedRange<UInt64>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, last.upperBound &+ 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }

  /// What this process has used of all cores, and the processes it started and saw end, seconds.
  static var processorSeconds: Double {
    [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, whose in
      var usage = rusage()
      getrusage(__rusage_who_t(whose.rawValue), &usage)
      let micro = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
      return sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micro) / 1_000_000
    }
  }
}
