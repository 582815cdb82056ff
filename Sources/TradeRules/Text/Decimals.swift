/// Decimal numbers as people and files write them, exactly: scaled integers on this side, digits on the
/// other, nothing in between.
public enum Decimals {
  /// `-2.5` for −2500 and 3 decimals.
  ///
  /// - Parameter shown: how many decimals to show even when they are zeros.
  public static func text(_ number: Int64, decimals: Int, showing shown: Int = 0) -> String {
    text(Int128(number), decimals: decimals, showing: shown)
  }

  /// The same of a sum that may need more than 64 bits.
  public static func text(_ number: Int128, decimals: Int, showing shown: Int = 0) -> String {
    var digits = String(number.magnitude)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    let whole = digits.dropLast(decimals)
    var fraction = digits.suffix(decimals)
    while fraction.utf8.count > shown, fraction.last == "0" { fraction.removeLast() }
    return (number < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Reads an optional minus, digits, and a fraction after a point: −2500 for `-2.5` and 3 decimals. Further
  /// decimals must be zeros.
  ///
  /// - Returns: nil for anything else, or what does not fit 64 bits.
  public static func integer(_ text: some StringProtocol, decimals: Int) -> Int64? {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    var number: Int64 = 0
    var digitCount = 0
    var scale: Int?
    for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
      if byte == UInt8(ascii: "."), scale == nil {
        scale = 0
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      digitCount += 1
      let digit = Int64(byte - UInt8(ascii: "0"))
      if let decimal = scale {
        scale = decimal + 1
        guard decimal < decimals else {
          if digit != 0 { return nil }
          continue
        }
      }
      guard let next = appended(digit, to: number) else { return nil }
      number = next
    }
    guard digitCount > 0, scale != 0 else { return nil }
    for _ in min(scale ?? 0, decimals)..<decimals {
      guard let next = appended(0, to: number) else { return nil }
      number = next
    }
    return isNegative ? -number : number
  }

  private static func appended(_ digit: Int64, to number: Int64) -> Int64? {
    let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(digit)
    return overflow || carry ? nil : sum
  }
}

extension Quantity {
  /// Reads units with at most three decimals, `2.5` or `-3`; nil for anything else.
  public init?(decimal text: some StringProtocol) {
    guard let thousandths = Decimals.integer(text, decimals: 3) else { return nil }
    self.init(thousandths: thousandths)
  }

  /// `2.5`: no zeros at the end, no point without a fraction.
  public var decimalText: String { Decimals.text(thousandths, decimals: 3) }
}

extension UnitPrice {
  /// Reads a price with at most four decimals, `12.50`; nil for anything else.
  public init?(decimal text: some StringProtocol) {
    guard let tenThousandths = Decimals.integer(text, decimals: 4) else { return nil }
    self.init(tenThousandths: tenThousandths)
  }

  /// `12.5000`: always four decimals.
  public var decimalText: String { Decimals.text(tenThousandths, decimals: 4, showing: 4) }
}
