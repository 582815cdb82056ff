extension JSONValue {
  /// Deeper nesting is refused, so that no document can exhaust the stack.
  public static let depthMax = 64

  /// Reads one document and nothing after it but white space.
  ///
  /// - Throws: `MalformedJSON` with the place of the first byte that does not fit RFC 8259.
  public init(parsing bytes: [UInt8]) throws(MalformedJSON) {
    var reader = JSONReader(bytes)
    self = try reader.document()
  }

  public init(parsing text: String) throws(MalformedJSON) { try self.init(parsing: Array(text.utf8)) }
}

/// Bytes that are no JSON document.
public struct MalformedJSON: Error, Hashable, Sendable {
  /// What should have been there.
  public let expected: String
  /// Bytes before it.
  public let offset: Int
}

private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(MalformedJSON) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault("the end") }
    return value
  }

  private mutating func value() throws(MalformedJSON) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { (reader) throws(MalformedJSON) in try reader.object() }
    case UInt8(ascii: "["): return try nested { (reader) throws(MalformedJSON) in try reader.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(MalformedJSON) -> JSONValue
  ) throws(MalformedJSON) -> JSONValue {
    guard depth < JSONValue.depthMax else { throw fault("at most \(JSONValue.depthMax) levels") }
    depth += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(MalformedJSON) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a name") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
      members.append(JSONValue.Member(name, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or }") }
    }
  }

  private mutating func array() throws(MalformedJSON) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw fault("a comma or ]") }
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(MalformedJSON) -> JSONValue {
    for byte in word.utf8 {
      guard take(byte) else { throw fault(word) }
    }
    return value
  }

  private mutating func number() throws(MalformedJSON) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(MalformedJSON) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw fault("a value") }
  }

  // MARK: Texts

  private mutating func string() throws(MalformedJSON) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw fault("UTF-8") }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault("no control character")
      default: text.append(byte)
      }
    }
    throw fault("a closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws(MalformedJSON) {
    guard let byte = next else { throw fault("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"): text += Array(String(try scalar()).utf8)
    default: throw fault("an escape")
    }
  }

  private mutating func scalar() throws(MalformedJSON) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Half of a pair: the other half must follow (RFC 8259, section 7).
    guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fault("a pair of surrogates")
    }
    let second = try codeUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("a pair of surrogates") }
    return scalar
  }

  private mutating func codeUnit() throws(MalformedJSON) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  // MARK: Bytes

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func fault(_ expected: String) -> MalformedJSON {
    MalformedJSON(expected: expected, offset: position)
  }
}
