public struct BinColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 20
  public static let name = "bin"
  public static let reach = Reach<Self>.following { [.stock($0.warehouse)] }
  public let warehouse = Column<String>(1, .key)
  public let code = Column<String>(2, .key)
  public let isActive = Column<Bool>(3)

  /// Where goods go when nobody names a bin.
  public static let main = "MAIN"
  /// Where picked goods wait to be shipped: an ordinary bin, part of the warehouse's on hand.
  public static let staging = "STAGING"
}
public typealias Bin = Record<BinColumns>

public struct LotColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 21
  public static let name = "lot"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public let sku = Column<String>(1, .key)
  public let code = Column<String>(2, .key)
  /// A plain date, `2027-03-31`, without a time zone; empty when unknown. The earliest one anybody gave.
  public let expiry = Column<String>(3)
}
public typealias Lot = Record<LotColumns>

public struct Condition: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let good: Condition = "good"
  public static let damaged: Condition = "damaged"
  public static let quarantine: Condition = "quarantine"
}

/// The place and kind of goods that one balance counts.
public struct StockKey: Hashable, Sendable {
  public var warehouse: String
  public var bin: String
  public var sku: String
  public var lot: String
  public var condition: Condition

  public init(warehouse: String, bin: String, sku: String, lot: String = "", condition: Condition = .good) {
    self.warehouse = warehouse
    self.bin = bin
    self.sku = sku
    self.lot = lot
    self.condition = condition
  }
}

/// The balance of one stock key: its movements plus its current count adjustments. May be negative, and is
/// shown so (scenario #10).
public struct StockColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 22
  public static let name = "stock"
  public static let reach = Reach<Self>.following { [.stock($0.warehouse)] }
  public static let indexes = [Index("stock_of_product", equal: ["warehouse", "sku"])]
  public let warehouse = Column<String>(1, .key)
  public let bin = Column<String>(2, .key)
  public let sku = Column<String>(3, .key)
  public let lot = Column<String>(4, .key)
  public let condition = Column<Condition>(5, .key)
  public let onHand = Column<Quantity>(6)
}
public typealias Stock = Record<StockColumns>

/// What one warehouse has of one product, and what of it is promised.
///
/// available = on hand − unavailable − allocated − set aside; it may be negative and stays visible.
public struct StockLevelColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 23
  public static let name = "stock_level"
  public static let reach = Reach<Self>.following { [.stock($0.warehouse)] }
  public static let indexes = [Index("stock_level_of_product", equal: ["sku"])]
  public let warehouse = Column<String>(1, .key)
  public let sku = Column<String>(2, .key)
  public let onHand = Column<Quantity>(3)
  /// On hand in any condition but good.
  public let unavailable = Column<Quantity>(4)
  public let allocated = Column<Quantity>(5)
  /// Unspent quota of all devices.
  public let setAside = Column<Quantity>(6)
}
public typealias StockLevel = Record<StockLevelColumns>

extension Record where Columns == StockLevelColumns {
  public var available: Quantity { self.onHand - self.unavailable - self.allocated - self.setAside }
}

/// The least a warehouse should have available of a product; zero = nobody minds.
public struct StockMinimumColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 36
  public static let name = "stock_minimum"
  public static let reach = Reach<Self>.following { [.stock($0.warehouse)] }
  public let warehouse = Column<String>(1, .key)
  public let sku = Column<String>(2, .key)
  public let quantity = Column<Quantity>(3)
}
public typealias StockMinimum = Record<StockMinimumColumns>

public struct MovementKind: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let opening: MovementKind = "opening"
  public static let receive: MovementKind = "receive"
  public static let move: MovementKind = "move"
  public static let pick: MovementKind = "pick"
  public static let putBack: MovementKind = "put_back"
  public static let ship: MovementKind = "ship"
  public static let adjust: MovementKind = "adjust"
  public static let scrap: MovementKind = "scrap"
}

/// A fact: so many units went from one bin to another, in from outside or out. Never changed.
public struct MovementColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 24
  public static let name = "movement"
  public static let reach = Reach<Self>.following { [.ledger($0.warehouse, month: $0.month)] }
  public static let indexes = [
    Index(
      "movement_from", equal: ["warehouse", "fromBin", "sku", "lot", "condition"],
      orderedBy: "occurredAt"),
    Index(
      "movement_to", equal: ["warehouse", "toBin", "sku", "lot", "condition"], orderedBy: "occurredAt"),
  ]
  public let id = Column<RecordID>(1, .key)
  public let warehouse = Column<String>(2)
  public let sku = Column<String>(3)
  public let lot = Column<String>(4)
  public let condition = Column<Condition>(5)
  /// More than zero.
  public let quantity = Column<Quantity>(6)
  /// Empty: from outside the warehouse.
  public let fromBin = Column<String>(7)
  /// Empty: out of the warehouse.
  public let toBin = Column<String>(8)
  public let kind = Column<MovementKind>(9)
  public let reason = Column<String>(10)
  /// The order line it served.
  public let line = Column<RecordID?>(11)
  /// When it happened, as far as anybody knows (decides its place among the counts).
  public let occurredAt = Column<Instant>(12)
  public let recordedAt = Column<Instant>(13)
  /// The month in which the centre received it, `2026-11`.
  public let month = Column<String>(14)
  public let device = Column<String>(15)
  public let operation = Column<Int64>(16)
  public let actor = Column<String>(17)
}
public typealias Movement = Record<MovementColumns>

/// A fact: somebody counted so many units of a stock key at a time. Never changed.
public struct ObservationColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 25
  public static let name = "observation"
  public static let reach = Reach<Self>.following { [.ledger($0.warehouse)] }
  public static let indexes = [
    Index(
      "observation_of_stock", equal: ["warehouse", "bin", "sku", "lot", "condition"],
      orderedBy: "occurredAt")
  ]
  public let id = Column<RecordID>(1, .key)
  public let warehouse = Column<String>(2)
  public let bin = Column<String>(3)
  public let sku = Column<String>(4)
  public let lot = Column<String>(5)
  public let condition = Column<Condition>(6)
  public let quantity = Column<Quantity>(7)
  public let occurredAt = Column<Instant>(8)
  public let device = Column<String>(9)
  public let operation = Column<Int64>(10)
  public let actor = Column<String>(11)
}
public typealias Observation = Record<ObservationColumns>

/// What a count changed: counted − what the books said at that place in time. Derived, recomputed when a
/// late fact falls before the count (scenario #3).
public struct CountAdjustmentColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 26
  public static let name = "count_adjustment"
  public static let reach = Reach<Self>.following { [.ledger($0.warehouse)] }
  public let observation = Column<RecordID>(1, .key)
  public let warehouse = Column<String>(2)
  public let quantity = Column<Quantity>(3)
  /// 1 for the first, one more for each recomputation.
  public let revision = Column<Int64>(4)
}
public typealias CountAdjustment = Record<CountAdjustmentColumns>

/// One revision of a count's adjustment, kept for ever.
public struct AdjustmentRevisionColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 27
  public static let name = "adjustment_revision"
  public static let reach = Reach<Self>.following { [.ledger($0.warehouse)] }
  public let observation = Column<RecordID>(1, .key)
  public let revision = Column<Int64>(2, .key)
  public let warehouse = Column<String>(3)
  public let quantity = Column<Quantity>(4)
  /// The operation that caused it, `W1/42`.
  public let because = Column<String>(5)
}
public typealias AdjustmentRevision = Record<AdjustmentRevisionColumns>
