/// A field's value as the text a conflict keeps, and back: what a person would read and type.
///
/// Integers are decimal numbers in the column's scale (`2.5` for 2500 thousandths), ids canonical text. A
/// personal value stays itself, with its commitment.
enum FieldText {
  static func text(of value: Value, in column: ColumnDescription) -> PersonalText {
    switch value {
    case .null: PersonalText("")
    case .integer(let number): PersonalText(decimal(number, column.decimals))
    case .text(let text): PersonalText(text)
    case .id(let id): PersonalText(id.description)
    case .personal(let personal): personal
    case .blob: PersonalText("")
    }
  }

  /// The value that a text means in a column; nil when it means none.
  static func value(of text: PersonalText, in column: ColumnDescription) -> Value? {
    if case .personal = column.kind { return .personal(text) }
    if column.isOptional, text.text.isEmpty { return .null }
    switch column.kind {
    case .integer: return integer(text.text, column.decimals).map(Value.integer)
    case .text: return .text(text.text)
    case .id: return RecordID(text.text).map(Value.id)
    case .blob, .personal: return nil
    }
  }

  /// `-2.5` for −2500 and 3 decimals.
  private static func decimal(_ number: Int64, _ decimals: Int) -> String {
    var digits = String(number.magnitude)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    return (number < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Reads an optional minus, digits, and at most so many decimals after a point; nil for anything else.
  private static func integer(_ text: String, _ decimals: Int) -> Int64? {
    let isNegative = text.hasPrefix("-")
    let parts = text.dropFirst(isNegative ? 1 : 0).split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard let whole = parts.first, !whole.isEmpty, fraction.utf8.count <= decimals,
      parts.count == 1 || !fraction.isEmpty
    else { return nil }
    let digits = whole + fraction + String(repeating: "0", count: decimals - fraction.utf8.count)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int64((isNegative ? "-" : "") + digits)
  }
}
