/// One kind of operation: its fields and what it does. Who may do it stands in `Permissions`.
public protocol OperationForm: FormFields {
  static var kind: OperationKind { get }
  /// What a person calls the record the operation is about; for lists of work not sent yet.
  static func record(of form: Filled<Self>) -> String
  /// The record that others may be waiting for once this is decided; nil when it makes none.
  static func makes(_ form: Filled<Self>) -> RowKey?
  /// Reads through `trade`, changes records, and says what came of it.
  ///
  /// - Throws: `.needs` for rows not loaded yet, `.unknown` on a replica that cannot see what matters,
  ///   `.waits` when a record has not arrived, `.refused` when the business says no (its changes are taken
  ///   back).
  static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict
}

extension OperationForm {
  public static func makes(_ form: Filled<Self>) -> RowKey? { nil }
}

/// An operation kind without its Swift type.
public struct OperationRule: Sendable {
  public let kind: OperationKind
  public let form: FormDescription
  public let record: @Sendable (Form) -> String
  let makes: @Sendable (Form) -> RowKey?
  let decide: @Sendable (Form, Trade) throws(Interruption) -> Verdict

  init<F: OperationForm>(_: F.Type) {
    kind = F.kind
    form = FormDescription(F.self)
    record = { F.record(of: Filled<F>($0)) }
    makes = { F.makes(Filled<F>($0)) }
    decide = { (form: Form, trade: Trade) throws(Interruption) -> Verdict in
      try F.decide(Filled<F>(form), in: trade)
    }
  }
}
