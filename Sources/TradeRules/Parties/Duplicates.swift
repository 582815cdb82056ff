/// Customers who may be one: never merged by themselves, always proposed (#50).
enum Duplicates {
  /// Looks for another customer with the same tax id, the same phone, or the same name in the same country,
  /// however they are written (`MatchKey`), and proposes to headquarters that they are one.
  ///
  /// What was found is an observed input, since it comes from texts that may be erased. Only headquarters
  /// learns of whom: the other may be somebody else's customer.
  ///
  /// - Returns: `POSSIBLE_DUPLICATE_CUSTOMER`, or nothing.
  static func propose(_ customer: Customer, in trade: Trade) throws(Interruption) -> [Code] {
    // A replica sees only its own customers and would not know.
    guard trade.entry.isFinal else { return [] }
    var twins: [RecordID] = []
    for alike in try candidates(for: customer, in: trade) {
      let found = trade.observeID { () -> RecordID? in
        alike.first { $0.id != customer.id && $0.mergedInto == nil }?.id
      }
      if let found, !twins.contains(found) { twins.append(found) }
    }
    for id in twins {
      guard let twin = try trade.find(CustomerColumns.self, id) else { continue }
      guard try open(customer, twin, in: trade).isEmpty else { continue }
      try trade.openTask(
        .mergeCustomers, .possibleDuplicateCustomer, record: name(customer, twin), owner: .admin)
    }
    return twins.isEmpty ? [] : [.possibleDuplicateCustomer]
  }

  /// Those with the same tax id, the same phone, the same name and country; the customer among them.
  private static func candidates(
    for customer: Customer, in trade: Trade
  ) throws(Interruption) -> [[Customer]] {
    var ranges: [RowRange?] = []
    for (index, text) in [("customer_tax_id", customer.taxId), ("customer_phone", customer.phone)] {
      ranges.append(isEmpty(text) ? nil : RowRange(CustomerColumns.self, index, [text]))
    }
    let name = [customer.country, customer.name] as [any ColumnValue]
    ranges.append(isEmpty(customer.name) ? nil : RowRange(CustomerColumns.self, "customer_name", name))
    try trade.prepare(ranges.compactMap { $0 }.map(Need.range))
    var found: [[Customer]] = []
    for range in ranges {
      guard let range else {
        found.append([])
        continue
      }
      found.append(try trade.all(range).map { Customer($0) })
    }
    return found
  }

  private static func isEmpty(_ text: PersonalText) -> Bool { MatchKey.of(text.text).isEmpty }

  /// Closes the proposals about two customers who became one.
  static func settle(_ one: Customer, _ other: Customer, in trade: Trade) throws(Interruption) {
    for var task in try open(one, other, in: trade) {
      task.isOpen = false
      trade.put(task)
    }
  }

  /// `C-A7-0001 = C-B2-0004`, the lower code first.
  private static func name(_ one: Customer, _ other: Customer) -> String {
    [one.code, other.code].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: " = ")
  }

  private static func open(
    _ one: Customer, _ other: Customer, in trade: Trade
  ) throws(Interruption) -> [TradeTask] {
    try trade.all(TaskColumns.self, "task_of_record", name(one, other), true)
      .filter { $0.kind == .mergeCustomers }
  }
}
