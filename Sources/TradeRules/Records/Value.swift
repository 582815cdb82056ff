/// One cell of a row or one field of a form: what SQLite's strict tables and the wire can hold.
public enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])
  /// Kept as 16 bytes.
  case id(RecordID)
  /// A person's text beside its commitment. The hash chain covers the commitment, never the text.
  indirect case personal(PersonalText)

  public var isNull: Bool { self == .null }
}

/// A text about a person, and the salted hash that stands for it where the text may not stand.
///
/// Rules copy both together. Erasing a person empties `text` everywhere; `commitment` stays, so that the
/// hash chain and the replay of the log still hold (G28).
public struct PersonalText: Hashable, Sendable {
  /// Empty once the person was erased.
  public var text: String
  /// SHA-256 of salt and text; empty on a replica, which hashes no effects.
  public var commitment: [UInt8]

  public init(_ text: String, commitment: [UInt8] = []) {
    self.text = text
    self.commitment = commitment
  }
}

/// How a value is kept and carried.
public enum ValueKind: Sendable {
  case integer, text, blob, id, personal
}

/// A Swift type that can stand in a column or a field.
///
/// Reading is total: a cell of another kind, which only a newer centre or a damaged file can hold, reads as
/// the type's empty value; what arrives from outside is checked before it becomes a row.
public protocol ColumnValue: Sendable {
  static var kind: ValueKind { get }
  static var isOptional: Bool { get }
  /// How many decimals an integer means: 3 for thousandths; 0 for a plain number.
  static var decimals: Int { get }
  /// The integers that a form's field may hold.
  static var bounds: ClosedRange<Int64> { get }
  init(_ value: Value)
  var value: Value { get }
}

extension ColumnValue {
  public static var isOptional: Bool { false }
  public static var decimals: Int { 0 }
  public static var bounds: ClosedRange<Int64> { .min ... .max }
}

extension Int64: ColumnValue {
  public static var kind: ValueKind { .integer }
  public init(_ value: Value) { if case .integer(let number) = value { self = number } else { self = 0 } }
  public var value: Value { .integer(self) }
}

extension Bool: ColumnValue {
  public static var kind: ValueKind { .integer }
  public init(_ value: Value) { self = Int64(value) != 0 }
  public var value: Value { .integer(self ? 1 : 0) }
}

extension String: ColumnValue {
  public static var kind: ValueKind { .text }
  public init(_ value: Value) { if case .text(let text) = value { self = text } else { self = "" } }
  public var value: Value { .text(self) }
}

extension RecordID: ColumnValue {
  public static var kind: ValueKind { .id }
  /// The id of nothing; no record has it.
  public static let none = RecordID(high: 0, low: 0)
  public init(_ value: Value) { if case .id(let id) = value { self = id } else { self = .none } }
  public var value: Value { .id(self) }
}

extension PersonalText: ColumnValue {
  public static var kind: ValueKind { .personal }
  public init(_ value: Value) {
    if case .personal(let personal) = value { self = personal } else { self = PersonalText("") }
  }
  public var value: Value { .personal(self) }
}

extension [UInt8]: ColumnValue {
  public static var kind: ValueKind { .blob }
  public init(_ value: Value) { if case .blob(let bytes) = value { self = bytes } else { self = [] } }
  public var value: Value { .blob(self) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
  public static var kind: ValueKind { Wrapped.kind }
  public static var isOptional: Bool { true }
  public static var decimals: Int { Wrapped.decimals }
  public static var bounds: ClosedRange<Int64> { Wrapped.bounds }
  public init(_ value: Value) { self = value == .null ? nil : Wrapped(value) }
  public var value: Value { self?.value ?? .null }
}

/// A word of an open vocabulary: states, reasons, kinds.
///
/// Open, because an older replica must keep and show a word that only a newer centre knows.
public protocol Word: ColumnValue, Hashable, CustomStringConvertible, ExpressibleByStringLiteral
where StringLiteralType == String {
  var rawValue: String { get }
  init(rawValue: String)
}

extension Word {
  public static var kind: ValueKind { .text }
  public init(_ value: Value) { self.init(rawValue: String(value)) }
  public init(stringLiteral: String) { self.init(rawValue: stringLiteral) }
  public var value: Value { .text(rawValue) }
  public var description: String { rawValue }
}

/// A list of words in one cell, kept sorted as given and joined by single spaces.
public struct WordList: ColumnValue, Hashable, ExpressibleByArrayLiteral {
  public var words: [String]
  public static var kind: ValueKind { .text }

  public init(_ words: [String]) { self.words = words }
  public init(arrayLiteral words: String...) { self.words = words }
  public init(_ value: Value) {
    words = String(value).split(separator: " ").map(String.init)
  }
  public var value: Value { .text(words.joined(separator: " ")) }
  public var isEmpty: Bool { words.isEmpty }

  /// Adds a word unless it is there.
  public mutating func insert(_ word: String) {
    if !words.contains(word) { words.append(word) }
  }
  public mutating func remove(_ word: String) { words.removeAll { $0 == word } }
  public func contains(_ word: String) -> Bool { words.contains(word) }
}
