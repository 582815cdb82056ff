import Foundation

/// A JSON document as a program printed it, read by path: `order["lines"][0]["allocated"].number`.
struct Document: @unchecked Sendable, CustomStringConvertible {
  // Only ever a tree of Foundation's immutable JSON values.
  private let value: Any?

  init(_ text: String) throws {
    value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  private init(value: Any?) { self.value = value }

  subscript(_ name: String) -> Document { Document(value: (value as? [String: Any])?[name]) }
  subscript(_ position: Int) -> Document {
    let list = value as? [Any] ?? []
    return Document(value: list.indices.contains(position) ? list[position] : nil)
  }

  var list: [Document] { (value as? [Any] ?? []).map { Document(value: $0) } }
  var text: String? { value as? String }
  var texts: [String] { list.compactMap(\.text) }
  var flag: Bool? { value as? Bool }
  /// A number with at most three decimals.
  /// Taken from its digits: a conversion through a binary fraction may add to it.
  var number: Decimal? { (value as? NSNumber).flatMap { Decimal(string: $0.stringValue) } }
  var exists: Bool { value != nil && !(value is NSNull) }

  var description: String {
    guard let value,
      let data = try? JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .prettyPrinted])
    else { return "nothing" }
    return String(decoding: data, as: UTF8.self)
  }
}
