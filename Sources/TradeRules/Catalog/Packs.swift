extension CreatePack {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    _ = try Packs.make(form, in: trade)
    guard let code = form.barcode, !code.isEmpty else { return Verdict(.applied) }
    return try Barcodes.link(code, to: BarcodeTarget(sku: form.sku, pack: form.code), in: trade)
  }
}

extension RetirePack {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var pack = try Packs.check(form.code, of: form.sku, in: trade)
    guard pack.isRetired != form.isRetired else { return Verdict(.applied) }
    pack.isRetired = form.isRetired
    trade.put(pack)
    trade.tell(kind.rawValue, of: pack.sku, PersonalText(pack.code), places: [.hq])
    return Verdict(.applied)
  }
}

enum Packs {
  /// Makes the pack a form describes; one that is there already must be of the same size (#56).
  ///
  /// - Returns: whether it is new.
  static func make(_ form: Filled<CreatePack>, in trade: Trade) throws(Interruption) -> Bool {
    let product = try trade.checkProduct(form.sku)
    // A word: texts that name a product and a pack part them by a slash.
    try trade.check(Names.isWord(form.code), "code")
    try trade.checkQuantity(form.factor, of: product, .aboveZero)
    let unit = form.unit ?? ""
    try trade.check(unit.isEmpty || Names.isWord(unit), "unit")
    if let pack = try trade.find(PackColumns.self, product.sku, form.code) {
      guard pack.factor == form.factor else {
        throw .refused(Refusal(.packFixed, "\(pack.sku) \(pack.code) has \(pack.factor.decimalText)"))
      }
      return false
    }
    var pack = Pack()
    pack.sku = product.sku
    pack.code = form.code
    pack.factor = form.factor
    pack.unit = unit
    trade.put(pack)
    trade.tell(CreatePack.kind.rawValue, of: product.sku, PersonalText(form.code), places: [.hq])
    return true
  }

  /// - Throws: `.refused` with `UNKNOWN_PACK`.
  static func check(
    _ code: String, of sku: String, in trade: Trade
  ) throws(Interruption) -> Pack {
    guard let pack = try trade.find(PackColumns.self, sku, code) else {
      throw .refused(Refusal(.unknownPack, "\(sku) \(code)"))
    }
    return pack
  }
}
