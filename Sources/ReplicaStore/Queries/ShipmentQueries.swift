import GRDB
public import TradeRules
import TradeTables

/// A shipment with what it carries and what was said of it.
public struct ShipmentReading: Sendable {
  public struct Line: Sendable {
    /// The order's number, and the line's in it.
    public let order: String
    public let line: Int64
    public let part: ShipmentLine
  }

  public let shipment: Shipment
  public let lines: [Line]
  /// The packages it left in, in order of their numbers.
  public let packages: [Package]
  /// In order of when they happened.
  public let events: [TrackingEvent]
  public var status: TrackingStatus { TrackingStatus.of(events) }
}

extension ReplicaView {
  /// The shipment of a number in any case, or of an id; nil when there is none.
  ///
  /// - Throws: `ReplicaFault.ambiguous` when several shipments have the number.
  public func shipment(_ key: String) throws -> Shipment? {
    let key = EnteredText.normalised(key)
    for number in [key, key.uppercased()] {
      let found = try all(ShipmentColumns.self, "shipment_number", number)
      guard found.count <= 1 else { throw ReplicaFault.ambiguous(key: key) }
      if let shipment = found.first { return shipment }
    }
    return try RecordID(key).flatMap { try find(ShipmentColumns.self, RowKey(ShipmentColumns.self, $0)) }
  }

  public func reading(_ shipment: Shipment) throws -> ShipmentReading {
    var lines: [ShipmentReading.Line] = []
    for part in try all(ShipmentLineColumns.self, "shipment_line_of", shipment.id) {
      let order = try find(OrderColumns.self, RowKey(OrderColumns.self, part.order))
      let line = try find(OrderLineColumns.self, RowKey(OrderLineColumns.self, part.line))
      lines.append(
        ShipmentReading.Line(order: order?.number ?? "", line: line?.line ?? 0, part: part))
    }
    var packages: [Package] = []
    for order in Set(lines.map(\.part.order)).sorted() {
      packages += try all(PackageColumns.self, "package_order", order).filter { $0.shipment == shipment.id }
    }
    let events = try all(TrackingEventColumns.self, "tracking_of_shipment", shipment.id)
    return ShipmentReading(
      shipment: shipment, lines: lines.sorted { ($0.order, $0.line) < ($1.order, $1.line) },
      packages: packages.sorted { ($0.number, $0.id) < ($1.number, $1.id) },
      events: events.sorted { ($0.at, $0.status.rawValue) < ($1.at, $1.status.rawValue) })
  }
}
