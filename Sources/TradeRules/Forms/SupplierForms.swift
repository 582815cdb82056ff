/// Makes a supplier.
public struct CreateSupplier: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "supplier.create"
  public static let message = "CreateSupplier"
  public let code = Field<String>(1)
  public let name = Field<String>(2)
  public let country = Field<String?>(3)
  public let currency = Field<String?>(4)
  /// Nil = active.
  public let status = Field<SupplierStatus?>(5)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Edits a supplier. A new value has its column's number, the value seen that number plus 32.
public struct EditSupplier: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "supplier.set"
  public static let message = "EditSupplier"
  public let code = Field<String>(1)
  public let name = Field<String?>(2)
  public let country = Field<String?>(3)
  public let currency = Field<String?>(4)
  public let status = Field<String?>(5)
  public let nameSeen = Field<String?>(34)
  public let countrySeen = Field<String?>(35)
  public let currencySeen = Field<String?>(36)
  public let statusSeen = Field<String?>(37)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

public struct ImportSuppliers: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.suppliers"
  public static let message = "ImportSuppliers"
  public let rows = ListField<CreateSupplier>(1)
  public static func record(of form: Filled<Self>) -> String { "suppliers" }
}
