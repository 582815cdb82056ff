/// Drafts a price; nobody pays it until its list is published. The new amount has its column's number, the one
/// seen that number plus 32.
public struct SetPrice: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "price.set"
  public static let message = "SetPrice"
  public let list = Field<String>(1)
  public let sku = Field<String>(2)
  /// Nil = from the first unit on.
  public let minQuantity = Field<Quantity?>(3)
  /// Nil = from the publication on.
  public let validFrom = Field<Instant?>(4)
  /// Nil or empty = however it is packed.
  public let pack = Field<String?>(5)
  /// Of one base unit.
  public let amount = Field<UnitPrice>(6)
  public let currency = Field<String>(7)
  /// Whether the list's prices have the tax in them; nil = as the list says, a new one's have not.
  public let isTaxIncluded = Field<Bool?>(8)
  public let amountSeen = Field<UnitPrice?>(38)
  public static func record(of form: Filled<Self>) -> String { form.sku }
}

/// Publishes all drafts of a list at once: its next version. What is published never changes.
public struct PublishPrices: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "price.publish"
  public static let message = "PublishPrices"
  public let list = Field<String>(1)
  /// When drafts that say nothing else take effect; nil = at once.
  public let validFrom = Field<Instant?>(2)
  public static func record(of form: Filled<Self>) -> String { form.list }
}
