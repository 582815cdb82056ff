public struct ReceiveStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.receive"
  public static let message = "ReceiveStock"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  /// Nil = the SKU's only bin, else `MAIN`.
  public let bin = Field<String?>(4)
  public let lot = Field<String?>(5)
  /// A plain date, `2027-03-31`.
  public let expiry = Field<String?>(6)
  /// The supplier's delivery note.
  public let note = Field<String?>(7)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

public struct MoveStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.move"
  public static let message = "MoveStock"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  public let fromBin = Field<String>(4)
  public let toBin = Field<String>(5)
  public let lot = Field<String?>(6)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

public struct AdjustStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.adjust"
  public static let message = "AdjustStock"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  /// Not zero.
  public let delta = Field<Quantity>(3)
  public let reason = Field<String>(4)
  public let bin = Field<String?>(5)
  public let lot = Field<String?>(6)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

public struct ScrapStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.scrap"
  public static let message = "ScrapStock"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  public let reason = Field<String>(4)
  public let bin = Field<String?>(5)
  public let lot = Field<String?>(6)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// An observation: so many were there at that time.
public struct CountStock: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.count"
  public static let message = "CountStock"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  /// Zero or more.
  public let quantity = Field<Quantity>(3)
  public let bin = Field<String?>(4)
  public let lot = Field<String?>(5)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Says what a warehouse should have of a product at least; reports name what is below.
public struct SetStockMinimum: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "stock.minimum"
  public static let message = "SetStockMinimum"
  public let warehouse = Field<String>(1)
  public let sku = Field<String>(2)
  /// Zero or more; zero = none.
  public let quantity = Field<Quantity>(3)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}
