extension AssignCustomer {
  /// Gives a customer to another agent or territory, with the orders that are not over; those that are stay
  /// where they were sold. Whoever else sold to them after a merge does so no more.
  ///
  /// Waits for a customer who has not arrived. Refuses `UNKNOWN_CUSTOMER`, `NOT_PERMITTED`, `UNKNOWN_AGENT`,
  /// `UNKNOWN_TERRITORY`, `BAD_VALUE` when neither is given or one is inactive.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var customer = try Aliases.require(form.id, called: form.code, in: trade)
    guard trade.mayChange(customer.places) else { throw .refused(Refusal(.notPermitted, customer.code)) }
    try trade.check(form.agent != nil || form.territory != nil, "agent or territory")
    if let agent = form.agent { try Agents.check(agent, in: trade) }
    if let territory = form.territory { try Territories.check(territory, in: trade) }
    let before = customer
    if let agent = form.agent {
      customer.agent = agent.isEmpty ? nil : agent
      customer.otherAgents = []
    }
    if let territory = form.territory {
      customer.territory = territory.isEmpty ? nil : territory
      customer.otherTerritories = []
    }
    trade.put(customer)
    try Assigning.follow(customer, before: before, in: trade)
    trade.tell(
      kind.rawValue, of: customer.code,
      PersonalText([customer.agent, customer.territory].compactMap(\.self).joined(separator: ", ")),
      places: customer.places)
    return Verdict(.applied, record: customer.code)
  }
}

/// What goes along when a customer is given to somebody else.
enum Assigning {
  /// Lets everything of a customer follow to the agent and territory it has now: history, conflicts, credit,
  /// and the orders that are not over.
  static func follow(_ customer: Customer, before: Customer, in trade: Trade) throws(Interruption) {
    // One that somebody else's merged customer shared already changes no bucket, and is the orders' all the same.
    let isGiven = customer.agent != before.agent || customer.territory != before.territory
    guard isGiven || customer.places != before.places else { return }
    try Following.move(customer, from: before.places, in: trade)
    for var account in try trade.all(CustomerAccountColumns.self, "customer_account_of", customer.id) {
      (account.agent, account.territory) = (customer.agent, customer.territory)
      trade.put(account)
    }
    for order in try trade.all(OrderColumns.self, "sales_order_customer", customer.id)
    where [.draft, .submitted, .accepted].contains(order.state) {
      guard var sheet = try OrderSheet.find(order.id, in: trade) else { continue }
      if customer.agent != before.agent || customer.otherAgents != before.otherAgents {
        sheet.order.agent = customer.agent
      }
      if customer.territory != before.territory || customer.otherTerritories != before.otherTerritories {
        sheet.order.territory = customer.territory
      }
      try sheet.save(in: trade)
      try Following.move(sheet, from: order, in: trade)
    }
  }
}
