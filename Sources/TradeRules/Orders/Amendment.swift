extension OrderSheet {
  /// Gives a line a new quantity, zero to remove it, and lets promises, tasks and the total follow.
  ///
  /// A draft's line is priced again, since a larger quantity may have a better price; what was submitted
  /// keeps the price the customer was told.
  ///
  /// - Parameters:
  ///   - isSettled: a person chose the quantity, and it is written already.
  ///   - covers: what the author takes from the device's quota for a raise.
  /// - Returns: `applied`; `partly` or `rejected` with `LINE_SHIPPED` when shipped goods stand against it.
  mutating func amend(
    _ index: Int, to quantity: Quantity, isSettled: Bool = false, covering covers: [Filled<QuotaCover>] = [],
    in trade: Trade
  ) throws(Interruption) -> Verdict {
    let before = lines[index]
    let reachable = max(quantity, before.shipped)
    try write(reachable, to: index, in: trade)
    if isSettled || before.ordered != reachable { try price(index, in: trade) }
    var codes: [Code] = []
    if reachable != quantity { codes.append(.lineShipped) }
    if try rebalance(index, .putBack, in: trade) > .zero { codes.append(.acceptedPutback) }
    try total(in: trade)
    let isAmendment = order.state == .submitted || order.state == .accepted
    let quotaCodes = isAmendment ? try cover(covers, in: trade) : []
    codes += quotaCodes
    try ask(in: trade)
    try reportOversold(quotaCodes, in: trade)
    if reachable != quantity {
      try LineTasks.draftReturn(of: before.shipped - quantity, before, of: order, .lineShipped, in: trade)
      guard reachable != before.ordered else {
        return Verdict(.rejected, codes, record: order.number)
      }
    }
    // What a settled conflict came to stands with the conflict.
    if !isSettled { tellAmendment(index, before, in: trade) }
    var verdict = verdict(codes + stockCodes(of: [lines[index]]))
    if reachable != quantity { verdict.outcome = .partly }
    return verdict
  }

  /// A cut of what a closed order delivered is refused like any cut of shipped goods (#30): somebody offers
  /// a return. Nil when the order is not closed, or the line has no more than that.
  func offerReturn(
    _ line: RecordID, _ quantity: Quantity, in trade: Trade
  ) throws(Interruption) -> Verdict? {
    guard order.state == .closed, !isCancelled else { return nil }
    let line = lines[try requireLine(line, in: trade)]
    guard .zero <= quantity, quantity < line.shipped else { return nil }
    try LineTasks.draftReturn(of: line.shipped - quantity, line, of: order, .lineShipped, in: trade)
    return Verdict(.rejected, [.lineShipped], record: order.number)
  }

  /// Writes the quantity and notes who did it. Only a line of which nothing is shipped can be removed.
  private mutating func write(
    _ quantity: Quantity, to index: Int, in trade: Trade
  ) throws(Interruption) {
    if quantity == .zero {
      lines[index].isRemoved = true
      try FieldStamps.note(OrderLine.isRemovedColumn.number, of: lines[index].key, in: trade)
    } else {
      if lines[index].ordered == quantity, !lines[index].isRemoved { return }
      lines[index].ordered = quantity
      try FieldStamps.note(OrderLine.orderedColumn.number, of: lines[index].key, in: trade)
    }
  }

  private mutating func price(_ index: Int, in trade: Trade) throws(Interruption) {
    let line = lines[index]
    guard order.state == .draft, !line.isRemoved, line.priceCode != Code.priceManual.rawValue,
      line.priceCode != Code.priceBelowFloor.rawValue
    else { return }
    let prices = try PriceBook([line.sku], for: order, in: trade)
    let quote = try prices.quote(line.sku, line.ordered, in: line.pack, given: nil, in: trade)
    lines[index].take(quote)
  }

  private func tellAmendment(_ index: Int, _ before: OrderLine, in trade: Trade) {
    let line = lines[index]
    let change = line.isRemoved ? "removed" : "\(before.ordered.text) → \(line.ordered.text)"
    trade.tell(
      trade.operation.kind.rawValue, of: order.number, PersonalText("line \(line.line): \(change)"),
      places: places)
  }
}

/// Work that a line leaves for a person.
enum LineTasks {
  /// Goods the customer has and did not want: somebody offers a return (#30).
  static func draftReturn(
    of quantity: Quantity, _ line: OrderLine, of order: Order, _ code: Code, in trade: Trade
  ) throws(Interruption) {
    var task = try trade.openTask(
      .draftReturn, code, record: order.number, owner: order.agent == nil ? .admin : .agent,
      agent: order.agent, sku: line.sku, quantity: quantity)
    task.line = line.id
    trade.put(task)
  }

  /// Two quantities for one line: the agent asks the customer (#36). One open task a line.
  static func askToConfirm(_ line: OrderLine, of order: Order, in trade: Trade) throws(Interruption) {
    guard try openConfirmations(of: line, in: trade).isEmpty else { return }
    var task = try trade.openTask(
      .confirmLine, .confirmLine, record: order.number, owner: order.agent == nil ? .admin : .agent,
      agent: order.agent, sku: line.sku)
    task.line = line.id
    trade.put(task)
  }

  static func closeConfirmations(of line: OrderLine, in trade: Trade) throws(Interruption) {
    for var task in try openConfirmations(of: line, in: trade) {
      task.isOpen = false
      trade.put(task)
    }
  }

  /// The open tasks of a kind about a line.
  static func open(
    _ kind: TaskKind, of line: OrderLine, _ order: Order, in trade: Trade
  ) throws(Interruption) -> [TradeTask] {
    try trade.all(TaskColumns.self, "task_of_record", order.number, true)
      .filter { $0.kind == kind && $0.line == line.id }
  }

  private static func openConfirmations(
    of line: OrderLine, in trade: Trade
  ) throws(Interruption) -> [TradeTask] {
    try trade.all(TaskColumns.self, "task_of_stock", "", line.sku, "", true)
      .filter { $0.kind == .confirmLine && $0.line == line.id }
  }
}

extension Quantity {
  /// Units with up to three decimals, `12` or `2.5`, for sentences.
  var text: String { FieldText.text(of: value, in: OrderLine.orderedColumn).text }
}
