/// Units of one product in one warehouse that the centre has set aside for one device: what it sells of them
/// offline is promised for certain (G13).
///
/// Only the device's own operations use its quota up, in the order in which it recorded them, and only an
/// administrator's logged write-off ends it otherwise; no clock ever does.
public struct QuotaColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 90
  public static let name = "quota"
  public static let reach = Reach<Self>.following { [.device($0.device)] }
  public let device = Column<String>(1, .key)
  public let sku = Column<String>(2, .key)
  public let warehouse = Column<String>(3, .key)
  /// All that was ever set aside; the other three are parts of it.
  public let granted = Column<Quantity>(4)
  /// Promised to orders of the device. What is cancelled later goes to everybody, not back into the quota:
  /// a device that counted on it could be disappointed.
  public let spent = Column<Quantity>(5)
  public let returned = Column<Quantity>(6)
  public let writtenOff = Column<Quantity>(7)
}
public typealias Quota = Record<QuotaColumns>

extension Record where Columns == QuotaColumns {
  /// What the device may still sell of it; never below zero.
  public var free: Quantity { self.granted - self.spent - self.returned - self.writtenOff }
}
