public struct CreateProduct: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "product.create"
  public static let message = "CreateProduct"
  public let sku = Field<String>(1)
  /// Case folded by the host, so that rules and replay never fold text.
  public let skuFolded = Field<String>(2)
  public let name = Field<String>(3)
  public let category = Field<String?>(4)
  /// Nil = `EA`.
  public let baseUnit = Field<String?>(5)
  public let status = Field<ProductStatus?>(6)
  public let gtin = Field<String?>(7)
  public let hsCode = Field<String?>(8)
  public let origin = Field<String?>(9)
  public let weightGrams = Field<Int64?>(10)
  public let description = Field<String?>(11)
  public let taxClass = Field<String?>(12)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Edits fields of a product. A new value has its column's number, the value seen that number plus 32.
public struct EditProduct: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "product.set"
  public static let message = "EditProduct"
  public let sku = Field<String>(1)
  public let name = Field<String?>(3)
  public let category = Field<String?>(4)
  public let status = Field<String?>(6)
  public let gtin = Field<String?>(7)
  public let hsCode = Field<String?>(8)
  public let origin = Field<String?>(9)
  public let weightGrams = Field<Int64?>(10)
  public let description = Field<String?>(11)
  public let taxClass = Field<String?>(12)
  public let nameSeen = Field<String?>(35)
  public let categorySeen = Field<String?>(36)
  public let statusSeen = Field<String?>(38)
  public let gtinSeen = Field<String?>(39)
  public let hsCodeSeen = Field<String?>(40)
  public let originSeen = Field<String?>(41)
  public let weightGramsSeen = Field<Int64?>(42)
  public let descriptionSeen = Field<String?>(43)
  public let taxClassSeen = Field<String?>(44)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

public struct CreateCustomer: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.create"
  public static let message = "CreateCustomer"
  public let id = Field<RecordID>(1)
  public let code = Field<String>(2)
  public let name = Field<PersonalText>(3)
  public let phone = Field<PersonalText?>(4)
  public let email = Field<PersonalText?>(5)
  public let taxId = Field<PersonalText?>(6)
  public let address = Field<PersonalText?>(7)
  public let status = Field<CustomerStatus?>(8)
  public let country = Field<String?>(9)
  public let currency = Field<String?>(10)
  public let priceList = Field<String?>(11)
  /// Nil = the device's own.
  public let agent = Field<String?>(12)
  public let territory = Field<String?>(13)
  public let warehouse = Field<String?>(14)
  public static func record(of form: Filled<Self>) -> String { form.code }
  public static func makes(_ form: Filled<Self>) -> RowKey? { RowKey(CustomerColumns.self, form.id) }
}

/// Edits fields of a customer. A new value has its column's number, the value seen that number plus 32.
public struct EditCustomer: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "customer.set"
  public static let message = "EditCustomer"
  public let id = Field<RecordID>(1)
  /// For lists and messages only.
  public let code = Field<String>(2)
  public let name = Field<PersonalText?>(3)
  public let phone = Field<PersonalText?>(4)
  public let email = Field<PersonalText?>(5)
  public let taxId = Field<PersonalText?>(6)
  public let address = Field<PersonalText?>(7)
  public let status = Field<String?>(8)
  public let country = Field<String?>(9)
  public let currency = Field<String?>(10)
  public let priceList = Field<String?>(11)
  public let warehouse = Field<String?>(14)
  public let nameSeen = Field<PersonalText?>(35)
  public let phoneSeen = Field<PersonalText?>(36)
  public let emailSeen = Field<PersonalText?>(37)
  public let taxIdSeen = Field<PersonalText?>(38)
  public let addressSeen = Field<PersonalText?>(39)
  public let statusSeen = Field<String?>(40)
  public let countrySeen = Field<String?>(41)
  public let currencySeen = Field<String?>(42)
  public let priceListSeen = Field<String?>(43)
  public let warehouseSeen = Field<String?>(46)
  public static func record(of form: Filled<Self>) -> String { form.code }
}

/// Chooses between the two values of a conflict, or gives a third.
public struct ResolveConflict: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "conflict.resolve"
  public static let message = "ResolveConflict"
  public let conflict = Field<RecordID>(1)
  /// `mine`, `theirs` or `value`.
  public let keep = Field<String>(2)
  public let value = Field<PersonalText?>(3)
  public let note = Field<PersonalText?>(4)
  public static func record(of form: Filled<Self>) -> String { form.conflict.description }
}

public struct FinishTask: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "task.done"
  public static let message = "FinishTask"
  public let task = Field<RecordID>(1)
  public static func record(of form: Filled<Self>) -> String { form.task.description }
}
