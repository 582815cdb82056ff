import GRDB
import TradeRules
import TradeTables

/// What is done at the centre itself, where everything is known.
extension Workload {
  mutating func workAtConsole() throws {
    do {
      try command()
      recorded["console", default: 0] += 1
    } catch is StorageFailure {
      interrupted += 1
    }
  }

  private mutating func command() throws {
    let sku = random.pick(Shop.hotProducts) ?? Shop.weighed
    switch random.number(0...9) {
    case 8: try customerFile()
    case 9: try customerMerge()
    case 0:
      try world.decide(Shop.prices(of: [sku], tenThousandths: Int64(random.number(50_000...150_000))))
    case 1:
      let warehouse = random.pick(Shop.warehouses) ?? ""
      let quantity = Quantity(Int64(random.number(0...40)))
      try world.decide(
        Filled<ImportStock> {
          $0.rows = [
            Filled<StockEntry> {
              ($0.warehouse, $0.sku, $0.bin, $0.lot, $0.expiry) = (warehouse, sku, "MAIN", "", "")
              $0.quantity = quantity
            }
          ]
        })
    case 2:
      let floor = Int64(random.pick([0, 500, 900]) ?? 0)
      try world.decide(
        Filled<ChangeSetting> { ($0.name, $0.amount) = (Settings.priceFloorPerMille.rawValue, floor) })
    case 3:
      let window = Int64(random.pick([0, 2_000, 600_000]) ?? 0)
      try world.decide(
        Filled<ChangeSetting> { ($0.name, $0.amount) = (Settings.nearCountMilliseconds.rawValue, window) })
      // A centre that forgets within minutes: whoever was away for longer takes its buckets whole.
      try world.decide(
        Filled<ChangeSetting> { ($0.name, $0.amount) = (Settings.retentionMilliseconds.rawValue, window) })
    case 4:
      let status: ProductStatus = random.chance(400) ? .archived : .active
      try world.decide(Filled<EditProduct> { ($0.sku, $0.status) = (sku, status.rawValue) })
    case 5: try quotaAtConsole()
    default:
      let orders = try world.store.read { db in
        try TradeTables.scan(.of(OrderColumns.self), limit: .max, in: db).map { Order($0) }
      }
      guard let order = random.pick(orders) else { return }
      try world.decide(Filled<ReleaseOrder> { ($0.order, $0.number) = (order.id, order.number) })
    }
  }

  /// The company's file hands a customer to another agent or territory: the row leaves one scope for another.
  private mutating func customerFile() throws {
    let code = random.pick(Shop.customerCodes) ?? ""
    let agent = random.pick([nil, "ANA", "BEN"]) ?? nil
    let territory = random.pick([nil, "NORTH"]) ?? nil
    let id = RecordID(milliseconds: world.now.milliseconds, random: (random.next(), random.next()))
    try world.decide(
      Filled<ImportCustomers> {
        $0.rows = [Shop.entry(code, agent: agent, territory: territory, id: id)]
      })
  }

  /// Two customers turn out to be one: seldom, or soon there would be nobody else left.
  private mutating func customerMerge() throws {
    guard random.chance(200) else { return }
    let customers = try world.store.read { db in
      try TradeTables.scan(.of(CustomerColumns.self), limit: .max, in: db).map { Customer($0) }
    }
    guard let merged = random.pick(customers), let survivor = random.pick(customers) else { return }
    try world.decide(
      Filled<MergeCustomers> {
        ($0.merged, $0.mergedCode) = (merged.id, merged.code)
        ($0.survivor, $0.survivorCode) = (survivor.id, survivor.code)
      })
  }
}
