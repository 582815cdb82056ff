import ReplicaStore
import TradeRules

/// What happens to goods: facts, some of them told late or with a time of their own.
extension Workload {
  mutating func stockFact(_ deed: Deed, _ sight: Sight, _ device: SimulatedDevice) throws -> Drafts? {
    let own = try device.store.state()?.grants.exact.compactMap { bucket in
      bucket.name.hasPrefix("ledger/") ? String(bucket.name.dropFirst("ledger/".count)) : nil
    }
    guard let warehouse = random.pick(own ?? []) ?? random.pick(Shop.warehouses),
      let sku = random.pick(Shop.hotProducts)
    else { return nil }
    let draft = fact(deed, of: sku, at: warehouse)
    return { _ in [draft] }
  }

  private mutating func fact(_ deed: Deed, of sku: String, at warehouse: String) -> Draft {
    let bin = random.chance(600) ? random.pick(Shop.bins) : nil
    let lot = sku == Shop.lotted && random.chance(700) ? random.pick(Shop.lots) : nil
    let quantity = quantity(of: sku)
    let statedAt = statedAt()
    switch deed {
    case .receive:
      let expiry = lot == nil ? nil : random.pick(Shop.expiries)
      return Draft(
        Filled<ReceiveStock> {
          ($0.warehouse, $0.sku, $0.quantity, $0.bin) = (warehouse, sku, quantity, bin)
          ($0.lot, $0.expiry) = (lot, expiry)
        }, at: statedAt)
    case .move:
      let from = random.number(0...Shop.bins.count - 1)
      let to = (from + random.number(1...Shop.bins.count - 1)) % Shop.bins.count
      return Draft(
        Filled<MoveStock> {
          ($0.warehouse, $0.sku, $0.quantity, $0.lot) = (warehouse, sku, quantity, lot)
          ($0.fromBin, $0.toBin) = (Shop.bins[from], Shop.bins[to])
        }, at: statedAt)
    case .adjust:
      let delta = random.chance(500) ? quantity : -quantity
      return Draft(
        Filled<AdjustStock> {
          ($0.warehouse, $0.sku, $0.delta, $0.bin) = (warehouse, sku, delta, bin)
          ($0.lot, $0.reason) = (lot, delta > .zero ? "found" : "missing")
        }, at: statedAt)
    case .scrap:
      return Draft(
        Filled<ScrapStock> {
          ($0.warehouse, $0.sku, $0.quantity, $0.bin) = (warehouse, sku, quantity, bin)
          ($0.lot, $0.reason) = (lot, "damaged")
        }, at: statedAt)
    default:
      let counted = random.chance(100) ? Quantity.zero : self.quantity(of: sku, most: 40)
      return Draft(
        Filled<CountStock> {
          ($0.warehouse, $0.sku, $0.quantity, $0.bin, $0.lot) = (warehouse, sku, counted, bin, lot)
        }, at: statedAt)
    }
  }
}
