import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

// MARK: - Deciding at headquarters

extension Person {
  @discardableResult
  func releases(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<ReleaseOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  @discardableResult
  func rejects(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<RejectOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  /// Has so much of a line served from a warehouse.
  @discardableResult
  func allocates(
    _ quantity: Quantity, of order: PlacedOrder, line: Int = 0, from warehouse: String
  ) throws -> Recorded {
    try record(
      Filled<AllocateLine> {
        $0.order = order.id
        $0.number = order.number
        $0.line = order.lines[line]
        $0.warehouse = warehouse
        $0.quantity = quantity
      })
  }
}

// MARK: - On the way to the customer

extension Person {
  /// Hands over what is shipped.
  @discardableResult
  func delivers(_ order: PlacedOrder) throws -> Recorded {
    try record(
      Filled<DeliverOrder> {
        $0.order = order.id
        $0.number = order.number
      })
  }

  /// Notes what the carrier said of an order's only shipment.
  @discardableResult
  func tracks(_ order: PlacedOrder, _ status: TrackingStatus, at stated: Instant) throws -> Recorded {
    let parts = try books.all(ShipmentLineColumns.self).filter { $0.order == order.id }
    let shipment = try #require(parts.first).shipment
    return try record(
      Filled<TrackShipment> {
        $0.shipment = shipment
        $0.number = order.number
        $0.status = status
      }, at: stated)
  }
}
