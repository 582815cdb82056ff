extension Instant {
  /// RFC 3339 in UTC with milliseconds: `2026-11-03T09:10:00.000Z`. Texts sort as their moments do; one outside the
  /// years 1 … 9999 has the text of the nearest within.
  public var timestamp: String {
    let milliseconds = clamped.milliseconds
    let day = CivilDate.floored(milliseconds, by: 86_400_000)
    let date = CivilDate(daysSince1970: day)
    let rest = milliseconds - day * 86_400_000
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60)
    let (second, fraction) = (rest / 1_000 % 60, rest % 1_000)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
      + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(fraction, 3))Z"
  }

  /// `2026-11-03`: the day in UTC.
  public var dateText: String { String(timestamp.prefix { $0 != "T" }) }

  /// Reads RFC 3339: `2026-11-03T09:10:00Z`, with a fraction of which milliseconds are kept, with an offset
  /// instead of `Z`, with a space instead of `T`; or a plain date, which is its midnight in UTC.
  ///
  /// - Returns: nil for anything else, and outside the years 1 … 9999. A 60th second is the next minute's first.
  public init?(timestamp text: some StringProtocol) {
    guard let moment = Instant.read(text), Instant.range.contains(moment) else { return nil }
    self = moment
  }

  private static func read(_ text: some StringProtocol) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, let date = CivilDate(String(decoding: bytes[..<10], as: UTF8.self)) else {
      return nil
    }
    let midnight = date.daysSince1970 * 86_400_000
    if bytes.count == 10 { return Instant(milliseconds: midnight) }
    return TimeOfDay(bytes[10...]).map { Instant(milliseconds: midnight + $0.milliseconds) }
  }
}

extension CivilDate {
  /// `2027-03-31`.
  var text: String { Instant(milliseconds: daysSince1970 * 86_400_000).dateText }

  /// Days since 1970-01-01, negative before it: the inverse of `init(daysSince1970:)`, by the same count in
  /// years that begin in March.
  var daysSince1970: Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = CivilDate.floored(marchYear, by: 400)
    let yearOfEra = marchYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

/// `T09:10:00.5+02:00` as milliseconds after midnight in UTC, which may lie on the day before or after.
private struct TimeOfDay {
  private(set) var milliseconds: Int64
  private var rest: ArraySlice<UInt8>

  init?(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
    milliseconds = 0
    guard take("T") || take("t") || take(" "), let hour = twoDigits(0...23), take(":"),
      let minute = twoDigits(0...59), take(":"),
      let second = twoDigits(0...60), let fraction = fraction(), let offset = offset(), rest.isEmpty
    else { return nil }
    milliseconds = ((hour * 60 + minute - offset) * 60 + second) * 1_000 + fraction
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func digit() -> Int64? {
    guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    rest.removeFirst()
    return Int64(byte - UInt8(ascii: "0"))
  }

  private mutating func twoDigits(_ range: ClosedRange<Int64>) -> Int64? {
    guard let tens = digit(), let ones = digit(), range.contains(tens * 10 + ones) else { return nil }
    return tens * 10 + ones
  }

  /// Milliseconds of an optional fraction; nil for a point without digits.
  private mutating func fraction() -> Int64? {
    guard take(".") else { return 0 }
    guard let tenths = digit() else { return nil }
    var milliseconds = tenths * 100
    var weight: Int64 = 10
    while let digit = digit() {
      milliseconds += digit * weight
      weight /= 10
    }
    return milliseconds
  }

  /// Minutes east of UTC.
  private mutating func offset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = twoDigits(0...23), take(":"), let minutes = twoDigits(0...59)
    else { return nil }
    return (isEast ? 1 : -1) * (hours * 60 + minutes)
  }
}

private func padded(_ number: Int64, _ digits: Int) -> String {
  let text = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
