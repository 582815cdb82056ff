/// What can be reported.
public enum ReportName: String, CaseIterable, Codable, Sendable {
  case sales, stock, movements, backorders, receivables, sync

  /// What its rows may be put together by; the first is what stands without `--by`. Empty: one row a record.
  public var groups: [ReportGroup] {
    switch self {
    case .sales: [.day, .month, .agent, .product, .category, .customer, .country, .warehouse, .currency]
    case .movements: [.none, .day, .kind, .product, .warehouse]
    case .backorders: [.none, .product]
    case .receivables: [.customer, .agent, .currency]
    case .stock, .sync: [.none]
    }
  }

  /// The refusal of a grouping that it has not.
  public var noGroup: Refusal {
    let words = groups.filter { $0 != .none }.map(\.rawValue)
    return Refusal(
      .usage,
      words.isEmpty ? "\(rawValue) is not grouped: no --by" : "--by takes \(words.joined(separator: ", "))")
  }

  /// Whether its rows have a time that `--from` and `--to` can bound.
  public var hasPeriod: Bool { self == .sales || self == .movements }
}

/// What the rows of a report are put together by.
public enum ReportGroup: String, Codable, Sendable {
  /// One row a record.
  case none
  case day, month, agent, product, category, customer, country, warehouse, currency, kind

  /// Groups in time stand in its order, others the largest first.
  public var isTime: Bool { self == .day || self == .month }
}

/// One question: which report, of what, put together how.
public struct ReportRequest: Codable, Hashable, Sendable {
  public var name: ReportName
  public var by: ReportGroup
  /// As a person wrote them, `2026-11-03` or RFC 3339; from the first on, before the second.
  public var from: String?
  public var to: String?
  /// Whose days and months: `UTC`, an offset such as `+02:00`, or a name such as `Europe/Madrid`.
  public var zone = "UTC"
  public var warehouse: String?
  public var agent: String?
  public var sku: String?
  /// Of the stock report: only what is below its minimum.
  public var isOnlyBelow = false
  /// Rows at most; 1 … `limitMax`. What is left out is said (`"more":true`).
  public var limit = ReportRequest.limitStandard

  public static let limitStandard = 10_000
  /// So many rows fit one message of the control socket with room to spare.
  public static let limitMax = 30_000

  public init(_ name: ReportName, by: ReportGroup? = nil) {
    self.name = name
    self.by = by ?? name.groups.first ?? .none
  }
}

extension ReportRequest {
  /// Refuses what the report has not: a grouping, a period, a filter.
  ///
  /// - Throws: `Refusal` with `USAGE`.
  public func check() throws(Refusal) {
    guard name.groups.contains(by) else { throw name.noGroup }
    guard name.hasPeriod || from == nil && to == nil else {
      throw Refusal(.usage, "\(name.rawValue) is of now: no --from and --to")
    }
    guard !isOnlyBelow || name == .stock else {
      throw Refusal(.usage, "--below is of the report stock")
    }
    guard (1...ReportRequest.limitMax).contains(limit) else {
      throw Refusal(.usage, "--limit is 1 … \(ReportRequest.limitMax)")
    }
    try checkFilters()
  }

  private func checkFilters() throws(Refusal) {
    let taken: [String] =
      switch name {
      case .sales: ["warehouse", "agent", "sku"]
      case .stock, .movements: ["warehouse", "sku"]
      case .backorders: ["warehouse", "agent", "sku"]
      case .receivables: ["agent"]
      case .sync: []
      }
    for (filter, value) in [("warehouse", warehouse), ("agent", agent), ("sku", sku)]
    where value != nil && !taken.contains(filter) {
      throw Refusal(.usage, "\(name.rawValue) has no --\(filter)")
    }
  }
}
