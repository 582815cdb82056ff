import TradeRules

/// Amounts as people read them.
extension UnitPrice {
  /// At least the currency's decimals, more where the price has them: `12.50`, `0.0475`.
  func shown(exponent: Int64) -> String {
    Decimals.text(tenThousandths, decimals: 4, showing: Int(min(Swift.max(exponent, 0), 4)))
  }
}

extension Quantity {
  /// A change: `+3`, `-0.5`.
  var signedText: String { (thousandths > 0 ? "+" : "") + decimalText }
}

/// An amount of money in minor units of a currency.
struct Money {
  let amountMinor: Int64
  let currency: String
  /// Decimals of the currency, 0 … 4.
  let exponent: Int64

  /// `12.50 EUR`.
  var shown: String {
    let decimals = Int(min(max(exponent, 0), 4))
    return "\(Decimals.text(amountMinor, decimals: decimals, showing: decimals)) \(currency)"
  }
}

extension JSONValue {
  /// An object with another's members after its own.
  func followed(by other: JSONValue) -> JSONValue {
    guard case .object(let own) = self, case .object(let more) = other else { return self }
    return .object(own + more)
  }
}
