/// What is told, disputed and booked about a customer or an order goes where the record goes: whoever sees the
/// one sees all of it, and nobody else (G15, G16).
enum Following {
  /// Lets history, conflicts and credit follow a customer that was in other buckets before.
  static func move(_ customer: Customer, from before: [Bucket], in trade: Trade) throws(Interruption) {
    let places = customer.places
    guard places != before else { return }
    try tellElsewhere(customer.code, from: before, to: places, in: trade)
    try dispute(customer.key, from: before, to: places, in: trade)
  }

  /// Lets everything of an order follow it to another agent or territory. The order's own rows, promises and
  /// papers are `OrderSheet.save`'s.
  static func move(_ sheet: OrderSheet, from before: Order, in trade: Trade) throws(Interruption) {
    let order = sheet.order
    let (from, to) = (Payments.places(of: before), Payments.places(of: order))
    guard from != to else { return }
    for var payment in try trade.all(PaymentColumns.self, "payment_order", order.id) {
      (payment.agent, payment.territory) = (order.agent, order.territory)
      trade.put(payment)
    }
    if var account = try Accounts.find(order, in: trade) {
      (account.agent, account.territory) = (order.agent, order.territory)
      trade.put(account)
    }
    try RecentOrders.move(order, in: trade)
    try tellElsewhere(order.number, from: from, to: to, in: trade)
    try dispute(order.key, from: from, to: to, in: trade)
    for line in sheet.lines { try dispute(line.key, from: from, to: to, in: trade) }
    try reassignTasks(of: order.number, from: before.agent, to: order.agent, in: trade)
  }

  /// Lets the history of a shipment follow it. Its number may be on papers of somebody else, whose places it shares:
  /// only what it left is exchanged.
  static func move(_ shipment: Shipment, from before: [Bucket], in trade: Trade) throws(Interruption) {
    let places = shipment.places
    let (from, to) = (before.filter { !places.contains($0) }, places.filter { !before.contains($0) })
    guard !from.isEmpty else { return }
    try tellElsewhere(shipment.number, from: from, to: to, in: trade)
  }

  /// Conflicts about a record, settled or not.
  static func conflicts(
    of key: RowKey, _ states: [ConflictState] = [.open, .resolved], in trade: Trade
  ) throws(Interruption) -> [Conflict] {
    var found: [Conflict] = []
    for state in states {
      found += try trade.all(ConflictColumns.self, "conflict_record", Int64(key.table), key.bytes, state)
    }
    return found
  }

  private static func dispute(
    _ key: RowKey, from: [Bucket], to: [Bucket], in trade: Trade
  ) throws(Interruption) {
    for var conflict in try conflicts(of: key, in: trade) {
      guard let places = moved(conflict.places, from: from, to: to) else { continue }
      conflict.places = places
      trade.put(conflict)
    }
  }

  private static func tellElsewhere(
    _ record: String, from: [Bucket], to: [Bucket], in trade: Trade
  ) throws(Interruption) {
    for var event in try trade.all(EventColumns.self, "event_record", record) {
      guard let places = moved(event.places, from: from, to: to) else { continue }
      event.places = places
      trade.put(event)
    }
  }

  /// The places with some of them exchanged; nil where none of those is among them.
  private static func moved(_ places: WordList, from: [Bucket], to: [Bucket]) -> WordList? {
    let (from, to) = (from.map(\.name), to.map(\.name))
    guard places.words.contains(where: from.contains) else { return nil }
    return WordList(places.words.filter { !from.contains($0) && !to.contains($0) } + to)
  }

  private static func reassignTasks(
    of record: String, from: String?, to: String?, in trade: Trade
  ) throws(Interruption) {
    guard from != to else { return }
    for isOpen in [true, false] {
      for var task in try trade.all(TaskColumns.self, "task_of_record", record, isOpen)
      where task.agent == from && (from != nil || task.owner == .agent) {
        task.agent = to
        if to == nil, task.owner == .agent { task.owner = .admin }
        trade.put(task)
      }
    }
  }
}
