import GRDB
import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("A replica reads everything again")
struct ScrubStories {
  @Test(
    "G11 G23 whoever records meanwhile does not wait for it: only what it writes at the end takes the lock")
  func readsUnlocked() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    let store = shop.pia.device.store
    let lock = ReplicaLock.writers(of: scratch.file)
    var (readings, writes): ([Bool], [Bool]) = ([], [])
    store.database.writeWithoutTransaction { db in
      db.trace { event in
        let statement = "\(event)"
        if statement.contains("integrity_check(1)") || statement.contains("FROM \"price\"") {
          readings.append(lock.isHeldByAnother)
        }
        if statement.contains("scrubbed_at"), statement.contains("INSERT") {
          writes.append(lock.isHeldByAnother)
        }
      }
    }
    #expect(try store.scrub(at: shop.world.now).isSound)
    store.database.writeWithoutTransaction { $0.trace() }
    #expect(readings.count >= 2 && !readings.contains(true))
    #expect(writes == [true])
    try shop.expectAllIsWell()
  }

  @Test("G23 what own work shows on top of sound rows is guessed again")
  func guesses() throws {
    let shop = try Shop(staffed: ["P1", "A1"])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    let store = shop.pia.device.store
    try store.write { db in try db.execute(sql: "UPDATE stock SET on_hand = 7000 WHERE sku = 'CHAI'") }
    #expect(try store.scrub(at: shop.world.now).isSound)
    #expect(try shop.pia.books.onHand() == 104)
    try shop.expectAllIsWell()
  }

  @Test("G23 it is due a day after the last time, whatever a clock says that was set back")
  func due() throws {
    let store = try Shop(staffed: ["P1"]).pia.device.store
    #expect(try store.scrubDelay(at: .at(8)) == 0)
    _ = try store.scrub(at: .at(8))
    #expect(try store.scrubDelay(at: .at(8)) == 86_400_000)
    #expect(try store.scrubDelay(at: .at(18)) == 14 * 3_600_000)
    #expect(try store.scrubDelay(at: .at(33)) == 0)
    #expect(try store.scrubDelay(at: .at(7)) == 0)
  }
}
