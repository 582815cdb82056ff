import Testing

@testable import TradeRules

@Suite("Categories, texts, barcodes and packs")
struct AssortmentTests {
  /// Two people at headquarters and two in warehouses, who have not heard of each other's work.
  private static func shop() -> RuleBench {
    let bench = RuleBench.founded()
    for sku in ["CHAI", "MATE"] { bench.addProduct(sku) }
    bench.addDevice("H1", .admin)
    bench.addDevice("H2", .admin)
    bench.addDevice("P1", .warehouse, warehouses: ["W1"])
    bench.addDevice("P2", .warehouse, warehouses: ["W2"])
    bench.addDevice("A", .agent, agent: "ANA")
    return bench
  }

  // MARK: Categories

  @Test("a category stands below one that is there; a product's category is one of them")
  func tree() {
    let bench = Self.shop()
    #expect(bench.does("H1", .category("TEA", below: "DRINKS")).codes == [.unknownCategory])
    #expect(bench.does("H1", .category("DRINKS")).outcome == .applied)
    #expect(bench.does("H1", .category("TEA", below: "DRINKS", "Tea")).outcome == .applied)
    #expect(bench.does("H1", .category("TEA")).codes == [.codeTaken])
    func put(_ category: String) -> Verdict {
      bench.does(
        "H1",
        Filled<EditProduct> {
          $0.sku = "CHAI"
          $0.category = category
        })
    }
    #expect(put("COFFEE").codes == [.unknownCategory])
    #expect(put("TEA").outcome == .applied)
    #expect(bench.find(CategoryColumns.self, "DRINKS")?.name == "DRINKS")
  }

  @Test("#57 two moves that would make a circle together: the second is rejected", arguments: [true, false])
  func circle(firstIsFirst: Bool) {
    let bench = Self.shop()
    for code in ["A", "B"] { bench.does("H1", .category(code)) }
    for device in ["H1", "H2"] { bench.sync(device) }
    let moves = [
      bench.record("H1", Filled.moved("A", below: "B")), bench.record("H2", Filled.moved("B", below: "A")),
    ]
    let verdicts = (firstIsFirst ? moves : moves.reversed()).map { bench.decide($0) }
    #expect(verdicts.map(\.outcome) == [.applied, .rejected])
    #expect(verdicts[1].codes == [.categoryCycle])
    let parents = bench.all(CategoryColumns.self).map(\.parent)
    #expect(parents == (firstIsFirst ? ["B", ""] : ["", "A"]))
  }

  @Test("no tree is deeper than twenty levels, and none has a circle of any length")
  func depth() {
    let bench = Self.shop()
    for level in 1...20 {
      let verdict = bench.does("H1", .category("L\(level)", below: level == 1 ? nil : "L\(level - 1)"))
      #expect(verdict.outcome == .applied, "level \(level)")
    }
    #expect(bench.does("H1", .category("L21", below: "L20")).codes == [.badValue])
    for level in 1...20 {
      #expect(bench.does("H1", Filled.moved("L1", below: "L\(level)")).codes == [.categoryCycle])
    }
  }

  @Test("rows come in any order: a category that is named before its own row is made, and then filled in")
  func importedTree() {
    let bench = Self.shop()
    let file = Filled<ImportCategories> {
      $0.rows = [
        .category("TEA", below: "DRINKS", "Tea"), .category("DRINKS", below: nil, "Drinks"),
        .category("LOOP", below: "LOOP"),
      ]
    }
    let loop = RowOutcome.rejected(Refusal(.categoryCycle, "LOOP"))
    #expect(bench.does("centre", file).rows == [.created, .created, loop])
    #expect(bench.does("centre", file).rows == [.unchanged, .unchanged, loop])
    let tree = bench.all(CategoryColumns.self).map { "\($0.code) \($0.name) \($0.parent)" }
    #expect(tree == ["DRINKS Drinks ", "TEA Tea DRINKS"])
  }

  @Test("a row without texts says nothing; later it takes back what it said")
  func importedTexts() {
    let bench = Self.shop()
    func file(_ description: String) -> Filled<ImportTranslations> {
      Filled { $0.rows = [.said("CHAI", "fr", name: "", description: description)] }
    }
    #expect(bench.does("centre", file("")).rows == [.unchanged])
    #expect(bench.all(TranslationColumns.self).isEmpty)
    #expect(bench.does("centre", file("Thé noir")).rows == [.created])
    #expect(bench.does("centre", file("")).rows == [.updated])
    #expect(bench.find(TranslationColumns.self, "CHAI", "fr")?.description == "")
  }

  // MARK: Texts

  @Test(
    "#58 French by one and German by another both stand; of two French ones the later does",
    arguments: [true, false])
  func languages(earlyArrivesFirst: Bool) {
    let bench = Self.shop()
    bench.does("H1", .said("CHAI", "fr", name: "Thé chai"))
    bench.does("H2", .said("CHAI", "de", name: "Chai-Tee"))
    #expect(bench.conflicts.isEmpty)
    for device in ["H1", "H2"] { bench.sync(device) }
    let early = bench.record("H1", at: .day(hour: 9), Filled.said("CHAI", "FR", name: "Chaï"))
    let late = bench.record("H2", at: .day(hour: 10), Filled.said("CHAI", "fr", name: "Thé aux épices"))
    bench.now = .day(hour: 12)
    for edit in earlyArrivesFirst ? [early, late] : [late, early] { bench.decide(edit) }
    #expect(bench.find(TranslationColumns.self, "CHAI", "fr")?.name == "Thé aux épices")
    #expect(bench.find(TranslationColumns.self, "CHAI", "de")?.name == "Chai-Tee")
    #expect(bench.conflicts.map(\.code) == ["FIELD_CONFLICT"])
    let values = bench.conflicts.first.map { [$0.mine.text, $0.theirs.text].sorted() }
    #expect(values == ["Chaï", "Thé aux épices"])
    #expect(bench.all(TranslationColumns.self).map(\.locale) == ["de", "fr"])
  }

  @Test("#58 two people who are the first to write a text in a language do not lose one of the two")
  func bothFirst() {
    let bench = Self.shop()
    for device in ["H1", "H2"] { bench.sync(device) }
    let one = bench.record("H1", at: .day(hour: 9), Filled.said("CHAI", "fr", name: "Chaï"))
    let other = bench.record("H2", at: .day(hour: 10), Filled.said("CHAI", "fr", description: "Thé noir"))
    let third = bench.record("H2", at: .day(hour: 11), Filled.said("CHAI", "fr", name: "Thé"))
    bench.now = .day(hour: 12)
    for edit in [other, one, third] { bench.decide(edit) }
    let texts = bench.find(TranslationColumns.self, "CHAI", "fr")
    #expect((texts?.name, texts?.description) == ("Thé", "Thé noir"))
    #expect(bench.conflicts.map(\.field) == ["name"])
  }

  @Test("what is no language or says nothing is refused")
  func badTexts() {
    let bench = Self.shop()
    #expect(bench.does("H1", .said("CHAI", "Español", name: "Té")).codes == [.badValue])
    #expect(bench.does("H1", .said("CHAI", "es")).codes == [.badValue])
    #expect(bench.does("H1", .said("NONE", "es", name: "Té")).codes == [.unknownSku])
    #expect(bench.does("H1", .said("CHAI", "es", name: "")).outcome == .applied)
    #expect(bench.all(TranslationColumns.self).isEmpty)
    #expect(bench.does("A", .said("CHAI", "es", name: "Té")).codes == [.notPermitted])
  }

  // MARK: Barcodes

  @Test("#54 (a) two sites link one code to one product: one link, no fuss")
  func sameProduct() {
    let bench = Self.shop()
    // GS1's own example, once as GTIN-13 and once as GTIN-14.
    #expect(bench.does("P1", .link("4006381333931", "CHAI")).outcome == .applied)
    #expect(bench.does("P2", .link("04006381333931", "CHAI")).codes == [])
    #expect(bench.all(BarcodeColumns.self).map(\.code) == ["04006381333931"])
    #expect(bench.conflicts.isEmpty)
  }

  @Test(
    "#54 (b) to two products: the first link holds, both are kept, whoever arrives first",
    arguments: [true, false])
  func differentProducts(chaiFirst: Bool) throws {
    let bench = Self.shop()
    let chai = bench.record("P1", Filled.link("4006381333931", "CHAI"))
    let mate = bench.record("P2", Filled.link("4006381333931", "MATE"))
    let verdicts = (chaiFirst ? [chai, mate] : [mate, chai]).map { bench.decide($0) }
    #expect(verdicts.map(\.outcome) == [.applied, .partly])
    #expect(verdicts[1].codes == [.barcodeConflict])
    let (first, second) = chaiFirst ? ("CHAI", "MATE") : ("MATE", "CHAI")
    var barcode = try #require(bench.all(BarcodeColumns.self).first)
    #expect((barcode.sku, barcode.disputed) == (first, second))
    let conflict = try #require(bench.conflicts.first)
    #expect((conflict.mine.text, conflict.theirs.text, conflict.chosen) == (second, first, "theirs"))
    #expect(verdicts[1].conflicts == [conflict.id])
    #expect(conflict.theirDevice == (chaiFirst ? "P1" : "P2"))
    // The same claim again opens nothing new; who is in the dispute does not decide it.
    bench.does(chaiFirst ? "P2" : "P1", .link("4006381333931", second))
    #expect(bench.conflicts.count == 1)
    #expect(bench.does(chaiFirst ? "P2" : "P1", .settle(conflict, "mine")).codes == [.notPermitted])
    bench.does("H1", .settle(conflict, "mine"))
    barcode = try #require(bench.all(BarcodeColumns.self).first)
    #expect((barcode.sku, barcode.disputed) == (second, ""))
    #expect(bench.conflicts.filter { $0.state == .open }.isEmpty)
  }

  @Test("headquarters may say that a disputed code is a pack, or leave it as it is")
  func settledByHand() throws {
    let bench = Self.shop()
    bench.does("H1", .pack("CHAI", "CASE", of: 12))
    bench.does("P1", .link("OWN-1", "CHAI"))
    bench.does("P2", .link("OWN-1", "MATE"))
    bench.does("A", .link("OWN-1", "CHAI", pack: "CASE"))
    #expect(bench.conflicts.map(\.mine.text).sorted() == ["CHAI/CASE", "MATE"])
    let first = try #require(bench.conflicts.first)
    #expect(bench.does("H1", .settle(first, "value", value: "CHAI/BOX")).codes == [.unknownPack])
    #expect(bench.does("H1", .settle(first, "value", value: "NONE")).codes == [.unknownSku])
    bench.does("H1", .settle(first, "theirs"))
    #expect(bench.find(BarcodeColumns.self, "OWN-1")?.disputed != "")
    let second = try #require(bench.conflicts.first { $0.state == .open })
    bench.does("H1", .settle(second, "value", value: "CHAI/CASE"))
    let barcode = bench.find(BarcodeColumns.self, "OWN-1")
    #expect((barcode?.sku, barcode?.pack, barcode?.disputed) == ("CHAI", "CASE", ""))
  }

  @Test("a code of a GTIN's length has a right check digit, any other is the company's own")
  func codes() {
    let bench = Self.shop()
    for bad in ["4006381333932", "12345678", "036000291453", ""] {
      #expect(bench.does("P1", .link(bad, "CHAI")).codes == [.badValue], "\(bad)")
    }
    for good in ["96385074", "036000291452", "10614141000415", "1234567", "SHELF 7", "X-1"] {
      #expect(bench.does("P1", .link(good, "CHAI")).outcome == .applied, "\(good)")
    }
    #expect(bench.all(BarcodeColumns.self).filter { $0.code.utf8.count == 14 }.count == 3)
    #expect(bench.does("H1", Filled<UnlinkBarcode> { $0.code = "036000291452" }).outcome == .applied)
    #expect(bench.does("P2", .link("0036000291452", "MATE")).outcome == .applied)
  }

  @Test("a product's GTIN is its barcode: it takes a free one, frees the old one, and overwrites nobody's")
  func ownGTIN() {
    let bench = Self.shop()
    func give(_ gtin: String, to sku: String) -> Verdict {
      bench.does(
        "H1",
        Filled<EditProduct> {
          $0.sku = sku
          $0.gtin = gtin
        })
    }
    #expect(give("4006381333931", to: "CHAI").outcome == .applied)
    #expect(bench.find(BarcodeColumns.self, "04006381333931")?.sku == "CHAI")
    #expect(give("4006381333931", to: "MATE").codes == [.barcodeConflict])
    #expect(bench.find(ProductColumns.self, "MATE")?.gtin == "")
    #expect(give("96385074", to: "CHAI").outcome == .applied)
    #expect(bench.find(BarcodeColumns.self, "04006381333931")?.sku == "")
    #expect(give("4006381333931", to: "MATE").outcome == .applied)
    #expect(bench.find(BarcodeColumns.self, "04006381333931")?.sku == "MATE")
  }

  // MARK: Packs

  @Test("#56 a case of another size is another pack; the old one keeps its size")
  func packs() {
    let bench = Self.shop()
    bench.does("H1", .pack("CHAI", "CASE", of: 12, barcode: "10614141000415"))
    #expect(bench.does("H1", .pack("CHAI", "CASE", of: 12)).outcome == .applied)
    #expect(bench.does("H1", .pack("CHAI", "CASE", of: 10)).codes == [.packFixed])
    #expect(bench.does("H1", .pack("CHAI", "CASE10", of: 10)).outcome == .applied)
    #expect(bench.all(PackColumns.self).map(\.factor) == [12, 10])
    #expect(bench.find(BarcodeColumns.self, "10614141000415")?.target.text == "CHAI/CASE")
    for factor: Quantity in [0, -1, Quantity(thousandths: 1500)] {
      #expect(bench.does("H1", .pack("CHAI", "ODD", of: factor)).codes == [.badQuantity])
    }
    let retired = Filled<RetirePack> {
      $0.sku = "CHAI"
      $0.code = "CASE"
      $0.isRetired = true
    }
    bench.does("H1", retired)
    #expect(bench.find(PackColumns.self, "CHAI", "CASE")?.isRetired == true)
  }
}
