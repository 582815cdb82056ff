import Foundation
import GRDB
public import TradeRules
import TradeTables

/// How far a record's own work has come.
public enum SyncState: String, Sendable {
  case synced, unsent, held, rejected, conflict
}

/// An order with its lines, as this device sees it.
public struct OrderReading: Sendable {
  public let order: Order
  /// In order of their numbers; removed ones are left out.
  public let lines: [OrderLine]
  public let shipments: [Shipment]
  /// What was paid for it; nil before the first payment.
  public let account: OrderAccount?
  /// Whether this device sees payments for it; a warehouse does not.
  public let seesMoney: Bool
  /// Decimals of the order's currency.
  public let exponent: Int64
  public let syncState: SyncState
  /// What there is to say: of the order itself, of this device's last work about it when that was refused in
  /// part or whole, and of what came to light later.
  public let codes: [Code]
  /// The centre may still decide otherwise: work of this device that touched the order is not answered, and
  /// not all of it was sold from the device's quota.
  public let isProvisional: Bool
}

extension ReplicaView {
  /// Every order in sight that was not deleted, and every one that was made here and is not in sight, in
  /// order of the numbers.
  public func orders() throws -> [OrderReading] {
    let ids = try Data.fetchAll(db, sql: "SELECT id FROM sales_order WHERE NOT is_deleted")
    let orders = try records(OrderColumns.self, ids.map { RowKey(OrderColumns.self, RecordID($0)) })
    return try (orders.map { try reading($0) } + unseenOrders())
      .sorted { ($0.order.number, $0.order.id) < ($1.order.number, $1.order.id) }
  }

  public func reading(_ order: Order) throws -> OrderReading {
    let all = try all(OrderLineColumns.self, "order_line_order", order.id)
      .sorted { ($0.line, $0.id) < ($1.line, $1.id) }
    let isGuess = try isGuess(order.key) || all.contains { try self.isGuess($0.key) }
    let syncState = try syncState(of: order.number)
    let lines = all.filter { !$0.isRemoved }
    let isCertain = try isWhollyCovered(order, lines)
    return OrderReading(
      order: order, lines: lines, shipments: try shipments(of: order.id), account: try account(of: order),
      seesMoney: seesMoney(of: order), exponent: try exponent(of: order.currency), syncState: syncState,
      codes: try codes(of: order),
      isProvisional: !isCertain && (isGuess || syncState == .unsent || syncState == .held))
  }

  private func codes(of order: Order) throws -> [Code] {
    var codes = order.codes
    if let answer = try own(about: order.number).last(where: { $0.answer != nil })?.answer,
      answer.outcome != .applied
    {
      for code in answer.codes.words where code != Code.groupRejected.rawValue { codes.insert(code) }
    }
    for notice in try notices() where notice.record == order.number { codes.insert(notice.code) }
    return codes.words.map { Code(rawValue: $0) }
  }

  /// The promises of stock to an order's lines, in order of lines and warehouses.
  public func allocations(of order: RecordID) throws -> [Allocation] {
    try all(AllocationColumns.self, "allocation_order", order)
  }

  private func shipments(of order: RecordID) throws -> [Shipment] {
    let ids = try all(ShipmentLineColumns.self, "shipment_line_order", order).map(\.shipment)
    return try records(ShipmentColumns.self, Set(ids).sorted().map { RowKey(ShipmentColumns.self, $0) })
  }

  /// How far this device's work about a record has come: what is still to be sent counts first, then what
  /// waits, then disagreements, then the last answer.
  public func syncState(of record: String) throws -> SyncState {
    let work = try own(about: record)
    if work.contains(where: { $0.state == .unsent }) { return .unsent }
    if work.contains(where: { $0.state == .held }) { return .held }
    let hasConflict = try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM conflict WHERE record = ? AND state = 'open')",
      arguments: [record])
    if hasConflict ?? false { return .conflict }
    return work.last?.state == .rejected ? .rejected : .synced
  }

  /// Order numbers that begin so, in order; for completion.
  public func orderNumbers(beginning text: String, limit: Int) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT number FROM sales_order WHERE number >= :text AND NOT is_deleted
          AND substr(number, 1, length(:text)) = :text ORDER BY number LIMIT :limit
        """, arguments: ["text": text.uppercased(), "limit": limit])
  }
}
