/// The format of a date in a file, such as `yyyy-MM-dd HH:mm:ss.SSS` or `d.M.yyyy`.
///
/// Letters as in Unicode Technical Standard 35, of which these: `yyyy`, `MM` or `M`, `dd` or `d`,
/// `HH` or `H`, `mm`, `ss`, `SSS`. A single letter takes one or two digits, the others exactly as
/// many as letters. Text in single quotes and anything that is not a letter stands for itself. No
/// month names, no zones: the day is taken as it is written.
struct DatePattern: Equatable, Sendable {
  private enum Part: Equatable, Sendable {
    case field(Character, digits: ClosedRange<Int>)
    case literal(Character)
  }

  /// As it stands in the mapping file.
  let format: String

  private let parts: [Part]

  private static let fields: [String: ClosedRange<Int>] = [
    "yyyy": 4...4, "MM": 2...2, "M": 1...2, "dd": 2...2, "d": 1...2, "HH": 2...2, "H": 1...2,
    "mm": 2...2, "ss": 2...2, "SSS": 3...3,
  ]

  /// - Returns: `nil` if the format holds another letter, a field twice, or not all of year, month
  ///   and day.
  init?(_ format: String) {
    var parts: [Part] = []
    var seen: Set<Character> = []
    var rest = format[...]
    while let first = rest.first {
      if first == "'" {
        guard let end = rest.dropFirst().firstIndex(of: "'") else { return nil }
        parts += rest[..<end].dropFirst().map { .literal($0) }
        rest = rest[end...].dropFirst()
      } else if first.isLetter {
        let run = rest.prefix { $0 == first }
        guard let digits = Self.fields[String(run)], seen.insert(first).inserted else { return nil }
        parts.append(.field(first, digits: digits))
        rest = rest.dropFirst(run.count)
      } else {
        parts.append(.literal(first))
        rest = rest.dropFirst()
      }
    }
    guard seen.isSuperset(of: ["y", "M", "d"]) else { return nil }
    self.format = format
    self.parts = parts
  }

  /// The day as `YYYY-MM-DD` (RFC 3339, full-date).
  ///
  /// - Returns: `nil` if the value does not have the format, or names a day, an hour, a minute or a
  ///   second that does not exist. Years 0001 … 9999; second 60 is taken (RFC 3339, 5.7).
  func isoDate(of value: String) -> String? {
    var numbers: [Character: Int] = [:]
    var rest = value[...]
    for part in parts {
      switch part {
      case .literal(let character):
        guard rest.first == character else { return nil }
        rest = rest.dropFirst()
      case .field(let letter, let digits):
        let run = rest.prefix { $0.isASCII && $0.isNumber }.prefix(digits.upperBound)
        guard run.count >= digits.lowerBound, let number = Int(run) else { return nil }
        numbers[letter] = number
        rest = rest.dropFirst(run.count)
      }
    }
    guard rest.isEmpty, let year = numbers["y"], let month = numbers["M"], let day = numbers["d"],
      year >= 1, (1...12).contains(month), (1...Self.dayCount(of: month, in: year)).contains(day),
      (0...23).contains(numbers["H"] ?? 0), (0...59).contains(numbers["m"] ?? 0),
      (0...60).contains(numbers["s"] ?? 0)
    else { return nil }
    return [Self.padded(year, to: 4), Self.padded(month, to: 2), Self.padded(day, to: 2)]
      .joined(separator: "-")
  }

  /// The days of a month, 1 … 12, in the Gregorian calendar.
  private static func dayCount(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func padded(_ number: Int, to digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
