import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("What a replica promises while rows come and go")
struct ReplicaPromiseTests {
  @Test("G9 what one wrote shows at once, stays until it is decided, and changes once")
  func noFlicker() throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.anasPhone)
    try shop.waitUntil(9)
    let edit = try shop.ana.notes("C-ANA", phone: "+49 30 200")
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.waitUntil(9, 5)
    // The phone's number is later: it will stand. Others are busy meanwhile.
    try shop.anasPhone.notes("C-ANA", phone: "+49 30 300")
    var shown: [String] = []
    func look() throws {
      let books = shop.ana.books
      let phone = try books.customer("C-ANA")?.phone.text ?? ""
      let isDecided = try books.answer(to: edit.id) != nil
      #expect(phone == (isDecided ? "+49 30 300" : "+49 30 200"))
      #expect(try books.line(order).ordered == 4)
      if shown.last != phone { shown.append(phone) }
    }
    try look()
    shop.world.onArrival = { _ in
      try look()
      return .arrives
    }
    try shop.reconnect(shop.anasPhone)
    try shop.withoutUpload(from: shop.ana) { try look() }
    for quantity in 1...5 {
      try shop.pia.receives(Quantity(Int64(quantity)))
      try shop.ben.orders(("CHAI", 1))
      shop.world.onArrival = { _ in
        try look()
        return .arrives
      }
      try shop.settle()
      try look()
    }
    #expect(shown == ["+49 30 200", "+49 30 300"])
    try shop.expectAllIsWell()
  }

  @Test("G3 G12 whoever looks while goods move sees all of a movement or nothing of it")
  func wholeCheckpoints() throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 2
    let shop = try Shop(limits: limits)
    let everybody = [shop.ana, shop.pia, shop.quim, shop.headquarters]
    func look() throws {
      for books in everybody.map(\.books) + [shop.centre] {
        let bins = try books.all(StockColumns.self).filter { $0.sku == "CHAI" }
        let sum = bins.reduce(Quantity.zero) { $0 + $1.onHand }
        #expect(sum == 100)
        #expect(try books.level().onHand == sum)
      }
    }
    shop.world.onArrival = { _ in
      try look()
      return .arrives
    }
    for bin in ["B-1", "B-2", "B-3"] {
      try shop.pia.moves(5, to: bin)
      try shop.quim.moves(1, to: bin)
      try shop.world.run(milliseconds: 20)
    }
    try shop.settle()
    #expect(try shop.quim.books.onHand() == 82)
    try shop.expectAllIsWell()
  }

  @Test("work recorded while the first rows arrive is kept, and shows when the replica can see")
  func recordedDuringFirstLoad() throws {
    var limits = SyncLimits()
    limits.pageRowsMax = 20
    let shop = try Shop(staffed: ["A1"], limits: limits)
    try shop.hire("P1")
    var receipts: [Recorded] = []
    shop.world.onArrival = { delivery in
      guard case .device("P1") = delivery.end, try shop.pia.device.store.state()?.checkpoint == 0 else {
        return .arrives
      }
      receipts.append(try shop.pia.receives(2))
      return .arrives
    }
    try shop.settle()
    #expect(receipts.count > 5)
    #expect(receipts.allSatisfy { $0.expected == nil })
    #expect(try shop.pia.books.onHand() == Quantity(100 + 2 * Int64(receipts.count)))
    #expect(try shop.pia.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident") } == [])
    try shop.expectAllIsWell()
  }

  // MARK: Damage

  /// Spoils rows behind the program's back.
  private func spoil(_ person: Person, _ sql: String...) throws {
    try person.device.store.write { db in
      for statement in sql {
        try db.execute(sql: statement)
        #expect(db.changesCount == 1)
      }
    }
  }

  private func incidents(_ person: Person) throws -> [String] {
    try person.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident ORDER BY sequence") }
  }

  @Test("a damaged row that changes is noticed and replaced")
  func damagedRow() throws {
    let shop = try Shop()
    try spoil(shop.pia, "UPDATE product SET name = 'rot' WHERE sku = 'CHAI'")
    try shop.decide(
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.name = "Chai"
      })
    try shop.settle()
    #expect(try incidents(shop.pia) == ["DIGEST_MISMATCH"])
    #expect(try incidents(shop.quim) == [])
    try shop.expectAllIsWell()
  }

  @Test("other damage in the same bucket is found then too: what differs is fetched, once")
  func damagedBucket() throws {
    let shop = try Shop()
    let unsent = try {
      try shop.cutOff(shop.pia)
      return try shop.pia.receives(4)
    }()
    try spoil(
      shop.pia, "UPDATE product SET name = 'rot' WHERE sku = 'CHAI'",
      "UPDATE product SET weight_grams = 7 WHERE sku = 'MATE'", "DELETE FROM price WHERE sku = 'MATE'")
    var fetched: [[Bucket]] = []
    shop.world.onArrival = { delivery in
      if case .centre = delivery.end, case .mend(let mend) = try Message.decode(delivery.bytes) {
        fetched.append(mend.buckets.map(\.bucket))
      }
      return .arrives
    }
    try shop.decide(
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.name = "Chai"
      })
    try shop.reconnect(shop.pia)
    #expect(fetched == [[.catalog]])
    #expect(try shop.centre.answer(to: unsent.id)?.outcome == .applied)
    #expect(try incidents(shop.pia).contains("DIGEST_MISMATCH"))
    try shop.expectAllIsWell()
  }

  @Test("a row that should not be there goes, even when its bucket is empty")
  func strayRow() throws {
    let shop = try Shop()
    // No order of W1 is there or ever was, but this stray shipment.
    var shipment = Shipment()
    shipment.id = shop.pia.newID()
    shipment.number = "SH-ROT"
    shipment.warehouse = "W1"
    shipment.warehouses = ["W1"]
    try shop.pia.device.store.write { db in
      try TradeTables.write([(key: shipment.key, row: shipment.row)], in: db)
    }
    try spoil(
      shop.pia, "UPDATE bucket SET digest = x'\(String(repeating: "01", count: 16))' WHERE name = 'orders/W1'"
    )
    try shop.cutOff(shop.pia)
    try shop.reconnect(shop.pia)
    #expect(try shop.pia.books.all(ShipmentColumns.self).isEmpty)
    try shop.expectAllIsWell()
  }

  @Test("news that arrives while damaged rows are mended is not lost, even when the link breaks then")
  func newsDuringMending() throws {
    let shop = try Shop()
    try spoil(
      shop.pia, "UPDATE product SET name = 'rot' WHERE sku = 'CHAI'",
      "UPDATE product SET weight_grams = 7 WHERE sku = 'MATE'")
    var cuts = 0
    shop.world.onArrival = { delivery in
      // The request for the rows never arrives; meanwhile others work.
      guard case .centre = delivery.end, case .mend = try Message.decode(delivery.bytes), cuts < 2 else {
        return .arrives
      }
      cuts += 1
      return cuts == 1 ? .vanishes : .breaksLink
    }
    try shop.decide(
      Filled<EditProduct> {
        $0.sku = "CHAI"
        $0.name = "Chai"
      })
    try shop.world.run(milliseconds: 50)
    #expect(cuts == 1)
    try shop.quim.receives(3)
    try shop.quim.counts(50)
    try shop.world.run(milliseconds: 500)
    // Nothing of it is a checkpoint before the rows are mended.
    #expect(try shop.pia.books.onHand() == 100)
    try shop.cutOff(shop.pia)
    try shop.reconnect(shop.pia)
    #expect(cuts == 2)
    #expect(try shop.pia.books.onHand() == 50)
    try shop.expectAllIsWell()
  }

  // MARK: Slow readers, new months

  @Test("a device that takes one small page at a time gets everything, in whole checkpoints")
  func slowReader() throws {
    var limits = SyncLimits()
    limits.pagesInFlightMax = 1
    limits.pageRowsMax = 3
    let shop = try Shop(limits: limits)
    try shop.cutOff(shop.quim)
    for quantity in 1...6 {
      let order = try shop.ana.orders(("CHAI", Quantity(Int64(quantity))), ("MATE", 1))
      try shop.world.run(milliseconds: 40)
      try shop.pia.receives(Quantity(Int64(quantity)))
      try shop.ben.orders(("CHAI", 1))
      try shop.world.run(milliseconds: 10)
      try shop.anasPhone.readdresses(order, to: "\(quantity) Side Street")
    }
    try shop.reconnect(shop.quim)
    try shop.expectAllIsWell()
  }

  @Test("a month's ledger that begins while a picker catches up is part of the checkpoint")
  func newMonth() throws {
    var limits = SyncLimits()
    limits.pagesInFlightMax = 1
    limits.pageRowsMax = 2
    let shop = try Shop(staffed: ["P1", "P2", "A1"], limits: limits)
    try shop.cutOff(shop.quim)
    for bin in ["B-1", "B-2", "B-3"] { try shop.pia.moves(1, to: bin) }
    try shop.settle()
    try shop.world.run(milliseconds: 31 * 86_400_000)
    var pages = 0
    shop.world.onArrival = { delivery in
      if case .device("P2") = delivery.end, case .page = try Message.decode(delivery.bytes) {
        pages += 1
        if pages == 2 { try shop.pia.receives(9) }
      }
      return .arrives
    }
    try shop.reconnect(shop.quim)
    let months = Set(try shop.quim.books.all(MovementColumns.self).map(\.month))
    #expect(months == ["2026-01", "2026-02"])
    #expect(try incidents(shop.quim) == [])
    try shop.expectAllIsWell()
  }
}
