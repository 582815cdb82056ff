import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import Simulator

@Suite("When it happened: facts keep their time, however late and by whom they are recorded again")
struct FactTimeStories {
  /// Everything Pia and Ana can say that happened, recorded offline at half past nine.
  private func busyMorning() throws -> Shop {
    let shop = try Shop(staffed: ["A1", "A2", "P1", "P2"])
    let (shipped, picked) = (try shop.ana.orders(("CHAI", 4)), try shop.ana.orders(("CHAI", 6)))
    try shop.settle()
    try shop.pia.picks(4, of: shipped)
    try shop.pia.ships(shipped)
    try shop.settle()
    try shop.cutOff(shop.pia, shop.ana)
    try shop.waitUntil(9, 30)
    try stockwork(shop.pia)
    try shop.pia.picks(6, of: picked)
    try shop.pia.putsBack(1, of: picked)
    try shop.pia.record(
      Filled<PackOrder> {
        ($0.order, $0.number, $0.warehouse) = (picked.id, picked.number, "W1")
        ($0.package, $0.packageNumber) = (shop.pia.newID(), "PK-P1-1")
      })
    try shop.pia.ships(picked)
    try shop.pia.delivers(picked)
    let shipment = try #require(try shop.pia.books.all(ShipmentColumns.self).first)
    try shop.pia.record(
      Filled<TrackShipment> {
        ($0.shipment, $0.number, $0.status) = (shipment.id, shipment.number, .inTransit)
      })
    try shop.ana.record(
      Filled<RecordPayment> {
        ($0.id, $0.order, $0.number) = (shop.ana.newID(), shipped.id, shipped.number)
        ($0.method, $0.amountMinor) = (.cash, 5_000)
      })
    try shop.ana.record(
      Filled<RefundPayment> {
        ($0.id, $0.order, $0.number) = (shop.ana.newID(), shipped.id, shipped.number)
        ($0.method, $0.amountMinor, $0.isPaidOut) = (.cash, 1_000, true)
      })
    let told = Set(try [shop.pia, shop.ana].flatMap { try unsent($0).map(\.kind) })
    #expect(Operation.facts.isSubset(of: told))
    return shop
  }

  private func stockwork(_ person: Person) throws {
    try person.receives(10)
    try person.moves(2, to: "B-1")
    try person.record(
      Filled<AdjustStock> {
        ($0.warehouse, $0.sku, $0.delta, $0.reason, $0.bin) = ("W1", "CHAI", 1, "found", "MAIN")
      })
    try person.record(
      Filled<ScrapStock> {
        ($0.warehouse, $0.sku, $0.quantity, $0.reason, $0.bin) = ("W1", "CHAI", 1, "damaged", "MAIN")
      })
    try person.counts(100)
  }

  /// What somebody has not sent, what leads it aside.
  private func unsent(_ person: Person) throws -> [Operation] {
    try person.device.store.view { view in
      try view.openWork().compactMap(\.item.operation).filter { $0.kind != BringWork.kind }
    }
  }

  private func expectSameTimes(_ again: [Operation], as first: [Operation]) {
    #expect(again.map(\.kind) == first.map(\.kind))
    for (again, first) in zip(again, first) {
      #expect(again.statedAt == first.recordedAt, "\(again.kind)")
      #expect(again.recordedAt > first.recordedAt, "\(again.kind)")
    }
  }

  @Test("G5 a fact that is brought in from a lost device's file keeps the time at which it happened")
  func broughtIn() throws {
    let shop = try busyMorning()
    try shop.waitUntil(15)
    for (lost, heir) in [(shop.pia, shop.quim), (shop.ana, shop.anasPhone)] {
      let first = try unsent(lost)
      let text = try lost.device.store.view { try $0.export(try $0.openWork(), at: shop.world.now) }
      try shop.cutOff(heir)
      let brought = try heir.device.store.bring(
        try OutboxFile(parsing: text), actor: "user", clock: heir.device.clock(at: shop.world.now),
        random: { [UInt8](repeating: 6, count: $0) })
      #expect(brought.compactMap(\.refusal?.code) == [])
      expectSameTimes(try unsent(heir), as: first)
    }
    try shop.reconnect(shop.quim, shop.anasPhone)
    let paid = try shop.centre.all(PaymentColumns.self).map { $0.at.milliseconds(since: .at(9, 30)) }
    #expect(paid.count == 2)
    for delay in paid { #expect((-1_000...1_000).contains(delay), "\(delay) ms") }
  }

  @Test("a fact that was refused and is tried again keeps the time at which it happened")
  func triedAgain() throws {
    let shop = try busyMorning()
    try shop.waitUntil(15)
    for person in [shop.pia, shop.ana] {
      let store = person.device.store
      let first = try unsent(person)
      try store.write { db in
        for operation in first {
          var answer = Answer()
          (answer.device, answer.number) = (operation.id.device, operation.id.number)
          (answer.kind, answer.outcome, answer.codes) = (
            operation.kind.rawValue, .rejected, ["NOT_PERMITTED"]
          )
          try TradeTables.write([(key: answer.key, row: answer.row)], in: db)
        }
        try Outbox.settle(
          through: first.last?.id.number ?? 0, held: [], of: person.code, in: db)
        _ = try BaseImages.restoreAll(in: db)
      }
      for operation in first {
        let work = try store.view { try #require(try $0.own("\(operation.id)")) }
        _ = try store.retry(
          work, actor: "user", clock: person.device.clock(at: shop.world.now),
          random: { [UInt8](repeating: 6, count: $0) })
      }
      expectSameTimes(try unsent(person), as: first)
    }
  }
}
