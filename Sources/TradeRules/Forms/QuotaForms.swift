/// What of a line its seller takes from the device's own quota.
public struct QuotaCover: FormFields {
  public static let fields = Self()
  public static let message = "QuotaCover"
  public let line = Field<RecordID>(1)
  public let warehouse = Field<String>(2)
  public let quantity = Field<Quantity>(3)
}

/// Asks the centre to set stock aside for this device.
public struct RequestQuota: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "quota.request"
  public static let message = "RequestQuota"
  public let sku = Field<String>(1)
  public let warehouse = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Gives unsold units of the device's own quota back to everybody.
public struct ReturnQuota: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "quota.return"
  public static let message = "ReturnQuota"
  public let sku = Field<String>(1)
  public let warehouse = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Sets stock aside for a device.
public struct GrantQuota: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "quota.grant"
  public static let message = "GrantQuota"
  public let device = Field<String>(1)
  public let sku = Field<String>(2)
  public let warehouse = Field<String>(3)
  public let quantity = Field<Quantity>(4)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Ends a device's quota without its doing: what it has sold of it and not sent may then be oversold.
public struct WriteOffQuota: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "quota.write_off"
  public static let message = "WriteOffQuota"
  public let device = Field<String>(1)
  public let sku = Field<String>(2)
  public let warehouse = Field<String>(3)
  /// Nil = all that is unspent as far as the centre knows.
  public let quantity = Field<Quantity?>(4)
  public let reason = Field<PersonalText>(5)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}
