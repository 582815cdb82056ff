import GRDB
public import TradeRules
import TradeTables

extension ReplicaView {
  /// Every product in order of the SKUs.
  public func products() throws -> [Product] { try all(ProductColumns.self) }

  /// Products that have every word of `text` somewhere, ignoring case and accents; the best first: a SKU,
  /// then the beginning of a SKU, words of the name, the rest.
  public func products(searching text: String) throws -> [Product] {
    let words = EnteredText.folded(text).split(whereSeparator: \.isWhitespace).map(String.init)
    guard !words.isEmpty else { return [] }
    var found: [(rank: Int, product: Product)] = []
    try TradeTables.visit(TableDescription.of(ProductColumns.self), in: db) { row in
      let product = Product(row)
      if let rank = SearchRank.of(product, words: words) { found.append((rank, product)) }
    }
    return found.sorted { ($0.rank, $0.product.sku) < ($1.rank, $1.product.sku) }.map(\.product)
  }

  /// The prices of a product in force at a time: for each list and quantity the one that began last, in
  /// order of lists and quantities.
  public func prices(of sku: String, at now: Instant) throws -> [ListedPrice] {
    var inForce: [Price] = []
    // In order of lists, quantities and beginnings.
    let lists = try all(PriceListColumns.self)
    for list in lists {
      for price in try all(PriceColumns.self, "price_of_product", sku, list.code)
        .sorted(by: { ($0.minQuantity, $0.validFrom) < ($1.minQuantity, $1.validFrom) })
      where price.validFrom <= now {
        if let last = inForce.last, last.list == price.list, last.minQuantity == price.minQuantity {
          inForce.removeLast()
        }
        inForce.append(price)
      }
    }
    return try inForce.map { price in
      let currency = lists.first { $0.code == price.list }?.currency ?? ""
      return ListedPrice(price: price, currency: currency, exponent: try exponent(of: currency))
    }
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
}

/// How well a product answers a search: 0 is best.
enum SearchRank {
  static func of(_ product: Product, words: [String]) -> Int? {
    if words.count == 1, product.skuFolded == words[0] { return 0 }
    let sku = EnteredText.folded(product.sku)
    let name = EnteredText.folded(product.name)
    let nameWords = name.split { !$0.isLetter && !$0.isNumber }
    var worst = 0
    for word in words {
      if sku.hasPrefix(word) {
        worst = max(worst, 1)
      } else if nameWords.contains(where: { $0.hasPrefix(word) }) {
        worst = max(worst, 2)
      } else if sku.contains(word) || name.contains(word) {
        worst = max(worst, 3)
      } else if EnteredText.folded(product.description).contains(word) || product.gtin.hasSuffix(word)
        || EnteredText.folded(product.category).contains(word)
      {
        worst = max(worst, 4)
      } else {
        return nil
      }
    }
    return worst
  }
}

extension ReplicaView {
  /// A SKU with its case folded, as the catalog keeps it beside the SKU: rules never fold text.
  public static func folded(sku: String) -> String { EnteredText.foldedSKU(sku) }
}
