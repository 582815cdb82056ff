import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

@testable import CentralStore
@testable import Simulator

@Suite("Batches of one device")
struct BatchOrderTests {
  @Test("G6 a batch whose forerunner is lost is not decided: what was done first is decided first")
  func noGaps() throws {
    var limits = SyncLimits()
    limits.operationsPerBatchMax = 1
    let shop = try Shop(staffed: ["A1"], limits: limits)
    try shop.cutOff(shop.ana)
    for number in 1...4 { try shop.ana.notes("C-ANA", phone: "+49 30 \(number)00") }
    var arrived: [Int64] = []
    var isLost = false
    shop.world.onArrival = { delivery in
      guard case .centre = delivery.end, case .push(let push) = try Message.decode(delivery.bytes) else {
        return .arrives
      }
      if push.firstNumber == 2, !isLost {
        isLost = true
        return .vanishes
      }
      arrived.append(push.firstNumber)
      return .arrives
    }
    try shop.reconnect(shop.ana)
    #expect(Array(arrived.prefix(2)) == [1, 3])
    let decided = try shop.world.store.read { db in
      let sql = "SELECT number FROM log_operation WHERE device = 'A1' ORDER BY version"
      return try Int64.fetchAll(db, sql: sql)
    }
    #expect(decided == [1, 2, 3, 4])
    #expect(try shop.centre.customer("C-ANA")?.phone.text == "+49 30 400")
    try shop.expectAllIsWell()
  }
}
