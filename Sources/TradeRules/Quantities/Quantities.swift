/// A moment: milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable, ColumnValue {
  public let milliseconds: Int64
  /// The years 1 … 9999, which every calendar and every text of a moment has. What a device says lies within.
  public static let range =
    Instant(milliseconds: -62_135_596_800_000)...Instant(milliseconds: 253_402_300_799_999)

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(_ value: Value) { milliseconds = Int64(value) }
  public static var kind: ValueKind { .integer }
  public var value: Value { .integer(milliseconds) }

  public static var bounds: ClosedRange<Int64> {
    range.lowerBound.milliseconds...range.upperBound.milliseconds
  }

  public static func < (one: Instant, other: Instant) -> Bool { one.milliseconds < other.milliseconds }
  /// The nearest moment of the years 1 … 9999.
  public var clamped: Instant { min(max(self, Instant.range.lowerBound), Instant.range.upperBound) }
  /// Saturates instead of overflowing: a device's clock may say anything.
  public func advanced(byMilliseconds delta: Int64) -> Instant {
    let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
    return Instant(milliseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }
  /// Milliseconds from `other` to this moment, saturating.
  public func milliseconds(since other: Instant) -> Int64 {
    let (difference, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
    return overflow ? (milliseconds < 0 ? .min : .max) : difference
  }
}

/// An amount of goods in thousandths of the product's base unit: 2500 is 2.5 kg.
public struct Quantity: Hashable, Comparable, Sendable, ColumnValue, ExpressibleByIntegerLiteral {
  public let thousandths: Int64
  public static let zero = Quantity(thousandths: 0)
  /// The largest amount one operation may name: a thousand million units, so that no sum of a ledger's
  /// facts can overflow.
  public static let max = Quantity(thousandths: 1_000_000_000_000)

  public init(thousandths: Int64) { self.thousandths = thousandths }
  public init(_ units: Int64) { thousandths = units * 1000 }
  public init(integerLiteral units: Int64) { thousandths = units * 1000 }
  public init(_ value: Value) { thousandths = Int64(value) }
  public static var kind: ValueKind { .integer }
  public static var decimals: Int { 3 }
  public var value: Value { .integer(thousandths) }

  public static func < (one: Quantity, other: Quantity) -> Bool { one.thousandths < other.thousandths }
  public static func + (one: Quantity, other: Quantity) -> Quantity {
    Quantity(thousandths: one.thousandths + other.thousandths)
  }
  public static func - (one: Quantity, other: Quantity) -> Quantity {
    Quantity(thousandths: one.thousandths - other.thousandths)
  }
  public static prefix func - (one: Quantity) -> Quantity { Quantity(thousandths: -one.thousandths) }
  public static func += (one: inout Quantity, other: Quantity) { one = one + other }
  public static func -= (one: inout Quantity, other: Quantity) { one = one - other }
  public var isWhole: Bool { thousandths % 1000 == 0 }
}

/// The price of one base unit in ten-thousandths of the currency's major unit: 125000 is 12.5000.
public struct UnitPrice: Hashable, Comparable, Sendable, ColumnValue {
  public let tenThousandths: Int64
  /// The highest price there is: a hundred thousand million for one.
  public static let max = UnitPrice(tenThousandths: 1_000_000_000_000_000)

  public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }
  public init(_ value: Value) { tenThousandths = Int64(value) }
  public static var kind: ValueKind { .integer }
  public static var decimals: Int { 4 }
  public var value: Value { .integer(tenThousandths) }
  /// Not below zero, and no higher than any price.
  var isPayable: Bool { tenThousandths >= 0 && self <= .max }
  public static func < (one: UnitPrice, other: UnitPrice) -> Bool {
    one.tenThousandths < other.tenThousandths
  }

  /// The amount for `quantity`, rounded half away from zero to minor units of a currency with `exponent`
  /// decimals (0 … 4); nil when it does not fit 64 bits.
  public func amountMinor(for quantity: Quantity, exponent: Int64) -> Int64? {
    // price/10^4 · quantity/10^3 · 10^exponent = product / 10^(7 - exponent)
    let product = Int128(tenThousandths) * Int128(quantity.thousandths)
    let divisor = (0..<(7 - Swift.max(0, Swift.min(4, exponent)))).reduce(Int128(1)) { power, _ in power * 10
    }
    let half = product < 0 ? -divisor / 2 : divisor / 2
    return Int64(exactly: (product + half) / divisor)
  }
}
