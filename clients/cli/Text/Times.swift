import Glibc
import TradeRules

/// Times as people read them. Programs get RFC 3339 (`Instant.timestamp`).
enum Times {
  /// In the machine's time zone: `14:02` today, else `2026-11-20 14:02`.
  static func local(_ instant: Instant, now: Instant) -> String {
    let (then, today) = (broken(instant), broken(now))
    let clock = "\(padded(then.tm_hour)):\(padded(then.tm_min))"
    if then.tm_year == today.tm_year && then.tm_yday == today.tm_yday { return clock }
    return "\(then.tm_year + 1900)-\(padded(then.tm_mon + 1))-\(padded(then.tm_mday)) \(clock)"
  }

  /// `just now`, `3 min`, `3 h`, `2 days`.
  static func age(_ instant: Instant, now: Instant) -> String {
    let seconds = max(0, now.milliseconds(since: instant)) / 1_000
    switch seconds {
    case ..<60: return "just now"
    case ..<3_600: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3_600) h"
    default: return "\(seconds / 86_400) days"
    }
  }

  /// `3 min ago`, `just now`.
  static func ago(_ instant: Instant, now: Instant) -> String {
    let age = age(instant, now: now)
    return age == "just now" ? age : age + " ago"
  }

  private static func broken(_ instant: Instant) -> tm {
    // Division of negative times rounds towards zero, and a second more or less is not shown.
    var seconds = time_t(instant.milliseconds / 1_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts
  }

  private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
