extension EditOrder {
  /// Edits the notes and the delivery address of an order, merged field by field (#35, #52).
  ///
  /// Once the order is submitted the warehouse works with its address: a new one is kept as a conflict
  /// `ADDRESS_REVIEW` until a person decides, and the answer is `partly`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var sheet = try OrderSheet.require(form.order, called: form.number, in: trade)
    try sheet.checkScope(in: trade)
    try sheet.checkAlive()
    var edit = form
    var review: RecordID?
    if sheet.order.state != .draft, let address = form.deliveryAddress {
      edit.deliveryAddress = nil
      review = askForReview(of: address, seen: form.deliveryAddressSeen, sheet, in: trade)
    }
    var result = try FieldMerge.apply(
      edit.form, to: &sheet.order, called: sheet.order.number, places: sheet.places, in: trade)
    try sheet.save(in: trade)
    if let review {
      result.codes.append(.addressReview)
      result.conflicts.append(review)
      result.hasLost = true
    }
    return result.verdict(record: sheet.order.number)
  }

  /// - Returns: the conflict; nil when the address is the same.
  private static func askForReview(
    of address: PersonalText, seen: PersonalText?, _ sheet: OrderSheet, in trade: Trade
  ) -> RecordID? {
    let order = sheet.order
    if trade.observeEqual(address, order.deliveryAddress) { return nil }
    guard let column = TableDescription.of(OrderColumns.self).column(named: "deliveryAddress") else {
      preconditionFailure("orders have no delivery address")
    }
    trade.tell(Code.addressReview.rawValue, of: order.number, places: sheet.places)
    return trade.openConflict(
      column, of: order.key, called: order.number, places: sheet.places, code: .addressReview,
      base: seen ?? order.deliveryAddress, mine: address, theirs: order.deliveryAddress, chosen: "theirs",
      theirDevice: order.device, theirActor: ""
    ).id
  }
}
