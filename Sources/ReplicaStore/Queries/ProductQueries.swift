import GRDB
public import TradeRules
import TradeTables

extension ReplicaView {
  /// Every product in order of the SKUs.
  public func products() throws -> [Product] { try all(ProductColumns.self) }

  /// The prices of a product in force at a time: for each list, quantity and pack the one that began last, in
  /// order of lists, quantities and packs.
  public func prices(of sku: String, at now: Instant) throws -> [ListedPrice] {
    var inForce: [Price] = []
    let lists = try all(PriceListColumns.self)
    for list in lists {
      let begun = try all(PriceColumns.self, "price_of_product", sku, list.code)
        .filter { $0.validFrom <= now }
        .sorted {
          ($0.minQuantity, $0.packFactor, $0.pack, $0.validFrom, $0.publication)
            < ($1.minQuantity, $1.packFactor, $1.pack, $1.validFrom, $1.publication)
        }
      for price in begun {
        if let last = inForce.last, last.list == price.list, last.minQuantity == price.minQuantity,
          last.pack == price.pack
        {
          inForce.removeLast()
        }
        inForce.append(price)
      }
    }
    return try inForce.map { price in
      let list = lists.first { $0.code == price.list }
      let currency = list?.currency ?? ""
      return ListedPrice(
        price: price, currency: currency, exponent: try exponent(of: currency),
        isTaxIncluded: list?.isTaxIncluded ?? false)
    }
  }

  /// Every price list, in order of the codes.
  public func priceLists() throws -> [PriceList] { try all(PriceListColumns.self) }

  public func priceList(_ code: String) throws -> PriceList? {
    try find(PriceListColumns.self, RowKey(PriceListColumns.self, code))
  }

  /// The drafts of a list that are not published, in order of SKUs.
  public func priceDrafts(of list: String) throws -> [PriceDraft] {
    try all(PriceDraftColumns.self, "price_draft_open", list, true)
  }

  /// Decimals of a currency; 2 for one that is not known here.
  public func exponent(of currency: String) throws -> Int64 {
    try find(CurrencyColumns.self, RowKey(CurrencyColumns.self, currency))?.exponent ?? 2
  }

  /// SKUs that begin so, in any case, in order; for completion.
  public func skus(beginning text: String, limit: Int) throws -> [String] {
    try names("SELECT sku FROM product WHERE sku_folded >= ? ORDER BY sku_folded LIMIT ?", text, limit) {
      EnteredText.foldedSKU($0).hasPrefix(EnteredText.foldedSKU(text))
    }
  }

  /// Names in order from a text on, as long as they belong to it.
  func names(
    _ sql: String, _ text: String, _ limit: Int, while belongs: (String) -> Bool
  ) throws -> [String] {
    try String.fetchAll(db, sql: sql, arguments: [EnteredText.foldedSKU(text), limit])
      .prefix { belongs($0) }.map { $0 }
  }
}

/// A price of a list, with the list's currency.
public struct ListedPrice: Sendable {
  public let price: Price
  public let currency: String
  /// Decimals of the currency.
  public let exponent: Int64
  /// Whether the tax is in the price.
  public let isTaxIncluded: Bool
}

extension ReplicaView {
  /// A SKU with its case folded, as the catalog keeps it beside the SKU: rules never fold text.
  public static func folded(sku: String) -> String { EnteredText.foldedSKU(sku) }
}
