/// A JSON document (RFC 8259) whose objects keep the order of their members and whose numbers stay text:
/// no floating point touches a quantity on its way in or out.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As it stands in the document; a number of RFC 8259, section 6.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Hashable, Sendable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }
}

// MARK: - Making

extension JSONValue {
  public static func integer(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }

  /// A text, or null.
  public static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// Units with at most three decimals: 2500 thousandths are `2.5`.
  public static func quantity(_ quantity: Quantity) -> JSONValue { .number(quantity.decimalText) }

  /// RFC 3339 in UTC, or null.
  public static func instant(_ instant: Instant?) -> JSONValue { text(instant?.timestamp) }

  /// `{"amountMinor":1250,"currency":"EUR"}`.
  public static func money(_ amountMinor: Int64, _ currency: String) -> JSONValue {
    ["amountMinor": .integer(amountMinor), "currency": .string(currency)]
  }

  public static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  /// An object with more members after its own; nothing else changes.
  public func adding(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    guard case .object(let own) = self else { return self }
    return .object(own + members.map { Member($0.key, $0.value) })
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral number: Int64) { self = .integer(number) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Members in the order written.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }
}

// MARK: - Looking

extension JSONValue {
  /// The first member of an object with a name; nil for anything else.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  public var string: String? { if case .string(let text) = self { text } else { nil } }
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  public var isNull: Bool { self == .null }
  /// A number without fraction or exponent that fits 64 bits.
  public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

  /// What a person reads in a table: a text without quotes, nothing for null.
  public var plain: String {
    switch self {
    case .null: ""
    case .bool(let bool): bool ? "yes" : "no"
    case .number(let text), .string(let text): text
    case .array(let elements): elements.map(\.plain).joined(separator: " ")
    case .object: text
    }
  }
}

// MARK: - Writing

extension JSONValue {
  /// The document on one line.
  public var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the document, without line breaks, as UTF-8.
  public func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .number(let text): bytes += text.utf8
    case .string(let text): JSONValue.write(text, to: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (position, element) in elements.enumerated() {
        if position > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (position, member) in members.enumerated() {
        if position > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONValue.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    let hexadecimal = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0..<0x20, 0x7F:
        bytes += "\\u00".utf8
        bytes += [hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
