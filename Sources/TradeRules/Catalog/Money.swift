extension SetExchangeRate {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let new = try makeRate(form, in: trade)
    guard var rate = try trade.find(ExchangeRateColumns.self, new.fromCurrency, new.toCurrency, new.asOf)
    else {
      trade.put(new)
      try FieldStamps.note(ExchangeRateColumns.columns.ratio.number, of: new.key, in: trade)
      return Verdict(.applied)
    }
    let result = try FieldMerge.apply(
      form.form, to: &rate, called: record(of: form), places: [.hq], in: trade)
    if !new.source.isEmpty, !result.hasLost { rate.source = new.source }
    trade.put(rate)
    return result.verdict()
  }

  static func makeRate(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> ExchangeRate {
    for currency in [form.from, form.to] {
      guard try trade.find(CurrencyColumns.self, currency) != nil else {
        throw .refused(Refusal(.unknownCurrency, currency))
      }
    }
    try trade.check(form.from != form.to, "to")
    try trade.check(form.ratio > Ratio(trillionths: 0), "rate")
    var rate = ExchangeRate()
    rate.fromCurrency = form.from
    rate.toCurrency = form.to
    rate.asOf = form.asOf ?? trade.entry.receivedAt
    rate.ratio = form.ratio
    rate.source = form.source ?? ""
    return rate
  }
}

extension SetTaxRate {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let new = try makeRate(form, in: trade)
    guard var rate = try trade.find(TaxRateColumns.self, new.taxClass, new.jurisdiction, new.validFrom) else {
      trade.put(new)
      try FieldStamps.note(TaxRateColumns.columns.percent.number, of: new.key, in: trade)
      return Verdict(.applied)
    }
    let result = try FieldMerge.apply(
      form.form, to: &rate, called: record(of: form), places: [.hq], in: trade)
    trade.put(rate)
    return result.verdict()
  }

  static func makeRate(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> TaxRate {
    try trade.check(Names.isWord(form.taxClass), "class")
    try trade.check(Names.isJurisdiction(form.jurisdiction), "jurisdiction")
    try trade.check(form.percent >= .zero, "rate")
    var rate = TaxRate()
    rate.taxClass = form.taxClass
    rate.jurisdiction = form.jurisdiction
    rate.validFrom = form.validFrom ?? trade.entry.receivedAt
    rate.percent = form.percent
    return rate
  }
}

/// An exchange rate as it was found: what a document keeps of it.
struct QuotedRate: Hashable {
  let ratio: Ratio
  /// When it was noted.
  let asOf: Instant
  let source: String
}

extension Trade {
  /// The latest rate noted at or before a moment; of the pair, else of the pair the other way round.
  ///
  /// - Returns: nil when there is none. One unit of a currency is one of itself.
  func exchangeRate(
    from: String, to: String, at moment: Instant
  ) throws(Interruption) -> QuotedRate? {
    if from == to { return QuotedRate(ratio: .one, asOf: moment, source: "") }
    if let rate = try noted(from, to, at: moment) {
      return QuotedRate(ratio: rate.ratio, asOf: rate.asOf, source: rate.source)
    }
    guard let rate = try noted(to, from, at: moment), let inverse = rate.ratio.inverse else { return nil }
    return QuotedRate(ratio: inverse, asOf: rate.asOf, source: rate.source)
  }

  private func noted(
    _ from: String, _ to: String, at moment: Instant
  ) throws(Interruption) -> ExchangeRate? {
    // Most often there is one of the last weeks, and years of them need not be read.
    let recent = moment.advanced(byMilliseconds: -40 * 86_400_000)
    for start in [recent, Instant(milliseconds: .min)] {
      let rates = try all(ExchangeRateColumns.self, "exchange_rate_of_pair", from, to, from: start)
      if let rate = rates.last(where: { $0.asOf <= moment }) { return rate }
    }
    return nil
  }

  /// The tax on a class of products in a place at a moment: of the subdivision, else of its country.
  ///
  /// - Returns: nil when there is none in force.
  func taxPercent(
    class taxClass: String, in jurisdiction: String, at moment: Instant
  ) throws(Interruption) -> Percent? {
    var place = jurisdiction
    while !place.isEmpty {
      let rates = try all(TaxRateColumns.self, "tax_rate_of_class", taxClass, place)
      if let rate = rates.last(where: { $0.validFrom <= moment }) { return rate.percent }
      place = place.firstIndex(of: "-").map { String(place[..<$0]) } ?? ""
    }
    return nil
  }
}
