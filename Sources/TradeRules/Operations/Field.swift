/// One typed field of a form: its number in the protobuf message of the same kind (1 … 63).
public struct Field<V: ColumnValue>: Sendable {
  public let number: Int
  /// Its text is about a person: it travels beside the operation's bytes, never in them.
  public var isPersonal: Bool { V.kind == .personal }

  public init(_ number: Int) { self.number = number }
}

/// A repeated form inside a form: the lines of an order.
public struct ListField<F: FormFields>: Sendable {
  public let number: Int
  public init(_ number: Int) { self.number = number }
}

/// The fields of one kind of operation, declared once: encoding, decoding, checks and documentation work
/// from it, and `schema/waybill.proto` has a message of the same fields for other languages.
///
/// A conforming type has one stored `Field` or `ListField` property a field and
/// `static let fields = Self()`.
public protocol FormFields: Sendable {
  static var fields: Self { get }
  /// The protobuf message's name.
  static var message: String { get }
}

/// What a form's field looks like to code that works for every form.
public struct FieldDescription: Sendable {
  public let number: Int
  public let name: String
  public let kind: ValueKind
  public let isOptional: Bool
  /// How many decimals an integer means: 3 for thousandths.
  public let decimals: Int
  /// The integers it may hold: a moment has bounds.
  public let bounds: ClosedRange<Int64>
  /// The form repeated here, for a list.
  public let list: FormDescription?
}

public struct FormDescription: Sendable {
  public let message: String
  public let fields: [FieldDescription]

  public init<F: FormFields>(_: F.Type) {
    message = F.message
    fields = Mirror(reflecting: F.fields).children.compactMap { child in
      guard let label = child.label else { return nil }
      return (child.value as? any DescribableField)?.description(named: label)
    }.sorted { $0.number < $1.number }
  }

  public func field(_ number: Int) -> FieldDescription? { fields.first { $0.number == number } }
}

protocol DescribableField {
  func description(named name: String) -> FieldDescription
}

extension Field: DescribableField {
  func description(named name: String) -> FieldDescription {
    FieldDescription(
      number: number, name: name, kind: V.kind, isOptional: V.isOptional, decimals: V.decimals,
      bounds: V.bounds, list: nil)
  }
}

extension ListField: DescribableField {
  func description(named name: String) -> FieldDescription {
    FieldDescription(
      number: number, name: name, kind: .blob, isOptional: true, decimals: 0, bounds: 0...0,
      list: FormDescription(F.self))
  }
}
