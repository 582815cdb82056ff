/// A JSON document whose fields keep their order, so that the same state always prints the same bytes.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number in scaled integers, written without exponent and without float artefacts: 2500 in 3 places is
  /// `2.5`.
  case decimal(Int64, places: Int)
  case string(String)
  case array([JSONValue])
  /// Fields in the order in which they are written; no name twice.
  case object([Field])

  struct Field: Hashable, Sendable {
    let name: String
    let value: JSONValue
  }

  /// The document on one line (RFC 8259), without a line break at its end.
  var text: String {
    var text = ""
    append(to: &text)
    return text
  }

  private func append(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .integer(let number): text += String(number)
    case .decimal(let scaled, let places): text += Decimals.text(of: scaled, places: places)
    case .string(let string): JSONValue.append(string, to: &text)
    case .array(let values):
      text += "["
      for (position, value) in values.enumerated() {
        if position > 0 { text += "," }
        value.append(to: &text)
      }
      text += "]"
    case .object(let fields):
      text += "{"
      for (position, field) in fields.enumerated() {
        if position > 0 { text += "," }
        JSONValue.append(field.name, to: &text)
        text += ":"
        field.value.append(to: &text)
      }
      text += "}"
    }
  }

  /// Control characters are escaped, and so are the separators that some readers take for line ends, so that
  /// a document is always one line.
  private static func append(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028
        || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

// MARK: - Writing documents down

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
  init(dictionaryLiteral fields: (String, JSONValue)...) {
    self = .object(fields.map { Field(name: $0.0, value: $0.1) })
  }
  init(arrayLiteral values: JSONValue...) { self = .array(values) }
  init(stringLiteral string: String) { self = .string(string) }
  init(booleanLiteral bool: Bool) { self = .bool(bool) }
  init(integerLiteral number: Int64) { self = .integer(number) }
  init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
  /// An object with more fields after its own; anything else stays as it is.
  func adding(_ more: JSONValue) -> JSONValue {
    guard case .object(let fields) = self, case .object(let others) = more else { return self }
    return .object(fields + others)
  }

  /// A text, or null.
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
