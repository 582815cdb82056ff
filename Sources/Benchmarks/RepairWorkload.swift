import BenchmarkFloor
import CentralStore
import Foundation
import ReplicaStore
import SyncProtocol
import TradeRules

/// P12: a replica with damaged rows scattered over its catalog is mended; the bytes of every frame are counted.
struct RepairWorkload {
  let rows: Int
  let damaged: Int

  /// The targets of docs/PERFORMANCE.md: bytes where all rows agree, and of mending so many of so many rows.
  private static let agreementBytesMax = 100.0
  private static let full = (rows: 1_000_000, damaged: 100, bytesMax: 80_000.0)

  func run(in folder: URL) throws -> [Figure] {
    let shop = try Shop(at: folder, products: rows)
    let path = folder.appendingPathComponent("replica.db").path
    let pairing = Pairing(shop, link: 1, store: try ReplicaStore.open(at: path, create: true))
    let enrolment = try shop.invite("A1", .agent, agent: "ANA", warehouses: [])
    try pairing.host.beginEnrolment(code: enrolment, url: "ws://bench/sync", caFile: "")
    try pairing.connect()
    try pairing.converse()
    let agreement = try agree(pairing, shop)
    let repair = try repair(pairing, shop, path)
    let full = RepairWorkload.full
    let isFull = rows == full.rows && damaged == full.damaged
    func figure(_ what: String, _ value: Double, _ unit: String, most: Double? = nil) -> Figure {
      Figure(workload: "P12", what: what, value: value, unit: unit, most: isFull ? most : nil)
    }
    return [
      figure("\(rows) rows agree", Double(agreement), "bytes", most: RepairWorkload.agreementBytesMax),
      figure("\(damaged) of them mended, down", Double(repair.down), "bytes"),
      figure("the same, up", Double(repair.up), "bytes"),
      figure("together", Double(repair.down + repair.up), "bytes", most: full.bytesMax),
      figure("round trips", Double(repair.exchanges), ""),
      figure("the centre's work", repair.centre * 1_000, "ms"),
      figure("its longest turn", repair.longestTurn * 1_000, "ms"),
      figure("the replica's work", repair.replica * 1_000, "ms"),
    ]
  }

  /// One row changes: the bytes of the checkpoint that proves all of them, and of its answer.
  private func agree(_ pairing: Pairing, _ shop: Shop) throws -> Int {
    let orders = try shop.decide(
      Filled<EditProduct> {
        $0.sku = shop.skus[rows / 2]
        $0.description = "another"
      })
    pairing.hear(orders)
    let isCheckpoint = { (bytes: [UInt8]) in
      if case .checkpoint = try Message.decode(bytes) { true } else { false }
    }
    let proof = try pairing.toReplica.filter(isCheckpoint).reduce(0) { $0 + $1.count }
    try pairing.listen()
    return proof + (pairing.toCentre.last?.count ?? 0)
  }

  private struct Repair {
    var (down, up, exchanges) = (0, 0, 0)
    var (centre, longestTurn, replica) = (0.0, 0.0, 0.0)
  }

  private func repair(_ pairing: Pairing, _ shop: Shop, _ path: String) throws -> Repair {
    try pairing.converse()
    guard floor_damage(path, Int64(rows / damaged)) == damaged else {
      throw WorkloadFailed("the rows could not be damaged")
    }
    // The next change makes the replica look.
    pairing.hear(
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = shop.skus[rows / 2]
          $0.description = "yet another"
        }))
    let (down, up) = (pairing.bytesDown, pairing.bytesUp)
    let head = shop.centre.store.head.version
    var repair = Repair()
    while pairing.host.progress.checkpoint < head {
      repair.replica += try Measurement.of { try pairing.listen() }.wall
      let said = pairing.toCentre.map { CentralHost.Event.received(pairing.link, $0) }
      if !said.isEmpty { repair.exchanges += 1 }
      pairing.toCentre = []
      var events = said.isEmpty ? [.ticked] : said
      while pairing.toReplica.isEmpty, pairing.host.progress.checkpoint < head {
        let turn = Measurement.of { pairing.hear(shop.centre.handle(events, at: shop.tick())) }.wall
        repair.centre += turn
        repair.longestTurn = max(repair.longestTurn, turn)
        events = [.ticked]
      }
    }
    (repair.down, repair.up) = (pairing.bytesDown - down, pairing.bytesUp - up)
    return repair
  }
}
