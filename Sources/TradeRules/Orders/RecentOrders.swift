/// What a customer ordered lately, as it was submitted: enough to notice an order that was entered twice
/// (#41). A few slots a customer, written in turn, so that a customer who orders all day costs no more.
public struct RecentOrderColumns: TableColumns {
  public static let columns = Self()
  public static let number: TableNumber = 74
  public static let name = "recent_order"
  public static let reach = Reach<Self>.following { recent in
    orderBuckets(agent: recent.agent, territory: recent.territory, warehouses: [], device: recent.device)
  }
  public static let indexes = [Index("recent_order_customer", equal: ["customer"])]
  public let customer = Column<RecordID>(1, .key)
  /// 0 … 7; the next order takes the place of the oldest.
  public let slot = Column<Int64>(2, .key)
  public let order = Column<RecordID>(3)
  public let orderedAt = Column<Instant>(4)
  /// The lines as words `sku=quantity`, sorted, each ended by a unit separator (U+001F).
  public let lines = Column<String>(5)
  /// Copied from the order.
  public let agent = Column<String?>(6)
  public let territory = Column<String?>(7)
  public let device = Column<String>(8)
}
public typealias RecentOrder = Record<RecentOrderColumns>

/// Notices an order that looks like one of the same customer a short while before or after.
enum RecentOrders {
  static let slots: Int64 = 8

  /// Remembers a submitted order, and tells whether it is like an earlier one.
  ///
  /// Alike are orders of one customer within `duplicateOrderMilliseconds`, of whose lines at least
  /// `duplicateLinesPerMille` are of the same product and quantity, counted on the longer of the two.
  static func remember(_ sheet: OrderSheet, in trade: Trade) throws(Interruption) -> Bool {
    let window = try trade.setting(.duplicateOrderMilliseconds)
    guard window > 0 else { return false }
    let known = try trade.all(RecentOrderColumns.self, "recent_order_customer", sheet.order.customer)
    let lines = words(of: sheet)
    let least = try trade.setting(.duplicateLinesPerMille)
    let isAlike = known.contains { other in
      let apart = sheet.order.orderedAt.milliseconds(since: other.orderedAt)
      guard other.order != sheet.order.id, apart.magnitude <= window.magnitude else { return false }
      let theirs = other.lines.split(separator: "\u{1F}").map(String.init)
      let longer = Int64(max(lines.count, theirs.count))
      return longer > 0 && Int64(common(lines, theirs)) * 1000 >= longer * least
    }
    keep(sheet, lines, known, in: trade)
    return isAlike
  }

  /// An order that is given up is no twin of the one that replaces it.
  static func forget(_ order: Order, in trade: Trade) throws(Interruption) {
    let known = try trade.all(RecentOrderColumns.self, "recent_order_customer", order.customer)
    for var recent in known where recent.order == order.id {
      recent.lines = ""
      trade.put(recent)
    }
  }

  /// What an order's new agent or territory may see of it.
  static func move(_ order: Order, in trade: Trade) throws(Interruption) {
    let known = try trade.all(RecentOrderColumns.self, "recent_order_customer", order.customer)
    for var recent in known where recent.order == order.id {
      (recent.agent, recent.territory) = (order.agent, order.territory)
      trade.put(recent)
    }
  }

  /// What one customer ordered lately another did, too, as far as there are free slots.
  static func join(_ merged: RecordID, into survivor: RecordID, in trade: Trade) throws(Interruption) {
    var slot = Int64(try trade.all(RecentOrderColumns.self, "recent_order_customer", survivor).count)
    let others = try trade.all(RecentOrderColumns.self, "recent_order_customer", merged)
    for var recent in others.sorted(by: { ($1.orderedAt, $1.order) < ($0.orderedAt, $0.order) })
    where slot < slots {
      (recent.customer, recent.slot) = (survivor, slot)
      trade.put(recent)
      slot += 1
    }
  }

  private static func keep(_ sheet: OrderSheet, _ lines: [String], _ known: [RecentOrder], in trade: Trade) {
    var recent =
      known.first { $0.order == sheet.order.id }
      ?? (known.count < slots ? RecentOrder() : known.min { $0.orderedAt < $1.orderedAt } ?? RecentOrder())
    if recent.order == .none {
      recent.customer = sheet.order.customer
      recent.slot = Int64(known.count)
    }
    recent.order = sheet.order.id
    recent.orderedAt = sheet.order.orderedAt
    recent.lines = lines.map { $0 + "\u{1F}" }.joined()
    recent.agent = sheet.order.agent
    recent.territory = sheet.order.territory
    recent.device = sheet.order.device
    trade.put(recent)
  }

  private static func words(of sheet: OrderSheet) -> [String] {
    sheet.lines.filter { !$0.isRemoved }.map { "\($0.sku)=\($0.ordered.text)" }.sorted()
  }

  /// How many words two sorted lists share, each word as often as both have it.
  private static func common(_ one: [String], _ other: [String]) -> Int {
    var (i, j, count) = (0, 0, 0)
    while i < one.count, j < other.count {
      if one[i] == other[j] {
        (i, j, count) = (i + 1, j + 1, count + 1)
      } else if one[i] < other[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return count
  }
}
