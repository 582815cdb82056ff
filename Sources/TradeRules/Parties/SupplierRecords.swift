public struct SupplierStatus: Word {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let active: SupplierStatus = "active"
  /// Nobody buys from them any more.
  public static let blocked: SupplierStatus = "blocked"
}

/// Whom goods are bought from. Written by headquarters, merged field by field.
public struct SupplierColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 30
  public static let name = "supplier"
  public static let reach = Reach<Self>.everywhere(in: .purchasing)
  public let code = Column<String>(1, .key)
  public let name = Column<String>(2, .merged)
  /// ISO 3166-1 alpha-2, or empty.
  public let country = Column<String>(3, .merged)
  /// What is owed to them is in; or empty.
  public let currency = Column<String>(4, .merged)
  public let status = Column<SupplierStatus>(5, .merged)
}
public typealias Supplier = Record<SupplierColumns>
