/// What one currency was worth in another at a time, as some source had it.
public struct SetExchangeRate: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "rate.set"
  public static let message = "SetExchangeRate"
  public let from = Field<String>(1)
  public let to = Field<String>(2)
  /// Nil = the receipt.
  public let asOf = Field<Instant?>(3)
  /// How much of `to` one unit of `from` is.
  public let ratio = Field<Ratio>(4)
  public let source = Field<String?>(5)
  public let ratioSeen = Field<Ratio?>(36)
  public static func record(of form: Filled<Self>) -> String { "\(form.from)/\(form.to)" }
}

/// The tax on products of a class in a place, from a day on.
public struct SetTaxRate: OperationForm {
  public static let fields = Self()
  public static let kind: OperationKind = "tax.set"
  public static let message = "SetTaxRate"
  public let taxClass = Field<String>(1)
  /// ISO 3166-1 alpha-2, or a subdivision of ISO 3166-2: `DE`, `US-NY`.
  public let jurisdiction = Field<String>(2)
  /// Nil = the receipt.
  public let validFrom = Field<Instant?>(3)
  public let percent = Field<Percent>(4)
  public let percentSeen = Field<Percent?>(36)
  public static func record(of form: Filled<Self>) -> String { "\(form.taxClass) \(form.jurisdiction)" }
}
