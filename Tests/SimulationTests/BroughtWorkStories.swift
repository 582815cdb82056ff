import Testing
import TradeRules

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Work that is brought in is known by its first name")
struct BroughtWorkStories {
  /// Pia's work that was set aside because her device is retired, as the file that was taken from it.
  private func setAside(in shop: Shop) throws -> String {
    try shop.cutOff(shop.pia)
    try shop.pia.receives(7)
    let text = try shop.pia.device.store.view { try $0.export(try $0.openWork(), at: shop.world.now) }
    try shop.change(shop.pia, to: .retired)
    #expect(try shop.pia.books.onHand() == 107)
    try shop.world.setOnline("P1", true)
    try shop.world.run(milliseconds: 5_000)
    // Nothing came of it, and nothing of it shows.
    #expect(try shop.pia.books.onHand() == 100)
    try shop.cutOff(shop.pia)
    return text
  }

  /// What the centre says when Quim brings a file in.
  private func answer(to text: String, in shop: Shop) throws -> [String] {
    let brought = try shop.quim.device.store.bring(
      try OutboxFile(parsing: text), actor: "user", clock: shop.quim.device.clock(at: shop.world.now),
      random: { [UInt8](repeating: 6, count: $0) })
    try shop.world.give(shop.quim.device, [.recorded])
    try shop.settle()
    let lead = try #require(brought.first?.recorded)
    return try #require(try shop.quim.books.answer(to: lead.id)).codes.words
  }

  @Test("#66 work that was set aside and is brought in elsewhere is said not to be done")
  func notDone() throws {
    let shop = try Shop(staffed: ["P1", "P2"])
    let text = try setAside(in: shop)
    #expect(try answer(to: text, in: shop) == [Code.workNotDone.rawValue])
    #expect(try shop.centre.onHand() == 100)
  }

  @Test("#66 work that was set aside, released, and is then brought in elsewhere is known and done")
  func released() throws {
    let shop = try Shop(staffed: ["P1", "P2"])
    let text = try setAside(in: shop)
    let work = try #require(try shop.world.store.queries.setAside(of: "P1").first)
    let (centre, now) = (shop.world.centre, shop.world.now)
    try shop.world.atConsole { try centre.release(work.id, actor: "os:admin", at: now) }
    #expect(try answer(to: text, in: shop) == [Code.workKnown.rawValue])
    #expect(try shop.centre.onHand() == 107)
  }
}
