/// From submitted to accepted, and what an order gets of the stock there is.
extension OrderSheet {
  /// Accepts the order and promises it stock.
  ///
  /// Where a replica cannot see the stock of a line it guesses nothing: the order stays submitted.
  mutating func accept(in trade: Trade) throws(Interruption) {
    guard try canPromise(in: trade) else { return try save(in: trade) }
    order.state = .accepted
    order.acceptedVersion = trade.place
    try ask(in: trade)
  }

  /// Asks for stock for everything the order has open, takes what is there, and writes the order.
  ///
  /// Its lines wait with everybody else who waits and are served in turn: so two lines of one product never
  /// get the same goods (#2), and nobody overtakes an older order.
  mutating func ask(in trade: Trade) throws(Interruption) {
    guard order.state == .accepted else { return try save(in: trade) }
    for index in lines.indices {
      if lines[index].acceptedVersion != order.acceptedVersion {
        lines[index].acceptedVersion = order.acceptedVersion
      }
      try fitPromises(index, in: trade)
      guard short(index) > .zero else {
        stopWaiting(index)
        continue
      }
      // An archived product's line waits until what is on hand is shared out, and no longer (#48).
      try startWaiting(index, in: trade)
      trade.touchLevel(lines[index].waitingAt, lines[index].sku)
    }
    try Promises.settle(trade, with: &self)
    for index in lines.indices { try followUp(index, in: trade) }
    try leaveDiscontinued(in: trade)
    holdIfIncomplete()
    try save(in: trade)
  }

  /// Nothing of an archived product is backordered.
  private mutating func leaveDiscontinued(in trade: Trade) throws(Interruption) {
    for index in lines.indices where lines[index].backordered > .zero {
      guard try isDiscontinued(lines[index].sku, in: trade) else { continue }
      stopWaiting(index)
      note(.productDiscontinued)
    }
  }

  /// An order that ships complete or not at all says so as long as something is missing.
  private mutating func holdIfIncomplete() {
    let isShort = lines.contains { $0.backordered > .zero }
    if order.shipComplete, isShort {
      order.holds.insert(Code.shipCompleteWait.rawValue)
    } else {
      order.holds.remove(Code.shipCompleteWait.rawValue)
    }
  }

  private func canPromise(in trade: Trade) throws(Interruption) -> Bool {
    if trade.entry.isFinal { return true }
    for index in lines.indices where lines[index].allocated < lines[index].open {
      let warehouse = try warehouse(for: index, in: trade)
      guard warehouse != OrderSheet.anywhere,
        try Promises.canSee(warehouse, lines[index].sku, in: trade)
      else { return false }
    }
    return true
  }

  /// What an answer says of the goods: `SHIP_COMPLETE_WAIT`, or `ALLOCATION_SHORT` when a line waits, and
  /// `PRODUCT_DISCONTINUED` when the rest of one never comes.
  ///
  /// The outcome is `applied` all the same where something waits: the order stands as it was given. It is
  /// `partly` where an archived product falls short, since that part will not be done.
  func stockCodes(of lines: [OrderLine]? = nil) -> [Code] {
    let lines = lines ?? self.lines
    var codes: [Code] = []
    if lines.contains(where: { $0.backordered > .zero }) {
      let waitsComplete = order.holds.contains(Code.shipCompleteWait.rawValue)
      codes.append(waitsComplete ? .shipCompleteWait : .allocationShort)
    }
    if order.state == .accepted, lines.contains(where: { $0.allocated + $0.backordered < $0.open }) {
      codes.append(.productDiscontinued)
    }
    return codes
  }

  /// The verdict on an operation that promised stock to the order.
  func verdict(_ codes: [Code]) -> Verdict {
    Verdict(codes.contains(.productDiscontinued) ? .partly : .applied, codes, record: order.number)
  }
}
