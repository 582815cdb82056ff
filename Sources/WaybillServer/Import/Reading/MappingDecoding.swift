/// Any key of a JSON object.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// A JSON object with no other keys than the named ones.
  ///
  /// - Throws: `MappingFault.unknownKey`, for the first in alphabetical order.
  fileprivate func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let allowed = Key.allCases.map(\.stringValue)
    let found = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    // Sorted, as two runs of a program iterate a dictionary differently.
    if let unknown = found.filter({ !allowed.contains($0) }).min() {
      throw MappingFault.unknownKey(
        unknown, place: MappingFault.place(codingPath), allowed: allowed)
    }
    return try container(keyedBy: type)
  }

  fileprivate func invalid(expected: String) -> MappingFault {
    .invalidValue(place: MappingFault.place(codingPath), expected: expected)
  }
}

extension MappingFile: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case kind
    case columns
    case filter = "where"
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.strictContainer(keyedBy: Key.self)
    kind = try object.decode(String.self, forKey: .kind)
    columns = try object.decode([String: ColumnRule].self, forKey: .columns)
    filter = try object.decodeIfPresent(RowFilter.self, forKey: .filter)
  }
}

extension ColumnRule: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case from, constant, join, separator, lookup, transform
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.strictContainer(keyedBy: Key.self)
    let sources = [Key.from, .constant, .join].filter { object.contains($0) }
    guard sources.count == 1 else {
      throw decoder.invalid(expected: "one of \"from\", \"constant\" and \"join\"")
    }
    guard sources == [.join] || !object.contains(.separator) else {
      throw decoder.invalid(expected: "\"separator\" beside \"join\" only")
    }
    switch sources[0] {
    case .from: source = .column(try object.decode(String.self, forKey: .from))
    case .constant: source = .constant(try object.decode(String.self, forKey: .constant))
    default:
      let separator = try object.decodeIfPresent(String.self, forKey: .separator)
      let columns = try object.decode([String].self, forKey: .join)
      source = .join(columns, separator: separator ?? " ")
    }
    transforms = try object.decodeIfPresent([ValueTransform].self, forKey: .transform) ?? []
    if object.contains(.lookup) {
      // One lookup may stand without brackets. Asking for the list first keeps its errors apart.
      let isList = (try? object.nestedUnkeyedContainer(forKey: .lookup)) != nil
      lookups =
        isList
        ? try object.decode([LookupRule].self, forKey: .lookup)
        : [try object.decode(LookupRule.self, forKey: .lookup)]
    }
  }
}

extension LookupRule: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case file, key, column, otherwise, repeated
    case filter = "where"
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.strictContainer(keyedBy: Key.self)
    file = try object.decode(String.self, forKey: .file)
    key = try object.decode(String.self, forKey: .key)
    // Asking for the list first keeps the errors of both forms apart.
    let isList = (try? object.nestedUnkeyedContainer(forKey: .column)) != nil
    columns =
      isList
      ? try object.decode([String].self, forKey: .column) : [try object.decode(String.self, forKey: .column)]
    filter = try object.decodeIfPresent(RowFilter.self, forKey: .filter)
    otherwise = try object.decodeIfPresent(String.self, forKey: .otherwise)
    if let repeated = try object.decodeIfPresent(String.self, forKey: .repeated) {
      guard repeated == "last" else { throw decoder.invalid(expected: "\"last\" for \"repeated\"") }
      takesLast = true
    }
  }
}

extension RowFilter: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case column, equals, notEquals
    case isIn = "in"
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.strictContainer(keyedBy: Key.self)
    let tests = [Key.equals, .notEquals, .isIn].filter { object.contains($0) }
    guard tests.count == 1 else {
      throw decoder.invalid(expected: "one of \"equals\", \"notEquals\" and \"in\"")
    }
    column = try object.decode(String.self, forKey: .column)
    switch tests[0] {
    case .equals: test = .equals(try object.decode(String.self, forKey: .equals))
    case .notEquals: test = .notEquals(try object.decode(String.self, forKey: .notEquals))
    default: test = .isIn(Set(try object.decode([String].self, forKey: .isIn)))
    }
  }
}

extension ValueTransform: Decodable {
  private enum Key: String, CodingKey, CaseIterable {
    case date, split, prefix, map
  }

  private enum SplitKey: String, CodingKey, CaseIterable {
    case by, take
  }

  init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self = try Self.named(name, decoder)
      return
    }
    let object = try decoder.strictContainer(keyedBy: Key.self)
    guard object.allKeys.count == 1, let key = object.allKeys.first else {
      throw decoder.invalid(expected: "one transform in each pair of braces")
    }
    switch key {
    case .prefix: self = .prefix(try object.decode(String.self, forKey: key))
    case .map: self = .map(try object.decode([String: String].self, forKey: key))
    case .split: self = try Self.split(object.superDecoder(forKey: key))
    case .date:
      guard let pattern = DatePattern(try object.decode(String.self, forKey: key)) else {
        throw decoder.invalid(
          expected: "a date format of yyyy, MM or M, dd or d, and perhaps HH, mm, ss, SSS")
      }
      self = .date(pattern)
    }
  }

  private static func named(_ name: String, _ decoder: any Decoder) throws -> ValueTransform {
    switch name {
    case "trim": return .trim
    case "upper": return .upper
    case "lower": return .lower
    case "decimalComma": return .decimalComma
    default:
      throw decoder.invalid(
        expected: "\"trim\", \"upper\", \"lower\", \"decimalComma\" or an object with date, split, "
          + "prefix or map instead of \"\(name)\"")
    }
  }

  private static func split(_ decoder: any Decoder) throws -> ValueTransform {
    let object = try decoder.strictContainer(keyedBy: SplitKey.self)
    let separator = try object.decode(String.self, forKey: .by)
    // As a Double, since JSONDecoder calls 0.5 invalid JSON when asked for an Int.
    let number = try object.decode(Double.self, forKey: .take)
    guard !separator.isEmpty, let index = Int(exactly: number), index >= 0 else {
      throw decoder.invalid(expected: "a \"by\" that is not empty and a whole number \"take\" from 0")
    }
    return .split(by: separator, take: index)
  }
}
