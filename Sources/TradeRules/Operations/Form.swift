/// What a person entered, as numbered fields, before any meaning is given to them.
public struct Form: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case value(Value)
    case list([Form])
  }

  /// Ascending field numbers, each once; nulls and empty lists are left out.
  public private(set) var contents: [(number: Int, content: Content)] = []

  public init() {}

  public subscript(number: Int) -> Content? {
    get { contents.first { $0.number == number }?.content }
    set {
      contents.removeAll { $0.number == number }
      guard let newValue, newValue != .value(.null), newValue != .list([]) else { return }
      let place = contents.firstIndex { $0.number > number } ?? contents.endIndex
      contents.insert((number, newValue), at: place)
    }
  }

  /// The same with every text changed, in lists too; commitments to personal texts stay.
  public func mappingTexts(_ change: (String) -> String) -> Form { mappingTexts(change, personal: change) }

  /// The same, with texts about persons changed in another way.
  public func mappingTexts(_ change: (String) -> String, personal changePersonal: (String) -> String) -> Form
  {
    var result = Form()
    for (number, content) in contents {
      result[number] =
        switch content {
        case .value(.text(let text)): .value(.text(change(text)))
        case .value(.personal(let personal)):
          .value(.personal(PersonalText(changePersonal(personal.text), commitment: personal.commitment)))
        case .value: content
        case .list(let forms): .list(forms.map { $0.mappingTexts(change, personal: changePersonal) })
        }
    }
    return result
  }

  public static func == (one: Form, other: Form) -> Bool {
    one.contents.count == other.contents.count
      && zip(one.contents, other.contents).allSatisfy { $0.number == $1.number && $0.content == $1.content }
  }

  public func hash(into hasher: inout Hasher) {
    for (number, content) in contents {
      hasher.combine(number)
      hasher.combine(content)
    }
  }
}

/// A form seen through its fields: `filled.sku`, `filled.lines`.
@dynamicMemberLookup
public struct Filled<F: FormFields>: Hashable, Sendable {
  public var form: Form

  public init(_ form: Form = Form()) { self.form = form }

  /// Fills in a new form: `Filled<AdjustStock> { $0.sku = "CHAI-1" }`.
  public init(_ fill: (inout Filled<F>) -> Void) {
    form = Form()
    fill(&self)
  }

  public subscript<V: ColumnValue>(dynamicMember path: KeyPath<F, Field<V>>) -> V {
    get {
      guard case .value(let value) = form[F.fields[keyPath: path].number] else { return V(.null) }
      return V(value)
    }
    set { form[F.fields[keyPath: path].number] = .value(newValue.value) }
  }

  public subscript<G: FormFields>(dynamicMember path: KeyPath<F, ListField<G>>) -> [Filled<G>] {
    get {
      guard case .list(let forms) = form[F.fields[keyPath: path].number] else { return [] }
      return forms.map { Filled<G>($0) }
    }
    set { form[F.fields[keyPath: path].number] = .list(newValue.map(\.form)) }
  }
}
