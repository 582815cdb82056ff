/// A parcel, a pallet: picked goods of one order packed together, and what became of it.
public struct PackageColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 77
  public static let name = "package"
  public static let reach = Reach<Self>.following { package in
    orderBuckets(
      agent: package.agent, territory: package.territory, warehouses: package.warehouses,
      device: package.device)
  }
  public static let indexes = [Index("package_order", equal: ["order"])]
  public let id = Column<RecordID>(1, .key)
  /// `PK-W1-0007`.
  public let number = Column<String>(2)
  public let order = Column<RecordID>(3)
  public let warehouse = Column<String>(4)
  /// Of the packed parcel; zero when nobody weighed it.
  public let weightGrams = Column<Int64>(5)
  /// The shipment it left with; nil while it stands in the warehouse.
  public let shipment = Column<RecordID?>(6)
  public let packedAt = Column<Instant>(7)
  public let agent = Column<String?>(8)
  public let territory = Column<String?>(9)
  public let warehouses = Column<WordList>(10)
  public let device = Column<String>(11)
}
public typealias Package = Record<PackageColumns>

/// So much of one line in one package.
public struct PackageLineColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 78
  public static let name = "package_line"
  public static let reach = Reach<Self>.following { line in
    orderBuckets(
      agent: line.agent, territory: line.territory, warehouses: line.warehouses, device: line.device)
  }
  public static let indexes = [Index("package_line_order", equal: ["order"])]
  public let package = Column<RecordID>(1, .key)
  public let line = Column<RecordID>(2, .key)
  public let order = Column<RecordID>(3)
  public let sku = Column<String>(4)
  public let quantity = Column<Quantity>(5)
  public let agent = Column<String?>(6)
  public let territory = Column<String?>(7)
  public let warehouses = Column<WordList>(8)
  public let device = Column<String>(9)
}
public typealias PackageLine = Record<PackageLineColumns>

extension PackageColumns: PlacedColumns {}
extension PackageLineColumns: PlacedColumns {}
