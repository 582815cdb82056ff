import GRDB
public import TradeRules
import TradeTables

/// What this device may sell for certain, and what an order would take of it.
extension ReplicaView {
  /// The device's own quotas with its unsent work taken off, in order of SKUs and warehouses.
  public func quotas() throws -> [Quota] {
    try all(QuotaColumns.self).filter { $0.device == state.device }
  }

  /// What of a product at a warehouse is set aside for this device and unsold.
  public func ownQuota(of sku: String, at warehouse: String) throws -> Quantity {
    let key = RowKey(QuotaColumns.self, state.device, sku, warehouse)
    return try find(QuotaColumns.self, key)?.free ?? .zero
  }

  /// What the lines of an order ask for beyond what is promised to them already.
  public func wants(of order: Order, lines: [OrderLine]) throws -> [QuotaClaims.Want] {
    lines.map { line in
      QuotaClaims.Want(
        line: line.id, sku: line.sku, warehouse: order.warehouse, quantity: line.open - line.allocated)
    }
  }

  /// The claims that a submission recorded now makes on the device's quotas (`QuotaClaims`).
  public func covers(for wants: [QuotaClaims.Want]) throws -> [Filled<QuotaCover>] {
    QuotaClaims.covers(for: wants, from: try quotas())
  }

  /// Where the rules serve a new order from: what was asked for, else the customer's warehouse, else the
  /// device's first; empty when that leaves it open.
  public func servingWarehouse(_ named: String?, for customer: RecordID) throws -> String {
    if let named, !named.isEmpty { return named }
    return try self.customer(customer)?.warehouse ?? ownWarehouses().first ?? ""
  }

  /// Whether nothing an order still asks for depends on anybody else: all of it was sold from a quota.
  func isWhollyCovered(_ order: Order, _ lines: [OrderLine]) throws -> Bool {
    guard order.state == .accepted, lines.contains(where: { $0.open > .zero }) else { return false }
    let promises = try allocations(of: order.id)
    return lines.allSatisfy { line in
      let covered = promises.reduce(Quantity.zero) { $1.line == line.id ? $0 + $1.fromQuota : $0 }
      return covered >= line.open
    }
  }
}

extension Numbering {
  /// As `ReplicaView.covers(for:)`, while a command is being recorded.
  public func covers(for wants: [QuotaClaims.Want]) throws -> [Filled<QuotaCover>] {
    try ReplicaView(db).covers(for: wants)
  }
}
