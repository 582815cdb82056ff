/// What is known about lots, whoever received them.
enum Lots {
  /// Makes a lot known, and its expiry the earliest one anybody gave; two different ones are kept for a
  /// person to choose between (#14).
  ///
  /// - Parameter warehouse: whose staff sees the disagreement.
  /// - Returns: the conflict that stands open about the expiry given.
  @discardableResult
  static func keep(
    _ code: String, of sku: String, expiry: String = "", at warehouse: String, in trade: Trade
  ) throws(Interruption) -> RecordID? {
    guard !code.isEmpty else { return nil }
    guard var lot = try trade.find(LotColumns.self, sku, code) else {
      var lot = Lot()
      lot.sku = sku
      lot.code = code
      try set(expiry, of: &lot, in: trade)
      return nil
    }
    guard !expiry.isEmpty, expiry != lot.expiry else { return nil }
    if lot.expiry.isEmpty {
      try set(expiry, of: &lot, in: trade)
      return nil
    }
    trade.flag(.lotExpiryConflict)
    let isEarlier = expiry.utf8.lexicographicallyPrecedes(lot.expiry.utf8)
    let conflict = try disagree(lot, expiry, isEarlier: isEarlier, at: warehouse, in: trade)
    if isEarlier { try set(expiry, of: &lot, in: trade) }
    return conflict
  }

  private static func set(
    _ expiry: String, of lot: inout Lot, in trade: Trade
  ) throws(Interruption) {
    lot.expiry = expiry
    trade.put(lot)
    guard !expiry.isEmpty else { return }
    try FieldStamps.note(LotColumns.columns.expiry.number, of: lot.key, in: trade)
  }

  private static func disagree(
    _ lot: Lot, _ expiry: String, isEarlier: Bool, at warehouse: String, in trade: Trade
  ) throws(Interruption) -> RecordID? {
    // A replica shows the earlier date; whose word stands is the centre's to say.
    guard trade.entry.isFinal,
      let column = TableDescription.of(LotColumns.self).column(named: "expiry")
    else { return nil }
    let open = try trade.all(
      ConflictColumns.self, "conflict_record", Int64(LotColumns.number), lot.key.bytes,
      ConflictState.open)
    let values = [expiry, lot.expiry].sorted()
    if let known = open.first(where: { [$0.mine.text, $0.theirs.text].sorted() == values }) {
      return known.id
    }
    let theirs = try FieldStamps.find(column.number, of: lot.key, in: trade) ?? FieldStamp()
    return trade.openConflict(
      column, of: lot.key, called: "\(lot.sku) \(lot.code)", places: [.ledger(warehouse)],
      code: .lotExpiryConflict, base: PersonalText(""), mine: PersonalText(expiry),
      theirs: PersonalText(lot.expiry), chosen: isEarlier ? "mine" : "theirs",
      theirDevice: theirs.device, theirActor: theirs.actor
    ).id
  }
}
