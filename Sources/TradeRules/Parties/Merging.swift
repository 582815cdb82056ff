extension MergeCustomers {
  /// Makes two customers one (#50). The first stays as an alias: its code and id lead to the second, whose its
  /// orders, credit and open conflicts become; the agents of both see the one that is left.
  ///
  /// The survivor's record stands as it is, but a block or a lower limit of either holds. Waits for a customer
  /// who has not arrived. Refuses `UNKNOWN_CUSTOMER`, `NOT_PERMITTED` when one of them is out of scope,
  /// `ALREADY_MERGED` when they are one.
  public static func decide(_ form: Filled<Self>, in trade: Trade) throws(Interruption) -> Verdict {
    var survivor = try Aliases.require(form.survivor, called: form.survivorCode, in: trade)
    var merged = try Aliases.require(form.merged, called: form.mergedCode, in: trade)
    guard trade.mayChange(survivor.places), trade.mayChange(merged.places) else {
      throw .refused(Refusal(.notPermitted, "\(merged.code) and \(survivor.code)"))
    }
    guard survivor.id != merged.id else {
      throw .refused(Refusal(.alreadyMerged, "\(form.mergedCode) is \(survivor.code)"))
    }
    let seenBefore = survivor.places
    survivor.keepSeen(by: merged)
    let unseen = try UnseenEdits.carry(from: merged, to: &survivor, in: trade)
    if merged.status == .blocked {
      survivor.status = .blocked
      try FieldStamps.note(CustomerColumns.columns.status.number, of: survivor.key, in: trade)
    }
    merged.mergedInto = survivor.id
    merged.status = .merged
    trade.put(survivor)
    trade.put(merged)
    try handOver(from: merged, to: survivor, in: trade)
    try Following.move(survivor, from: seenBefore, in: trade)
    try Duplicates.settle(survivor, merged, in: trade)
    trade.tell(kind.rawValue, of: survivor.code, PersonalText(merged.code), places: survivor.places)
    trade.tell(kind.rawValue, of: merged.code, PersonalText("into \(survivor.code)"), places: merged.places)
    return Verdict(.applied, unseen.codes, record: survivor.code, conflicts: unseen.conflicts)
  }

  /// What the one had is the other's: orders, what they ordered lately, money to their credit, what they may
  /// owe, disagreements that nobody has settled.
  private static func handOver(
    from merged: Customer, to survivor: Customer, in trade: Trade
  ) throws(Interruption) {
    for var order in try trade.all(OrderColumns.self, "sales_order_customer", merged.id) {
      order.customer = survivor.id
      order.customerCode = survivor.code
      trade.put(order)
      for var payment in try trade.all(PaymentColumns.self, "payment_order", order.id) {
        payment.customer = survivor.id
        trade.put(payment)
      }
    }
    try RecentOrders.join(merged.id, into: survivor.id, in: trade)
    try Accounts.join(merged, into: survivor, in: trade)
    try Credits.join(merged, into: survivor, in: trade)
    for var conflict in try Following.conflicts(of: merged.key, [.open], in: trade) {
      conflict.recordKey = survivor.key.bytes
      conflict.record = survivor.code
      // Neither value is the survivor's.
      conflict.chosen = ""
      conflict.places = WordList(survivor.places.map(\.name))
      trade.put(conflict)
    }
  }
}

extension Record where Columns == CustomerColumns {
  /// Lets everybody who saw another customer see this one.
  fileprivate mutating func keepSeen(by other: Customer) {
    for agent in [other.agent].compactMap(\.self) + other.otherAgents.words where agent != self.agent {
      self.otherAgents.insert(agent)
    }
    for territory in [other.territory].compactMap(\.self) + other.otherTerritories.words
    where territory != self.territory {
      self.otherTerritories.insert(territory)
    }
  }
}

extension Accounts {
  /// What a customer has to their credit is another's now.
  fileprivate static func join(
    _ merged: Customer, into survivor: Customer, in trade: Trade
  ) throws(Interruption) {
    for var from in try trade.all(CustomerAccountColumns.self, "customer_account_of", merged.id)
    where from.creditMinor != 0 {
      let found = try trade.ifVisible { () throws(Interruption) in
        try trade.find(CustomerAccountColumns.self, survivor.id, from.currency)
      }
      var to = found ?? from
      to.customer = survivor.id
      if found != nil { to.creditMinor = try sum(to.creditMinor, from.creditMinor, in: trade) }
      from.creditMinor = 0
      trade.put(to)
      trade.put(from)
    }
  }
}

/// What two customers may owe who turned out to be one.
private enum Credits {
  /// A block of either holds, and so does the lower limit where both are of one currency.
  static func join(_ merged: Customer, into survivor: Customer, in trade: Trade) throws(Interruption) {
    let theirs = try trade.ifVisible { () throws(Interruption) in
      try trade.find(CreditColumns.self, merged.id)
    }
    guard let theirs else { return }
    var credit = try trade.find(CreditColumns.self, survivor.id) ?? Credit()
    credit.customer = survivor.id
    if theirs.isBlocked { credit.isBlocked = true }
    if let limit = theirs.limitMinor, merged.currency == survivor.currency {
      credit.limitMinor = min(limit, credit.limitMinor ?? limit)
    }
    trade.put(credit)
  }
}
