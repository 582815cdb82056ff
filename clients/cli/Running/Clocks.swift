import Foundation
import Glibc
import TradeRules

/// The device's clocks and its randomness: the only place where the program looks at either.
enum Clocks {
  /// What time it is, by this device.
  static var now: Instant { Instant(milliseconds: milliseconds(of: CLOCK_REALTIME)) }

  /// The present year in UTC.
  static var year: Int64 { Int64(now.timestamp.prefix(4)) ?? 0 }

  /// Milliseconds since the system started, suspended time included.
  static var sinceBoot: Int64 { milliseconds(of: CLOCK_BOOTTIME) }

  /// Evidence for a recording.
  ///
  /// - Parameters:
  ///   - offset: centre − device at the last connection, milliseconds.
  ///   - uncertainty: how far off that may be.
  static func reading(offset: Int64 = 0, uncertainty: Int64 = 0) -> ClockReading {
    ClockReading(
      wall: now, bootID: bootID, bootTimeMilliseconds: sinceBoot, offsetMilliseconds: offset,
      uncertaintyMilliseconds: uncertainty)
  }

  private static let bootID: RecordID = {
    let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return RecordID(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .none
  }()

  private static func milliseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Randomness fit for keys: the operating system's.
enum Randomness {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// A new record's id.
  static func recordID(at now: Instant) -> RecordID {
    var generator = SystemRandomNumberGenerator()
    return RecordID(milliseconds: now.milliseconds, random: (generator.next(), generator.next()))
  }
}
