import Glibc
import TradeRules

/// Times as people and programs write them (RFC 3339), without a calendar library: the proleptic Gregorian
/// calendar has no exceptions.
enum Times {
  /// Reads `2026-11-20T09:10:00.250+01:00`; `Z` and a space for `T` are fine, a zone is needed. Digits beyond
  /// milliseconds are dropped. Nil for anything else, a leap second included.
  static func instant(_ text: String) -> Instant? {
    var reader = DigitReader(text)
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), (1...12).contains(month), (1...daysIn(month, year)).contains(day),
      reader.take("T") || reader.take("t") || reader.take(" "),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
      let second = reader.number(2), hour < 24, minute < 60, second < 60
    else { return nil }
    guard let milliseconds = reader.fraction(), let offset = reader.zone(), reader.isAtEnd else { return nil }
    let seconds = daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Instant(milliseconds: seconds * 1_000 + milliseconds)
  }

  /// `2026-11-20T08:10:00.250Z`.
  static func rfc3339(_ instant: Instant) -> String {
    let (days, rest) = instant.milliseconds.quotientAndRemainderFloored(by: 86_400_000)
    let (year, month, day) = date(days)
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60)
    return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute))"
      + ":\(padded(second)).\(padded(rest % 1_000, 3))Z"
  }

  /// For people, in the machine's time zone: `14:02` today, else `2026-11-20 14:02`.
  static func local(_ instant: Instant, now: Instant) -> String {
    let (then, today) = (broken(instant), broken(now))
    let clock = "\(padded(Int64(then.tm_hour))):\(padded(Int64(then.tm_min)))"
    if then.tm_year == today.tm_year && then.tm_yday == today.tm_yday { return clock }
    return "\(then.tm_year + 1900)-\(padded(Int64(then.tm_mon) + 1))-\(padded(Int64(then.tm_mday))) \(clock)"
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
    var seconds = time_t(instant.milliseconds.quotientAndRemainderFloored(by: 1_000).quotient)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts
  }

  private static func padded(_ number: Int64, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  // MARK: The calendar: years begin in March, so that the leap day is a year's last

  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let (era, yearOfEra) = marchYear.quotientAndRemainderFloored(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainderFloored(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

/// Walks over the parts of a time.
private struct DigitReader {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Character) -> Bool {
    guard let byte = character.asciiValue, rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Exactly `count` digits.
  mutating func number(_ count: Int) -> Int64? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }

  /// Milliseconds: a point and one digit or more, or nothing.
  mutating func fraction() -> Int64? {
    guard take(".") else { return 0 }
    let digits = rest.prefix { (48...57).contains($0) }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    let kept = Array(digits.prefix(3)) + [UInt8](repeating: 48, count: max(0, 3 - digits.count))
    return kept.reduce(0) { $0 * 10 + Int64($1 - 48) }
  }

  /// Seconds east of Greenwich.
  mutating func zone() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
      minutes < 60
    else { return nil }
    return (isEast ? 1 : -1) * (hours * 3_600 + minutes * 60)
  }
}

extension Int64 {
  /// Quotient and remainder with the remainder never below zero.
  func quotientAndRemainderFloored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension Instant {
  var json: JSONValue { .string(Times.rfc3339(self)) }
}
