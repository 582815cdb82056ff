/// A column of a report, in its table, its CSV file and its JSON objects.
public struct ReportColumn: Hashable, Sendable {
  public enum Kind: Sendable {
    case text
    /// A name that may be long: cut first where a line would not fit.
    case name
    case number
    /// `{"amountMinor":…,"currency":…,"decimal":…}`.
    case money
    /// Money of the currency that the row's `money` names.
    case amount
    case time
  }

  /// The member of a row's object, lowerCamelCase.
  public let member: String
  public let title: String
  public let kind: Kind
  /// What a bar beside the row shows.
  public let hasBar: Bool
  /// Left out of a table that is too wide for its terminal, the last ones first.
  public let isExtra: Bool
  /// Zero says nothing: the cell stays empty, and where all are zero there is no column.
  public let isQuiet: Bool

  init(
    _ member: String, _ title: String, _ kind: Kind = .text, bar: Bool = false, extra: Bool = false,
    quiet: Bool = false
  ) {
    (self.member, self.title, self.kind, hasBar) = (member, title, kind, bar)
    (isExtra, isQuiet) = (extra, quiet)
  }

  /// In the header of a CSV file: `onHand` → `on_hand`.
  public var csvName: String {
    member.reduce(into: "") { name, letter in
      if letter.isUppercase { name.append("_") }
      name += letter.lowercased()
    }
  }
}

extension ReportRequest {
  /// The columns of the report's rows, in order.
  public var columns: [ReportColumn] {
    switch name {
    case .sales:
      return groupColumns
        + [
          ReportColumn("orders", "ORDERS", .number), ReportColumn("lines", "LINES", .number),
        ] + (by == .product ? [ReportColumn("quantity", "QTY", .number)] : [])
        + [ReportColumn("amount", "AMOUNT", .money, bar: true)]
    case .stock: return stockColumns
    case .movements: return by == .none ? movementColumns : movementSums
    case .backorders: return by == .none ? backorderColumns : backorderSums
    case .receivables: return receivableColumns
    case .sync: return syncColumns
    }
  }

  private var groupColumns: [ReportColumn] {
    let key = ReportColumn(by.rawValue, by.rawValue.uppercased())
    switch by {
    case .product: return [ReportColumn("sku", "SKU"), ReportColumn("name", "NAME", .name)]
    case .customer: return [key, ReportColumn("name", "NAME", .name)]
    case .category: return [ReportColumn("category", "CATEGORY", .name)]
    case .none: return []
    default: return [key]
    }
  }

  private var stockColumns: [ReportColumn] {
    [
      ReportColumn("warehouse", "WAREHOUSE"), ReportColumn("sku", "SKU"), ReportColumn("name", "NAME", .name),
      ReportColumn("onHand", "ON HAND", .number),
      ReportColumn("unavailable", "UNAVAIL.", .number, quiet: true),
      ReportColumn("allocated", "ALLOC.", .number),
      ReportColumn("setAside", "SET ASIDE", .number, quiet: true),
      ReportColumn("available", "AVAIL.", .number), ReportColumn("minimum", "MINIMUM", .number),
      ReportColumn("below", "BELOW", .number, bar: isOnlyBelow), ReportColumn("unit", "UNIT", extra: true),
    ]
  }

  private var movementColumns: [ReportColumn] {
    [
      ReportColumn("at", "AT", .time), ReportColumn("warehouse", "WAREHOUSE"), ReportColumn("sku", "SKU"),
      ReportColumn("kind", "KIND"), ReportColumn("quantity", "QTY", .number), ReportColumn("from", "FROM"),
      ReportColumn("to", "TO"), ReportColumn("lot", "LOT", extra: true),
      ReportColumn("reason", "REASON", .name),
      ReportColumn("order", "ORDER"), ReportColumn("device", "DEVICE", extra: true),
      ReportColumn("actor", "WHO", extra: true),
    ]
  }

  private var movementSums: [ReportColumn] {
    groupColumns + [
      ReportColumn("movements", "MOVEMENTS", .number, bar: true), ReportColumn("in", "IN", .number),
      ReportColumn("out", "OUT", .number), ReportColumn("within", "WITHIN", .number),
      ReportColumn("unit", "UNIT", extra: true),
    ]
  }

  private var backorderColumns: [ReportColumn] {
    [
      ReportColumn("order", "ORDER"), ReportColumn("line", "LINE", .number),
      ReportColumn("customer", "CUSTOMER"), ReportColumn("agent", "AGENT", extra: true),
      ReportColumn("sku", "SKU"),
      ReportColumn("name", "NAME", .name), ReportColumn("warehouse", "WAREHOUSE"),
      ReportColumn("ordered", "ORDERED", .number), ReportColumn("waiting", "WAITING", .number),
      ReportColumn("unit", "UNIT", extra: true), ReportColumn("orderedAt", "SINCE", .time, extra: true),
    ]
  }

  private var backorderSums: [ReportColumn] {
    groupColumns + [
      ReportColumn("orders", "ORDERS", .number), ReportColumn("lines", "LINES", .number),
      ReportColumn("waiting", "WAITING", .number, bar: true), ReportColumn("unit", "UNIT", extra: true),
    ]
  }

  private var receivableColumns: [ReportColumn] {
    groupColumns.filter { $0.member != ReportGroup.currency.rawValue } + [
      ReportColumn("orders", "ORDERS", .number, extra: true), ReportColumn("owed", "OWED", .money, bar: true),
      ReportColumn("upTo30", "0-30 DAYS", .amount, quiet: true),
      ReportColumn("upTo60", "31-60", .amount, quiet: true),
      ReportColumn("upTo90", "61-90", .amount, quiet: true),
      ReportColumn("older", "OLDER", .amount, quiet: true),
      ReportColumn("credit", "CREDIT", .amount, quiet: true),
      ReportColumn("prepaid", "PREPAID", .amount, quiet: true),
    ]
  }

  private var syncColumns: [ReportColumn] {
    [
      ReportColumn("device", "DEVICE"), ReportColumn("name", "NAME", .name),
      ReportColumn("role", "ROLE", extra: true),
      ReportColumn("state", "STATE"), ReportColumn("lastSyncAt", "LAST SYNC", .time),
      ReportColumn("behind", "BEHIND", .number, bar: true),
      ReportColumn("unsent", "UNSENT", .number, quiet: true),
      ReportColumn("rejected", "REFUSED SO FAR", .number, quiet: true),
      ReportColumn("conflicts", "CONFLICTS", .number, quiet: true),
      ReportColumn("held", "HELD", .number, quiet: true),
      ReportColumn("clockOffsetMs", "CLOCK MS", .number, extra: true),
    ]
  }
}
