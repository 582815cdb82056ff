import CentralStore
import Foundation
import ReplicaStore
import TradeRules

/// P7: a replica with unsent work takes in many changed rows, a few of them touched by its own work.
struct RebaseWorkload {
  let unsent: Int
  let rows: Int
  /// Products that have stock; unsent work is about these.
  private static let stocked = 500

  func run(in folder: URL) throws -> [Figure] {
    let plain = try takeIn(in: folder.appendingPathComponent("plain"), unsent: 0)
    let busy = try takeIn(in: folder.appendingPathComponent("busy"), unsent: unsent)
    return [
      Figure(workload: "P7", what: "\(rows) rows, nothing unsent", value: plain.wall * 1_000, unit: "ms"),
      Figure(
        workload: "P7", what: "\(rows) rows, \(unsent) operations unsent", value: busy.wall * 1_000,
        unit: "ms",
        ratio: busy.wall / plain.wall),
    ]
  }

  private func takeIn(in folder: URL, unsent: Int) throws -> Measurement {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let shop = try Shop(at: folder, products: rows + RebaseWorkload.stocked)
    try shop.supply(RebaseWorkload.stocked)
    let pairing = Pairing(
      shop, link: 1,
      store: try ReplicaStore.open(at: folder.appendingPathComponent("replica.db").path, create: true))
    let enrolment = try shop.invite("W1", .warehouse, warehouses: ["W1"])
    try pairing.host.beginEnrolment(code: enrolment, url: "ws://bench/sync", caFile: "")
    try pairing.connect()
    try pairing.converse()
    try pairing.disconnect()
    for number in 0..<unsent {
      let draft = Draft(
        Filled<AdjustStock> {
          $0.warehouse = "W1"
          $0.sku = shop.skus[number % RebaseWorkload.stocked]
          $0.delta = 1
          $0.reason = "found"
          $0.bin = "MAIN"
        })
      try pairing.record([draft])
    }
    try changeProducts(shop)
    try pairing.connect()
    return try Measurement.of { try pairing.takeInUntilCheckpoint() }
  }

  /// Changes products that no unsent work is about, and the stock of some that it is about: one in a hundred of
  /// all rows.
  private func changeProducts(_ shop: Shop) throws {
    for sku in shop.skus.suffix(rows - rows / 100) {
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = sku
          $0.description = "another"
          $0.descriptionSeen = ""
        })
    }
    // A movement leaves itself, a balance and a level, of which the unsent work touches the last two.
    for sku in shop.skus.prefix(rows / 200) {
      try shop.decide(
        Filled<AdjustStock> {
          $0.warehouse = "W1"
          $0.sku = sku
          $0.delta = 5
          $0.reason = "found"
          $0.bin = "MAIN"
        })
    }
  }
}

extension Pairing {
  /// Takes in what the centre sends until the checkpoint is applied, without sending work of its own.
  func takeInUntilCheckpoint() throws {
    let start = host.progress.checkpoint
    while host.progress.checkpoint == start { try exchangeOnce() }
  }
}
