import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules
import TradeTables

import struct Foundation.Data

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Damaged rows are found range by range, and only they are sent again (G23)")
struct RepairStories {
  /// A shop whose catalog is large enough to be searched by ranges.
  private func stockedShop(_ staffed: [String] = ["A1", "P1"], rowsPerTurn: Int = 5_000) throws -> Shop {
    var limits = SyncLimits()
    limits.comparedRowsPerTurn = rowsPerTurn
    let shop = try Shop(staffed: staffed, limits: limits)
    for start in [0, 350] {
      try shop.decide(
        Filled<ImportProducts> { $0.rows = (start..<start + 350).map { Shop.product("ART-\($0)") } })
    }
    try shop.settle()
    return shop
  }

  /// Spoils rows behind the program's back.
  private func spoil(_ person: Person, _ statements: String...) throws {
    try person.device.store.write { db in
      for statement in statements {
        try db.execute(sql: statement)
        #expect(db.changesCount > 0, "\(statement)")
      }
    }
  }

  private func addStray(_ sku: String, to person: Person) throws {
    var product = Product()
    product.sku = sku
    product.name = "Nobody made it"
    try person.device.store.write { db in
      try TradeTables.write([(key: product.key, row: product.row)], in: db)
    }
  }

  /// What a scrub does: the digests become those of the rows that are here.
  private func notice(_ person: Person) throws {
    try person.device.store.write { db in
      let digests = try BaseImages.confirmedDigests(in: db)
      for name in try String.fetchAll(db, sql: "SELECT name FROM bucket") {
        let digest = name == "*" ? digests.all : digests[Bucket(name)]
        try db.execute(
          sql: "UPDATE bucket SET digest = ? WHERE name = ?", arguments: [Data(digest.bytes), name])
      }
    }
  }

  /// Lets a device come back with damaged rows that were noticed.
  private func comeBack(_ person: Person, _ wire: Wire? = nil, scrubbing: Bool = false) throws {
    let shop = person.shop
    try shop.cutOff(person)
    if scrubbing {
      #expect(try person.device.store.scrub(at: shop.world.now).suspects == [.catalog])
    } else {
      try notice(person)
    }
    if let wire { shop.world.onArrival = { try wire.note($0, of: person) } }
    try shop.reconnect(person)
    shop.world.onArrival = nil
  }

  private func incidents(_ person: Person) throws -> [String] {
    try person.books.read { try String.fetchAll($0, sql: "SELECT code FROM incident ORDER BY sequence") }
  }

  // MARK: What is damaged

  @Test(
    "a spoilt value, a row that is missing and one too many cost three rows, not the catalog, whoever noticed",
    arguments: [false, true])
  func fewRows(scrubbing: Bool) throws {
    let shop = try stockedShop()
    try spoil(
      shop.ana, "UPDATE product SET name = 'rot' WHERE sku = 'ART-17'",
      "DELETE FROM product WHERE sku = 'ART-400'")
    try addStray("STRAY", to: shop.ana)
    let wire = Wire()
    try comeBack(shop.ana, wire, scrubbing: scrubbing)
    #expect(wire.kinds == ["compare", "summary", "mend", "surplus", "page"])
    #expect(wire.rowsSent == ["ART-17", "ART-400"])
    #expect(try shop.ana.books.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM product") } == 702)
    let noticed = Array(repeating: "DIGEST_MISMATCH", count: scrubbing ? 2 : 1)
    #expect(try incidents(shop.ana) == noticed)
    // 256 digests and some five rows in each of three ranges; the catalog whole takes ten times as much.
    #expect(wire.bytes < 4_096)
    try shop.expectAllIsWell()
    #expect(try incidents(shop.ana) == noticed)
  }

  @Test("damage in several buckets is found and mended in one go")
  func severalBuckets() throws {
    let shop = try stockedShop()
    try spoil(
      shop.pia, "UPDATE product SET name = 'rot' WHERE sku IN ('ART-1', 'ART-2')",
      "UPDATE stock_level SET allocated = 3 WHERE sku = 'CHAI'",
      "DELETE FROM movement", "UPDATE warehouse SET name = 'rot' WHERE code = 'W2'")
    let wire = Wire()
    try comeBack(shop.pia, wire)
    #expect(wire.count("mend") == 1 && wire.count("surplus") == 4 && wire.count("fetch") == 0)
    #expect(try incidents(shop.pia) == ["DIGEST_MISMATCH"])
    try shop.expectAllIsWell()
  }

  @Test("headquarters, who have everything in one bucket, are mended the same way")
  func everything() throws {
    let shop = try stockedShop(["A1", "HQ"])
    try shop.ana.orders(("CHAI", 2))
    try shop.settle()
    try spoil(
      shop.headquarters, "UPDATE product SET name = 'rot' WHERE sku = 'ART-9'",
      "UPDATE order_line SET ordered = 7000", "DELETE FROM customer WHERE code = 'C-BEN'")
    try addStray("STRAY", to: shop.headquarters)
    let wire = Wire()
    try comeBack(shop.headquarters, wire)
    #expect(wire.count("mend") == 1 && wire.count("fetch") == 0)
    try shop.expectAllIsWell()
  }

  @Test("when most of a bucket is damaged it is fetched whole")
  func mostOfIt() throws {
    let shop = try stockedShop()
    try spoil(shop.ana, "UPDATE product SET name = 'rot' WHERE sku LIKE 'ART-%'")
    let wire = Wire()
    try comeBack(shop.ana, wire)
    #expect(wire.count("fetch") == 1 && wire.count("mend") == 0)
    try shop.expectAllIsWell()
  }

  @Test("an emptied table comes back, also where the bucket was taken for small")
  func emptied() throws {
    let shop = try stockedShop()
    try spoil(shop.ana, "DELETE FROM product")
    try comeBack(shop.ana)
    #expect(try shop.ana.books.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM product") } == 702)
    try shop.expectAllIsWell()
  }

  // MARK: What happens meanwhile

  @Test("unsent work on a damaged row is decided on the centre's row and guessed on the mended one")
  func unsentWork() throws {
    let shop = try stockedShop()
    try shop.cutOff(shop.pia)
    try spoil(shop.pia, "UPDATE stock SET on_hand = 7000 WHERE sku = 'CHAI'")
    let receipt = try shop.pia.receives(4)
    #expect(try shop.pia.books.onHand() != 104)
    try notice(shop.pia)
    var held: [Quantity] = []
    shop.world.onArrival = { delivery in
      // The work itself arrives only after the row is mended.
      guard case .centre = delivery.end, shop.world.network.device(of: delivery.link) == "P1",
        case .push = try Message.decode(delivery.bytes), held.isEmpty
      else { return .arrives }
      return .vanishes
    }
    try shop.world.setOnline("P1", true)
    try shop.world.run(milliseconds: 2_000)
    held.append(try shop.pia.books.onHand())
    #expect(held == [104])
    #expect(try shop.centre.answer(to: receipt.id) == nil)
    shop.world.onArrival = nil
    try shop.cutOff(shop.pia)
    try shop.reconnect(shop.pia)
    #expect(try shop.centre.answer(to: receipt.id)?.outcome == .applied)
    #expect(try shop.pia.books.onHand() == 104)
    try shop.expectAllIsWell()
  }

  @Test("others work on, on the same rows too, while the centre reads the bucket a little at a time")
  func liveChanges() throws {
    let shop = try stockedShop(["A1", "P1", "P2"], rowsPerTurn: 20)
    try spoil(
      shop.ana, "UPDATE product SET name = 'rot' WHERE sku IN ('ART-3', 'ART-300', 'ART-600')",
      "UPDATE price SET amount = 1 WHERE sku = 'CHAI'")
    try shop.cutOff(shop.ana)
    try notice(shop.ana)
    var (changes, repairs) = (0, 0)
    shop.world.onArrival = { delivery in
      guard shop.world.network.device(of: delivery.link) == "A1" else { return .arrives }
      switch try Message.decode(delivery.bytes) {
      case .compare, .mend: repairs += 1
      case .summary, .surplus: break
      default: return .arrives
      }
      // A damaged row, a sound one before the reader and one behind it, a new one.
      for sku in ["ART-300", "ART-1", "ART-650"] {
        changes += 1
        try shop.decide(
          Filled<EditProduct> {
            $0.sku = sku
            $0.name = "Name \(changes)"
          })
      }
      try shop.decide(Filled<ImportProducts> { $0.rows = [Shop.product("NEW-\(changes)")] })
      return .arrives
    }
    try shop.world.setOnline("A1", true)
    for bin in 1...40 {
      try shop.world.run(milliseconds: 3)
      try shop.pia.moves(1, to: "B-\(bin % 4)")
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = "ART-\(bin * 16)"
          $0.name = "Moved \(bin)"
        })
    }
    try shop.settle()
    #expect(repairs >= 2 && changes >= 12)
    #expect(try incidents(shop.ana) == ["DIGEST_MISMATCH"])
    try shop.expectAllIsWell()
  }

  @Test("the link may be cut at any message of a repair: it begins again and ends", arguments: 1...7)
  func cutLink(at message: Int) throws {
    let shop = try stockedShop()
    try spoil(
      shop.ana, "UPDATE product SET name = 'rot' WHERE sku IN ('ART-3', 'ART-300', 'ART-600')",
      "DELETE FROM product WHERE sku = 'ART-44'")
    try addStray("STRAY", to: shop.ana)
    try shop.cutOff(shop.ana)
    try notice(shop.ana)
    var seen = 0
    shop.world.onArrival = { delivery in
      guard shop.world.network.device(of: delivery.link) == "A1", seen < message else { return .arrives }
      switch try Message.decode(delivery.bytes) {
      case .compare, .summary, .mend, .surplus, .page: seen += 1
      // The checkpoint behind the rows is the last that can be lost.
      case .checkpoint where seen >= 5: seen += 1
      default: return .arrives
      }
      guard seen == message else { return .arrives }
      try shop.decide(
        Filled<EditProduct> {
          $0.sku = "ART-300"
          $0.name = "New name"
        })
      return .breaksLink
    }
    try shop.reconnect(shop.ana)
    try shop.expectAllIsWell()
    #expect(seen >= min(message, 6))
  }

  @Test("the centre may stop and start again in the middle of a repair")
  func centreRestarts() throws {
    let shop = try stockedShop(rowsPerTurn: 30)
    try spoil(shop.ana, "UPDATE product SET name = 'rot' WHERE sku IN ('ART-3', 'ART-300', 'ART-600')")
    try shop.cutOff(shop.ana)
    try notice(shop.ana)
    try shop.world.setOnline("A1", true)
    try shop.world.run(milliseconds: 12)
    try shop.world.restartCentre()
    try shop.settle()
    try shop.expectAllIsWell()
  }

  // MARK: Who may ask, who sees it

  @Test("G15 nobody is told digests or rows of a bucket that is not granted")
  func notGranted() throws {
    let shop = try stockedShop()
    for question in [
      Message.compare(Compare(bucket: .hq, bits: 8)),
      .mend(
        Mend(buckets: [RangeRows(bucket: .agent("BEN"), bits: 0, ranges: [.init(number: 0, hashes: [])])])),
    ] {
      let wire = Wire()
      shop.world.onArrival = { try wire.note($0, of: shop.ana) }
      let link = shop.ana.device.link
      try shop.send(question, from: shop.ana)
      try shop.world.run(milliseconds: 20)
      #expect(wire.count("summary") == 0 && wire.count("surplus") == 0 && wire.rowsSent.isEmpty)
      #expect(shop.ana.device.link != link)
      shop.world.onArrival = nil
      try shop.settle()
    }
    try shop.expectAllIsWell()
  }

  @Test("an administrator sees which device had damaged rows, how often and when")
  func administratorSees() throws {
    let shop = try stockedShop()
    #expect(try shop.world.store.session(of: "A1")?.mends == 0)
    try spoil(shop.ana, "UPDATE product SET name = 'rot' WHERE sku = 'ART-17'")
    try comeBack(shop.ana)
    let session = try #require(try shop.world.store.session(of: "A1"))
    #expect(session.mends == 1)
    let mendedAt = try #require(session.lastMendAt)
    #expect((0..<60_000).contains(shop.world.now.milliseconds(since: mendedAt)))
    #expect(try shop.world.store.session(of: "P1")?.mends == 0)
  }
}

/// What is said on a device's link about repairs, and how many bytes that takes.
final class Wire {
  /// Kinds of the messages that repair, in order; a page only when it came before the checkpoint that proves it.
  private(set) var kinds: [String] = []
  /// Products in the pages.
  private(set) var rowsSent: [String] = []
  private(set) var bytes = 0
  private var isRepairing = false

  func count(_ kind: String) -> Int { kinds.filter { $0 == kind }.count }

  func note(_ delivery: Network.Delivery, of person: Person) throws -> Network.Fate {
    guard person.shop.world.network.device(of: delivery.link) == person.code, !delivery.closes else {
      return .arrives
    }
    let message = try Message.decode(delivery.bytes)
    switch message {
    case .compare: note("compare", delivery)
    case .summary: note("summary", delivery)
    case .mend: note("mend", delivery)
    case .surplus: note("surplus", delivery)
    case .fetch: note("fetch", delivery)
    case .page(let page) where isRepairing:
      note("page", delivery)
      for batch in try PageContent(page.body.content()).batches where batch.table.name == "product" {
        rowsSent += batch.rows().map { Product($0).sku }
      }
    case .checkpoint where isRepairing && kinds.last != "compare" && kinds.last != "summary":
      bytes += delivery.bytes.count
    default: break
    }
    return .arrives
  }

  private func note(_ kind: String, _ delivery: Network.Delivery) {
    isRepairing = true
    kinds.append(kind)
    bytes += delivery.bytes.count
  }
}
