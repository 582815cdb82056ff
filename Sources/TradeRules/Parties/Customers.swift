extension CreateCustomer {
  /// Makes a customer of the device's own agent and territory. One who looks like another is proposed to
  /// headquarters as the same; its author gets the code alone (#50). Refuses `BAD_VALUE`, `NOT_PERMITTED`,
  /// `CODE_TAKEN`.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var customer = try makeCustomer(form, in: trade)
    // A customer of a former scope's agent is none of the present territory's, and the other way round.
    let isFormer =
      trade.isScopeNews
      && (form.agent != nil && customer.agent != trade.device.agent
        || form.territory != nil && customer.territory != trade.device.territory)
    if form.agent == nil, !isFormer { customer.agent = trade.device.agent }
    if form.territory == nil, !isFormer { customer.territory = trade.device.territory }
    guard mayBeMade(customer, in: trade) else {
      throw .refused(Refusal(.notPermitted, "a customer of another agent or territory"))
    }
    try checkIsNew(customer, in: trade)
    try Agents.ensure(customer.agent, in: trade)
    try Territories.ensure(customer.territory, in: trade)
    let codes = try Duplicates.propose(customer, in: trade)
    trade.put(customer)
    trade.tell(kind.rawValue, of: customer.code, places: customer.places)
    return Verdict(.applied, codes)
  }

  /// An agent makes customers of their own, the sales desk whomever it will see; what was recorded before the
  /// device heard of its scope, also for those it worked for before (#71).
  private static func mayBeMade(_ customer: Customer, in trade: Trade) -> Bool {
    if trade.isHeadquarters || trade.entry.isReleased { return true }
    if trade.role == .sales { return trade.mayChange(customer.places) }
    let device = trade.device
    if customer.agent == device.agent, customer.territory == device.territory { return true }
    return trade.isScopeNews && (customer.agent.map(device.formerAgents.contains) ?? true)
      && (customer.territory.map(device.formerTerritories.contains) ?? true)
      && trade.mayChange(customer.places)
  }

  /// The customer a form describes; its code and id may still be taken.
  static func makeCustomer(
    _ form: Filled<Self>, in trade: Trade
  ) throws(Interruption) -> Customer {
    var customer = Customer()
    customer.id = form.id
    customer.code = form.code
    customer.name = form.name
    customer.phone = form.phone ?? PersonalText("")
    customer.email = form.email ?? PersonalText("")
    customer.taxId = form.taxId ?? PersonalText("")
    customer.address = form.address ?? PersonalText("")
    customer.status = form.status ?? .active
    customer.country = form.country ?? ""
    customer.currency = form.currency ?? ""
    customer.priceList = form.priceList ?? ""
    customer.agent = form.agent.flatMap { $0.isEmpty ? nil : $0 }
    customer.territory = form.territory.flatMap { $0.isEmpty ? nil : $0 }
    customer.warehouse = form.warehouse.flatMap { $0.isEmpty ? nil : $0 }
    try trade.check(form.id != .none, "id")
    try trade.check(Names.isLabel(form.code), "code")
    try trade.check(trade.observe { !form.name.text.isEmpty }, "name")
    try trade.check(customer.agent.map(Names.isWord) ?? true, "agent")
    try trade.check(customer.territory.map(Names.isWord) ?? true, "territory")
    try trade.checkFields(
      status: customer.status, country: customer.country, currency: customer.currency,
      warehouse: customer.warehouse)
    return customer
  }

  static func checkIsNew(_ customer: Customer, in trade: Trade) throws(Interruption) {
    let sameCode = try trade.all(CustomerColumns.self, "customer_code", customer.code)
    guard sameCode.isEmpty else { throw .refused(Refusal(.codeTaken, customer.code)) }
    // A replica cannot know of all ids, and need not: it has just made this one.
    guard trade.entry.isFinal else { return }
    guard try trade.find(CustomerColumns.self, customer.id) == nil else {
      throw .refused(Refusal(.codeTaken, customer.id.description))
    }
  }
}

extension EditCustomer {
  /// Merges field by field (#52). Edits of a customer who was merged go to the one that is left (#51). Waits at
  /// the centre for a customer that has not arrived (#70).
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var customer = try Aliases.require(form.id, called: form.code, in: trade)
    let places = customer.places
    guard trade.mayChange(places) else {
      throw .refused(Refusal(.notPermitted, customer.code))
    }
    if let status = form.status {
      try trade.checkMayChange(customer.status, to: CustomerStatus(rawValue: status))
    }
    if let name = form.name { try trade.check(trade.observe { !name.text.isEmpty }, "name") }
    try trade.checkFields(
      status: CustomerStatus(rawValue: form.status ?? CustomerStatus.active.rawValue),
      country: form.country ?? "", currency: form.currency ?? "",
      warehouse: form.warehouse.flatMap { $0.isEmpty ? nil : $0 })
    var result = try FieldMerge.apply(
      form.form, to: &customer, called: customer.code, places: places, isAlias: customer.id != form.id,
      in: trade)
    if result.changedFields.contains(where: ["name", "phone", "taxId", "country"].contains) {
      result.codes += try Duplicates.propose(customer, in: trade)
    }
    trade.put(customer)
    return result.verdict(record: customer.code)
  }
}

extension Record where Columns == CustomerColumns {
  /// The buckets of the customer, and so of everything about it.
  var places: [Bucket] { TableDescription.of(CustomerColumns.self).buckets(of: row) }
}

extension Trade {
  /// Whoever blocked a customer had a reason that an agent does not see (#47).
  func checkMayChange(_ status: CustomerStatus, to new: CustomerStatus) throws(Interruption) {
    guard isHeadquarters || status != .blocked || new == .blocked else {
      throw .refused(Refusal(.notPermitted, "headquarters release a blocked customer"))
    }
  }

  func checkFields(
    status: CustomerStatus, country: String, currency: String, warehouse: String?
  ) throws(Interruption) {
    try check(status == .active || status == .blocked, "status")
    try check(country.isEmpty || Names.isCountry(country), "country")
    if !currency.isEmpty, try find(CurrencyColumns.self, currency) == nil {
      throw .refused(Refusal(.unknownCurrency, currency))
    }
    if let warehouse, try find(WarehouseColumns.self, warehouse) == nil {
      throw .refused(Refusal(.unknownWarehouse, warehouse))
    }
  }
}
