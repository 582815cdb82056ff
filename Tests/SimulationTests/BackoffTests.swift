import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import Simulator

@Suite("When a device comes back")
struct BackoffTests {
  private static let bits: [UInt64] = (0..<500).map { $0 &* 0x9E37_79B9_7F4A_7C15 }

  /// The longest delay of many, each after the same past.
  private func longest(_ backoff: Backoff, after now: Instant, retryAfter: Int64? = nil) -> Int64 {
    BackoffTests.bits.map { bits in
      var backoff = backoff
      return backoff.delay(after: now, wasEstablished: false, random: bits, retryAfter: retryAfter)
    }.max() ?? 0
  }

  @Test(
    "G10 within a minute of a live session it is back in five seconds; then it waits up to twice as long each time"
  )
  func ceilings() {
    var backoff = Backoff()
    _ = backoff.delay(after: .at(8), wasEstablished: true, random: 0)
    #expect((2_500..<Backoff.shortOutageCeiling).contains(longest(backoff, after: .at(8, 0, 59))))
    for ceiling in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000] {
      #expect((Int64(ceiling / 2)..<Int64(ceiling)).contains(longest(backoff, after: .at(9))))
      _ = backoff.delay(after: .at(9), wasEstablished: false, random: 0)
    }
    backoff.connected()
    #expect(longest(backoff, after: .at(10)) < Backoff.base)
  }

  @Test("G26 who is told when to come back does not come sooner, and not all come in the same moment")
  func asked() {
    let delays = BackoffTests.bits.map { bits in
      var backoff = Backoff()
      return backoff.delay(after: .at(8), wasEstablished: true, random: bits, retryAfter: 60_000)
    }
    #expect(delays.allSatisfy { (60_000...75_000).contains($0) })
    #expect(Set(delays).count > 100)
  }

  /// Another row appears on a device each time before a checkpoint is proved, and what is kept of the digest is lost.
  private func rot(_ person: Person, _ number: Int) throws {
    var product = Product()
    product.sku = "ROT-\(number)"
    try person.device.store.write { db in
      try TradeTables.write([(key: product.key, row: product.row)], in: db)
      try db.execute(sql: "UPDATE bucket SET digest = zeroblob(16) WHERE name = 'catalog'")
    }
  }

  @Test(
    "G26 a device that the centre tells off comes back later each time, however often it was let in",
    arguments: [1001, 1003, 1008, 4000, 4010] as [UInt16])
  func toldOff(code: UInt16) throws {
    let shop = try Shop(staffed: ["A1"])
    var hellos = 0
    shop.world.onArrival = { delivery in
      switch (delivery.end, delivery.closes ? nil : try Message.decode(delivery.bytes)) {
      case (.centre, .hello): hellos += 1
      case (.device("A1"), .checkpoint):
        shop.ana.device.link = nil
        shop.world.hangUp(delivery.link)
        try shop.world.give(shop.ana.device, [.closed(code)])
        return .vanishes
      default: break
      }
      return .arrives
    }
    try shop.decide(Filled<ImportProducts> { $0.rows = [Shop.product("P-1")] })
    try shop.world.run(milliseconds: 1_800_000)
    #expect(
      [1003, 1008, 4000].contains(code) ? (5..<40).contains(hellos) : hellos > 300, "it came \(hellos) times")
  }

  @Test(
    "G26 a link that breaks is soon made again; after a quarrel over rows that differ it takes longer each time",
    arguments: [false, true])
  func quarrel(rowsDiffer: Bool) throws {
    let shop = try Shop(staffed: ["A1"])
    var (hellos, checkpoints) = (0, 0)
    shop.world.onArrival = { delivery in
      switch (delivery.end, delivery.closes ? nil : try Message.decode(delivery.bytes)) {
      case (.centre, .hello): hellos += 1
      case (.device("A1"), .checkpoint):
        checkpoints += 1
        guard rowsDiffer else { return .breaksLink }
        try self.rot(shop.ana, checkpoints)
      default: break
      }
      return .arrives
    }
    try shop.decide(Filled<ImportProducts> { $0.rows = [Shop.product("P-1")] })
    try shop.world.run(milliseconds: 1_800_000)
    #expect(rowsDiffer ? (5..<40).contains(hellos) : hellos > 300, "it came \(hellos) times")
    // It asks for single rows first, then for all of them, and the centre ends it.
    #expect(rowsDiffer ? checkpoints > 2 * hellos : checkpoints > 300, "\(checkpoints) checkpoints")
    shop.world.onArrival = nil
    try shop.settle()
    try shop.expectAllIsWell()
  }
}
