import ReplicaStore
import TradeRules

/// A list of products for people and programs.
struct ProductsShown {
  private let products: [Product]

  init(_ products: [Product]) { self.products = products }

  var shown: (document: JSONValue, text: String) {
    (["products": .array(products.map(\.summary))], text)
  }

  private var text: String {
    guard !products.isEmpty else { return "No products. waybill sync fetches the catalog." }
    var table = TextTable([.left("SKU"), .left("NAME"), .left("UNIT"), .left("CATEGORY"), .left("STATUS")])
    for product in products {
      let status = product.status == .active ? "" : product.status.rawValue
      table.add(product.sku, product.name, product.baseUnit, product.category, status)
    }
    return table.text
  }
}

extension Record where Columns == ProductColumns {
  fileprivate var summary: JSONValue {
    [
      "sku": .string(self.sku), "name": .string(self.name), "status": .string(self.status.rawValue),
      "category": .string(self.category), "baseUnit": .string(self.baseUnit),
      "gtin": .string(self.gtin), "rev": .integer(row.version),
    ]
  }
}

/// One product with all there is to say of it, for a reader of some language.
struct ProductShown {
  private let details: ProductDetails
  private let wanted: LanguageTag?
  private let texts: LocalTexts

  /// - Parameter locale: nil = the product's own texts.
  init(_ details: ProductDetails, locale: LanguageTag?) {
    self.details = details
    wanted = locale
    texts = LocalTexts(of: details.product, details.translations, in: locale)
  }

  private var product: Product { details.product }

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    let head: JSONValue = [
      "sku": .string(product.sku), "name": .string(texts.name),
      // The language of the name; null = the product's own.
      "locale": .text(texts.nameLocale?.text),
      "status": .string(product.status.rawValue), "category": .string(product.category),
      "baseUnit": .string(product.baseUnit), "prices": .array(details.prices.map(\.json)),
      "barcodes": .array(details.barcodes.map { .string($0.code) }),
      "gtin": .string(product.gtin), "hsCode": .string(product.hsCode), "origin": .string(product.origin),
      "weightGrams": .integer(product.weightGrams), "taxClass": .string(product.taxClass),
      "description": .string(texts.description),
      "descriptionLocale": .text(texts.descriptionLocale?.text),
    ]
    let lists: JSONValue = [
      "packs": .array(details.packs.map(json)),
      "attributes": .array(
        details.attributes.map { ["name": .string($0.name), "value": .string($0.value)] }),
      "translations": .array(
        details.translations.map {
          [
            "locale": .string($0.locale), "name": .string($0.name), "description": .string($0.description),
          ]
        }),
      "rev": .integer(product.row.version),
    ]
    return head.followed(by: lists)
  }

  private func json(_ pack: Pack) -> JSONValue {
    [
      "code": .string(pack.code), "factor": .quantity(pack.factor), "unit": .string(pack.unit),
      "retired": .bool(pack.isRetired), "barcodes": .array(barcodes(of: pack).map { .string($0) }),
    ]
  }

  private func barcodes(of pack: Pack) -> [String] {
    details.barcodes.filter { $0.pack == pack.code }.map(\.code)
  }

  private var text: String {
    var lines = ["\(product.sku)  \(texts.name)"]
    lines.append(facts.joined(separator: " · "))
    if !texts.description.isEmpty { lines.append(texts.description) }
    if wanted != nil { lines.append(languages) }
    if !details.attributes.isEmpty {
      lines.append(details.attributes.map { "\($0.name): \($0.value)" }.joined(separator: " · "))
    }
    let codes = details.barcodes.filter(\.pack.isEmpty)
    if !codes.isEmpty {
      lines.append("barcodes " + codes.map { $0.code + $0.disputeText }.joined(separator: ", "))
    }
    for pack in details.packs {
      let words = ["pack \(pack.code) of \(pack.factor.decimalText)"] + barcodes(of: pack)
      lines.append(words.joined(separator: ", ") + (pack.isRetired ? ", retired" : ""))
    }
    if !details.prices.isEmpty { lines += [""] + prices.lines }
    return lines.joined(separator: "\n")
  }

  private var facts: [String] {
    var facts = [product.status.rawValue, "counted in \(product.baseUnit)"]
    if !product.category.isEmpty {
      let name = details.category?.name ?? product.category
      facts.append("category \(product.category)" + (name == product.category ? "" : " (\(name))"))
    }
    if !product.gtin.isEmpty { facts.append("GTIN \(product.gtin)") }
    if !product.hsCode.isEmpty { facts.append("customs code \(product.hsCode)") }
    if !product.origin.isEmpty { facts.append("from \(product.origin)") }
    if product.weightGrams > 0 { facts.append("\(product.weightGrams) g") }
    if !product.taxClass.isEmpty { facts.append("taxed as \(product.taxClass)") }
    return facts
  }

  /// `name in es-419, description in the product's own language`.
  private var languages: String {
    func place(_ tag: LanguageTag?) -> String { tag?.text ?? "the product's own language" }
    return "name in \(place(texts.nameLocale)), description in \(place(texts.descriptionLocale))"
  }

  private var prices: TextTable {
    var table = TextTable([
      .left("PRICE LIST"), .right("FROM QTY"), .left("PACK"), .right("PRICE"), .left(""), .left(""),
    ])
    for listed in details.prices {
      let amount = listed.price.amount.shown(exponent: listed.exponent)
      table.add(
        listed.price.list, listed.price.minQuantity.decimalText, listed.price.pack, amount, listed.currency,
        listed.isTaxIncluded ? "tax included" : "")
    }
    return table
  }
}

extension ListedPrice {
  fileprivate var json: JSONValue {
    [
      "list": .string(price.list), "currency": .string(currency),
      "amountMinor": price.amount.amountMinor(for: 1, exponent: exponent).map { .integer($0) } ?? .null,
      "amount": .string(price.amount.decimalText), "minQty": .quantity(price.minQuantity),
      "pack": price.pack.isEmpty ? .null : .string(price.pack), "taxIncluded": .bool(isTaxIncluded),
      "from": .instant(price.validFrom),
    ]
  }
}
