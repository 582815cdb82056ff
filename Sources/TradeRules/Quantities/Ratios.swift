/// How much of one currency a unit of another is, in millionths of millionths: 1 085 000 000 000 is 1.085.
///
/// Twelve decimals keep eight digits of what one Indonesian rupiah is in Kuwaiti dinars, and leave room for
/// nine million to one.
public struct Ratio: Hashable, Comparable, Sendable, ColumnValue {
  public let trillionths: Int64
  public static let one = Ratio(trillionths: 1_000_000_000_000)

  public init(trillionths: Int64) { self.trillionths = trillionths }
  public init(_ value: Value) { trillionths = Int64(value) }
  public static var kind: ValueKind { .integer }
  public static var decimals: Int { 12 }
  public var value: Value { .integer(trillionths) }
  public static func < (one: Ratio, other: Ratio) -> Bool { one.trillionths < other.trillionths }

  /// Reads a number with at most twelve decimals, `1.085`; nil for anything else.
  public init?(decimal text: some StringProtocol) {
    guard let trillionths = Decimals.integer(text, decimals: 12) else { return nil }
    self.init(trillionths: trillionths)
  }

  /// `1.085`: no zeros at the end.
  public var decimalText: String { Decimals.text(trillionths, decimals: 12) }

  /// The other way round, rounded half up; nil when it does not fit, or of zero and less.
  public var inverse: Ratio? {
    guard trillionths > 0 else { return nil }
    let (scale, divisor) = (Int128(Ratio.one.trillionths), Int128(trillionths))
    let quotient = (scale * scale + divisor / 2) / divisor
    return Int64(exactly: quotient).flatMap { $0 > 0 ? Ratio(trillionths: $0) : nil }
  }

  /// An amount of minor units of the one currency in minor units of the other, rounded half away from zero.
  ///
  /// - Parameters:
  ///   - exponent, otherExponent: decimals of the two currencies' minor units, 0 … 4.
  /// - Returns: nil when it does not fit 64 bits.
  public func amountMinor(
    for amount: Int64, exponent: Int64, otherExponent: Int64
  ) -> Int64? {
    // amount/10^e · ratio/10^12 · 10^other
    func power(_ exponent: Int64) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
    let (product, overflow) = (Int128(amount) * Int128(trillionths))
      .multipliedReportingOverflow(by: power(max(0, min(4, otherExponent))))
    if overflow { return nil }
    let divisor = power(12 + max(0, min(4, exponent)))
    let half = product < 0 ? -divisor / 2 : divisor / 2
    return Int64(exactly: (product + half) / divisor)
  }
}

/// A share in ten-thousandths of a percent: 190 000 is 19 %.
public struct Percent: Hashable, Comparable, Sendable, ColumnValue {
  public let tenThousandths: Int64
  public static let zero = Percent(tenThousandths: 0)

  public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }
  public init(_ value: Value) { tenThousandths = Int64(value) }
  public static var kind: ValueKind { .integer }
  public static var decimals: Int { 4 }
  public var value: Value { .integer(tenThousandths) }
  public static func < (one: Percent, other: Percent) -> Bool { one.tenThousandths < other.tenThousandths }

  /// Reads a number with at most four decimals, `8.875`; nil for anything else.
  public init?(decimal text: some StringProtocol) {
    guard let tenThousandths = Decimals.integer(text, decimals: 4) else { return nil }
    self.init(tenThousandths: tenThousandths)
  }

  /// `8.875`: no zeros at the end.
  public var decimalText: String { Decimals.text(tenThousandths, decimals: 4) }

  /// What of an amount is tax when the tax of this rate is in it, rounded half away from zero; nil when it does
  /// not fit 64 bits, or below zero.
  public func part(of amount: Int64) -> Int64? {
    guard tenThousandths >= 0 else { return nil }
    let product = Int128(amount) * Int128(tenThousandths)
    let whole = 1_000_000 + Int128(tenThousandths)
    let half = product < 0 ? -whole / 2 : whole / 2
    return Int64(exactly: (product + half) / whole)
  }

  /// That share of an amount, rounded half away from zero; nil when it does not fit 64 bits.
  public func share(of amount: Int64) -> Int64? {
    let product = Int128(amount) * Int128(tenThousandths)
    let half: Int128 = product < 0 ? -500_000 : 500_000
    return Int64(exactly: (product + half) / 1_000_000)
  }
}
