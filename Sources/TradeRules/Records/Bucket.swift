/// A unit of partial replication. A row's buckets are a pure function of its own columns; a device may be
/// sent a row exactly when one of them is granted to it.
public struct Bucket: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }

  /// Units, currencies, settings, warehouses: what every device needs to work at all.
  public static let reference = Bucket("reference")
  /// Products and published prices.
  public static let catalog = Bucket("catalog")
  /// Suppliers: what buyers and those who take in goods need.
  public static let purchasing = Bucket("purchasing")
  /// What only headquarters may see: rows in no other bucket.
  public static let hq = Bucket("hq")
  /// Bins, balances and levels of one warehouse.
  public static func stock(_ warehouse: String) -> Bucket { Bucket("stock/\(warehouse)") }
  /// Counts, adjustments and tasks of one warehouse.
  public static func ledger(_ warehouse: String) -> Bucket { Bucket("ledger/\(warehouse)") }
  /// The movements of one warehouse that the centre received in one month, `2026-11`.
  public static func ledger(_ warehouse: String, month: String) -> Bucket {
    Bucket("ledger/\(warehouse)/\(month)")
  }
  /// The accepted orders that a warehouse has to pick.
  public static func orders(_ warehouse: String) -> Bucket { Bucket("orders/\(warehouse)") }
  /// One agent's customers, their orders and what concerns them.
  public static func agent(_ agent: String) -> Bucket { Bucket("agent/\(agent)") }
  /// The same for a sales territory.
  public static func territory(_ territory: String) -> Bucket { Bucket("territory/\(territory)") }
  /// One device's answers, notices and own record.
  public static func device(_ code: String) -> Bucket { Bucket("device/\(code)") }

  public static func < (one: Bucket, other: Bucket) -> Bool { one.name < other.name }
  public var description: String { name }
}

/// What a device may be sent.
public struct Grants: Hashable, Sendable {
  /// Buckets granted by name, sorted.
  public let exact: [Bucket]
  /// Beginnings of granted names: a warehouse's ledger by month.
  public let prefixes: [String]
  /// Who sees everything holds every bucket, those that do not exist yet included.
  public let everything: Bool

  public init(exact: [Bucket], prefixes: [String] = [], everything: Bool = false) {
    self.exact = Set(exact).sorted()
    self.prefixes = Set(prefixes).sorted()
    self.everything = everything
  }

  public static let nothing = Grants(exact: [])

  /// The grants of a device of a role with a scope (the one place where scope is decided, G15, G19).
  public init(role: Role, device: String, agent: String?, territory: String?, warehouses: [String]) {
    if role.seesEverything {
      self.init(exact: [], everything: true)
      return
    }
    var exact: [Bucket] = [.reference, .catalog, .device(device)]
    exact += warehouses.map(Bucket.stock)
    if let agent { exact.append(.agent(agent)) }
    if let territory { exact.append(.territory(territory)) }
    if role.buysOrReceives { exact.append(.purchasing) }
    guard role.worksInWarehouses else {
      self.init(exact: exact)
      return
    }
    exact += warehouses.flatMap { [Bucket.ledger($0), .orders($0)] }
    self.init(exact: exact, prefixes: warehouses.map { "ledger/\($0)/" })
  }

  public func contains(_ bucket: Bucket) -> Bool {
    everything || exact.contains(bucket) || prefixes.contains { bucket.name.hasPrefix($0) }
  }

  /// Whether anybody's payments are among them: a warehouse sees the orders it picks, and none of their money.
  public var seeMoney: Bool {
    everything || exact.contains { $0.name.hasPrefix("agent/") || $0.name.hasPrefix("territory/") }
  }

  /// Whether a row in `buckets` may be sent.
  public func meet(_ buckets: [Bucket]) -> Bool { buckets.contains(where: contains) }
}
