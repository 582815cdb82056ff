import Testing

@testable import TradeRules

@Suite("Exchange rates and taxes")
struct MoneyTests {
  @Test("a rate converts exactly, to the currency's decimals, half away from zero")
  func conversion() throws {
    let ratio = try #require(Ratio(decimal: "1.085"))
    #expect(ratio.amountMinor(for: 10_000, exponent: 2, otherExponent: 2) == 10_850)
    // 0.01 · 1.085 is 0.01085, a whole cent; 0.30 · 1.085 is 0.3255, and 0.326 with three decimals.
    #expect(ratio.amountMinor(for: 1, exponent: 2, otherExponent: 2) == 1)
    #expect(ratio.amountMinor(for: 30, exponent: 2, otherExponent: 3) == 326)
    #expect(ratio.amountMinor(for: -30, exponent: 2, otherExponent: 3) == -326)
    let yen = try #require(Ratio(decimal: "161.5"))
    #expect(yen.amountMinor(for: 199, exponent: 2, otherExponent: 0) == 321)
    #expect(yen.amountMinor(for: .max, exponent: 0, otherExponent: 4) == nil)
    #expect(Ratio(decimal: "0.0000000000001") == nil)
  }

  @Test("the inverse of a rate is exact to twelve decimals")
  func inverse() {
    #expect(Ratio(decimal: "4")?.inverse?.decimalText == "0.25")
    #expect(Ratio(decimal: "17150")?.inverse?.decimalText == "0.000058309038")
    #expect(Ratio(trillionths: 0).inverse == nil)
    #expect(Ratio(trillionths: 1).inverse == nil)
  }

  @Test("a share of an amount is rounded half away from zero")
  func share() {
    #expect(Percent(decimal: "19")?.share(of: 1_050) == 200)
    #expect(Percent(decimal: "19")?.share(of: -1_050) == -200)
    #expect(Percent(decimal: "8.875")?.share(of: 10_000) == 888)
    #expect(Percent(decimal: "8.8755")?.decimalText == "8.8755")
  }

  /// Decides something small and tells what a rule would find meanwhile.
  private func find<V>(_ bench: RuleBench, _ read: (Trade) throws(Interruption) -> V?) -> V? {
    let operation = bench.record("centre", Filled<FinishTask> { $0.task = .none })
    let view = WorkingSet()
    let entry = Entry(
      version: 1, receivedAt: bench.now, device: Device(), isFinal: true, hash: mixed)
    while true {
      do throws(Interruption) {
        return try read(Trade(operation, on: view, in: entry, Observations()))
      } catch {
        guard case .needs(let needs) = error else { return nil }
        bench.load(needs, into: view)
      }
    }
  }

  @Test("the latest rate at or before a time counts, the other way round where there is no other")
  func lookup() {
    let bench = RuleBench.founded()
    bench.does("centre", .rate("EUR", "JPY", "160", at: .day(hour: 0), source: "ECB"))
    bench.does("centre", .rate("EUR", "JPY", "161.5", at: .day(hour: 24), source: "ECB"))
    let long = Instant.day(hour: -24 * 400)
    bench.does("centre", .rate("EUR", "JPY", "130", at: long))
    func rate(_ from: String, _ to: String, _ at: Instant) -> QuotedRate? {
      find(bench) { trade throws(Interruption) in try trade.exchangeRate(from: from, to: to, at: at) }
    }
    #expect(rate("EUR", "JPY", .day(hour: 23))?.ratio.decimalText == "160")
    #expect(rate("EUR", "JPY", .day(hour: 24))?.ratio.decimalText == "161.5")
    #expect(rate("EUR", "JPY", .day(hour: 24))?.source == "ECB")
    #expect(rate("EUR", "JPY", .day(hour: -24 * 100))?.ratio.decimalText == "130")
    #expect(rate("EUR", "JPY", long.advanced(byMilliseconds: -1)) == nil)
    #expect(rate("JPY", "EUR", .day(hour: 23))?.ratio.decimalText == "0.00625")
    #expect(rate("JPY", "JPY", long)?.ratio == .one)
  }

  @Test("a rate of currencies nobody has, of a currency in itself or of nothing is refused")
  func badRates() {
    let bench = RuleBench.founded()
    #expect(bench.does("centre", .rate("EUR", "XXX", "1", at: nil)).codes == [.unknownCurrency])
    #expect(bench.does("centre", .rate("EUR", "EUR", "1", at: nil)).codes == [.badValue])
    #expect(bench.does("centre", .rate("EUR", "JPY", "0", at: nil)).codes == [.badValue])
    #expect(bench.does("centre", .rate("EUR", "JPY", "160", at: nil)).outcome == .applied)
    #expect(bench.all(ExchangeRateColumns.self).map(\.asOf) == [bench.now])
  }

  @Test("two people who note another rate for one time: the first stands until somebody decides")
  func rateConflict() {
    let bench = RuleBench.founded()
    bench.addDevice("H1", .admin)
    bench.addDevice("H2", .admin)
    let one = bench.record("H1", Filled.rate("EUR", "JPY", "160", at: .day(hour: 0)))
    let other = bench.record("H2", Filled.rate("EUR", "JPY", "16", at: .day(hour: 0)))
    #expect(bench.decide(one).outcome == .applied)
    #expect(bench.decide(other).codes == [.sensitiveConflict])
    #expect(bench.all(ExchangeRateColumns.self).map(\.ratio.decimalText) == ["160"])
    #expect(bench.conflicts.map(\.mine.text) == ["16"])
  }

  @Test("a tax holds from its day to the next; a subdivision without one has its country's")
  func taxes() {
    let bench = RuleBench.founded()
    func set(_ place: String, _ percent: String, _ from: Instant) -> Verdict {
      bench.does(
        "centre",
        Filled<SetTaxRate> {
          $0.taxClass = "STANDARD"
          $0.jurisdiction = place
          $0.validFrom = from
          $0.percent = Percent(decimal: percent) ?? .zero
        })
    }
    #expect(set("DE", "19", .day(hour: 0)).outcome == .applied)
    #expect(set("DE", "16", .day(hour: 24)).outcome == .applied)
    #expect(set("US-NY", "8.875", .day(hour: 0)).outcome == .applied)
    #expect(set("Germany", "19", .day(hour: 0)).codes == [.badValue])
    #expect(set("DE", "-1", .day(hour: 48)).codes == [.badValue])
    func tax(_ place: String, _ at: Instant) -> String? {
      find(bench) { trade throws(Interruption) in
        try trade.taxPercent(class: "STANDARD", in: place, at: at)
      }?.decimalText
    }
    #expect(tax("DE", .day(hour: 23)) == "19")
    #expect(tax("DE-BY", .day(hour: 24)) == "16")
    #expect(tax("US-NY", .day(hour: 1)) == "8.875")
    #expect(tax("US", .day(hour: 1)) == nil)
    #expect(tax("DE", .day(hour: -1)) == nil)
  }
}
