/// The first entry of every store: its units and currencies.
public struct FoundStore: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "store.found"
  public static let message = "FoundStore"
  public let epoch = Field<RecordID>(1)
  public let units = ListField<UnitEntry>(2)
  public let currencies = ListField<CurrencyEntry>(3)
  public static func record(of form: Filled<Self>) -> String { "store" }
}

public struct UnitEntry: FormFields {
  public static let fields = Self()
  public static let message = "UnitEntry"
  public let code = Field<String>(1)
  public let decimals = Field<Int64>(2)
}

public struct CurrencyEntry: FormFields {
  public static let fields = Self()
  public static let message = "CurrencyEntry"
  public let code = Field<String>(1)
  public let exponent = Field<Int64>(2)
}

/// The first entry after a backup was restored: a new history goes on from what the backup has.
public struct RestoreStore: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "store.restore"
  public static let message = "RestoreStore"
  public let epoch = Field<RecordID>(1)
  /// The backup's name.
  public let backup = Field<String>(2)
  public static func record(of form: Filled<Self>) -> String { form.backup }
}

/// Leads a group of another device's work, out of a file it exported: of a replica that was lost or copied.
public struct BringWork: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "work.bring"
  public static let message = "BringWork"
  /// Whose work it was.
  public let device = Field<String>(1)
  /// Of the group's last operation there.
  public let number = Field<Int64>(2)
  /// That device's chain after it, 32 bytes.
  public let chainHash = Field<[UInt8]>(3)
  public static func record(of form: Filled<Self>) -> String { "\(form.device)/\(form.number)" }
}

/// Changes a number that rules read.
public struct ChangeSetting: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "setting.change"
  public static let message = "ChangeSetting"
  public let name = Field<String>(1)
  public let amount = Field<Int64>(2)
  public static func record(of form: Filled<Self>) -> String { form.name }
}

/// Makes a one-time enrolment code for a device not seen yet.
public struct InviteDevice: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "device.invite"
  public static let message = "InviteDevice"
  public let device = Field<String>(1)
  public let name = Field<String>(2)
  public let role = Field<Role>(3)
  public let agent = Field<String?>(4)
  public let territory = Field<String?>(5)
  public let warehouses = Field<WordList>(6)
  public let secretHash = Field<[UInt8]>(7)
  public let expiresAt = Field<Instant>(8)
  public static func record(of form: Filled<Self>) -> String { form.device }
}

/// Spends an enrolment code: from now on the device is known by its key.
public struct EnrolDevice: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "device.enrol"
  public static let message = "EnrolDevice"
  public let secretHash = Field<[UInt8]>(1)
  public let publicKey = Field<[UInt8]>(2)
  public static func record(of form: Filled<Self>) -> String { "" }
}

/// Opens an import of a file; chunks of at most 500 rows follow.
public struct BeginImport: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.begin"
  public static let message = "BeginImport"
  public let kind = Field<String>(1)
  public let fileHash = Field<[UInt8]>(2)
  public let rows = Field<Int64>(3)
  public static func record(of form: Filled<Self>) -> String { form.kind }
}

public struct EndImport: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.end"
  public static let message = "EndImport"
  public let kind = Field<String>(1)
  public let fileHash = Field<[UInt8]>(2)
  public static func record(of form: Filled<Self>) -> String { form.kind }
}

public struct ImportWarehouses: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.warehouses"
  public static let message = "ImportWarehouses"
  public let rows = ListField<WarehouseEntry>(1)
  public static func record(of form: Filled<Self>) -> String { "warehouses" }
}

public struct WarehouseEntry: FormFields {
  public static let fields = Self()
  public static let message = "WarehouseEntry"
  public let code = Field<String>(1)
  public let name = Field<String>(2)
  public let country = Field<String>(3)
}

public struct ImportProducts: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.products"
  public static let message = "ImportProducts"
  public let rows = ListField<CreateProduct>(1)
  public static func record(of form: Filled<Self>) -> String { "products" }
}

public struct ImportPrices: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.prices"
  public static let message = "ImportPrices"
  public let rows = ListField<PriceEntry>(1)
  public static func record(of form: Filled<Self>) -> String { "prices" }
}

public struct PriceEntry: FormFields {
  public static let fields = Self()
  public static let message = "PriceEntry"
  public let sku = Field<String>(1)
  public let list = Field<String>(2)
  public let currency = Field<String>(3)
  public let amount = Field<UnitPrice>(4)
  public let minQuantity = Field<Quantity>(5)
  /// Nil = from the import on.
  public let validFrom = Field<Instant?>(6)
  /// Nil or empty = however it is packed.
  public let pack = Field<String?>(7)
  /// Whether the list's prices have the tax in them; nil = as the list says, a new one's have not.
  public let isTaxIncluded = Field<Bool?>(8)
}

public struct ImportCustomers: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.customers"
  public static let message = "ImportCustomers"
  public let rows = ListField<CreateCustomer>(1)
  public static func record(of form: Filled<Self>) -> String { "customers" }
}

public struct ImportStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.stock"
  public static let message = "ImportStock"
  public let rows = ListField<StockEntry>(1)
  public static func record(of form: Filled<Self>) -> String { "stock" }
}

/// The opening stock of one key.
public struct StockEntry: FormFields {
  public static let fields = Self()
  public static let message = "StockEntry"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  public let bin = Field<String>(3)
  public let lot = Field<String>(4)
  public let expiry = Field<String>(5)
  public let quantity = Field<Quantity>(6)
  /// The least the warehouse should have of the product; nil = the file does not say.
  public let minimum = Field<Quantity?>(7)
}

public struct ImportOrders: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "import.orders"
  public static let message = "ImportOrders"
  public let rows = ListField<ImportedOrder>(1)
  public static func record(of form: Filled<Self>) -> String { "orders" }
}

/// An order that was taken elsewhere.
public struct ImportedOrder: FormFields {
  public static let fields = Self()
  public static let message = "ImportedOrder"
  public let id = Field<RecordID>(1)
  public let number = Field<String>(2)
  /// The customer's code.
  public let customer = Field<String>(3)
  /// Nil = the customer's; so for warehouse and currency.
  public let agent = Field<String?>(4)
  public let warehouse = Field<String?>(5)
  public let currency = Field<String?>(6)
  /// Nil = when it is imported.
  public let orderedAt = Field<Instant?>(7)
  /// `accepted`: still to be served. `closed`: delivered long ago, for the books.
  public let state = Field<OrderState>(8)
  public let lines = ListField<OrderLineEntry>(9)
}
