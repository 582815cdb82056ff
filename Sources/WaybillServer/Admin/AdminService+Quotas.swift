import CentralStore
import TradeRules

/// Setting stock aside for devices, and ending that without their doing.
extension AdminService {
  func grant(_ quota: QuotaRequest) throws -> Answer {
    let form = Filled<GrantQuota> {
      $0.device = quota.device
      $0.sku = quota.sku
      $0.warehouse = quota.warehouse
      $0.quantity = Quantity(thousandths: quota.thousandths ?? 0)
    }
    let orders = try record(OwnDraft(form)).orders
    return .done(try document(of: quota), orders: orders)
  }

  func writeOff(_ quota: QuotaRequest, reason: String) throws -> Answer {
    let form = Filled<WriteOffQuota> {
      $0.device = quota.device
      $0.sku = quota.sku
      $0.warehouse = quota.warehouse
      $0.quantity = quota.thousandths.map { Quantity(thousandths: $0) }
      $0.reason = PersonalText(reason)
    }
    let orders = try record(OwnDraft(form)).orders
    return .done(try document(of: quota), orders: orders)
  }

  /// The quota as it is now.
  private func document(of request: QuotaRequest) throws -> JSONValue {
    let quota = try host.store.queries.quotas(of: request.device)
      .first { $0.sku == request.sku && $0.warehouse == request.warehouse }
    return Documents.quota(quota ?? Quota())
  }
}

extension Documents {
  static func quota(_ quota: Quota) -> JSONValue {
    [
      "device": .string(quota.device), "sku": .string(quota.sku), "warehouse": .string(quota.warehouse),
      "granted": .quantity(quota.granted), "spent": .quantity(quota.spent), "free": .quantity(quota.free),
      "returned": .quantity(quota.returned), "writtenOff": .quantity(quota.writtenOff),
    ]
  }
}
