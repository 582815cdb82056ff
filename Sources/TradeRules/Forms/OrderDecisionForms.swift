/// Accepts a submitted order, whatever headquarters may lift holds it: it is promised stock.
public struct AcceptOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.accept"
  public static let message = "AcceptOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Refuses a submitted order for good.
public struct RejectOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.reject"
  public static let message = "RejectOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let reason = Field<PersonalText?>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Serves so much of a line from a warehouse: headquarters splits it (#28).
public struct AllocateLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.allocate"
  public static let message = "AllocateLine"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public let warehouse = Field<String>(4)
  public let quantity = Field<Quantity>(5)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Sets what an order costs beside its goods, in minor units of its currency.
public struct ChargeOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.charge"
  public static let message = "ChargeOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  /// Nil = as it is.
  public let freightMinor = Field<Int64?>(3)
  /// Nil = as they are.
  public let feesMinor = Field<Int64?>(4)
  public static func record(of form: Filled<Self>) -> String { form.number }
}
