/// The SQL files of this folder, compiled into both programs. Each text is ready to be executed in one call.
public enum Schema {
  /// The tables of synced rows, without their indexes: centre and replica.
  public static var trade: String { text(PackageResources.trade_sql) }
  /// The indexes by which rules find rows of `trade`: centre and replica, on a replica after its first load.
  public static var indexes: String { text(PackageResources.indexes_sql) }
  /// The index by which people search a replica's products.
  public static var search: String { text(PackageResources.search_sql) }
  /// The indexes by which the centre finds what changed after a version.
  public static var versions: String { text(PackageResources.versions_sql) }
  /// A replica's before-images.
  public static var base: String { text(PackageResources.base_sql) }
  /// What only the centre keeps.
  public static var centre: String { text(PackageResources.centre_sql) }
  /// What only a replica keeps, apart from `base`.
  public static var replica: String { text(PackageResources.replica_sql) }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
