/// A unit price and what there is to say about it.
struct Quote {
  var price: UnitPrice
  /// `PRICE_MANUAL`, `PRICE_BELOW_FLOOR`, `PRICE_VERSION_OLD`, `PRICE_REVIEW`, or nothing.
  var code: Code?
  /// Whether the tax is in the price.
  var isTaxIncluded: Bool
}

/// The published prices that bear on an order's lines, read in one go.
///
/// A line's price is that of the order's list, which was asked for or the customer's, else of the company's
/// list of the order's currency; in it the pack that was asked for, or when none was the largest that the quantity
/// is a whole number of, before the base unit; the highest minimum quantity the line reaches, and of that the latest price in effect when the operation was recorded.
struct PriceBook {
  /// By SKU and list.
  private var prices: [ListedProduct: [Price]] = [:]
  /// In order of precedence.
  private var lists: [(code: String, isTaxIncluded: Bool)] = []

  private struct ListedProduct: Hashable {
    let sku: String
    let list: String
  }

  init(_ skus: [String], for order: Order, in trade: Trade) throws(Interruption) {
    var readings = Readings()
    let ofCurrency = try readings.gather { () throws(Interruption) in
      try trade.all(PriceListColumns.self, "price_list_currency", order.currency)
    }
    // Of customers who have no list of their own; the lower code should there be two.
    let company = ofCurrency?.filter { $0.isCompanyList }.map { $0.code }.min() ?? ""
    for code in [order.priceList, company] where !code.isEmpty && code != lists.first?.code {
      let list = ofCurrency?.first { $0.code == code }
      lists.append((code: code, isTaxIncluded: list?.isTaxIncluded ?? false))
    }
    for sku in skus {
      for list in lists {
        let listed = ListedProduct(sku: sku, list: list.code)
        prices[listed] = try readings.gather { () throws(Interruption) in
          try trade.all(PriceColumns.self, "price_of_product", sku, list.code)
        }
      }
    }
    try readings.finish()
  }

  /// - Parameters:
  ///   - pack: in which it was asked for; empty = in base units.
  ///   - given: a price by hand; it stands, with a note, and below the floor it holds the order. The tax is in
  ///     it as it is in the order's list.
  /// - Throws: `.refused` with `PRICE_MISSING` when neither the lists nor a person have one, `BAD_VALUE`
  ///   when the one given is negative or higher than any price.
  func quote(
    _ sku: String, _ quantity: Quantity, in pack: String, given: UnitPrice?, in trade: Trade
  ) throws(Interruption) -> Quote {
    guard let given else {
      guard let listed = try listed(sku, quantity, in: pack, in: trade) else {
        throw .refused(Refusal(.priceMissing, sku))
      }
      return listed
    }
    guard given.isPayable else { throw .refused(Refusal(.badValue, "the price of \(sku)")) }
    let floor = try trade.setting(.priceFloorPerMille)
    let isTaxIncluded = lists.first?.isTaxIncluded ?? false
    guard floor > 0, let listed = try listed(sku, quantity, in: pack, in: trade) else {
      return Quote(price: given, code: .priceManual, isTaxIncluded: isTaxIncluded)
    }
    let isBelow =
      Int128(given.tenThousandths) * 1000 < Int128(listed.price.tenThousandths) * Int128(floor)
    return Quote(
      price: given, code: isBelow ? .priceBelowFloor : .priceManual, isTaxIncluded: isTaxIncluded)
  }

  private func listed(
    _ sku: String, _ quantity: Quantity, in pack: String, in trade: Trade
  ) throws(Interruption) -> Quote? {
    for list in lists {
      let candidates = (prices[ListedProduct(sku: sku, list: list.code)] ?? []).filter { price in
        price.covers(quantity) && price.validFrom <= trade.recordedAt
          && (pack.isEmpty || price.pack.isEmpty || price.pack == pack)
      }
      if var quote = try quote(of: candidates, in: trade) {
        quote.isTaxIncluded = list.isTaxIncluded
        return quote
      }
    }
    return nil
  }

  /// Where a price took effect that the agent's device could not know of, the one it showed is kept: with a
  /// note within the grace period, else for a person to review (#44).
  private func quote(of candidates: [Price], in trade: Trade) throws(Interruption) -> Quote? {
    guard let current = PriceBook.best(of: candidates) else { return nil }
    // Headquarters publishes prices: what it sent was its own to know.
    guard trade.entry.isFinal, !trade.isHeadquarters,
      let shown = PriceBook.best(
        of: candidates.filter { $0.row.version <= trade.operation.basedOnVersion }),
      shown.amount != current.amount
    else { return Quote(price: current.amount, code: nil, isTaxIncluded: false) }
    let age = trade.recordedAt.milliseconds(since: current.validFrom)
    let grace = try trade.setting(.priceGraceMilliseconds)
    return Quote(
      price: shown.amount, code: age <= grace ? .priceVersionOld : .priceReview, isTaxIncluded: false)
  }

  private static func best(of prices: [Price]) -> Price? {
    prices.max { $0.yields(to: $1) }
  }
}
