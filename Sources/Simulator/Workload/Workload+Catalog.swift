import ReplicaStore
import TradeRules

/// What is done to the catalog: texts, barcodes, categories, prices.
extension Workload {
  mutating func translation(_ sight: Sight) throws -> Drafts? {
    guard let product = try sight.some(ProductColumns.self, using: &random) else { return nil }
    let locale = random.pick(["de", "fr", "es", "es-419"]) ?? "de"
    let seen = try sight.find(TranslationColumns.self, product.sku, locale)
    texts += 1
    let name = random.chance(150) ? "" : "nom \(texts)"
    return { _ in
      [
        Draft(
          Filled<TranslateProduct> {
            ($0.sku, $0.locale, $0.name, $0.nameSeen) = (product.sku, locale, name, seen?.name ?? "")
          })
      ]
    }
  }

  /// A few codes that everybody wants for something else.
  mutating func barcodeLink(_ sight: Sight) throws -> Drafts? {
    guard let product = try sight.some(ProductColumns.self, using: &random) else { return nil }
    let code = random.pick(["96385074", "4006381333931", "036000291452", "OWN-1", "OWN-2"]) ?? "OWN-1"
    return { _ in [Draft(Filled<LinkBarcode> { ($0.code, $0.sku) = (code, product.sku) })] }
  }

  mutating func barcodeRelease(_ sight: Sight) throws -> Drafts? {
    guard let barcode = try sight.some(BarcodeColumns.self, where: "sku <> ''", using: &random) else {
      return nil
    }
    return { _ in [Draft(Filled<UnlinkBarcode> { $0.code = barcode.code })] }
  }

  /// Few categories, so that moves made apart meet in circles (#57).
  mutating func categoryMove(_ sight: Sight) throws -> Drafts? {
    let codes = ["A", "B", "C", "D"]
    guard let code = random.pick(codes), let parent = random.pick(codes + [""]) else { return nil }
    guard let category = try sight.find(CategoryColumns.self, code) else {
      return { _ in [Draft(Filled<CreateCategory> { $0.code = code })] }
    }
    return { _ in
      [
        Draft(
          Filled<EditCategory> {
            ($0.code, $0.parent, $0.parentSeen) = (code, parent, category.parent)
          })
      ]
    }
  }

  /// A new price, drafted and, more often than not, published with whatever else is drafted.
  mutating func newPrice(_ sight: Sight) throws -> Drafts? {
    guard let product = try sight.some(ProductColumns.self, using: &random),
      let list = try sight.some(PriceListColumns.self, using: &random)
    else { return nil }
    let amount = UnitPrice(tenThousandths: Int64(random.number(10_000...200_000)))
    let publishes = random.chance(700)
    return { _ in
      let draft = Filled<SetPrice> {
        ($0.list, $0.sku, $0.amount, $0.currency) = (list.code, product.sku, amount, list.currency)
      }
      return [Draft(draft)] + (publishes ? [Draft(Filled<PublishPrices> { $0.list = list.code })] : [])
    }
  }
}
