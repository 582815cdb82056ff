extension TranslateProduct {
  /// Merges each text on its own, also where two people are the first to write it (#58).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let product = try trade.checkProduct(form.sku)
    let empty = try emptyTranslation(form, in: trade)
    var translation =
      try trade.find(TranslationColumns.self, empty.sku, empty.locale) ?? empty
    let isNew = translation == empty
    let result = try FieldMerge.apply(
      form.form, to: &translation, called: "\(product.sku) [\(translation.locale)]", toldOf: product.sku,
      places: trade.catalogPlaces, in: trade)
    if !isNew || translation != empty { trade.put(translation) }
    return result.verdict()
  }

  /// The row of a form's product and language, with no texts yet.
  static func emptyTranslation(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> Translation {
    guard let tag = LanguageTag(form.locale) else {
      throw .refused(Refusal(.badValue, "locale “\(form.locale)”"))
    }
    try trade.check(form.name != nil || form.description != nil, "name")
    var translation = Translation()
    translation.sku = form.sku
    translation.locale = tag.text
    return translation
  }
}

extension SetAttribute {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let product = try trade.checkProduct(form.sku)
    try trade.check(Names.isLabel(form.name), "name")
    let found = try trade.find(AttributeColumns.self, product.sku, form.name)
    var attribute = found ?? Attribute()
    attribute.sku = product.sku
    attribute.name = form.name
    let result = try FieldMerge.apply(
      form.form, to: &attribute, called: "\(product.sku) \(form.name)", toldOf: product.sku,
      places: trade.catalogPlaces,
      in: trade)
    if found != nil || !attribute.value.isEmpty { trade.put(attribute) }
    return result.verdict()
  }
}

/// A product's texts for a reader of some language.
public struct LocalTexts: Hashable, Sendable {
  public let name: String
  /// The language the name is in; nil = the product's own, whatever that is.
  public let nameLocale: LanguageTag?
  public let description: String
  public let descriptionLocale: LanguageTag?

  /// Finds each text in the languages that will do, best first, and else takes the product's own.
  ///
  /// - Parameters:
  ///   - translations: those of the product, in any order.
  ///   - wanted: nil = the product's own texts.
  public init(of product: Product, _ translations: [Translation], in wanted: LanguageTag?) {
    let byLocale = Dictionary(translations.map { ($0.locale, $0) }, uniquingKeysWith: { first, _ in first })
    let chain = wanted?.lookup ?? []
    nameLocale = chain.first { !(byLocale[$0.text]?.name ?? "").isEmpty }
    descriptionLocale = chain.first { !(byLocale[$0.text]?.description ?? "").isEmpty }
    name = nameLocale.flatMap { byLocale[$0.text]?.name } ?? product.name
    description = descriptionLocale.flatMap { byLocale[$0.text]?.description } ?? product.description
  }
}
