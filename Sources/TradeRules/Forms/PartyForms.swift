/// Sets what a customer may owe, or stops them.
public struct SetCredit: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.credit"
  public static let message = "SetCredit"
  public let id = Field<RecordID>(1)
  /// For lists and messages only.
  public let code = Field<String>(2)
  /// Minor units of the customer's currency; nil = as it was.
  public let limitMinor = Field<Int64?>(3)
  /// Takes the limit away.
  public let isUnlimited = Field<Bool?>(4)
  /// Nil = as it was.
  public let isBlocked = Field<Bool?>(5)
  public static func record(of form: Filled<Self>) -> String { form.code }
}
