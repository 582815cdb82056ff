import GRDB
import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("Products are found by what an agent half remembers")
struct SearchTests {
  private func desk(indexed: Bool = true) throws -> Desktop {
    let desk = try Desktop("HQ", .admin)
    for (sku, name) in [
      ("CREME-9", "Sahne"), ("P-1", "Café Crème"), ("P-2", "Eiscreme"), ("P-3", "Tee"),
      ("TEE", "Rosenblüten"),
      ("P-4", "Żurek w słoiku 500 g"), ("50%_X", "Wildcards 100%"), ("P-5", "煎茶 100 g"),
      ("P-6", "Teebeutel Rosen"),
    ] { try desk.addProduct(sku, name) }
    try desk.translate("P-4", "de", "Saure Mehlsuppe")
    try desk.translate("P-4", "es", "Sopa de centeno ácida")
    try desk.link("04006381333931", "P-3")
    if indexed { try desk.store.write { try SearchIndex.ensure($0) } }
    return desk
  }

  private func found(_ desk: Desktop, _ text: String) throws -> [String] {
    try desk.store.view { try $0.products(searching: text).map(\.sku) }
  }

  @Test(
    "by SKU, barcode, the beginning or the middle of a word, in any language, without case and accents",
    arguments: [true, false])
  func finds(indexed: Bool) throws {
    let desk = try desk(indexed: indexed)
    #expect(try found(desk, "CRÈME").first == "CREME-9")
    #expect(try found(desk, "cafe creme") == ["P-1"])
    #expect(try Set(found(desk, "creme")) == ["CREME-9", "P-1", "P-2"])
    #expect(try found(desk, "tee").first == "TEE")
    #expect(try Set(found(desk, "tee")) == ["TEE", "P-3", "P-6"])
    #expect(try Set(found(desk, "rosen tee")) == ["TEE", "P-6"])
    #expect(try found(desk, "ZUREK") == ["P-4"])
    #expect(try found(desk, "mehl") == ["P-4"])
    #expect(try found(desk, "centeno acida") == ["P-4"])
    #expect(try found(desk, "煎茶") == ["P-5"])
    #expect(try found(desk, "4006381333931") == ["P-3"])
    #expect(try found(desk, "p-1").first == "P-1")
    #expect(try found(desk, " ").isEmpty)
    #expect(try found(desk, "nothing of the kind").isEmpty)
  }

  @Test("what is an operator to the index is a text to a person")
  func operators() throws {
    let desk = try desk()
    #expect(try found(desk, "50%_X") == ["50%_X"])
    #expect(try Set(found(desk, "100%")) == ["50%_X", "P-5"])
    for text in [
      "\"", "'", "*", "tee*", "NEAR(a b)", "AND", "name:tee", "-tee", "^tee", "a OR b", "(", "{a b}:c",
    ] {
      _ = try found(desk, text)
    }
    #expect(try found(desk, "name:tee").isEmpty)
  }

  @Test("no text anybody could type breaks a search")
  func fuzz() throws {
    let desk = try desk()
    let pieces = [
      "\"", "'", "*", "(", ")", "{", "}", ":", "^", "-", "+", "%", "_", "\\", " ", "\u{0}", "\u{1D}", "\t",
      "a", "tee",
      "é", "e\u{301}", "日", "👩‍🌾", "AND", "OR", "NOT", "NEAR", "1", "\u{200B}", "\u{FFFD}", ",", ".",
    ]
    var state: UInt64 = 11
    func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
    for _ in 0..<1_500 {
      let text = (0...roll(8)).map { _ in pieces[roll(pieces.count)] }.joined()
      for sku in try found(desk, text) {
        #expect(try desk.store.view { try $0.product(sku) } != nil, "\(text)")
      }
    }
    #expect(try found(desk, String(repeating: "tee ", count: 5_000)).contains("P-3"))
  }

  @Test("the index follows every change, guesses and their taking back included")
  func follows() throws {
    let desk = try desk()
    try desk.record { _, _ in
      [
        Draft(
          Filled<EditProduct> {
            $0.sku = "P-3"
            $0.name = "Jasmin"
            $0.nameSeen = "Tee"
          }),
        Draft(
          Filled<TranslateProduct> {
            $0.sku = "P-3"
            $0.locale = "fr"
            $0.name = "Thé au jasmin"
          }),
        Draft(Filled<UnlinkBarcode> { $0.code = "4006381333931" }),
        Draft(
          Filled<LinkBarcode> {
            $0.code = "4006381333931"
            $0.sku = "P-1"
          }),
        Draft(
          Filled<CreateProduct> {
            $0.sku = "NEW"
            $0.skuFolded = "new"
            $0.name = "Jasminblüten"
          }),
      ]
    }
    #expect(try Set(found(desk, "jasmin")) == ["P-3", "NEW"])
    #expect(try found(desk, "the jasmin") == ["P-3"])
    #expect(try found(desk, "4006381333931") == ["P-1"])
    #expect(try !found(desk, "tee").contains("P-3"))
    try desk.expectSearchMatchesRows()
    try desk.takeGuessesBack()
    #expect(try found(desk, "jasmin").isEmpty)
    #expect(try found(desk, "4006381333931") == ["P-3"])
    #expect(try found(desk, "tee").contains("P-3"))
    try desk.expectSearchMatchesRows()
    try desk.addProduct("P-3", "Kamille")
    try desk.translate("P-4", "de", "")
    #expect(try found(desk, "kamille") == ["P-3"])
    #expect(try found(desk, "mehl").isEmpty)
    try desk.expectSearchMatchesRows()
  }
}

extension SearchTests {
  /// The index, its texts, and a text that is not what the product says.
  enum Damage: String, CaseIterable {
    case segments = "UPDATE product_search_data SET block = zeroblob(length(block)) WHERE id > 10"
    case lost = "DELETE FROM product_search_data WHERE id > 10"
    case text = "UPDATE product_text SET name = 'rot' WHERE sku = 'P-3'"
    case lostText = "DELETE FROM product_text WHERE sku IN ('P-3', 'P-6')"
  }

  @Test("G23 an index that rotted keeps nobody from searching, and is made anew", arguments: Damage.allCases)
  func rot(_ damage: Damage) throws {
    let desk = try desk()
    try desk.store.write { try $0.execute(sql: damage.rawValue) }
    if damage == .segments || damage == .lost {
      #expect(try Set(found(desk, "tee")) == ["TEE", "P-3", "P-6"])
    }
    #expect(try desk.store.scrub(at: Desktop.syncedAt).isSound)
    try desk.expectSearchMatchesRows()
    #expect(try Set(found(desk, "tee")) == ["TEE", "P-3", "P-6"])
    #expect(try found(desk, "rot").isEmpty)
    // It goes on from there.
    try desk.addProduct("P-7", "Teekanne")
    #expect(try found(desk, "teekanne") == ["P-7"])
    try desk.expectSearchMatchesRows()
  }
}

extension Desktop {
  fileprivate func translate(_ sku: String, _ locale: String, _ name: String) throws {
    var translation = Translation()
    (translation.sku, translation.locale, translation.name) = (sku, locale, name)
    try put(translation)
  }

  fileprivate func link(_ code: String, _ sku: String) throws {
    var barcode = Barcode()
    (barcode.code, barcode.sku) = (code, sku)
    try put(barcode)
  }

  /// The texts of the index are those of the rows, and it has been told of no others.
  fileprivate func expectSearchMatchesRows() throws {
    try store.write { db in
      let rows = try GRDB.Row.fetchAll(db, sql: "SELECT * FROM product_source ORDER BY sku")
      let texts = try GRDB.Row.fetchAll(
        db, sql: "SELECT sku, name, names, codes FROM product_text ORDER BY sku")
      #expect(rows == texts)
      try db.execute(sql: "INSERT INTO product_search (product_search) VALUES ('integrity-check')")
    }
  }
}
