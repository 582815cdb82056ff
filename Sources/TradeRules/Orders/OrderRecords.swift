public struct OrderState: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let draft: OrderState = "draft"
  public static let submitted: OrderState = "submitted"
  public static let accepted: OrderState = "accepted"
  public static let rejected: OrderState = "rejected"
  public static let cancelled: OrderState = "cancelled"
  public static let closed: OrderState = "closed"
}

/// A sales order. Fulfilment and payment are derived from lines and payments, never stored here.
public struct OrderColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 40
  public static let name = "sales_order"
  public static let reach = Reach<Self>.following { order in
    orderBuckets(
      agent: order.agent, territory: order.territory, warehouses: order.warehouses, device: order.device)
  }
  public static let indexes = [
    Index("sales_order_number", equal: ["number"]), Index("sales_order_customer", equal: ["customer"]),
  ]
  public let id = Column<RecordID>(1, .key)
  /// `SO-A7-0042`, made on the device.
  public let number = Column<String>(2)
  public let customer = Column<RecordID>(3)
  public let customerCode = Column<String>(4)
  /// As it was when the order was made: warehouses see this and not the customer's record.
  public let customerName = Column<PersonalText>(5)
  public let deliveryAddress = Column<PersonalText>(6, .sensitive)
  public let notes = Column<PersonalText>(7, .merged)
  public let agent = Column<String?>(8)
  public let territory = Column<String?>(9)
  /// The warehouse to serve from, fixed when the order is made: the one asked for, else the customer's, else
  /// the device's first. Empty: each line's is found when stock is promised.
  public let warehouse = Column<String>(10)
  /// The warehouses that have to do with the order once it is accepted; they see it.
  public let warehouses = Column<WordList>(11)
  public let currency = Column<String>(12)
  public let priceList = Column<String>(13)
  public let state = Column<OrderState>(14)
  /// Codes of what puts the order on hold; empty = not on hold.
  public let holds = Column<WordList>(15)
  public let shipComplete = Column<Bool>(16)
  /// A draft that was deleted; kept, so that a later submission of another device can win (#39).
  public let isDeleted = Column<Bool>(17)
  /// The sum of the rounded lines, the charges and the tax, minor units.
  public let totalMinor = Column<Int64>(18)
  public let orderedAt = Column<Instant>(19)
  public let submittedAt = Column<Instant?>(20)
  /// The log version of the acceptance: backorders are served in this order.
  public let acceptedVersion = Column<Int64>(21)
  /// The device that made it.
  public let device = Column<String>(22)
  /// Codes that explain the order to its reader: `ALLOCATION_SHORT`, `PRICE_MANUAL` …
  public let codes = Column<WordList>(23)
  /// The device and operation number of the cancellation or rejection, `A7/42`; empty when there was none.
  public let cancelledBy = Column<String>(24)
  /// The device and operation number of the deletion of the draft.
  public let deletedBy = Column<String>(25)
  public let nextLine = Column<Int64>(26)
  /// The device and operation number of the submission; its author hears of later changes.
  public let submittedBy = Column<String>(27)
  /// When that was recorded: what was shipped before it stays shipped (#32).
  public let cancelledAt = Column<Instant?>(28)
  /// The log version of it: who had seen it and ships all the same knows what they do (#34).
  public let cancelledVersion = Column<Int64>(29)
  /// Charges beside the goods, minor units, zero or more.
  public let freightMinor = Column<Int64>(30)
  public let feesMinor = Column<Int64>(31)
  /// The sum of the lines' rounded taxes, minor units: an estimate until the goods are invoiced.
  public let taxMinor = Column<Int64>(32)
  /// Where the goods are taxed: the customer's country when the order was made, ISO 3166-1 alpha-2 or empty.
  public let country = Column<String>(33)
}
public typealias Order = Record<OrderColumns>

/// Rows of an order and of what belongs to it: whoever sees the order sees them all.
protocol PlacedColumns: TableColumns {
  var agent: Column<String?> { get }
  var territory: Column<String?> { get }
  var warehouses: Column<WordList> { get }
  /// The device that made the order.
  var device: Column<String> { get }
}

extension OrderColumns: PlacedColumns {}
extension OrderLineColumns: PlacedColumns {}
extension AllocationColumns: PlacedColumns {}
extension StagedColumns: PlacedColumns {}
extension ShipmentLineColumns: PlacedColumns {}

extension Record where Columns: PlacedColumns {
  /// Puts the row where its order is.
  mutating func follow(_ order: Order) {
    copy(order, OrderColumns.columns.agent.number, to: Columns.columns.agent.number)
    copy(order, OrderColumns.columns.territory.number, to: Columns.columns.territory.number)
    copy(order, OrderColumns.columns.warehouses.number, to: Columns.columns.warehouses.number)
    copy(order, OrderColumns.columns.device.number, to: Columns.columns.device.number)
  }

  private mutating func copy(_ order: Order, _ from: Int, to: Int) {
    // Written only where it differs: most rows stay as they are, and need not be copied.
    if row.values[to - 1] != order.row.values[from - 1] { row.values[to - 1] = order.row.values[from - 1] }
  }
}

/// The buckets of an order and of everything that belongs to it.
func orderBuckets(agent: String?, territory: String?, warehouses: WordList, device: String) -> [Bucket] {
  var buckets = warehouses.words.map(Bucket.orders)
  if let agent { buckets.append(.agent(agent)) }
  if let territory { buckets.append(.territory(territory)) }
  // An order of a device without agent or territory stays with its maker and headquarters.
  if agent == nil, territory == nil { buckets.append(.device(device)) }
  return buckets
}

public struct OrderLineColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 41
  public static let name = "order_line"
  public static let reach = Reach<Self>.following { line in
    orderBuckets(
      agent: line.agent, territory: line.territory, warehouses: line.warehouses, device: line.device)
  }
  public static let indexes = [
    Index("order_line_order", equal: ["order"]),
    Index("order_line_waiting", equal: ["waitingAt", "sku"], orderedBy: "acceptedVersion"),
  ]
  public let id = Column<RecordID>(1, .key)
  public let order = Column<RecordID>(2)
  /// For people; the id stays when numbers collide.
  public let line = Column<Int64>(3)
  public let sku = Column<String>(4)
  public let ordered = Column<Quantity>(5)
  public let unitPrice = Column<UnitPrice>(6)
  /// What there is to say about the price, a `PRICE_…` code or empty.
  public let priceCode = Column<String>(7)
  public let allocated = Column<Quantity>(8)
  public let backordered = Column<Quantity>(9)
  public let picked = Column<Quantity>(10)
  public let shipped = Column<Quantity>(11)
  public let delivered = Column<Quantity>(12)
  public let cancelled = Column<Quantity>(13)
  public let returned = Column<Quantity>(14)
  public let isRemoved = Column<Bool>(15)
  /// The warehouse at which the backordered rest waits; `*` when any will do, empty when nothing waits.
  public let waitingAt = Column<String>(16)
  public let acceptedVersion = Column<Int64>(17)
  /// Copied from the order: a line is seen by whoever sees its order.
  public let agent = Column<String?>(18)
  public let territory = Column<String?>(19)
  public let warehouses = Column<WordList>(20)
  public let device = Column<String>(21)
  /// What people say was handed over; `delivered` is as much of it as was shipped.
  public let handedOver = Column<Quantity>(22)
  /// What of `picked` is in packages, whether or not it is shipped.
  public let packed = Column<Quantity>(23)
  /// The tax on the line's net amount, as it was when the line was added.
  public let taxPercent = Column<Percent>(24)
  /// The pack in which the goods were asked for; empty = in base units. `ordered` and all counters are base units.
  public let pack = Column<String>(25)
  /// How many base units are in the pack, which never changes; zero without one.
  public let packFactor = Column<Quantity>(26)
  /// Whether the unit price has the tax in it.
  public let isTaxIncluded = Column<Bool>(27)
}
public typealias OrderLine = Record<OrderLineColumns>

/// A promise of stock of one warehouse to one line, not shipped yet.
public struct AllocationColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 42
  public static let name = "allocation"
  public static let reach = Reach<Self>.following { allocation in
    orderBuckets(
      agent: allocation.agent, territory: allocation.territory, warehouses: allocation.warehouses,
      device: allocation.device)
  }
  public static let indexes = [
    Index("allocation_order", equal: ["order"]),
    Index("allocation_open", equal: ["openAt", "sku"], orderedBy: "promisedVersion"),
  ]
  public let line = Column<RecordID>(1, .key)
  public let warehouse = Column<String>(2, .key)
  public let order = Column<RecordID>(3)
  public let sku = Column<String>(4)
  public let quantity = Column<Quantity>(5)
  /// The warehouse while the quantity is above zero, else empty.
  public let openAt = Column<String>(6)
  /// The log version of the last increase: the latest promises shrink first (#11).
  public let promisedVersion = Column<Int64>(7)
  public let agent = Column<String?>(8)
  public let territory = Column<String?>(9)
  public let warehouses = Column<WordList>(10)
  public let device = Column<String>(11)
  /// The part of `quantity` that came from a quota of the device that sold it: no count takes it away (G13).
  public let fromQuota = Column<Quantity>(12)
}
public typealias Allocation = Record<AllocationColumns>

/// Goods of one lot picked for a line and not shipped yet; they lie in the warehouse's staging bin.
public struct StagedColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 45
  public static let name = "staged_goods"
  public static let reach = Reach<Self>.following { staged in
    orderBuckets(
      agent: staged.agent, territory: staged.territory, warehouses: staged.warehouses,
      device: staged.device)
  }
  public static let indexes = [Index("staged_order", equal: ["order"])]
  public let line = Column<RecordID>(1, .key)
  public let warehouse = Column<String>(2, .key)
  public let lot = Column<String>(3, .key)
  public let order = Column<RecordID>(4)
  public let quantity = Column<Quantity>(5)
  public let agent = Column<String?>(6)
  public let territory = Column<String?>(7)
  public let warehouses = Column<WordList>(8)
  public let device = Column<String>(9)
}
public typealias Staged = Record<StagedColumns>

/// Goods that left a warehouse for a customer. It may carry lines of several orders of one consignee.
public struct ShipmentColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 43
  public static let name = "shipment"
  public static let reach = Reach<Self>.following { shipment in
    orderBuckets(
      agent: shipment.agent, territory: shipment.territory, warehouses: shipment.warehouses,
      device: shipment.device)
  }
  public static let indexes = [Index("shipment_number", equal: ["number"])]
  public let id = Column<RecordID>(1, .key)
  /// `SH-W1-0007`.
  public let number = Column<String>(2)
  public let warehouse = Column<String>(3)
  public let carrier = Column<String>(4)
  public let tracking = Column<String>(5)
  public let shippedAt = Column<Instant>(6)
  public let agent = Column<String?>(7)
  public let territory = Column<String?>(8)
  public let warehouses = Column<WordList>(9)
  public let device = Column<String>(10)
}
public typealias Shipment = Record<ShipmentColumns>

public struct ShipmentLineColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 44
  public static let name = "shipment_line"
  public static let reach = Reach<Self>.following { line in
    orderBuckets(
      agent: line.agent, territory: line.territory, warehouses: line.warehouses, device: line.device)
  }
  public static let indexes = [
    Index("shipment_line_order", equal: ["order"]), Index("shipment_line_of", equal: ["shipment"]),
  ]
  public let shipment = Column<RecordID>(1, .key)
  public let line = Column<RecordID>(2, .key)
  public let order = Column<RecordID>(3)
  public let sku = Column<String>(4)
  public let quantity = Column<Quantity>(5)
  public let agent = Column<String?>(6)
  public let territory = Column<String?>(7)
  public let warehouses = Column<WordList>(8)
  public let device = Column<String>(9)
}
public typealias ShipmentLine = Record<ShipmentLineColumns>
