import Foundation
import TradeRules

/// The machine's clock.
enum SystemClock {
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// The machine's source of unpredictable bytes (getrandom(2)).
enum SystemRandom {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}

/// Whoever runs a command, `os:NAME`, as the log has it.
enum SystemUser {
  static func actor(_ user: uid_t = geteuid()) -> String {
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "os:\(user)" }
    return "os:\(String(cString: name))"
  }
}
