/// A unit of measure by its UN/ECE Recommendation 20 common code; `EA` is the piece.
public struct UnitColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 1
  public static let name = "unit"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let code = Column<String>(1, .key)
  /// How many decimals a quantity may have, 0 … 3.
  public let decimals = Column<Int64>(2)
}
public typealias MeasureUnit = Record<UnitColumns>

/// A currency of ISO 4217.
public struct CurrencyColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 2
  public static let name = "currency"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let code = Column<String>(1, .key)
  /// Decimals of the minor unit, 0 … 4.
  public let exponent = Column<Int64>(2)
}
public typealias Currency = Record<CurrencyColumns>

/// A number that a rule reads. Changed only by an operation, so that replay sees the value of the day.
public struct SettingColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 3
  public static let name = "setting"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let name = Column<String>(1, .key)
  public let amount = Column<Int64>(2)
}
public typealias Setting = Record<SettingColumns>

/// A place that holds stock; an agent's van is one too.
public struct WarehouseColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 4
  public static let name = "warehouse"
  public static let reach = Reach<Self>.everywhere(in: .reference)
  public let code = Column<String>(1, .key)
  public let name = Column<String>(2, .merged)
  /// ISO 3166-1 alpha-2, or empty.
  public let country = Column<String>(3, .merged)
}
public typealias Warehouse = Record<WarehouseColumns>

public struct ProductStatus: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let active: ProductStatus = "active"
  public static let archived: ProductStatus = "archived"
}

/// Something sold and stocked, known by its SKU for ever.
public struct ProductColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 5
  public static let name = "product"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public static let indexes = [Index("product_folded", equal: ["skuFolded"])]
  /// 1 … 40 visible characters.
  public let sku = Column<String>(1, .key)
  /// The SKU with case folded; unique, so that `chai-1` and `CHAI-1` cannot both exist.
  public let skuFolded = Column<String>(2)
  public let name = Column<String>(3, .merged)
  /// A category's code, or empty.
  public let category = Column<String>(4, .merged)
  public let baseUnit = Column<String>(5)
  public let status = Column<ProductStatus>(6, .merged)
  /// GTIN padded to 14 digits, or empty.
  public let gtin = Column<String>(7, .merged)
  /// Customs code, digits only, 6 … 10; or empty.
  public let hsCode = Column<String>(8, .merged)
  /// Country of origin, ISO 3166-1 alpha-2; or empty.
  public let origin = Column<String>(9, .merged)
  /// Grams of one base unit; 0 when unknown.
  public let weightGrams = Column<Int64>(10, .merged)
  public let description = Column<String>(11, .merged)
  /// What it is taxed as, such as `STANDARD` or `REDUCED`; or empty.
  public let taxClass = Column<String>(12, .merged)
}
public typealias Product = Record<ProductColumns>

public struct PriceListColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 6
  public static let name = "price_list"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public static let indexes = [Index("price_list_currency", equal: ["currency"])]
  public let code = Column<String>(1, .key)
  public let currency = Column<String>(2)
  /// The list of customers who have none of their own, one a currency.
  public let isCompanyList = Column<Bool>(3)
  /// The log version of its last publication: the version of the list. 0 = never.
  public let publication = Column<Int64>(4)
  /// Whether its prices have the tax in them; fixed when the list is made.
  public let isTaxIncluded = Column<Bool>(5)
}
public typealias PriceList = Record<PriceListColumns>

/// A published price: never changed, only followed by another publication's.
public struct PriceColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 7
  public static let name = "price"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public static let indexes = [Index("price_of_product", equal: ["sku", "list"])]
  public let list = Column<String>(1, .key)
  public let sku = Column<String>(2, .key)
  /// The price holds for this quantity and more.
  public let minQuantity = Column<Quantity>(3, .key)
  public let validFrom = Column<Instant>(4, .key)
  /// It holds for whole packs of this kind; empty = however it is packed.
  public let pack = Column<String>(5, .key)
  /// The log version that published it.
  public let publication = Column<Int64>(6, .key)
  /// Of one base unit.
  public let amount = Column<UnitPrice>(7)
  /// How many base units are in the pack, which never changes; zero without one.
  public let packFactor = Column<Quantity>(8)
}
public typealias Price = Record<PriceColumns>
