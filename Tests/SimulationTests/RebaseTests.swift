import GRDB
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Unsent work on top of news")
struct RebaseTests {
  /// Every row of a replica as its screen shows it, guesses included.
  private func shown(_ person: Person) throws -> [RowKey: TradeRules.Row] {
    try person.books.read { db in
      var rows: [RowKey: TradeRules.Row] = [:]
      for table in TableDescription.all where !table.isCentreOnly {
        try TradeTables.visit(table, in: db) { rows[table.key(of: $0)] = $0 }
      }
      return rows
    }
  }

  /// Takes every guess back and decides all unsent work again, in order.
  private func decideAllAnew(_ person: Person) throws {
    try person.device.store.write { db in
      let state = try #require(try ReplicaState.fetch(in: db))
      var rebase = try Rebase(db)
      try rebase.takeAllBack()
      try rebase.decideAnew(state)
    }
  }

  @Test(
    "G3 news leaves unsent work as it would be if all of it were decided again", arguments: 1...UInt64(12))
  func sameAsWhole(seed: UInt64) throws {
    let shop = try Shop(seed: seed, [("CHAI", 60), ("MATE", 40)])
    var dice = Random(seed: seed, "rebase")
    try shop.cutOff(shop.pia, shop.ana)
    var orders: [PlacedOrder] = []
    for _ in 0..<4 {
      for _ in 0..<6 {
        let sku = dice.number(0...1) == 0 ? "CHAI" : "MATE"
        let quantity = Quantity(Int64(1 + dice.number(0...8)))
        switch dice.number(0...5) {
        case 0: try shop.pia.receives(quantity, sku: sku)
        case 1: try shop.pia.counts(quantity, sku: sku)
        case 2: try shop.pia.receives(quantity, sku: sku, bin: "B-\(dice.number(0...2))")
        case 3: orders.append(try shop.ana.orders((sku, quantity)))
        case 4: if let order = orders.popLast() { try shop.ana.cancels(order) }
        default: try shop.ana.notes("C-ANA", phone: "+49 30 \(dice.number(0...99))")
        }
      }
      switch dice.number(0...3) {
      case 0: try shop.quim.receives(3)
      case 1: try shop.quim.counts(7, sku: "MATE")
      case 2: try shop.ben.orders(("CHAI", 5))
      default: try shop.headquarters.notes("C-ANA", address: "\(dice.number(0...99)) Second Street")
      }
      for person in [shop.pia, shop.ana] {
        try shop.withoutUpload(from: person) {}
        try shop.cutOff(person)
        let rows = try shown(person)
        try decideAllAnew(person)
        #expect(try shown(person) == rows, "\(person.code)")
      }
    }
    try shop.reconnect(shop.pia, shop.ana)
    try shop.expectAllIsWell()
  }

  @Test("unsent work that news does not concern is left alone, however much there is of it")
  func leftAlone() throws {
    let shop = try Shop([("CHAI", 60), ("MATE", 40)])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(1, sku: "MATE")
    try shop.pia.receives(2)
    // Whoever decided this again would mend it.
    try shop.pia.device.store.write { db in
      try db.execute(sql: "UPDATE stock SET on_hand = 777000 WHERE sku = 'MATE' AND bin = 'MAIN'")
    }
    try shop.quim.receives(5)
    try shop.withoutUpload(from: shop.pia) {}
    #expect(try shop.pia.books.onHand() == 67)
    #expect(try shop.pia.books.onHand("MATE") == 777)
    try shop.cutOff(shop.pia)
    try shop.quim.receives(5, sku: "MATE")
    try shop.withoutUpload(from: shop.pia) {}
    #expect(try shop.pia.books.onHand("MATE") == 46)
    try shop.expectAllIsWell()
  }

  @Test("work that shares a shelf with what was answered is decided again on the answer")
  func afterAnswers() throws {
    let shop = try Shop([("CHAI", 60)])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(2)
    try shop.reconnect(shop.pia)
    try shop.cutOff(shop.pia)
    try shop.pia.receives(3)
    try shop.quim.receives(10)
    try shop.withoutUpload(from: shop.pia) {}
    #expect(try shop.pia.books.onHand() == 75)
    try shop.expectAllIsWell()
    #expect(try shop.centre.onHand() == 75)
  }

  @Test(
    "G3 G11 so much news that a list of it would fill a phone: all unsent work is decided again, and shows the same"
  )
  func muchNews() throws {
    let shop = try Shop()
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    let before = try shown(shop.pia)
    try shop.pia.device.store.write { db in
      let state = try #require(try ReplicaState.fetch(in: db))
      var rebase = try Rebase(db)
      #expect(!rebase.isWhole)
      for number in 0...Rebase.concernedMax where !rebase.isWhole {
        var product = Product()
        product.sku = "P-\(number)"
        try rebase.note(nil, product.row, in: TableDescription.of(ProductColumns.self))
      }
      #expect(rebase.isWhole)
      try rebase.decideAnew(state)
    }
    #expect(try shown(shop.pia) == before)
    try shop.reconnect(shop.pia)
    try shop.expectAllIsWell()
  }
}
