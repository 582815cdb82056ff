/// A field's value as the text a conflict keeps, and back: what a person would read and type.
///
/// Integers are decimal numbers in the column's scale (`2.5` for 2500 thousandths), ids canonical text. A
/// personal value stays itself, with its commitment.
enum FieldText {
  static func text(of value: Value, in column: ColumnDescription) -> PersonalText {
    switch value {
    case .null: PersonalText("")
    case .integer(let number): PersonalText(Decimals.text(number, decimals: column.decimals))
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
    case .integer: return Decimals.integer(text.text, decimals: column.decimals).map(Value.integer)
    // Of the lines that a personal text may have, other columns have one.
    case .text: return text.text.contains("\n") ? nil : .text(text.text)
    case .id: return RecordID(text.text).map(Value.id)
    case .blob, .personal: return nil
    }
  }
}
