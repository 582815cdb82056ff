/// A price that nobody pays yet.
public struct PriceDraftColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 18
  public static let name = "price_draft"
  public static let reach = Reach<Self>.everywhere(in: .hq)
  public static let indexes = [Index("price_draft_open", equal: ["list", "isOpen"])]
  /// Stands in `validFrom` for "when it is published".
  public static let atPublication = Instant(milliseconds: 0)
  public let list = Column<String>(1, .key)
  public let sku = Column<String>(2, .key)
  public let minQuantity = Column<Quantity>(3, .key)
  public let validFrom = Column<Instant>(4, .key)
  public let pack = Column<String>(5, .key)
  public let amount = Column<UnitPrice>(6, .sensitive)
  /// Not published yet.
  public let isOpen = Column<Bool>(7)
}
public typealias PriceDraft = Record<PriceDraftColumns>

/// The tax on products of a class in a place, from a moment on until the next one.
public struct TaxRateColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 16
  public static let name = "tax_rate"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public static let indexes = [
    Index("tax_rate_of_class", equal: ["taxClass", "jurisdiction"], orderedBy: "validFrom")
  ]
  public let taxClass = Column<String>(1, .key)
  /// ISO 3166-1 alpha-2 or ISO 3166-2.
  public let jurisdiction = Column<String>(2, .key)
  public let validFrom = Column<Instant>(3, .key)
  public let percent = Column<Percent>(4, .sensitive)
}
public typealias TaxRate = Record<TaxRateColumns>

/// What one currency was worth in another at a time.
public struct ExchangeRateColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 17
  public static let name = "exchange_rate"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public static let indexes = [
    Index("exchange_rate_of_pair", equal: ["fromCurrency", "toCurrency"], orderedBy: "asOf")
  ]
  public let fromCurrency = Column<String>(1, .key)
  public let toCurrency = Column<String>(2, .key)
  public let asOf = Column<Instant>(3, .key)
  /// How much of `toCurrency` one unit of `fromCurrency` is.
  public let ratio = Column<Ratio>(4, .sensitive)
  /// Who says so: `ECB`, a bank's name; or empty.
  public let source = Column<String>(5)
}
public typealias ExchangeRate = Record<ExchangeRateColumns>
