/// A unit price and what there is to say about it.
struct Quote {
  var price: UnitPrice
  /// `PRICE_MANUAL`, `PRICE_BELOW_FLOOR`, `PRICE_VERSION_OLD`, `PRICE_REVIEW`, or nothing.
  var code: Code?
}

/// Finds the price of a line.
///
/// The order's list, which was asked for or the customer's, else the company's list of the order's currency;
/// in it the highest minimum quantity the line reaches, and of that the latest price in effect when the
/// operation was recorded.
enum Pricing {
  /// - Parameter given: a price by hand; it stands, with a note, and below the floor it holds the order.
  /// - Throws: `.refused` with `PRICE_MISSING` when neither the lists nor a person have one, `BAD_VALUE`
  ///   when the one given is negative.
  static func quote(
    _ sku: String, _ quantity: Quantity, given: UnitPrice?, for order: Order, in trade: Trade
  ) throws(Interruption) -> Quote {
    let listed = try listed(sku, quantity, for: order, in: trade)
    guard let given else {
      guard let listed else { throw .refused(Refusal(.priceMissing, sku)) }
      return listed
    }
    guard given.tenThousandths >= 0 else { throw .refused(Refusal(.badValue, "the price of \(sku)")) }
    let floor = try trade.setting(.priceFloorPerMille)
    guard floor > 0, let listed else { return Quote(price: given, code: .priceManual) }
    let isBelow =
      Int128(given.tenThousandths) * 1000 < Int128(listed.price.tenThousandths) * Int128(floor)
    return Quote(price: given, code: isBelow ? .priceBelowFloor : .priceManual)
  }

  private static func listed(
    _ sku: String, _ quantity: Quantity, for order: Order, in trade: Trade
  ) throws(Interruption) -> Quote? {
    if !order.priceList.isEmpty,
      let quote = try listed(sku, quantity, on: order.priceList, in: trade)
    {
      return quote
    }
    guard let company = try companyList(of: order.currency, in: trade), company != order.priceList
    else { return nil }
    return try listed(sku, quantity, on: company, in: trade)
  }

  /// The list of customers who have none of their own; the lower code should there be two.
  private static func companyList(
    of currency: String, in trade: Trade
  ) throws(Interruption) -> String? {
    try trade.all(PriceListColumns.self, "price_list_currency", currency)
      .filter(\.isCompanyList).map(\.code).min()
  }

  /// The price on one list. Where a price took effect that the agent's device could not know of, the one it
  /// showed is kept: with a note within the grace period, else for a person to review (#44).
  private static func listed(
    _ sku: String, _ quantity: Quantity, on list: String, in trade: Trade
  ) throws(Interruption) -> Quote? {
    let candidates = try trade.all(PriceColumns.self, "price_of_product", sku, list)
      .filter { $0.minQuantity <= quantity && $0.validFrom <= trade.recordedAt }
    guard let current = best(of: candidates) else { return nil }
    // Only agents lack the power to publish prices: what others sent was theirs to know.
    guard trade.entry.isFinal, trade.role == .agent,
      let shown = best(of: candidates.filter { $0.row.version <= trade.operation.basedOnVersion }),
      shown.amount != current.amount
    else { return Quote(price: current.amount, code: nil) }
    let age = trade.recordedAt.milliseconds(since: current.validFrom)
    let grace = try trade.setting(.priceGraceMilliseconds)
    return Quote(price: shown.amount, code: age <= grace ? .priceVersionOld : .priceReview)
  }

  private static func best(of prices: [Price]) -> Price? {
    prices.max { ($0.minQuantity, $0.validFrom) < ($1.minQuantity, $1.validFrom) }
  }
}
