import Foundation

/// What is wrong with a mapping file, or with a file that it names.
///
/// `place` is the way to the key, such as `columns.sku.transform[0]`; empty at the top.
enum MappingFault: Error, Equatable, Sendable {
  /// The file, or a lookup file, cannot be read; `reason` is what the reader of bytes or CSV says.
  case unreadable(reason: String)

  /// More than `MappingFile.bytesMax`.
  case tooLong

  /// Not JSON.
  case notJSON(reason: String)

  /// A key that means nothing there.
  case unknownKey(String, place: String, allowed: [String])

  /// A key that is needed and not there.
  case missingKey(String, place: String)

  /// A value that means nothing there.
  case invalidValue(place: String, expected: String)

  /// The imported file has no column of that name.
  case noSuchColumn(String, found: [String])

  /// A lookup file is in none of the folders.
  case lookupMissing(file: String, folders: [String])

  /// A lookup file has no column of that name.
  case noSuchLookupColumn(String, file: String, found: [String])

  /// A lookup file gives two answers for one key.
  case ambiguousKey(String, key: String, file: String, line: Int)

  var code: String {
    switch self {
    case .unreadable, .tooLong: "MAPPING_UNREADABLE"
    case .notJSON: "MAPPING_NOT_JSON"
    case .unknownKey: "MAPPING_KEY_UNKNOWN"
    case .missingKey: "MAPPING_KEY_MISSING"
    case .invalidValue: "MAPPING_VALUE_INVALID"
    case .noSuchColumn: "MAPPING_COLUMN_MISSING"
    case .lookupMissing: "LOOKUP_FILE_MISSING"
    case .noSuchLookupColumn: "LOOKUP_COLUMN_MISSING"
    case .ambiguousKey: "LOOKUP_KEY_AMBIGUOUS"
    }
  }

  var message: String {
    switch self {
    case .unreadable(let reason): "expected a readable file; \(reason)"
    case .tooLong: "expected at most \(MappingFile.bytesMax / 1024) KiB, found more"
    case .notJSON(let reason): "expected JSON; \(reason)"
    case .unknownKey(let key, let place, let allowed):
      "expected \(Self.list(allowed))\(Self.at(place)), found the key \"\(key)\""
    case .missingKey(let key, let place): "expected the key \"\(key)\"\(Self.at(place)), found none"
    case .invalidValue(let place, let expected): "expected \(expected)\(Self.at(place))"
    case .noSuchColumn(let name, let found):
      "expected a column \"\(name)\" in the imported file, found \(Self.list(found))"
    case .lookupMissing(let file, let folders):
      "expected the lookup file \(file) in \(folders.joined(separator: " or ")), found none"
    case .noSuchLookupColumn(let name, let file, let found):
      "expected a column \"\(name)\" in the lookup file \(file), found \(Self.list(found))"
    case .ambiguousKey(let value, let key, let file, let line):
      "expected each \(key) once in the lookup file \(file), found \"\(value)\" again with another "
        + "value on line \(line)"
    }
  }

  var hint: String {
    switch self {
    case .unreadable: "Put that file right, then import again."
    case .tooLong: "Check that it is the mapping file and not the data."
    case .notJSON: "Correct the JSON there."
    case .unknownKey(let key, _, _): "Correct or remove \"\(key)\"."
    case .missingKey(let key, _): "Add \"\(key)\"."
    case .invalidValue: "Correct the value there."
    case .noSuchColumn: "Correct the name in the mapping file, or check the delimiter."
    case .lookupMissing: "Copy the lookup file there, or correct its name."
    case .noSuchLookupColumn: "Correct the name in the mapping file."
    case .ambiguousKey: "Remove one of the two rows."
    }
  }

  /// What any error of reading a mapping file comes to.
  init(_ error: any Error) {
    switch error {
    case let fault as MappingFault: self = fault
    case let error as any ReadingError:
      // Its full stop would stand in the middle of our sentence.
      self = .unreadable(reason: String(error.message.dropLast()))
    case DecodingError.keyNotFound(let key, let context):
      self = .missingKey(key.stringValue, place: Self.place(context.codingPath))
    case DecodingError.typeMismatch(let type, let context),
      DecodingError.valueNotFound(let type, let context):
      self = .invalidValue(place: Self.place(context.codingPath), expected: Self.name(of: type))
    case DecodingError.dataCorrupted(let context):
      let cause = context.underlyingError as NSError?
      let detail = cause?.userInfo[NSDebugDescriptionErrorKey] as? String
      self = .notJSON(reason: detail ?? context.debugDescription)
    default: self = .unreadable(reason: String(describing: error))
    }
  }

  static func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { place, key in
      // A list's index calls itself "Index 0"; an object's key "0" has a number too, and is a name.
      if let index = key.intValue, key.stringValue != String(index) {
        place += "[\(index)]"
      } else {
        place += place.isEmpty ? key.stringValue : "." + key.stringValue
      }
    }
  }

  private static func at(_ place: String) -> String { place.isEmpty ? "" : " at \(place)" }

  /// Names for a message, which stays readable for a file of many columns.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a text in quotes"
    case is Double.Type: "a number"
    case is [any Any].Type: "a list"
    default: "an object in braces"
    }
  }
}
