public struct CreateOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.create"
  public static let message = "CreateOrder"
  public let id = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let customer = Field<RecordID>(3)
  /// Nil = the customer's.
  public let currency = Field<String?>(4)
  /// Nil = the customer's.
  public let priceList = Field<String?>(5)
  public let warehouse = Field<String?>(6)
  public let shipComplete = Field<Bool>(7)
  public let notes = Field<PersonalText?>(8)
  /// Nil = the customer's.
  public let deliveryAddress = Field<PersonalText?>(9)
  public let lines = ListField<OrderLineEntry>(10)
  /// Minor units of the order's currency; nil = none.
  public let freightMinor = Field<Int64?>(11)
  public let feesMinor = Field<Int64?>(12)
  public static func record(of form: Filled<Self>) -> String { form.number }
  public static func makes(_ form: Filled<Self>) -> RowKey? { RowKey(OrderColumns.self, form.id) }
}

public struct OrderLineEntry: FormFields {
  public static let fields = Self()
  public static let message = "OrderLineEntry"
  public let id = Field<RecordID>(1)
  public let sku = Field<String>(2)
  public let quantity = Field<Quantity>(3)
  /// Given by hand; nil = from the price list.
  public let price = Field<UnitPrice?>(4)
  /// The pack in which it was asked for; the quantity is a whole number of them, in base units.
  public let pack = Field<String?>(5)
}

/// What every later operation on an order begins with.
public struct AddOrderLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.line_add"
  public static let message = "AddOrderLine"
  public let order = Field<RecordID>(1)
  /// For lists and messages only.
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public let sku = Field<String>(4)
  public let quantity = Field<Quantity>(5)
  public let price = Field<UnitPrice?>(6)
  /// What an amendment takes from the device's quota.
  public let covers = ListField<QuotaCover>(7)
  /// As of a new order's line.
  public let pack = Field<String?>(8)
  public static func record(of form: Filled<Self>) -> String { form.number }
  public static func makes(_ form: Filled<Self>) -> RowKey? { RowKey(OrderLineColumns.self, form.line) }
}

/// Sets the quantity of a line: an edit of a draft, an amendment after the submission.
public struct SetOrderLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.line_set"
  public static let message = "SetOrderLine"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public let quantity = Field<Quantity>(4)
  public let quantitySeen = Field<Quantity>(5)
  /// What an amendment takes from the device's quota.
  public let covers = ListField<QuotaCover>(6)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct RemoveOrderLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.line_remove"
  public static let message = "RemoveOrderLine"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Edits fields of an order. A new value has its column's number, the value seen that number plus 32.
public struct EditOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.set"
  public static let message = "EditOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let deliveryAddress = Field<PersonalText?>(6)
  public let notes = Field<PersonalText?>(7)
  public let deliveryAddressSeen = Field<PersonalText?>(38)
  public let notesSeen = Field<PersonalText?>(39)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct SubmitOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.submit"
  public static let message = "SubmitOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  /// What of the lines is sold from the device's quota (`QuotaClaims`).
  public let covers = ListField<QuotaCover>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Takes an order off hold: it is accepted and allocated.
public struct ReleaseOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.release"
  public static let message = "ReleaseOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct HoldOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.hold"
  public static let message = "HoldOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let reason = Field<PersonalText?>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct CancelOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.cancel"
  public static let message = "CancelOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let reason = Field<PersonalText?>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// Deletes a draft.
public struct DeleteOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.delete"
  public static let message = "DeleteOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// A fact: goods were taken from a bin to staging for a line.
public struct PickLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.pick"
  public static let message = "PickLine"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public let quantity = Field<Quantity>(4)
  public let warehouse = Field<String>(5)
  /// Nil = the SKU's only bin, else `MAIN`.
  public let bin = Field<String?>(6)
  public let lot = Field<String?>(7)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// A fact: picked goods went back from staging to a bin.
public struct PutBackLine: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.put_back"
  public static let message = "PutBackLine"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let line = Field<RecordID>(3)
  public let quantity = Field<Quantity>(4)
  public let warehouse = Field<String>(5)
  public let bin = Field<String>(6)
  public let lot = Field<String?>(7)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

/// A fact: goods left staging for the customer.
public struct ShipOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.ship"
  public static let message = "ShipOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let shipment = Field<RecordID>(3)
  /// `SH-W1-0007`.
  public let shipmentNumber = Field<String>(4)
  public let warehouse = Field<String>(5)
  public let carrier = Field<String?>(6)
  public let tracking = Field<String?>(7)
  /// Empty = all that is picked.
  public let lines = ListField<ShipLineEntry>(8)
  public static func record(of form: Filled<Self>) -> String { form.number }
  public static func makes(_ form: Filled<Self>) -> RowKey? { RowKey(ShipmentColumns.self, form.shipment) }
}

public struct ShipLineEntry: FormFields {
  public static let fields = Self()
  public static let message = "ShipLineEntry"
  public let line = Field<RecordID>(1)
  public let quantity = Field<Quantity>(2)
}
