/// A plain date of the proleptic Gregorian calendar, without a time zone.
struct CivilDate: Hashable, Sendable {
  var year: Int64
  /// 1 … 12.
  var month: Int64
  /// 1 … 31.
  var day: Int64

  init(year: Int64, month: Int64, day: Int64) { (self.year, self.month, self.day) = (year, month, day) }

  /// The date in UTC at a moment, which may lie before 1970.
  init(_ instant: Instant) {
    self.init(daysSince1970: CivilDate.floored(instant.milliseconds, by: 86_400_000))
  }

  /// Counts in years that begin in March, so that a leap day is the last of its year; such years repeat
  /// after 400 of them, which are 146,097 days.
  init(daysSince1970 days: Int64) {
    let fromMarchOfYear0 = days + 719_468
    let era = CivilDate.floored(fromMarchOfYear0, by: 146_097)
    let dayOfEra = fromMarchOfYear0 - era * 146_097
    let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // March to July and August to December have 153 days in five months each.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// Reads `2027-03-31`; nil for anything else, a 30th of February included.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = CivilDate.number(bytes[0..<4]), let month = CivilDate.number(bytes[5..<7]),
      let day = CivilDate.number(bytes[8..<10]), (1...12).contains(month),
      (1...CivilDate.days(in: month, of: year)).contains(day)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// `2026-11`: the bucket of a ledger's month.
  var monthText: String { "\(year)" + (month < 10 ? "-0\(month)" : "-\(month)") }

  static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var number: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = number * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return number
  }

  static func floored(_ number: Int64, by divisor: Int64) -> Int64 {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
  }
}
