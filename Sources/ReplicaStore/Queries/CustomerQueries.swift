import GRDB
public import TradeRules
import TradeTables

extension ReplicaView {
  /// What a customer may owe; nil where this device may not see it.
  public func credit(of customer: Customer) throws -> Credit? {
    guard state.grants.contains(.hq) else { return nil }
    return try find(CreditColumns.self, RowKey(CreditColumns.self, customer.id)) ?? Credit()
  }

  /// Every customer in sight, in order of their codes; those that were merged into another are left out.
  public func customers() throws -> [Customer] {
    try all(CustomerColumns.self).filter { $0.mergedInto == nil }.sorted {
      ($0.code, $0.id) < ($1.code, $1.id)
    }
  }

  /// Customers that have every word of `text` in code, name, phone, e-mail, tax id or address, ignoring case
  /// and accents; those whose name or code begins so come first.
  public func customers(searching text: String) throws -> [Customer] {
    let words = EnteredText.folded(text).split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first else { return [] }
    let found = try customers().filter { customer in
      let fields = [
        customer.code, customer.name.text, customer.phone.text, customer.email.text, customer.taxId.text,
        customer.address.text,
      ].map(EnteredText.folded)
      return words.allSatisfy { word in fields.contains { $0.contains(word) } }
    }
    func beginsSo(_ customer: Customer) -> Bool {
      EnteredText.folded(customer.name.text).hasPrefix(first)
        || EnteredText.folded(customer.code).hasPrefix(first)
    }
    return found.filter(beginsSo) + found.filter { !beginsSo($0) }
  }
}

extension ReplicaView {
  /// The customer that another one was merged into, where that is in sight.
  public func survivor(of customer: Customer) throws -> Customer? {
    var (found, steps) = (customer, 0)
    // A longer chain is damage.
    while let next = found.mergedInto, steps < 100 {
      guard let customer = try find(CustomerColumns.self, RowKey(CustomerColumns.self, next)) else {
        return nil
      }
      (found, steps) = (customer, steps + 1)
    }
    return found.mergedInto == nil ? found : nil
  }

  /// Every agent there is, in order of their codes.
  public func agents() throws -> [Agent] { try all(AgentColumns.self).sorted { $0.code < $1.code } }

  /// The agent of a code in any case; nil when there is none.
  public func agent(_ code: String) throws -> Agent? {
    let code = EnteredText.normalised(code)
    for code in [code, code.uppercased()] {
      if let agent = try find(AgentColumns.self, RowKey(AgentColumns.self, code)) { return agent }
    }
    return nil
  }

  /// Every territory there is, in order of their codes.
  public func territories() throws -> [Territory] {
    try all(TerritoryColumns.self).sorted { $0.code < $1.code }
  }

  /// The territory of a code in any case; nil when there is none.
  public func territory(_ code: String) throws -> Territory? {
    let code = EnteredText.normalised(code)
    for code in [code, code.uppercased()] {
      if let found = try find(TerritoryColumns.self, RowKey(TerritoryColumns.self, code)) { return found }
    }
    return nil
  }
}
