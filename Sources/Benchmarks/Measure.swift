import Foundation
import Glibc

/// What one piece of work took.
struct Measurement {
  /// Seconds of the wall and of this process's processors.
  var wall: Double
  var processor: Double

  static func of(_ body: () throws -> Void) rethrows -> Measurement {
    let (wall, processor) = (clock(CLOCK_MONOTONIC), clock(CLOCK_PROCESS_CPUTIME_ID))
    try body()
    return Measurement(
      wall: clock(CLOCK_MONOTONIC) - wall, processor: clock(CLOCK_PROCESS_CPUTIME_ID) - processor)
  }

  /// Seconds of a clock.
  static func clock(_ id: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(id, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// One row of the report.
struct Figure: Codable {
  var workload: String
  var what: String
  var value: Double
  var unit: String
  /// Of the floor measured in the same run, where there is one: ours divided by it.
  var ratio: Double?
  /// More than this is a failure; nil where a machine may take as long as it does.
  var most: Double?

  /// What it should have been, where it is more.
  var excess: String? {
    guard let most, value > most else { return nil }
    return "\(workload): \(what) \(Int(value)) \(unit), at most \(Int(most))"
  }
}

/// A folder of its own for one run, gone afterwards.
func withScratchFolder<T>(_ body: (URL) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-bench-\(getpid())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Repeatable random numbers (xorshift), so that every run does the same work.
struct Chance {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
  }
}
