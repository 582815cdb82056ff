import Testing

@testable import TradeRules

@Suite("Lines that are ordered in packs")
struct PackedLineTests {
  /// `CHAI` at 12.50, in cases of 12 at 12.00 and on pallets of 48 at 11.00; trays of 6 have no price of their own.
  private static func shop() -> RuleBench {
    let bench = RuleBench.trading(100)
    for (code, factor) in [("TRAY", 6), ("CASE", 12), ("PALLET", 48)] as [(String, Int64)] {
      bench.does("HQ", .pack("CHAI", code, of: Quantity(factor)))
    }
    for (pack, price) in [("CASE", 120_000), ("PALLET", 110_000)] as [(String, Int64)] {
      bench.does(
        "HQ",
        Filled<SetPrice> {
          ($0.list, $0.sku, $0.currency, $0.pack) = ("EU", "CHAI", "EUR", pack)
          $0.amount = UnitPrice(tenThousandths: price)
        })
    }
    bench.does("HQ", Filled<PublishPrices> { $0.list = "EU" })
    bench.syncAll()
    return bench
  }

  private static func order(
    _ quantity: Quantity, in pack: String?, at bench: RuleBench
  ) -> (handle: OrderHandle, verdict: Verdict) {
    var (handle, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", quantity)])
    form.lines = form.lines.map { line in
      var line = line
      line.pack = pack
      return line
    }
    return (handle, bench.does("A", form))
  }

  @Test(
    "the pack that was asked for says the price, before a larger one that would fit and before the base unit's",
    arguments: [
      (48, "CASE", 120_000), (48, nil, 110_000), (48, "PALLET", 110_000), (36, "CASE", 120_000),
      (12, "TRAY", 125_000), (48, "TRAY", 125_000), (36, nil, 120_000), (7, nil, 125_000),
    ] as [(Int64, String?, Int64)])
  func price(quantity: Int64, pack: String?, price: Int64) {
    let bench = Self.shop()
    let (handle, verdict) = Self.order(Quantity(quantity), in: pack, at: bench)
    #expect(verdict.outcome == .applied)
    let line = bench.line(handle)
    #expect(line.unitPrice.tenThousandths == price)
    #expect(line.ordered == Quantity(quantity), "base units, whatever the pack")
    #expect(line.pack == pack ?? "")
    let sizes: [String: Int64] = ["TRAY": 6, "CASE": 12, "PALLET": 48]
    #expect(line.packs(in: line.ordered) == pack.flatMap { sizes[$0] }.map { quantity / $0 })
    #expect(bench.order(handle).totalMinor == quantity * price / 100)
  }

  @Test("a part of a pack, and a pack nobody has, are refused")
  func refusals() {
    let bench = Self.shop()
    #expect(Self.order(13, in: "CASE", at: bench).verdict.codes == [.badQuantity])
    #expect(Self.order(13, in: "CRATE", at: bench).verdict.codes == [.unknownPack])
  }

  @Test(
    "a line added or changed later is priced in its pack; what is no whole pack any more has the unit's price"
  )
  func changes() {
    let bench = Self.shop()
    let handle = bench.draft("A", [("MATE", 1)])
    let line = bench.newID()
    func set(_ quantity: Quantity, seen: Quantity) -> OrderLine {
      bench.does(
        "A",
        Filled<SetOrderLine> {
          ($0.order, $0.number, $0.line) = (handle.id, handle.number, line)
          ($0.quantity, $0.quantitySeen) = (quantity, seen)
        })
      return bench.find(OrderLineColumns.self, line) ?? OrderLine()
    }
    let added = bench.does(
      "A",
      Filled<AddOrderLine> {
        ($0.order, $0.number, $0.line) = (handle.id, handle.number, line)
        ($0.sku, $0.quantity, $0.pack) = ("CHAI", 24, "CASE")
      })
    #expect(added.outcome == .applied)
    #expect(bench.find(OrderLineColumns.self, line)?.unitPrice.tenThousandths == 120_000)
    #expect(set(48, seen: 24).unitPrice.tenThousandths == 120_000)
    let broken = set(50, seen: 48)
    #expect(broken.unitPrice.tenThousandths == 125_000)
    #expect(broken.packs(in: broken.ordered) == nil)
  }
}

@Suite("Price lists that include the tax")
struct TaxIncludedTests {
  /// The whole cents of tax in a gross amount: the number whose share of the net is nearest, the higher of two.
  private static func taxInside(_ gross: Int64, _ tenThousandths: Int64) -> Int64 {
    let (rate, whole) = (Int128(tenThousandths), 1_000_000 + Int128(tenThousandths))
    func distance(_ tax: Int64) -> Int128 { abs(Int128(tax) * whole - Int128(gross) * rate) }
    return (0...gross).min { (distance($0), -$0) < (distance($1), -$1) } ?? 0
  }

  private static func draft(_ price: Int64, _ list: String, _ sku: String, included: Bool?) -> Filled<
    SetPrice
  > {
    Filled {
      ($0.list, $0.sku, $0.currency, $0.isTaxIncluded) = (list, sku, "EUR", included)
      $0.amount = UnitPrice(tenThousandths: price)
    }
  }

  private static func shop(chai: Int64, percent: String) -> RuleBench {
    let bench = RuleBench.trading(1_000)
    bench.does("HQ", draft(chai, "SHOP", "CHAI", included: true))
    bench.does("HQ", Filled<PublishPrices> { $0.list = "SHOP" })
    bench.does(
      "centre",
      Filled<SetTaxRate> {
        ($0.taxClass, $0.jurisdiction, $0.validFrom) = ("STANDARD", "DE", Instant(milliseconds: 0))
        $0.percent = Percent(decimal: percent) ?? .zero
      })
    for sku in ["CHAI", "MATE"] {
      bench.does(
        "HQ", Filled<EditProduct> { ($0.sku, $0.taxClass, $0.taxClassSeen) = (sku, "STANDARD", "") })
    }
    let customer = bench.customer("C-ANA")
    bench.does(
      "HQ",
      Filled<EditCustomer> {
        ($0.id, $0.code, $0.country, $0.countrySeen) = (customer.id, customer.code, "DE", "")
        ($0.priceList, $0.priceListSeen) = ("SHOP", customer.priceList)
      })
    bench.syncAll()
    return bench
  }

  @Test("what the list says is what the customer pays; the tax of another list's line comes on top")
  func mixed() {
    let bench = Self.shop(chai: 148_800, percent: "19")
    let order = bench.accepted("A", [("CHAI", 3), ("MATE", 8)])
    #expect(bench.line(order, 0).isTaxIncluded && !bench.line(order, 1).isTaxIncluded)
    // 3 × 14.88 = 44.64 with 7.13 of tax in it; 8 × 3.3333 = 26.67 and 5.07 of tax.
    #expect(bench.order(order).totalMinor == 4_464 + 2_667 + 507)
    #expect(bench.order(order).taxMinor == 713 + 507)
  }

  @Test("the total is right to the cent at every price and rate", arguments: 1...40)
  func cents(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func roll(_ sides: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33 % sides)
    }
    let (price, rate, quantity) = (1 + roll(300_000), 1 + roll(250_000), 1 + roll(9))
    let bench = Self.shop(chai: price, percent: Decimals.text(rate, decimals: 4))
    let order = bench.accepted("A", [("CHAI", Quantity(quantity))])
    let gross = (price * quantity + 50) / 100
    #expect(bench.order(order).totalMinor == gross)
    #expect(bench.order(order).taxMinor == Self.taxInside(gross, rate))
  }

  @Test("a list keeps what it said of the tax; a price by hand has the tax in it as the order's list has")
  func lists() {
    let bench = Self.shop(chai: 148_800, percent: "19")
    #expect(bench.does("HQ", Self.draft(1, "SHOP", "MATE", included: false)).codes == [.badValue])
    #expect(bench.does("HQ", Self.draft(1, "EU", "MATE", included: true)).codes == [.badValue])
    #expect(bench.does("HQ", Self.draft(1, "SHOP", "MATE", included: nil)).outcome == .applied)
    let (handle, form) = bench.newOrder("SO-A-1", of: "C-ANA", [("CHAI", 1)], prices: [100_000])
    bench.does("A", form)
    #expect(bench.order(handle).totalMinor == 1_000)
    #expect(bench.order(handle).taxMinor == Self.taxInside(1_000, 190_000))
  }
}
