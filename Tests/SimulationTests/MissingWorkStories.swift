import Foundation
import GRDB
import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Stories of answered work that rotted before the centre came back from a backup")
struct MissingWorkStories {
  /// Receives 1, 2, 4 … pieces, one operation each, so that the stock says which of them are there.
  private func receive(_ numbers: ClosedRange<Int>, _ shop: Shop) throws {
    for number in numbers { try shop.pia.receives(Quantity(Int64(1 << (number - 1)))) }
  }

  private func rot(_ numbers: [Int64], _ shop: Shop, _ scratch: Scratch) throws {
    try shop.pia.device.store.write { db in
      for number in numbers {
        try db.execute(
          sql: "UPDATE outbox SET bytes = zeroblob(length(bytes)) WHERE number = ?", arguments: [number])
      }
    }
    try shop.switchOff(shop.pia)
    let (store, mending) = try ReplicaFile(scratch.file).openSound(at: shop.world.now) {
      [UInt8](repeating: 9, count: $0)
    }
    guard case .rebuilt(let report) = mending else {
      Issue.record("\(mending)")
      return
    }
    #expect(report.lost.isEmpty, "the centre has it: nothing is lost yet")
    #expect(try store.view { try $0.verify() }.allSatisfy(\.isOK))
    try shop.switchOn("P1", store)
  }

  @Test(
    "G5 G27 work that rotted after its answer is missing after a restore: it is named, all other work comes back, once",
    arguments: [[3], [4], [5], [3, 5], [3, 4, 5]] as [[Int64]], [0, 1])
  func restored(rotten: [Int64], unsent: Int) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try receive(1...2, shop)
    try shop.settle()
    let backup = try shop.copyOfStore()
    try receive(3...5, shop)
    try shop.settle()
    try shop.cutOff(shop.pia)
    if unsent > 0 { try receive(6...6, shop) }
    try rot(rotten, shop, scratch)
    try shop.world.replaceCentre(with: backup)
    try shop.reconnect(shop.pia)
    let all = 1...(5 + unsent)
    let kept = all.filter { !rotten.contains(Int64($0)) }
    #expect(try shop.centre.onHand() == kept.reduce(100) { $0 + Quantity(Int64(1 << ($1 - 1))) })
    let named = try shop.pia.books.read {
      try String.fetchAll($0, sql: "SELECT detail FROM incident WHERE code = 'OPERATION_UNREADABLE'")
    }
    #expect(named.map { $0.prefix(4) } == rotten.map { "P1/\($0)" })
    #expect(try shop.world.store.session(of: "P1")?.isForked == false)
    #expect(try shop.pia.device.store.view { try $0.verify() }.allSatisfy(\.isOK))
    try shop.pia.receives(100)
    try shop.expectAllIsWell()
  }

  @Test("G5 G23 answered work that rotted costs nothing while the centre has it: who goes on is no copy")
  func notRestored() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try receive(1...4, shop)
    try shop.settle()
    try shop.cutOff(shop.pia)
    try rot([2, 4], shop, scratch)
    try receive(5...6, shop)
    try shop.reconnect(shop.pia)
    #expect(try shop.centre.onHand() == 100 + 63)
    try shop.expectSameRows(shop.pia)
    try shop.expectSameDigests(shop.pia)
    #expect(try shop.pia.device.store.view { try $0.verify() }.allSatisfy(\.isOK))
  }

  @Test("G5 G23 where nothing says any more how the work hung together, the device stops and says what to do")
  func noAnchor() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try receive(1...2, shop)
    try shop.settle()
    let backup = try shop.copyOfStore()
    try receive(3...4, shop)
    try shop.settle()
    try shop.cutOff(shop.pia)
    try rot([2, 3], shop, scratch)
    try shop.pia.device.store.write { try Outbox.note([:], in: $0) }
    try receive(5...5, shop)
    try shop.world.replaceCentre(with: backup)
    try shop.world.setOnline("P1", true)
    let damage = #expect(throws: ReplicaDamage.self) { try shop.world.run(milliseconds: 20_000) }
    #expect(damage?.part == .whole && damage?.detail.contains("5 stock.receive") == true)
  }
}
