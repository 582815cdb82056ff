import Testing
import TradeRules

@testable import ReplicaStore
@testable import WaybillClient

@Suite("The catalog on a device")
struct CatalogShowingTests {
  private func desk() throws -> Desktop {
    let desk = try Desktop()
    try desk.addProduct("CHAI", "Chai")
    try desk.addProduct("MATE", "Mate")
    for (locale, name) in [("es", "Té chai"), ("es-419", "Chai masala")] {
      var translation = Translation()
      (translation.sku, translation.locale, translation.name) = ("CHAI", locale, name)
      try desk.put(translation)
    }
    var pack = Pack()
    (pack.sku, pack.code, pack.factor) = ("CHAI", "CASE", 12)
    try desk.put(pack)
    try desk.link("04006381333931", "CHAI")
    try desk.link("10614141000415", "CHAI", pack: "CASE")
    try desk.link("OWN-1", "MATE", disputed: "CHAI")
    return desk
  }

  private func shown(_ desk: Desktop, _ locale: String?) throws -> (document: JSONValue, text: String) {
    let tag = try locale.map(Entered.locale)
    return try desk.store.view { view in
      let product = try view.requireProduct("CHAI")
      return ProductShown(try view.details(of: product, at: Desktop.syncedAt), locale: tag).shown
    }
  }

  @Test("a product is shown in the nearest language there is, and says which")
  func locale() throws {
    let desk = try desk()
    for (wanted, name, locale) in [
      ("es-MX", "Chai masala", "es-419"), ("es-ES", "Té chai", "es"), ("fr", "Chai", nil), (nil, "Chai", nil),
    ] {
      let document = try shown(desk, wanted).document
      #expect(document["name"]?.string == name)
      #expect(document["locale"]?.string == locale)
    }
    #expect(
      try shown(desk, "es-MX").text.contains("name in es-419, description in the product's own language"))
    #expect(throws: Failure.self) { try shown(desk, "not a language") }
    let packs = try shown(desk, nil).document["packs"]?.array
    #expect(packs?.first?["barcodes"]?.array == ["10614141000415"])
    #expect(packs?.first?["factor"]?.integer == 12)
  }

  @Test("a product is found by its barcode, in any of its lengths, after its SKU")
  func byBarcode() throws {
    let desk = try desk()
    try desk.addProduct("10614141000415", "A SKU that looks like a code")
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.product("4006381333931")?.sku == "CHAI")
      #expect(try view.product("04006381333931")?.sku == "CHAI")
      #expect(try view.product("OWN-1")?.sku == "MATE")
      #expect(try view.product("10614141000415")?.name == "A SKU that looks like a code")
      #expect(try view.product("96385074") == nil)
      #expect(try view.recordName("4006381333931") == "CHAI")
    }
  }

  @Test("#56 so many packs are so many base units, by a pack's barcode or its name; a SKU is one")
  func packsAsGoods() throws {
    let desk = try desk()
    try desk.addProduct("A/B", "A SKU with a slash")
    try desk.look { (view: ReplicaView) throws in
      for (key, sku, quantity) in [
        ("CHAI", "CHAI", 3), ("chai/CASE", "CHAI", 36), ("10614141000415", "CHAI", 36), ("A/B", "A/B", 3),
        ("4006381333931", "CHAI", 3), ("NONE", "NONE", 3),
      ] as [(String, String, Int64)] {
        let goods = try view.goods(key, 3)
        #expect((goods.sku, goods.quantity) == (sku, Quantity(quantity)), "\(key)")
      }
      #expect(throws: ReplicaFault.self, "no such pack") { try view.goods("CHAI/BOX", 3) }
      #expect(throws: Failure.self) { try view.goods("CHAI/CASE", Quantity(thousandths: .max)) }
    }
  }

  @Test("a scan says product, lot and expiry, and counts a pack for what is in it")
  func scan() throws {
    let desk = try desk()
    try desk.look { (view: ReplicaView) throws in
      let piece = try Scanned("(01)04006381333931(17)270300(10)L77", in: view).document()
      #expect(piece["sku"]?.string == "CHAI")
      #expect((piece["lot"]?.string, piece["expiry"]?.string) == ("L77", "2027-03-31"))
      #expect(piece["qty"] == .null)
      #expect(piece["raw"]?.string == "(01)04006381333931(17)270300(10)L77")
      let cases = try Scanned("(02)10614141000415(37)3", in: view).document()
      #expect((cases["pack"]?.string, cases["qty"]?.integer) == ("CASE", 36))
      #expect(try Scanned("10614141000415", in: view).document()["qty"]?.integer == 12)
    }
  }

  @Test("#54 a scan of a disputed code tells of both; one of an unknown code says what to do")
  func disputed() throws {
    let desk = try desk()
    try desk.look { (view: ReplicaView) throws in
      let scanned = Scanned("OWN-1", in: view)
      #expect(try scanned.status() == .attention)
      #expect(try scanned.document()["disputed"]?.string == "CHAI")
      #expect(try scanned.text().contains("stands for CHAI"))
      #expect(try Scanned("96385074", in: view).failure()?.code == .unknownBarcode)
      #expect(try Scanned("4006381333932", in: view).failure()?.code == .badValue)
    }
  }

  @Test("linking a code is a guess until the centre has spoken; a taken one says so at once")
  func linking() throws {
    let desk = try desk()
    func link(_ code: String, _ sku: String) throws -> Recorded {
      let code = try Scanned.code(of: code)
      return try desk.record { _, _ in
        [
          Draft(
            Filled<LinkBarcode> {
              $0.code = code
              $0.sku = sku
            })
        ]
      }
    }
    #expect(try link("96385074", "MATE").expected?.outcome == .applied)
    #expect(try link("4006381333931", "MATE").expected?.codes == [.barcodeConflict])
    try desk.look { (view: ReplicaView) throws in
      #expect(try view.product("96385074")?.sku == "MATE")
      #expect(try view.barcode("4006381333931")?.target.text == "CHAI")
      #expect(try view.barcode("4006381333931")?.disputed == "MATE")
    }
    try desk.takeGuessesBack()
    try desk.look { (view: ReplicaView) throws in #expect(try view.barcode("96385074") == nil) }
  }

  @Test("categories are listed as the tree they are")
  func tree() throws {
    let desk = try desk()
    for (code, parent) in [("TEA", "DRINKS"), ("DRINKS", ""), ("BLACK", "TEA"), ("FOOD", "")] {
      var category = TradeRules.Category()
      (category.code, category.parent, category.name) = (code, parent, code.lowercased())
      try desk.put(category)
    }
    try desk.look { (view: ReplicaView) throws in
      let tree = try view.categoryTree().map { "\($0.level) \($0.category.code)" }
      #expect(tree == ["0 DRINKS", "1 TEA", "2 BLACK", "0 FOOD"])
    }
  }

  @Test("of each pair of currencies the latest rate at a time is shown")
  func rates() throws {
    let desk = try desk()
    for (to, at, ratio) in [("USD", 10, "1.08"), ("USD", 20, "1.09"), ("USD", 30, "1.1"), ("JPY", 20, "160")]
    {
      var rate = ExchangeRate()
      (rate.fromCurrency, rate.toCurrency) = ("EUR", to)
      rate.asOf = Instant(milliseconds: Int64(at))
      rate.ratio = Ratio(decimal: ratio) ?? .one
      try desk.put(rate)
    }
    try desk.look { (view: ReplicaView) throws in
      let rates = try view.exchangeRates(at: Instant(milliseconds: 29))
      #expect(rates.map { "\($0.toCurrency) \($0.ratio.decimalText)" } == ["JPY 160", "USD 1.09"])
    }
  }
}

extension Desktop {
  fileprivate func link(
    _ code: String, _ sku: String, pack: String = "", disputed: String = ""
  ) throws {
    var barcode = Barcode()
    (barcode.code, barcode.sku, barcode.pack, barcode.disputed) = (code, sku, pack, disputed)
    try put(barcode)
  }
}
