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

/// One product with its prices.
struct ProductShown {
  let product: Product
  let prices: [ListedPrice]

  var shown: (document: JSONValue, text: String) { (document, text) }

  private var document: JSONValue {
    [
      "sku": .string(product.sku), "name": .string(product.name), "locale": .null,
      "status": .string(product.status.rawValue), "category": .string(product.category),
      "baseUnit": .string(product.baseUnit), "prices": .array(prices.map(\.json)),
      "barcodes": .array(barcodes),
      "gtin": .string(product.gtin), "hsCode": .string(product.hsCode), "origin": .string(product.origin),
      "weightGrams": .integer(product.weightGrams), "description": .string(product.description),
      "rev": .integer(product.row.version),
    ]
  }

  private var barcodes: [JSONValue] { product.gtin.isEmpty ? [] : [.string(product.gtin)] }

  private var text: String {
    var lines = ["\(product.sku)  \(product.name)"]
    var facts = [product.status.rawValue, "counted in \(product.baseUnit)"]
    if !product.category.isEmpty { facts.append("category \(product.category)") }
    if !product.gtin.isEmpty { facts.append("GTIN \(product.gtin)") }
    if !product.hsCode.isEmpty { facts.append("customs code \(product.hsCode)") }
    if !product.origin.isEmpty { facts.append("from \(product.origin)") }
    if product.weightGrams > 0 { facts.append("\(product.weightGrams) g") }
    lines.append(facts.joined(separator: " · "))
    if !product.description.isEmpty { lines.append(product.description) }
    if !prices.isEmpty {
      var table = TextTable([.left("PRICE LIST"), .right("FROM QTY"), .right("PRICE"), .left("")])
      for listed in prices {
        let amount = listed.price.amount.shown(exponent: listed.exponent)
        table.add(listed.price.list, listed.price.minQuantity.decimalText, amount, listed.currency)
      }
      lines += [""] + table.lines
    }
    return lines.joined(separator: "\n")
  }
}

extension ListedPrice {
  fileprivate var json: JSONValue {
    [
      "list": .string(price.list), "currency": .string(currency),
      "amountMinor": price.amount.amountMinor(for: 1, exponent: exponent).map { .integer($0) } ?? .null,
      "amount": .string(price.amount.decimalText), "minQty": .quantity(price.minQuantity),
      "from": .instant(price.validFrom),
    ]
  }
}
