/// What an order comes to.
public enum OrderTotals {
  /// The largest charge, payment or total, minor units: no sum of them comes near the bounds of 64 bits.
  public static let amountMax: Int64 = 1_000_000_000_000_000
  /// The most that can be paid for one order all in all, or paid back, minor units.
  public static let accountMax: Int64 = 10 * amountMax

  /// The sum of the rounded lines, of the order's charges and of the tax that is not in the prices, minor units;
  /// an order of which nothing is left costs nothing. Nil when it does not fit 64 bits.
  public static func totalMinor(of order: Order, _ lines: [OrderLine], exponent: Int64) -> Int64? {
    guard lines.contains(where: { !$0.isRemoved && $0.ordered > $0.cancelled }) else { return 0 }
    guard let goods = totalMinor(of: lines, exponent: exponent),
      let tax = taxMinor(of: lines.filter { !$0.isTaxIncluded }, exponent: exponent)
    else { return nil }
    let (taxed, overflow) = goods.addingReportingOverflow(tax)
    let (sum, carry) = taxed.addingReportingOverflow(order.freightMinor + order.feesMinor)
    return overflow || carry ? nil : sum
  }

  /// The tax on the lines, in their prices or not, each line's rounded half away from zero, minor units. Nil when
  /// it does not fit 64 bits.
  public static func taxMinor(of lines: [OrderLine], exponent: Int64) -> Int64? {
    sum(of: lines) { $0.taxMinor(exponent: exponent) }
  }

  /// The sum of the lines, each rounded half away from zero to minor units of the order's currency; what was
  /// removed or cancelled costs nothing. Nil when it does not fit 64 bits.
  ///
  /// - Parameter exponent: the currency's decimals, 0 … 4.
  public static func totalMinor(of lines: [OrderLine], exponent: Int64) -> Int64? {
    sum(of: lines) { $0.amountMinor(exponent: exponent) }
  }

  private static func sum(of lines: [OrderLine], _ amount: (OrderLine) -> Int64?) -> Int64? {
    var total: Int64 = 0
    for line in lines where !line.isRemoved {
      guard let amount = amount(line) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(amount)
      if overflow { return nil }
      total = sum
    }
    return total
  }
}

extension Record where Columns == OrderLineColumns {
  /// What is left of the line at its price, rounded half away from zero, minor units; nil when it does not fit.
  func amountMinor(exponent: Int64) -> Int64? {
    self.unitPrice.amountMinor(for: self.ordered - self.cancelled, exponent: exponent)
  }

  /// The tax on it, or in it.
  func taxMinor(exponent: Int64) -> Int64? {
    guard self.taxPercent > .zero else { return 0 }
    guard let amount = amountMinor(exponent: exponent) else { return nil }
    return self.isTaxIncluded ? self.taxPercent.part(of: amount) : self.taxPercent.share(of: amount)
  }
}

/// How far an order's goods have come: derived from its lines, never stored (domain, three states an order).
public struct Fulfilment: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let unallocated: Fulfilment = "unallocated"
  public static let partAllocated: Fulfilment = "part allocated"
  public static let allocated: Fulfilment = "allocated"
  public static let picking: Fulfilment = "picking"
  public static let picked: Fulfilment = "picked"
  public static let packed: Fulfilment = "packed"
  public static let partShipped: Fulfilment = "part shipped"
  public static let shipped: Fulfilment = "shipped"
  public static let delivered: Fulfilment = "delivered"

  /// The furthest step that all lines, or some, have reached.
  public static func of(_ lines: [OrderLine]) -> Fulfilment {
    let wanted = lines.filter { !$0.isRemoved && $0.ordered > $0.cancelled }
    guard !wanted.isEmpty else { return .unallocated }
    func all(_ counter: (OrderLine) -> Quantity) -> Bool {
      wanted.allSatisfy { counter($0) >= $0.ordered - $0.cancelled }
    }
    if all({ $0.delivered }) { return .delivered }
    if all({ $0.shipped }) { return .shipped }
    if wanted.contains(where: { $0.shipped > .zero }) { return .partShipped }
    if all({ $0.packed }) { return .packed }
    if all({ $0.picked }) { return .picked }
    if wanted.contains(where: { $0.picked > .zero }) { return .picking }
    if all({ $0.allocated }) { return .allocated }
    return wanted.contains { $0.allocated > .zero } ? .partAllocated : .unallocated
  }
}

extension Record where Columns == OrderLineColumns {
  /// What is still to be shipped of the line.
  public var open: Quantity {
    self.isRemoved ? .zero : max(.zero, self.ordered - self.cancelled - self.shipped)
  }
}
