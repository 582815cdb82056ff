/// One step that changes a value of a mapping; the list of them is short on purpose.
///
/// An empty value means "none" and stays empty through every step but a `map` with an empty key:
/// a prefix on nothing would make a code out of nothing.
enum ValueTransform: Equatable, Sendable {
  /// `"trim"`: takes white space off both ends, no-break spaces too.
  case trim

  /// `"upper"`: capital letters, independent of any language.
  case upper

  /// `"lower"`: small letters, independent of any language.
  case lower

  /// `{"date": "dd.MM.yyyy"}`: a date in that format becomes `YYYY-MM-DD`.
  case date(DatePattern)

  /// `"decimalComma"`: `1.234,50` becomes `1234.50`.
  case decimalComma

  /// `{"split": {"by": " ", "take": 0}}`: one part of several, counted from 0; empty if there are
  /// not so many.
  case split(by: String, take: Int)

  /// `{"prefix": "NW-"}`: puts a text before the value.
  case prefix(String)

  /// `{"map": {"0": "active"}}`: exchanges the value; one that is not listed is a row's error.
  case map([String: String])

  /// The changed value.
  ///
  /// - Parameter column: Our column, for the error.
  /// - Throws: `notADate`, `notADecimal`, `notInMap`: this row is refused.
  func applied(to value: String, column: String) throws(RowFault) -> String {
    if case .map(let values) = self {
      if let changed = values[value] { return changed }
      guard value.isEmpty else { throw .notInMap(column: column, value: value) }
    }
    guard !value.isEmpty else { return value }
    switch self {
    case .trim: return String(value.trimmingWhitespace())
    case .upper: return value.uppercased()
    case .lower: return value.lowercased()
    case .prefix(let text): return text + value
    case .split(let separator, let index):
      let parts = value.split(separator: separator, omittingEmptySubsequences: false)
      return index < parts.count ? String(parts[index]) : ""
    case .date(let pattern):
      if let date = pattern.isoDate(of: value) { return date }
      throw .notADate(column: column, value: value, format: pattern.format)
    case .decimalComma:
      if let number = Self.decimal(fromComma: value) { return number }
      throw .notADecimal(column: column, value: value)
    case .map: return value
    }
  }

  /// A number with a decimal comma, written with a point and without marks for thousands.
  ///
  /// Thousands may be parted by one kind of point, apostrophe or space, in threes throughout, so
  /// that `12.50` is refused and not taken for 1250.
  private static func decimal(fromComma value: String) -> String? {
    var digits = value.trimmingWhitespace()
    let sign = digits.first == "-" ? "-" : ""
    if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
    let halves = digits.split(separator: ",", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = halves.first else { return nil }
    let marks: Set<Character> = [".", "'", "\u{2019}", " ", "\u{A0}", "\u{202F}"]
    let groups = whole.split(omittingEmptySubsequences: false) { marks.contains($0) }
    guard Set(whole.filter { marks.contains($0) }).count <= 1,
      groups.count == 1 || (1...3).contains(groups[0].count),
      groups.dropFirst().allSatisfy({ $0.count == 3 }),
      (groups + halves.dropFirst()).allSatisfy({ isDigits($0) })
    else { return nil }
    return sign + groups.joined() + (halves.count == 2 ? "." + halves[1] : "")
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
