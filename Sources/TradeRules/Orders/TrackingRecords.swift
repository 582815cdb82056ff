/// Where a shipment is, in the words of carriers; others are kept as they come.
public struct TrackingStatus: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  /// It left the warehouse; nothing else is known.
  public static let shipped: TrackingStatus = "shipped"
  public static let inTransit: TrackingStatus = "in_transit"
  public static let outForDelivery: TrackingStatus = "out_for_delivery"
  public static let exception: TrackingStatus = "exception"
  public static let delivered: TrackingStatus = "delivered"
  public static let returned: TrackingStatus = "returned"

  /// Nothing comes after it.
  public var isTerminal: Bool { self == .delivered || self == .returned }

  /// What all the events come to, whatever order they arrived in: a terminal one stands, else the latest to
  /// have happened (#64).
  public static func of(_ events: [TrackingEvent]) -> TrackingStatus {
    let last = events.max {
      ($0.status.isTerminal ? 1 : 0, $0.at, $0.status.rawValue)
        < ($1.status.isTerminal ? 1 : 0, $1.at, $1.status.rawValue)
    }
    return last?.status ?? .shipped
  }
}

/// One thing a carrier said of a shipment; the same said twice is one row.
public struct TrackingEventColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 73
  public static let name = "tracking_event"
  public static let reach = Reach<Self>.following { event in
    orderBuckets(
      agent: event.agent, territory: event.territory, warehouses: event.warehouses, device: event.device)
  }
  public static let indexes = [Index("tracking_of_shipment", equal: ["shipment"])]
  public let shipment = Column<RecordID>(1, .key)
  public let status = Column<TrackingStatus>(2, .key)
  /// When it happened.
  public let at = Column<Instant>(3, .key)
  public let place = Column<String>(4)
  public let receivedAt = Column<Instant>(5)
  /// The operation that said so first, `A7/42`.
  public let operation = Column<String>(6)
  /// Copied from the shipment.
  public let agent = Column<String?>(7)
  public let territory = Column<String?>(8)
  public let warehouses = Column<WordList>(9)
  public let device = Column<String>(10)
}
public typealias TrackingEvent = Record<TrackingEventColumns>

extension Record where Columns == TrackingEventColumns {
  /// Puts the event where its shipment is.
  mutating func follow(_ shipment: Shipment) {
    self.agent = shipment.agent
    self.territory = shipment.territory
    self.warehouses = shipment.warehouses
    self.device = shipment.device
  }
}
