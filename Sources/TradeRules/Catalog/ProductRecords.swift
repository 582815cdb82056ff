/// A place for products in the tree of the catalog.
public struct CategoryColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 11
  public static let name = "category"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public let code = Column<String>(1, .key)
  /// The category above; empty at the top. Never makes a circle (#57).
  public let parent = Column<String>(2, .merged)
  public let name = Column<String>(3, .merged)
}
public typealias Category = Record<CategoryColumns>

/// A product's texts in one language; an empty one is not there. Each is merged on its own (#58).
public struct TranslationColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 12
  public static let name = "translation"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public let sku = Column<String>(1, .key)
  /// BCP 47, in its canonical form (`LanguageTag`).
  public let locale = Column<String>(2, .key)
  public let name = Column<String>(3, .merged)
  public let description = Column<String>(4, .merged)
}
public typealias Translation = Record<TranslationColumns>

/// What a barcode stands for. The code is the key: two links of one code meet here (#54).
public struct BarcodeColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 13
  public static let name = "barcode"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public static let indexes = [Index("barcode_of_product", equal: ["sku"])]
  /// A GTIN padded to 14 digits, or a code of the company's own.
  public let code = Column<String>(1, .key)
  /// Empty while it stands for nothing.
  public let sku = Column<String>(2)
  /// A pack of that product; empty = one base unit.
  public let pack = Column<String>(3)
  /// What somebody else says it stands for (`BarcodeTarget.text`); empty when nobody does.
  public let disputed = Column<String>(4)
}
public typealias Barcode = Record<BarcodeColumns>

/// So many base units of a product packed together. Its size never changes (#56).
public struct PackColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 14
  public static let name = "pack"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public let sku = Column<String>(1, .key)
  public let code = Column<String>(2, .key)
  /// How many base units are in it.
  public let factor = Column<Quantity>(3)
  /// UN/ECE Recommendation 20 or 21; or empty.
  public let unit = Column<String>(4)
  public let isRetired = Column<Bool>(5)
}
public typealias Pack = Record<PackColumns>

/// Something to know of a product that has no column of its own.
public struct AttributeColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 15
  public static let name = "attribute"
  public static let reach = Reach<Self>.everywhere(in: .catalog)
  public let sku = Column<String>(1, .key)
  public let name = Column<String>(2, .key)
  /// Empty when it was taken back.
  public let value = Column<String>(3, .merged)
}
public typealias Attribute = Record<AttributeColumns>
