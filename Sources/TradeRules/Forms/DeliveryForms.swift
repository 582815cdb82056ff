/// A fact: picked goods were packed together.
public struct PackOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.pack"
  public static let message = "PackOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  public let package = Field<RecordID>(3)
  /// `PK-W1-0007`.
  public let packageNumber = Field<String>(4)
  public let warehouse = Field<String>(5)
  public let weightGrams = Field<Int64?>(6)
  /// Empty = all that is picked and not packed.
  public let lines = ListField<PackLineEntry>(7)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct PackLineEntry: FormFields {
  public static let fields = Self()
  public static let message = "PackLineEntry"
  public let line = Field<RecordID>(1)
  public let quantity = Field<Quantity>(2)
}

/// A fact: goods were handed over to the customer.
public struct DeliverOrder: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "order.deliver"
  public static let message = "DeliverOrder"
  public let order = Field<RecordID>(1)
  public let number = Field<String>(2)
  /// Empty = all that is shipped.
  public let lines = ListField<DeliverLineEntry>(3)
  public static func record(of form: Filled<Self>) -> String { form.number }
}

public struct DeliverLineEntry: FormFields {
  public static let fields = Self()
  public static let message = "DeliverLineEntry"
  public let line = Field<RecordID>(1)
  public let quantity = Field<Quantity>(2)
}

/// A fact: what a carrier, or whoever saw it, says of a shipment.
public struct TrackShipment: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "shipment.track"
  public static let message = "TrackShipment"
  public let shipment = Field<RecordID>(1)
  /// For lists and messages only.
  public let number = Field<String>(2)
  public let status = Field<TrackingStatus>(3)
  public let place = Field<String?>(4)
  public static func record(of form: Filled<Self>) -> String { form.number }
}
