import Testing

@testable import TradeRules

@Suite("Prices are drafted, published, and never change")
struct PriceTests {
  private static func shop() -> RuleBench {
    let bench = RuleBench.founded()
    for sku in ["CHAI", "MATE"] { bench.addProduct(sku) }
    bench.addDevice("H1", .admin)
    bench.addDevice("H2", .admin)
    bench.addDevice("A", .agent, agent: "ANA")
    return bench
  }

  private static func set(
    _ tenThousandths: Int64, _ sku: String = "CHAI", list: String = "EU", currency: String = "EUR",
    minQuantity: Quantity? = nil, from: Instant? = nil, pack: String? = nil
  ) -> Filled<SetPrice> {
    Filled {
      $0.list = list
      $0.sku = sku
      $0.minQuantity = minQuantity
      $0.validFrom = from
      $0.pack = pack
      $0.amount = UnitPrice(tenThousandths: tenThousandths)
      $0.currency = currency
    }
  }

  private static func publish(_ list: String = "EU", from: Instant? = nil) -> Filled<PublishPrices> {
    Filled {
      $0.list = list
      $0.validFrom = from
    }
  }

  @Test("a draft is nobody's price until its list is published, all of it at once")
  func drafts() {
    let bench = Self.shop()
    #expect(bench.does("H1", Self.set(125_000)).outcome == .applied)
    #expect(bench.does("H1", Self.set(33_333, "MATE")).outcome == .applied)
    #expect(bench.all(PriceColumns.self).isEmpty)
    bench.now = .day(hour: 9)
    let verdict = bench.does("H2", Self.publish())
    #expect(verdict.outcome == .applied)
    let prices = bench.all(PriceColumns.self)
    #expect(prices.map(\.amount.tenThousandths) == [125_000, 33_333])
    #expect(prices.allSatisfy { $0.validFrom == .day(hour: 9) && $0.publication == bench.version })
    #expect(bench.find(PriceListColumns.self, "EU")?.publication == bench.version)
    #expect(bench.find(PriceListColumns.self, "EU")?.isCompanyList == true)
    #expect(bench.does("H1", Self.publish()).codes == [.nothingToPublish])
    #expect(bench.does("H1", Self.publish("US")).codes == [.unknownPriceList])
  }

  @Test("what is published stays; a later publication for the same day comes after it")
  func versions() {
    let bench = Self.shop()
    let newYear = Instant.day(hour: 24 * 41)
    bench.does("H1", Self.set(125_000, from: newYear))
    bench.does("H1", Self.publish())
    let first = bench.all(PriceColumns.self)
    bench.does("H1", Self.set(130_000, from: newYear))
    bench.does("H1", Self.publish())
    let both = bench.all(PriceColumns.self)
    #expect(both.count == 2)
    #expect(both.contains(first[0]), "not a cell of it changed")
    #expect(both.max { $0.yields(to: $1) }?.amount.tenThousandths == 130_000)
  }

  @Test("a draft dated back takes effect when it is published: nothing sold is priced anew")
  func datedBack() {
    let bench = Self.shop()
    bench.does("H1", Self.set(125_000, from: .day(hour: -100)))
    bench.does("H1", Self.set(33_333, "MATE"))
    bench.now = .day(hour: 9)
    bench.does("H1", Self.publish(from: .day(hour: 20)))
    #expect(bench.all(PriceColumns.self).map(\.validFrom) == [.day(hour: 9), .day(hour: 20)])
  }

  @Test("two who draft one price differently: the first stands, the other is kept, a person decides")
  func twoDrafts() throws {
    let bench = Self.shop()
    let one = bench.record("H1", at: .day(hour: 9), Self.set(125_000))
    let other = bench.record("H2", at: .day(hour: 10), Self.set(99_000))
    bench.now = .day(hour: 12)
    #expect(bench.decide(one).outcome == .applied)
    #expect(bench.decide(other).codes == [.sensitiveConflict])
    #expect(bench.all(PriceDraftColumns.self).map(\.amount.tenThousandths) == [125_000])
    let conflict = try #require(bench.conflicts.first)
    #expect([conflict.mine.text, conflict.theirs.text] == ["9.9", "12.5"])
    bench.does("H1", .settle(conflict, "mine"))
    bench.does("H1", Self.publish())
    #expect(bench.all(PriceColumns.self).map(\.amount.tenThousandths) == [99_000])
  }

  @Test("an agent drafts and publishes nothing; a list keeps its currency")
  func refusals() {
    let bench = Self.shop()
    #expect(bench.does("A", Self.set(1)).codes == [.notPermitted])
    #expect(bench.does("A", Self.publish()).codes == [.notPermitted])
    bench.does("H1", Self.set(125_000))
    #expect(bench.does("H1", Self.set(125_000, currency: "JPY")).codes == [.badValue])
    #expect(bench.does("H1", Self.set(125_000, currency: "XXX")).codes == [.unknownCurrency])
    #expect(bench.does("H1", Self.set(-1)).codes == [.badValue])
    #expect(bench.does("H1", Self.set(1, "NONE")).codes == [.unknownSku])
    #expect(bench.does("H1", Self.set(1, pack: "CASE")).codes == [.unknownPack])
  }

  @Test("a pack's price counts for whole packs, the larger pack before the smaller, both before the unit's")
  func packs() {
    let bench = RuleBench.trading(100)
    for (code, factor) in [("CASE", 12), ("PALLET", 48)] as [(String, Int64)] {
      bench.does("HQ", .pack("CHAI", code, of: Quantity(factor)))
    }
    // Dear for many, cheaper in cases, cheapest on pallets.
    bench.does("HQ", Self.set(120_000, pack: "CASE"))
    bench.does("HQ", Self.set(110_000, pack: "PALLET"))
    bench.does("HQ", Self.set(200_000, minQuantity: 20))
    bench.does("HQ", Self.publish())
    bench.syncAll()
    for (quantity, price) in [(11, 125_000), (12, 120_000), (13, 125_000), (25, 200_000), (96, 110_000)] {
      let number = "SO-A-\(quantity)"
      let (handle, form) = bench.newOrder(number, of: "C-ANA", [("CHAI", Quantity(Int64(quantity)))])
      bench.does("A", form)
      #expect(bench.line(handle).unitPrice.tenThousandths == Int64(price), "\(quantity)")
    }
  }
}
