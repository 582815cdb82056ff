import ReplicaStore
import TradeRules

/// What is asked to be set aside, given back and written off.
extension Workload {
  mutating func quotaRequest() -> Drafts? {
    let (sku, warehouse) = (random.pick(Shop.hotProducts) ?? "", random.pick(Shop.warehouses) ?? "")
    let quantity = quantity(of: sku, most: 20)
    let form = Filled<RequestQuota> {
      ($0.sku, $0.warehouse, $0.quantity) = (sku, warehouse, quantity)
    }
    return { _ in [Draft(form)] }
  }

  mutating func quotaReturn(_ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    let unsold = "device = ? AND granted > spent + returned + written_off"
    guard let quota = try sight.some(QuotaColumns.self, where: unsold, [device.code], using: &random) else {
      return nil
    }
    let quantity = random.chance(800) ? quota.free : quantity(of: quota.sku)
    let form = Filled<ReturnQuota> {
      ($0.sku, $0.warehouse, $0.quantity) = (quota.sku, quota.warehouse, quantity)
    }
    return { _ in [Draft(form)] }
  }

  /// At the console: sets some aside, or ends what is.
  mutating func quotaAtConsole() throws {
    guard let device = random.pick(world.devices.keys.sorted()) else { return }
    let (sku, warehouse) = (random.pick(Shop.hotProducts) ?? "", random.pick(Shop.warehouses) ?? "")
    if random.chance(700) {
      let quantity = quantity(of: sku)
      try world.decide(
        Filled<GrantQuota> {
          ($0.device, $0.sku, $0.warehouse, $0.quantity) = (device, sku, warehouse, quantity)
        })
    } else {
      let reason = text("reason")
      try world.decide(
        Filled<WriteOffQuota> {
          ($0.device, $0.sku, $0.warehouse, $0.reason) = (device, sku, warehouse, reason)
        })
    }
  }
}
