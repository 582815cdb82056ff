import TradeRules

/// Decimal numbers as scaled integers, read and written without floating point.
enum Decimals {
  /// Reads `12`, `-0.5`, `+3.25`, `.5`; a minus may also be U+2212. Nil for anything else: exponents, digits
  /// beyond `places` that are not zero, numbers that do not fit 64 bits.
  static func scaled(_ text: some StringProtocol, places: Int) -> Int64? {
    var digits = Array(text.unicodeScalars)[...]
    var isNegative = false
    if let sign = digits.first, sign == "-" || sign == "\u{2212}" || sign == "+" {
      isNegative = sign != "+"
      digits = digits.dropFirst()
    }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : []
    guard let whole = parts.first, !(whole.isEmpty && fraction.isEmpty), parts.count == 1 || !fraction.isEmpty
    else { return nil }
    guard fraction.dropFirst(places).allSatisfy({ $0 == "0" }) else { return nil }
    let kept = Array(fraction.prefix(places))
    let padding = [Unicode.Scalar](repeating: "0", count: places - kept.count)
    var number: Int64 = 0
    for digit in whole + kept + padding {
      guard ("0"..."9").contains(digit) else { return nil }
      let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.subtractingReportingOverflow(Int64(digit.value - 48))
      if overflow || carry { return nil }
      number = sum
    }
    // Gathered below zero, where there is room for one number more.
    if isNegative { return number }
    return number == .min ? nil : -number
  }

  /// The shortest text: `2.5`, `-0.125`, `3`.
  static func text(of scaled: Int64, places: Int) -> String {
    let full = fixedText(of: scaled, places: places)
    guard places > 0 else { return full }
    var trimmed = full[...]
    while trimmed.last == "0" { trimmed = trimmed.dropLast() }
    if trimmed.last == "." { trimmed = trimmed.dropLast() }
    return String(trimmed)
  }

  /// All decimals: `12.5000`.
  static func fixedText(of scaled: Int64, places: Int) -> String {
    var digits = String(scaled.magnitude)
    if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
    let point = digits.index(digits.endIndex, offsetBy: -places)
    let sign = scaled < 0 ? "-" : ""
    return places == 0 ? sign + digits : sign + digits[..<point] + "." + digits[point...]
  }
}

extension Quantity {
  static let places = 3
  /// `2.5`, `-3`, `0.125`.
  var shown: String { Decimals.text(of: thousandths, places: Quantity.places) }
  /// `+3`, `-0.5`: a change.
  var shownSigned: String { (thousandths > 0 ? "+" : "") + shown }
  var json: JSONValue { .decimal(thousandths, places: Quantity.places) }
}

extension UnitPrice {
  static let places = 4
  /// `12.5000`: as scripts read it.
  var exact: String { Decimals.fixedText(of: tenThousandths, places: UnitPrice.places) }

  /// For people: at least the currency's decimals, more where the price has them.
  func shown(exponent: Int64) -> String {
    var text = Substring(exact)
    let least = text.count - UnitPrice.places + Int(min(max(exponent, 0), Int64(UnitPrice.places)))
    while text.count > least, text.last == "0" { text = text.dropLast() }
    if text.last == "." { text = text.dropLast() }
    return String(text)
  }
}

/// An amount of money in minor units of a currency.
struct Money {
  let amountMinor: Int64
  let currency: String
  /// Decimals of the currency, 0 … 4.
  let exponent: Int64

  var shown: String {
    "\(Decimals.fixedText(of: amountMinor, places: Int(min(max(exponent, 0), 4)))) \(currency)"
  }
}
