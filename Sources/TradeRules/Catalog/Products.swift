extension CreateProduct {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    if try trade.find(ProductColumns.self, form.sku) != nil {
      throw .refused(Refusal(.skuTaken, form.sku))
    }
    var product = try makeProduct(form, in: trade)
    if !product.category.isEmpty { try Categories.check(product.category, in: trade) }
    let dispute = try Barcodes.follow(gtin: "", of: &product, in: trade)
    trade.put(product)
    trade.tell(kind.rawValue, of: product.sku, places: trade.catalogPlaces)
    return dispute.map { Verdict($0.outcome, $0.codes, conflicts: $0.conflicts) } ?? Verdict(.applied)
  }

  /// The product a form describes, checked against everything but its own SKU, its category and the barcodes
  /// there are.
  static func makeProduct(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> Product {
    try trade.check(Names.isLabel(form.sku), "sku")
    try trade.check(!form.skuFolded.isEmpty, "skuFolded")
    for other in try trade.all(ProductColumns.self, "product_folded", form.skuFolded)
    where other.sku != form.sku {
      throw .refused(Refusal(.skuTaken, other.sku))
    }
    var product = Product()
    product.sku = form.sku
    product.skuFolded = form.skuFolded
    product.name = form.name
    product.category = form.category ?? ""
    product.baseUnit = form.baseUnit ?? "EA"
    product.status = form.status ?? .active
    product.gtin = form.gtin ?? ""
    product.hsCode = form.hsCode ?? ""
    product.origin = form.origin ?? ""
    product.weightGrams = form.weightGrams ?? 0
    product.description = form.description ?? ""
    product.taxClass = form.taxClass ?? ""
    guard try trade.find(UnitColumns.self, product.baseUnit) != nil else {
      throw .refused(Refusal(.unknownUnit, product.baseUnit))
    }
    try trade.checkFields(of: &product)
    return product
  }
}

extension EditProduct {
  /// Edits fields, archives and brings back: each field on its own (P4).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var product = try trade.checkProduct(form.sku)
    var form = form
    if let gtin = form.gtin, !gtin.isEmpty { form.gtin = Names.gtin14(gtin) ?? gtin }
    try checkValues(form, in: trade)
    let gtin = product.gtin
    var result = try FieldMerge.apply(
      form.form, to: &product, called: product.sku, places: trade.catalogPlaces, in: trade)
    if let dispute = try Barcodes.follow(gtin: gtin, of: &product, in: trade) {
      result.codes += dispute.codes
      result.conflicts += dispute.conflicts
      result.hasLost = true
    }
    trade.put(product)
    return result.verdict()
  }

  private static func checkValues(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) {
    var given = Product()
    given.name = form.name ?? "unchanged"
    given.status = ProductStatus(rawValue: form.status ?? ProductStatus.active.rawValue)
    given.gtin = form.gtin ?? ""
    given.hsCode = form.hsCode ?? ""
    given.origin = form.origin ?? ""
    given.weightGrams = form.weightGrams ?? 0
    given.taxClass = form.taxClass ?? ""
    try trade.checkFields(of: &given)
    if let category = form.category, !category.isEmpty { try Categories.check(category, in: trade) }
  }
}

extension Trade {
  /// Refuses fields that are not of the form they need with `BAD_VALUE`, and pads the GTIN.
  func checkFields(of product: inout Product) throws(Interruption) {
    try check(!product.name.isEmpty, "name")
    try check(product.status == .active || product.status == .archived, "status")
    if !product.gtin.isEmpty {
      guard let gtin = Names.gtin14(product.gtin) else { throw .refused(Refusal(.badValue, "gtin")) }
      product.gtin = gtin
    }
    try check(product.hsCode.isEmpty || Names.isCustomsCode(product.hsCode), "hsCode")
    try check(product.origin.isEmpty || Names.isCountry(product.origin), "origin")
    try check(product.weightGrams >= 0, "weightGrams")
    try check(product.taxClass.isEmpty || Names.isWord(product.taxClass), "taxClass")
  }
}
