/// Where the code or id of a customer who was merged leads (#50, #51).
enum Aliases {
  /// A longer chain is damage: a merge always leads to a customer who leads nowhere.
  private static let stepsMax = 100

  /// The customer an id means now; nil when there is none.
  static func find(_ id: RecordID, in trade: Trade) throws(Interruption) -> Customer? {
    guard let customer = try trade.find(CustomerColumns.self, id) else { return nil }
    return try survivor(of: customer, in: trade)
  }

  /// The customer a code means now; nil when there is none.
  static func find(code: String, in trade: Trade) throws(Interruption) -> Customer? {
    guard let customer = try trade.all(CustomerColumns.self, "customer_code", code).first else { return nil }
    return try survivor(of: customer, in: trade)
  }

  private static func survivor(of customer: Customer, in trade: Trade) throws(Interruption) -> Customer? {
    var customer = customer
    for _ in 0..<stepsMax {
      guard let next = customer.mergedInto else { return customer }
      guard let found = try trade.find(CustomerColumns.self, next) else { return nil }
      customer = found
    }
    return nil
  }

  /// The customer an operation names. The centre waits for one that has not arrived (#70).
  static func require(
    _ id: RecordID, called code: String, in trade: Trade
  ) throws(Interruption) -> Customer {
    if let customer = try find(id, in: trade) { return customer }
    guard trade.entry.isFinal else { throw .refused(Refusal(.unknownCustomer, code)) }
    throw try trade.missing(RowKey(CustomerColumns.self, id), called: code)
  }
}

extension Record where Columns == CustomerColumns {
  /// Who sells what a device sells to this customer: a customer of several agents is served by the one who
  /// asks. What the customer has none of is the device's, unless the customer is somebody else's now.
  func seller(at device: Device) -> (agent: String?, territory: String?) {
    var (agent, territory) = (self.agent, self.territory)
    if let own = device.agent, self.otherAgents.contains(own) { agent = own }
    if let own = device.territory, self.otherTerritories.contains(own) { territory = own }
    let isOwn =
      (agent == nil || agent == device.agent) && (territory == nil || territory == device.territory)
    return isOwn ? (agent ?? device.agent, territory ?? device.territory) : (agent, territory)
  }
}
