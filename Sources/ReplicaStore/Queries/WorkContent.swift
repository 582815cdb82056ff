import SyncProtocol
public import TradeRules

extension OwnWork {
  /// What was entered, field by field. Null for bytes this program cannot read.
  public var content: JSONValue {
    guard let operation = item.operation, let rule = RuleBook.rule(operation.kind) else { return .null }
    return rule.form.json(operation.form)
  }
}

extension FormDescription {
  fileprivate func json(_ form: Form) -> JSONValue {
    .object(
      form.contents.compactMap { number, content in
        guard let field = field(number) else { return nil }
        switch content {
        case .value(let value): return JSONValue.Member(field.name, FormDescription.json(value, of: field))
        case .list(let forms):
          guard let list = field.list else { return nil }
          return JSONValue.Member(field.name, .array(forms.map(list.json)))
        }
      })
  }

  private static func json(_ value: Value, of field: FieldDescription) -> JSONValue {
    switch value {
    case .null: .null
    case .integer(let number): .number(Decimals.text(number, decimals: field.decimals))
    case .text(let text): .string(text)
    case .id(let id): .string(id.description)
    case .personal(let personal): .string(personal.text)
    case .blob(let bytes): .string("\(bytes.count) bytes")
    }
  }
}
