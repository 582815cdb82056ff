import ReplicaStore
import TradeRules

/// What people write on the command line, read strictly.
enum Entered {
  /// - Throws: `BAD_QUANTITY` for what is no number with at most three decimals.
  static func quantity(_ text: String) throws -> Quantity {
    let entered = CommandWords.entered(text)
    guard let quantity = Quantity(decimal: entered.hasPrefix("+") ? entered.dropFirst() : entered[...]) else {
      throw Failure(
        .badQuantity, "\(entered) is no number with at most three decimals",
        details: ["quantity": .string(entered)])
    }
    return quantity
  }

  /// - Throws: `BAD_VALUE` for what is no price with at most four decimals, or below zero.
  static func price(_ text: String) throws -> UnitPrice {
    guard let price = UnitPrice(decimal: text), price.tenThousandths >= 0 else {
      throw Failure(.badValue, "\(text) is no price with at most four decimals")
    }
    return price
  }

  /// Minor units of a currency with so many decimals.
  ///
  /// - Throws: `BAD_VALUE` for what is no amount of it, zero or more.
  static func amountMinor(_ text: String, exponent: Int64) throws -> Int64 {
    guard let amount = Decimals.integer(text, decimals: Int(min(max(exponent, 0), 4))), amount >= 0 else {
      throw Failure(.badValue, "\(text) is no amount with at most \(exponent) decimals")
    }
    return amount
  }

  /// - Throws: `BAD_VALUE` for what is no time of RFC 3339.
  static func time(_ text: String?, option: String = "--at") throws -> Instant? {
    guard let text else { return nil }
    guard let instant = Instant(timestamp: text) else {
      throw Failure(.badValue, "\(option) takes a time such as 2026-11-20T09:10:00Z, not \(text)")
    }
    return instant
  }

  /// - Throws: `BAD_VALUE` for what is no language tag of BCP 47.
  static func locale(_ text: String) throws -> LanguageTag {
    guard let tag = LanguageTag(text) else {
      throw Failure(.badValue, "--locale takes a language such as es-MX or zh-Hant, not \(text)")
    }
    return tag
  }

  /// `SKU=QTY` or `SKU=QTY@PRICE`. A SKU may itself have `=`: the last one counts.
  static func line(_ text: String) throws -> EnteredLine {
    guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
      throw Failure.usage("a line is SKU=QTY or SKU=QTY@PRICE, not \(text)")
    }
    let amount = text[text.index(after: equals)...]
    let parts = amount.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return EnteredLine(
      sku: String(text[..<equals]), quantity: try quantity(String(parts.first ?? "")),
      price: try parts.count == 2 ? price(String(parts[1])) : nil)
  }

  /// `LINE=QTY`.
  static func part(_ text: String) throws -> (line: String, quantity: Quantity) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw Failure.usage("a part of a shipment is LINE=QTY, not \(text)")
    }
    return (String(parts[0]), try quantity(String(parts[1])))
  }

  /// An option that was given but is empty means nothing.
  static func optional(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

  static func personal(_ text: String?) -> PersonalText? { text.map { PersonalText($0) } }
}

/// A line of an order as entered.
struct EnteredLine: Hashable {
  let sku: String
  let quantity: Quantity
  let price: UnitPrice?
}
