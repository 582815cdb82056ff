extension FoundStore {
  /// Writes the units and currencies everything else refers to; once in a store's life.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    try trade.prepare(
      form.units.map { RowKey(UnitColumns.self, $0.code) }
        + form.currencies.map { RowKey(CurrencyColumns.self, $0.code) })
    for entry in form.units {
      try trade.check(Names.isWord(entry.code), "unit \(entry.code)")
      try trade.check((0...3).contains(entry.decimals), "decimals of \(entry.code)")
      guard try trade.find(UnitColumns.self, entry.code) == nil else {
        throw .refused(Refusal(.codeTaken, entry.code))
      }
      var unit = MeasureUnit()
      unit.code = entry.code
      unit.decimals = entry.decimals
      trade.put(unit)
    }
    for entry in form.currencies {
      try trade.check(Names.isWord(entry.code), "currency \(entry.code)")
      try trade.check((0...4).contains(entry.exponent), "exponent of \(entry.code)")
      guard try trade.find(CurrencyColumns.self, entry.code) == nil else {
        throw .refused(Refusal(.codeTaken, entry.code))
      }
      var currency = Currency()
      currency.code = entry.code
      currency.exponent = entry.exponent
      trade.put(currency)
    }
    return Verdict(.applied)
  }
}

extension RestoreStore {
  /// Changes no row: what the entry does is to begin a history, which the centre's store keeps.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    try trade.checkIsCentre()
    try trade.check(form.epoch != .none, "epoch")
    return Verdict(.applied, record: form.backup)
  }
}

extension ChangeSetting {
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    guard let setting = Settings(rawValue: form.name) else {
      throw .refused(Refusal(.unknownSetting, form.name))
    }
    try trade.check(setting.bounds.contains(form.amount), "amount")
    var row = try trade.find(SettingColumns.self, setting.rawValue) ?? Setting()
    row.name = setting.rawValue
    row.amount = form.amount
    trade.put(row)
    return Verdict(.applied)
  }
}

extension Trade {
  /// Refuses what only the centre does by itself.
  func checkIsCentre() throws(Interruption) {
    guard role == .centre else {
      throw .refused(Refusal(.notPermitted, "\(operation.kind) is the centre's own"))
    }
  }
}
