import TradeRules

/// `FIELD=VALUE` words of an edit, laid into the form of the record's kind.
///
/// In an edit form the new value of a field has its column's number; the value its author saw goes with it,
/// under that number plus 32, so that the centre can tell who saw what (#52).
struct FieldEdits {
  static let seenOffset = 32

  private let assignments: [(name: String, value: String)]

  /// - Throws: `USAGE` for a word that is no `FIELD=VALUE`.
  init(_ words: [String]) throws {
    guard !words.isEmpty else { throw Failure.usage("give at least one FIELD=VALUE") }
    assignments = try words.map { word in
      guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
        throw Failure.usage("a field is given as FIELD=VALUE, not \(word)")
      }
      return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
  }

  /// The names of the fields as given.
  var names: String { assignments.map(\.name).joined(separator: ", ") }

  /// Fills new and seen values into an edit form.
  ///
  /// - Throws: `FIELD_NOT_EDITABLE` naming those that are; `BAD_VALUE`.
  func fill<F: FormFields, C: TableColumns>(_ filled: inout Filled<F>, seeing record: Record<C>) throws {
    let form = FormDescription(F.self)
    let editable = form.fields.filter { form.field($0.number + FieldEdits.seenOffset) != nil }
    for (name, text) in assignments {
      let wanted = FieldEdits.folded(name)
      guard let field = editable.first(where: { FieldEdits.folded($0.name) == wanted }) else {
        throw Failure(
          .fieldNotEditable, "\(name); those that can are \(editable.map(\.name).joined(separator: ", "))",
          details: ["field": .string(name), "editable": .array(editable.map { .string($0.name) })])
      }
      filled.form[field.number] = .value(try value(text, of: field))
      let seen = record.row.values[field.number - 1]
      filled.form[field.number + FieldEdits.seenOffset] = .value(seen)
    }
  }

  private func value(_ text: String, of field: FieldDescription) throws -> Value {
    switch field.kind {
    case .text: return .text(text)
    case .personal: return .personal(PersonalText(text))
    case .integer:
      guard let number = Decimals.integer(text, decimals: field.decimals) else {
        throw Failure(.badValue, "\(field.name) takes a number with at most \(field.decimals) decimals")
      }
      return .integer(number)
    case .id, .blob: throw Failure(.fieldNotEditable, field.name)
    }
  }

  /// `hs_code`, `hs-code` and `hsCode` are one field.
  private static func folded(_ name: String) -> String {
    let folded = name.lowercased().filter { $0 != "_" && $0 != "-" }
    return otherNames[folded] ?? folded
  }

  /// As imports and orders call them.
  private static let otherNames = ["weightg": "weightgrams", "delivery": "deliveryaddress"]
}
