import GRDB
public import TradeRules
import TradeTables

extension ReplicaView {
  /// What a customer may owe; nil where this device may not see it.
  public func credit(of customer: Customer) throws -> Credit? {
    guard state.grants.contains(.hq) else { return nil }
    return try find(CreditColumns.self, RowKey(CreditColumns.self, customer.id)) ?? Credit()
  }

  /// Every customer in sight, in order of their codes.
  public func customers() throws -> [Customer] {
    try all(CustomerColumns.self).sorted { ($0.code, $0.id) < ($1.code, $1.id) }
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
