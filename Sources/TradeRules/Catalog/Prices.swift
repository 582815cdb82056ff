extension SetPrice {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    let product = try trade.checkProduct(form.sku)
    let list = try Prices.checkedList(
      form.list, form.currency, isTaxIncluded: form.isTaxIncluded, in: trade)
    let pack = form.pack ?? ""
    if !pack.isEmpty { _ = try Packs.check(pack, of: product.sku, in: trade) }
    let minQuantity = form.minQuantity ?? .zero
    try Prices.check(form.amount, minQuantity, in: trade)
    // A draft without a beginning of its own is of the year 1970: keys have no nulls.
    let from = form.validFrom ?? PriceDraftColumns.atPublication
    trade.put(list)
    let found = try trade.find(
      PriceDraftColumns.self, list.code, product.sku, minQuantity, from, pack)
    var draft = found ?? PriceDraft()
    draft.list = list.code
    draft.sku = product.sku
    draft.minQuantity = minQuantity
    draft.validFrom = from
    draft.pack = pack
    // What was published from this draft is history: nobody's choice of today is against it.
    let isOpen = found?.isOpen ?? false
    var result = MergeResult()
    if isOpen {
      result = try FieldMerge.apply(
        form.form, to: &draft, called: "\(product.sku) in \(list.code)", toldOf: product.sku, places: [.hq],
        in: trade)
    } else {
      draft.amount = form.amount
      try FieldStamps.note(PriceDraftColumns.columns.amount.number, of: draft.key, in: trade)
    }
    draft.isOpen = true
    trade.put(draft)
    return result.verdict()
  }
}

extension PublishPrices {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard var list = try trade.find(PriceListColumns.self, form.list) else {
      throw .refused(Refusal(.unknownPriceList, form.list))
    }
    let drafts = try trade.all(PriceDraftColumns.self, "price_draft_open", list.code, true)
    guard !drafts.isEmpty else { throw .refused(Refusal(.nothingToPublish, list.code)) }
    try trade.prepare(
      drafts.filter { !$0.pack.isEmpty }.map { RowKey(PackColumns.self, $0.sku, $0.pack) })
    for var draft in drafts {
      var price = Price()
      price.list = draft.list
      price.sku = draft.sku
      price.minQuantity = draft.minQuantity
      price.validFrom = beginning(of: draft, form.validFrom, in: trade)
      price.pack = draft.pack
      price.packFactor = try Prices.factor(of: draft.pack, draft.sku, in: trade)
      price.publication = trade.place
      price.amount = draft.amount
      trade.put(price)
      draft.isOpen = false
      trade.put(draft)
    }
    list.publication = trade.place
    trade.put(list)
    trade.tell(kind.rawValue, of: list.code, PersonalText("\(drafts.count)"), places: [.hq])
    return Verdict(.applied)
  }

  /// Never before the publication: nothing that was sold is priced anew.
  private static func beginning(of draft: PriceDraft, _ common: Instant?, in trade: Trade) -> Instant {
    let stated = draft.validFrom == PriceDraftColumns.atPublication ? common : draft.validFrom
    return max(stated ?? trade.entry.receivedAt, trade.entry.receivedAt)
  }
}

enum Prices {
  /// A list in its currency, made on first use; the first of a currency serves customers who have none.
  ///
  /// - Parameter isTaxIncluded: nil = whatever the list says.
  /// - Throws: `.refused` with `UNKNOWN_CURRENCY`, or `BAD_VALUE` for a list that is in another currency, or
  ///   whose prices have the tax in them where these have not.
  static func checkedList(
    _ code: String, _ currency: String, isTaxIncluded: Bool?, in trade: Trade
  ) throws(Interruption) -> PriceList {
    guard try trade.find(CurrencyColumns.self, currency) != nil else {
      throw .refused(Refusal(.unknownCurrency, currency))
    }
    try trade.check(Names.isLabel(code), "list")
    if let list = try trade.find(PriceListColumns.self, code) {
      try trade.check(list.currency == currency, "currency of \(code)")
      try trade.check(isTaxIncluded.map { $0 == list.isTaxIncluded } ?? true, "tax of \(code)")
      return list
    }
    let others = try trade.all(PriceListColumns.self, "price_list_currency", currency)
    var list = PriceList()
    list.code = code
    list.currency = currency
    list.isCompanyList = others.isEmpty
    list.isTaxIncluded = isTaxIncluded ?? false
    return list
  }

  static func check(
    _ amount: UnitPrice, _ minQuantity: Quantity, in trade: Trade
  ) throws(Interruption) {
    try trade.check(amount.isPayable, "amount")
    try trade.check(minQuantity >= .zero && minQuantity <= .max, "minQuantity")
  }

  /// How many base units a pack has, which never changes; zero of none.
  static func factor(
    of pack: String, _ sku: String, in trade: Trade
  ) throws(Interruption) -> Quantity {
    pack.isEmpty ? .zero : try Packs.check(pack, of: sku, in: trade).factor
  }
}

extension Record where Columns == PriceColumns {
  /// Whether a quantity reaches the price and can be had in its packs.
  public func covers(_ quantity: Quantity) -> Bool {
    self.minQuantity <= quantity
      && (self.packFactor == .zero || quantity.thousandths % self.packFactor.thousandths == 0)
  }

  /// Of two prices that cover a quantity, whether the other one counts: the larger pack, then the higher
  /// minimum, then the later beginning, then the later publication.
  public func yields(to other: Price) -> Bool {
    (self.packFactor, self.minQuantity, self.validFrom, self.publication)
      < (other.packFactor, other.minQuantity, other.validFrom, other.publication)
  }
}
