import GRDB
public import TradeRules
import TradeTables

extension ReplicaView {
  /// Products that have every word of `text` somewhere, ignoring case and accents, in any language; the best
  /// first: the product of that SKU or barcode, SKUs that begin so, names with words that begin so, then what
  /// has the words inside others.
  ///
  /// - Parameter limit: how many at most, at least 1.
  public func products(searching text: String, limit: Int = 1_000) throws -> [Product] {
    let words = SearchWords(text)
    guard !words.isEmpty else { return [] }
    var found: [Product] = []
    do { found = try indexed(searching: words, limit: limit) } catch let error as DatabaseError
      where error.resultCode == .SQLITE_CORRUPT
    {
      // The rows themselves may be sound; the next scrub reads everything, and makes the index anew.
    }
    return found.isEmpty ? Array(try scan(words).prefix(limit)) : found
  }

  /// - Returns: none as well when there is no index.
  private func indexed(searching words: SearchWords, limit: Int) throws -> [Product] {
    guard try SearchIndex.isThere(in: db) else { return [] }
    var skus: [String] = []
    if let exact = try product(words.text) { skus.append(exact.sku) }
    let beginning = try indexed(words, limit: limit)
    skus += beginning.filter { words.areBeginning(of: $0) } + beginning
    if Set(skus).count < limit { skus += try containing(words, limit: limit) }
    var seen: Set<String> = []
    let best = skus.filter { seen.insert($0).inserted }.prefix(limit)
    return try records(ProductColumns.self, best.map { RowKey(ProductColumns.self, $0) })
  }

  /// SKUs by the full-text index, the most telling first.
  private func indexed(_ words: SearchWords, limit: Int) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT product_text.sku FROM product_search JOIN product_text ON id = product_search.rowid
        WHERE product_search MATCH ? ORDER BY bm25(product_search, 8, 6, 4, 8), product_text.sku LIMIT ?
        """, arguments: [words.match, limit])
  }

  /// SKUs of products with the words anywhere, in order. Only ASCII letters match in either case: for half a
  /// word that is quick, and better than nothing.
  private func containing(_ words: SearchWords, limit: Int) throws -> [String] {
    let conditions = words.patterns.map { _ in "sku || ' ' || name || ' ' || names LIKE ? ESCAPE '\\'" }
    return try String.fetchAll(
      db,
      sql: "SELECT sku FROM product_text WHERE \(conditions.joined(separator: " AND ")) ORDER BY sku LIMIT ?",
      arguments: StatementArguments(words.patterns) + [limit])
  }

  /// Looks at every product, its descriptions too: before there is an index, and when nothing else has the
  /// words.
  private func scan(_ words: SearchWords) throws -> [Product] {
    var names: [String: String] = [:]
    try TradeTables.visit(TableDescription.of(TranslationColumns.self), in: db) { row in
      let translation = Translation(row)
      names[translation.sku, default: ""] += " " + translation.name
    }
    var found: [(rank: Int, product: Product)] = []
    try TradeTables.visit(TableDescription.of(ProductColumns.self), in: db) { row in
      let product = Product(row)
      let rank = SearchRank.of(product, names: names[product.sku] ?? "", words: words.folded)
      if let rank { found.append((rank, product)) }
    }
    let sorted = found.sorted { ($0.rank, $0.product.sku) < ($1.rank, $1.product.sku) }.map(\.product)
    guard let exact = try product(words.text) else { return sorted }
    return [exact] + sorted.filter { $0.sku != exact.sku }
  }
}

/// What a person typed to search by: words, at most sixteen.
struct SearchWords {
  private static let wordsMax = 16

  let text: String
  private let words: [String]

  init(_ text: String) {
    // What is no visible character parts words.
    let visible = EnteredText.normalised(text).unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar
    }
    self.text = String(String.UnicodeScalarView(visible))
    words = self.text.split(whereSeparator: \.isWhitespace).prefix(SearchWords.wordsMax).map(String.init)
  }

  var isEmpty: Bool { words.isEmpty }

  /// Without case and accents.
  var folded: [String] { words.map(EnteredText.folded) }

  /// For FTS5: each word as a phrase in quotes, so that nothing in it is an operator, the last token of each
  /// only begun.
  var match: String {
    words.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"*" }.joined(separator: " ")
  }

  /// For LIKE: each word between others, its wildcards meant as they stand.
  var patterns: [String] {
    words.map { word in
      var pattern = ""
      for character in word {
        if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
        pattern.append(character)
      }
      return "%" + pattern + "%"
    }
  }

  /// Whether a SKU begins with the only word.
  func areBeginning(of sku: String) -> Bool {
    folded.count == 1 && EnteredText.folded(sku).hasPrefix(folded[0])
  }
}

/// How well a product answers a search: 0 is best.
enum SearchRank {
  static func of(_ product: Product, names: String, words: [String]) -> Int? {
    if words.count == 1, product.skuFolded == words[0] { return 0 }
    let sku = EnteredText.folded(product.sku)
    let name = EnteredText.folded(product.name + names)
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
