import GRDB
import TradeRules

import struct Foundation.Data

/// Which records each device has when all is quiet: those of its scope and no others (decisions, section 6).
extension ReferenceModel {
  func checkScopes(of world: World) throws {
    for code in world.devices.keys.sorted() {
      // Whom a restored centre does not know keeps what it had.
      guard let replica = world.devices[code], !replica.isCopy, !replica.isUnknown,
        let device = devices[code],
        device.state == "active" || device.state == "invited"
      else { continue }
      let hasGuesses = try replica.store.read { db in
        try Int.fetchOne(db, sql: "SELECT count(*) FROM base") ?? 0 > 0
      }
      if hasGuesses {
        count("scopes taken over")
        continue
      }
      try replica.store.read { db in try checkScope(of: code, device, db) }
      count("scopes")
    }
  }

  private func checkScope(of code: String, _ device: ModelDevice, _ db: Database) throws {
    // Where goods are served from that nobody can say of here, a warehouse sees what it serves.
    let doubtfulOrders = device.handlesGoods ? orders.values.filter(hasDoubtfulGoods) : []
    count("orders in scopes taken over", doubtfulOrders.count)
    let seen = orders.values.filter { sees(code, device, $0) }
    try compareSets(
      "orders", code, Set(seen.map(\.id)), "SELECT id FROM sales_order",
      except: Set(doubtfulOrders.map(\.id)), db)
    try compareSets(
      "lines", code, Set(seen.flatMap(\.lines)), "SELECT id FROM order_line",
      except: Set(doubtfulOrders.flatMap(\.lines)), db)
    let own = customers.filter { sees(code, device, $0.value) && !$0.value.isMerged }
    let found = try Data.fetchAll(db, sql: "SELECT id FROM customer").map { RecordID(sql: $0) }
    let unmerged = Set(found).subtracting(customers.filter(\.value.isMerged).keys)
    try compare("customers", code, Set(own.keys).sorted(), unmerged.sorted())
    let products = records.keys.filter { $0.table == "product" }.count
    try compare("products", code, products, try Int.fetchOne(db, sql: "SELECT count(*) FROM product") ?? 0)
    let stock = balances.keys.filter { device.seesAll || device.warehouses.contains($0.warehouse) }
    for row in try GRDB.Row.fetchAll(db, sql: "SELECT * FROM stock") {
      let place = ModelPlace(warehouse: row["warehouse"], bin: row["bin"], sku: row["sku"], lot: row["lot"])
      guard stock.contains(place) else { throw Finding("model", "\(code) has the stock of \(place)") }
      try compare("stock on \(code)", "\(place)", balances[place] ?? 0, row["on_hand"] as Int64)
    }
    let quotas = self.quotas.filter { $0.value.granted > 0 && (device.seesAll || $0.key.device == code) }
    let foundQuotas = try String.fetchAll(db, sql: "SELECT sku FROM quota")
    try compare(
      "quotas", code, quotas.keys.count { !doubtful.contains($0.sku) },
      foundQuotas.count { !doubtful.contains($0) })
  }

  private func compareSets(
    _ what: String, _ code: String, _ model: Set<RecordID>, _ sql: String, except open: Set<RecordID>,
    _ db: Database
  ) throws {
    let found = Set(try Data.fetchAll(db, sql: sql).map { RecordID(sql: $0) })
    try compare("\(what) missing", code, [], model.subtracting(found).subtracting(open).sorted())
    try compare("\(what) too many", code, [], found.subtracting(model).subtracting(open).sorted())
    count("rows in scopes", found.count)
  }
}
