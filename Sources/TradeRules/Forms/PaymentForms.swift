/// A fact: money came in for an order.
public struct RecordPayment: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "payment.record"
  public static let message = "RecordPayment"
  public let id = Field<RecordID>(1)
  public let order = Field<RecordID>(2)
  /// For lists and messages only.
  public let number = Field<String>(3)
  public let method = Field<PaymentMethod>(4)
  /// Minor units of `currency`, above zero.
  public let amountMinor = Field<Int64>(5)
  /// Nil = the order's.
  public let currency = Field<String?>(6)
  /// How much of the order's currency one unit is, where the bank has said so; nil = as noted at the time.
  public let rate = Field<Ratio?>(7)
  /// The payment's own number outside: the same one for the same order is the same payment.
  public let reference = Field<String?>(8)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Money that goes back to the customer: a wish as long as it is not paid out, then a fact.
public struct RefundPayment: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "payment.refund"
  public static let message = "RefundPayment"
  public let id = Field<RecordID>(1)
  public let order = Field<RecordID>(2)
  /// For lists and messages only.
  public let number = Field<String>(3)
  public let method = Field<PaymentMethod>(4)
  /// Minor units of `currency`, above zero.
  public let amountMinor = Field<Int64>(5)
  /// Nil = the order's.
  public let currency = Field<String?>(6)
  public let rate = Field<Ratio?>(7)
  public let reference = Field<String?>(8)
  /// The customer has the money already.
  public let isPaidOut = Field<Bool>(9)
  public let reason = Field<PersonalText?>(10)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct ImportPayments: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.payments"
  public static let message = "ImportPayments"
  public let rows = ListField<PaymentEntry>(1)
  public static func record(of form: Filled<Self>) -> String { "payments" }
}

public struct PaymentEntry: FormFields {
  public static let fields = Self()
  public static let message = "PaymentEntry"
  public let reference = Field<String>(1)
  /// The order's number.
  public let order = Field<String>(2)
  public let method = Field<PaymentMethod>(3)
  /// Major units; with no more decimals than the currency has.
  public let amount = Field<UnitPrice>(4)
  public let currency = Field<String>(5)
  /// Nil = the import.
  public let at = Field<Instant?>(6)
}
