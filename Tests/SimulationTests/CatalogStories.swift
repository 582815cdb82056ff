import GRDB
import Testing
import TradeRules

@testable import ReplicaStore
@testable import Simulator

@Suite("The catalog, worked on apart, through the real hosts")
struct CatalogStories {
  private static let code = "4006381333931"
  private static let key = RowKey(BarcodeColumns.self, "04006381333931")

  // MARK: Barcodes

  @Test(
    "#54 (a) two pickers link one code to one product: one link, nobody is bothered",
    arguments: Arrival.allCases)
  func sameLink(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.pia, shop.quim)
    let links = try [shop.pia, shop.quim].map { try $0.links(Self.code, to: "CHAI") }
    try shop.reconnect([shop.pia, shop.quim], arrival)

    for link in links { #expect(try shop.centre.answer(to: link.id)?.outcome == .applied) }
    for books in [shop.centre, shop.pia.books, shop.ana.books] {
      #expect(try books.all(BarcodeColumns.self).map(\.sku) == ["CHAI"])
      #expect(try books.openConflicts().isEmpty)
    }
    try shop.expectAllIsWell()
  }

  @Test(
    "#54 (b) to two products: the first at the centre holds, both are known everywhere, no queue stops",
    arguments: Arrival.allCases)
  func differentLinks(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.pia, shop.quim)
    let chai = try shop.pia.links(Self.code, to: "CHAI")
    let mate = try shop.quim.links(Self.code, to: "MATE")
    let after = try [shop.pia, shop.quim].map { try $0.receives(1) }
    try shop.reconnect([shop.pia, shop.quim], arrival)

    let (first, second) = arrival == .asTold ? ("CHAI", "MATE") : ("MATE", "CHAI")
    let loser = arrival == .asTold ? mate : chai
    let answer = try #require(try shop.centre.answer(to: loser.id))
    #expect(answer.outcome == .partly)
    #expect(answer.codes == ["BARCODE_CONFLICT"])
    for books in [shop.centre, shop.pia.books, shop.quim.books, shop.ana.books] {
      let barcode = try #require(try books.find(BarcodeColumns.self, key: Self.key))
      #expect((barcode.sku, barcode.disputed) == (first, second))
    }
    for work in after { #expect(try shop.centre.answer(to: work.id)?.outcome == .applied) }
    // Who lost sees the conflict too; headquarters decides it.
    let author = arrival == .asTold ? shop.quim : shop.pia
    let conflict = try #require(try author.books.openConflicts(.barcodeConflict).first)
    try shop.headquarters.resolves(conflict, keeping: "mine")
    try shop.settle()
    for books in [shop.centre, shop.pia.books, shop.ana.books] {
      let barcode = try #require(try books.find(BarcodeColumns.self, key: Self.key))
      #expect((barcode.sku, barcode.disputed) == (second, ""))
    }
    try shop.expectAllIsWell()
  }

  // MARK: Categories and texts

  /// Something that headquarters does on the laptop while somebody else works at the centre's console.
  private func meet<F: OperationForm, G: OperationForm>(
    _ shop: Shop, laptop: Filled<F>, console: Filled<G>, _ arrival: Arrival
  ) throws -> (laptop: Answer?, console: [Verdict]) {
    try shop.cutOff(shop.headquarters)
    let recorded = try shop.headquarters.record(laptop)
    if arrival == .reversed { try shop.reconnect(shop.headquarters) }
    let verdicts = try shop.world.decide(console)
    if arrival == .asTold { try shop.reconnect(shop.headquarters) }
    try shop.settle()
    return (try shop.centre.answer(to: recorded.id), verdicts)
  }

  private static func move(_ code: String, below parent: String) -> Filled<EditCategory> {
    Filled {
      $0.code = code
      $0.parent = parent
      $0.parentSeen = ""
    }
  }

  @Test(
    "#57 two moves that would make a circle: the second is rejected, the tree is a tree on every device",
    arguments: Arrival.allCases)
  func circle(arrival: Arrival) throws {
    let shop = try Shop()
    for code in ["TEA", "HERBS"] { try shop.decide(Filled<CreateCategory> { $0.code = code }) }
    try shop.settle()
    let (laptop, console) = try meet(
      shop, laptop: Self.move("TEA", below: "HERBS"), console: Self.move("HERBS", below: "TEA"), arrival)

    let parents = arrival == .asTold ? ["HERBS": "TEA", "TEA": ""] : ["HERBS": "", "TEA": "HERBS"]
    if arrival == .asTold {
      #expect(laptop?.outcome == .rejected)
      #expect(laptop?.codes == ["CATEGORY_CYCLE"])
    } else {
      #expect(console.map(\.codes) == [[.categoryCycle]])
      #expect(laptop?.outcome == .applied)
    }
    for books in [shop.centre, shop.headquarters.books, shop.ana.books] {
      let found = try books.all(CategoryColumns.self).map { ($0.code, $0.parent) }
      #expect(Dictionary(uniqueKeysWithValues: found) == parents)
    }
    try shop.expectAllIsWell()
  }

  private static func say(_ locale: String, _ name: String, seen: String = "") -> Filled<TranslateProduct> {
    Filled {
      $0.sku = "CHAI"
      $0.locale = locale
      $0.name = name
      $0.nameSeen = seen
    }
  }

  @Test(
    "#58 French by one and German by another both stand; then French by both: the later does, the other is kept",
    arguments: Arrival.allCases)
  func languages(arrival: Arrival) throws {
    let shop = try Shop()
    _ = try meet(shop, laptop: Self.say("fr", "Thé"), console: Self.say("de", "Tee"), arrival)
    #expect(try shop.centre.openConflicts().isEmpty)
    // The laptop's is recorded first and the console's later, whichever comes first.
    let (laptop, console) = try meet(
      shop, laptop: Self.say("fr", "Chaï", seen: "Thé"), console: Self.say("fr", "Thé chai", seen: "Thé"),
      arrival)
    for books in [shop.centre, shop.headquarters.books, shop.ana.books] {
      let texts = try books.all(TranslationColumns.self).map { "\($0.locale) \($0.name)" }
      #expect(texts == ["de Tee", "fr Thé chai"])
    }
    // Who is at the console sees what has arrived: then there is nothing to decide.
    let conflicts = try shop.centre.openConflicts(.fieldConflict)
    #expect(
      conflicts.map { [$0.mine.text, $0.theirs.text] } == (arrival == .asTold ? [["Chaï", "Thé chai"]] : []))
    #expect(laptop?.outcome == (arrival == .asTold ? .partly : .applied))
    #expect(console.map(\.outcome) == [.applied])
    try shop.expectAllIsWell()
  }

  // MARK: Prices

  private func publish(_ shop: Shop, _ tenThousandths: Int64) throws {
    try shop.headquarters.record(
      Filled<SetPrice> {
        $0.list = "EU"
        $0.sku = "CHAI"
        $0.amount = UnitPrice(tenThousandths: tenThousandths)
        $0.currency = "EUR"
      })
    try shop.headquarters.record(Filled<PublishPrices> { $0.list = "EU" })
  }

  /// How long after the new price the order is taken, and what comes of it.
  static let delays: [(hours: Int64, code: String, hold: String)] = [
    (-1, "", ""), (1, "PRICE_VERSION_OLD", ""), (73, "PRICE_REVIEW", "PRICE_REVIEW"),
  ]

  @Test(
    "#44 the price an offline agent showed is kept: at once, with a note, or until somebody has looked",
    arguments: delays)
  func oldPrice(delay: (hours: Int64, code: String, hold: String)) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana)
    try shop.waitUntil(9)
    var order: PlacedOrder?
    if delay.hours < 0 { order = try shop.ana.orders(("CHAI", 4)) }
    try shop.waitUntil(10)
    try publish(shop, 137_500)
    try shop.settle()
    if delay.hours > 0 {
      try shop.waitUntil(10 + delay.hours)
      order = try shop.ana.orders(("CHAI", 4))
    }
    let placed = try #require(order)
    #expect(try shop.ana.books.line(placed).unitPrice.decimalText == "12.5000")
    try shop.reconnect(shop.ana)

    for books in [shop.centre, shop.ana.books] {
      #expect(try books.line(placed).unitPrice.decimalText == "12.5000")
      #expect(try books.line(placed).priceCode == delay.code)
      #expect(try books.order(placed)?.holds.words == (delay.hold.isEmpty ? [] : [delay.hold]))
      #expect(try books.order(placed)?.totalMinor == 5_000)
    }
    // From now on she sees the new one.
    let next = try shop.ana.orders(("CHAI", 4))
    #expect(try shop.ana.books.line(next).unitPrice.decimalText == "13.7500")
    try shop.expectAllIsWell()
  }

  @Test(
    "#44 headquarters publishes offline as well: whoever is back first, the order keeps its price",
    arguments: Arrival.allCases)
  func bothOffline(arrival: Arrival) throws {
    let shop = try Shop()
    try shop.cutOff(shop.ana, shop.headquarters)
    try shop.waitUntil(9)
    try publish(shop, 137_500)
    try shop.waitUntil(10)
    let order = try shop.ana.orders(("CHAI", 4))
    try shop.reconnect([shop.headquarters, shop.ana], arrival)
    for books in [shop.centre, shop.ana.books, shop.headquarters.books] {
      #expect(try books.line(order).unitPrice.decimalText == "12.5000")
      #expect(try books.order(order)?.holds.isEmpty == true)
    }
    try shop.expectAllIsWell()
  }

  // MARK: Search

  @Test("#54 a link made offline is found by its code at once, and when the centre takes it back it is not")
  func searchFollows() throws {
    let shop = try Shop()
    try shop.cutOff(shop.pia)
    try shop.quim.links(Self.code, to: "MATE")
    try shop.settle()
    try shop.pia.links(Self.code, to: "CHAI")
    try shop.pia.expectFinds("CHAI", by: Self.code)
    try shop.reconnect(shop.pia)
    try shop.pia.expectFinds("MATE", by: Self.code)
    // The texts of the index are those of the rows, and the index has nothing else.
    for person in [shop.pia, shop.quim, shop.headquarters] { try person.expectSearchMatchesRows() }
    try shop.expectAllIsWell()
  }
}

extension Person {
  @discardableResult
  fileprivate func links(_ code: String, to sku: String) throws -> Recorded {
    try record(
      Filled<LinkBarcode> {
        $0.code = code
        $0.sku = sku
      })
  }

  fileprivate func expectFinds(_ sku: String, by text: String) throws {
    let found = try device.store.view { try $0.products(searching: text) }
    #expect(found.map(\.sku) == [sku])
  }

  fileprivate func expectSearchMatchesRows() throws {
    try device.store.write { db in
      try SearchIndex.ensure(db)
      let differing = try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM (
            SELECT * FROM product_source EXCEPT SELECT sku, name, names, codes FROM product_text
            UNION ALL
            SELECT sku, name, names, codes FROM product_text EXCEPT SELECT * FROM product_source)
          """)
      #expect(differing == 0)
      // Fails when the index and the texts differ.
      try db.execute(sql: "INSERT INTO product_search (product_search) VALUES ('integrity-check')")
    }
  }
}
