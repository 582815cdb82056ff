import TradeRules

struct ModelOrder {
  let id: RecordID
  let number: String
  var customer: RecordID
  var agent: String?
  var territory: String?
  /// Which warehouse serves it; empty: whichever has most.
  var warehouse: String
  let device: String
  var state = "draft"
  var holds: Set<String> = []
  let shipComplete: Bool
  /// Somebody said that it need not ship complete.
  var isReleased = false
  var isDeleted = false
  var acceptedVersion: Int64 = 0
  var cancelledAt: Int64?
  var cancelledVersion: Int64 = 0
  var lines: [RecordID] = []
  /// Warehouses that something of it ever waited at.
  var asked: Set<String> = []

  /// Whether something of it was cancelled and did not leave all the same.
  func isCancelled(_ lines: [ModelLine]) -> Bool {
    state == "cancelled" || lines.contains { $0.cancelled > 0 }
  }
}

struct ModelShipment {
  let order: RecordID
  /// Whether its carrier said so.
  var isDelivered = false
  var lines: [(line: RecordID, quantity: Int64)] = []
}

/// An order's life: draft, submitted, accepted, closed.
extension ReferenceModel {
  /// Codes that keep an order from being served.
  static let holdCodes: Set<String> = [
    "CUSTOMER_BLOCKED", "CREDIT_LIMIT", "PRICE_BELOW_FLOOR", "PRICE_REVIEW", "POSSIBLE_DUPLICATE",
    "CONFIRM_LINE", "ON_HOLD",
  ]

  func playOrder(_ deed: ModelDeed) -> Forecast {
    if let form = deed.form(CreateOrder.self) { return create(form, deed) }
    if let form = deed.form(SubmitOrder.self) {
      return onOrder(form.order, deed) { submit($0, form.covers, deed) }
    }
    if let form = deed.form(ReleaseOrder.self) { return onOrder(form.order, deed) { release($0, deed) } }
    if let form = deed.form(HoldOrder.self) {
      return onOrder(form.order, deed) { order in
        if deed.stands { orders[order.id]?.holds.insert("ON_HOLD") }
        return .done(partly: false)
      }
    }
    if let form = deed.form(CancelOrder.self) { return onOrder(form.order, deed) { cancel($0, deed) } }
    if let form = deed.form(DeleteOrder.self) {
      return onOrder(form.order, deed) { order in
        guard order.state == "draft" else { return .refused(["ALREADY_SUBMITTED"]) }
        if deed.stands { orders[order.id]?.isDeleted = true }
        return .done(partly: false)
      }
    }
    return .open
  }

  /// What any wish about an order is asked first.
  func onOrder(_ id: RecordID, _ deed: ModelDeed, _ body: (ModelOrder) -> Forecast) -> Forecast {
    guard let order = orders[id] else { return .open }
    guard sees(deed, order) else { return .refused(["NOT_PERMITTED"]) }
    let own = linesInOrder(of: order)
    // What left, and nothing else is there to cancel: a cancellation is told so (#32).
    if deed.operation?.kind == CancelOrder.kind, order.state == "accepted" || order.state == "closed",
      own.contains(where: { $0.shipped > 0 }), own.allSatisfy({ $0.open == 0 })
    {
      return .refused(["CANCEL_REJECTED_SHIPPED"])
    }
    if order.isCancelled(own) { return .refused(["ORDER_CANCELLED"]) }
    switch order.state {
    case "closed": return .refused(["ORDER_CLOSED"])
    case "rejected": return .refused(["ORDER_REJECTED"])
    default: return body(order)
    }
  }

  /// An agent sees the orders of the agent and territory, a warehouse those it serves.
  func sees(_ deed: ModelDeed, _ order: ModelOrder) -> Bool {
    guard let device = devices[deed.id.device] else { return true }
    return sees(deed.id.device, device.known(to: deed), order)
  }

  func sees(_ code: String, _ device: ModelDevice, _ order: ModelOrder) -> Bool {
    if device.seesAll { return true }
    if let agent = order.agent, device.agents.contains(agent) { return true }
    if let territory = order.territory, device.territories.contains(territory) { return true }
    if order.agent == nil, order.territory == nil, order.device == code { return true }
    return device.handlesGoods && !places(of: order).isDisjoint(with: device.warehouses)
  }

  /// The warehouses that have to do with an order, or ever had.
  func places(of order: ModelOrder) -> Set<String> {
    var places = order.asked
    for line in linesInOrder(of: order) {
      places.formUnion(line.promises.keys)
      places.formUnion(line.staged.keys)
    }
    return places
  }

  private func create(_ form: Filled<CreateOrder>, _ deed: ModelDeed) -> Forecast {
    let isTaken = orders.values.contains { $0.number == form.number }
    if let customer = customers[survivor(of: form.customer)], !customer.isMerged, !sees(deed, customer) {
      return .refused(["CODE_TAKEN", "NOT_PERMITTED"])
    }
    guard deed.stands else { return isTaken ? .refused(["CODE_TAKEN", "NOT_PERMITTED"]) : .open }
    guard let customer = customers[survivor(of: form.customer)] else { return .open }
    let device = devices[deed.id.device]
    let (agent, territory) = seller(to: customer, at: device)
    var order = ModelOrder(
      id: form.id, number: form.number, customer: survivor(of: form.customer), agent: agent,
      territory: territory,
      warehouse: form.warehouse ?? customer.warehouse ?? device?.warehouses.first ?? "",
      device: deed.id.device, shipComplete: form.shipComplete)
    for entry in form.lines { order.lines.append(entry.id) }
    orders[order.id] = order
    for (place, entry) in form.lines.enumerated() {
      lines[entry.id] = ModelLine(
        id: entry.id, order: form.id, sku: entry.sku, place: place, ordered: entry.quantity.thousandths)
    }
    return isTaken ? .refused(["CODE_TAKEN"]) : .stands
  }

  /// Whose an order is: the customer's agent and territory, and where the customer has none the maker's.
  private func seller(
    to customer: ModelCustomer, at device: ModelDevice?
  ) -> (agent: String?, territory: String?) {
    let (agents, territories) = (device?.agents ?? [], device?.territories ?? [])
    // Those who had a merged customer go on with their own orders.
    let agent = customer.otherAgents.first(where: agents.contains) ?? customer.agent
    let territory = customer.otherTerritories.first(where: territories.contains) ?? customer.territory
    // A customer of somebody else's gets nothing of the maker's.
    let isTheirs = agent.map(agents.contains) ?? true && territory.map(territories.contains) ?? true
    return isTheirs ? (agent ?? agents.first, territory ?? territories.first) : (agent, territory)
  }

  private func submit(
    _ order: ModelOrder, _ covers: [Filled<QuotaCover>], _ deed: ModelDeed
  ) -> Forecast {
    guard order.state == "draft" else { return .refused(["ALREADY_SUBMITTED"]) }
    guard linesInOrder(of: order).contains(where: { !$0.isRemoved }) else { return .refused(["ORDER_EMPTY"]) }
    guard deed.stands else { return .stands }
    var order = order
    order.state = "submitted"
    order.isDeleted = false
    // What holds it depends on prices, customers and settings: the answer tells.
    let told = ReferenceModel.holdCodes.intersection(deed.codes)
    order.holds.formUnion(told)
    if !told.isEmpty { count("holds taken over", told.count) }
    orders[order.id] = order
    spend(covers, deed)
    acceptIfFree(order.id, deed)
    return .stands
  }

  func acceptIfFree(_ id: RecordID, _ deed: ModelDeed) {
    guard var order = orders[id], order.state == "submitted", order.holds.isEmpty else { return }
    order.state = "accepted"
    order.acceptedVersion = deed.version
    orders[id] = order
    for line in order.lines {
      for warehouse in (lines[line]?.staged ?? [:]).keys.sorted() { riseToPicked(line, warehouse, deed) }
      queue(line)
    }
    closeIfDone(id)
  }

  private func release(_ order: ModelOrder, _ deed: ModelDeed) -> Forecast {
    // Whether it waits for an archived product is taken over, and so is whether it is on hold for that.
    let isDoubtful = hasDoubtfulGoods(order)
    guard !order.holds.isEmpty || isDoubtful else { return .refused(["NOT_ON_HOLD"]) }
    guard deed.stands else { return .open }
    var order = order
    order.isReleased = order.isReleased || isDoubtful || order.holds.contains("SHIP_COMPLETE_WAIT")
    order.holds = []
    orders[order.id] = order
    acceptIfFree(order.id, deed)
    for line in order.lines { queue(line) }
    closeIfDone(order.id)
    return .stands
  }

  private func cancel(_ order: ModelOrder, _ deed: ModelDeed) -> Forecast {
    let own = linesInOrder(of: order)
    let isShipped = own.contains { $0.shipped > 0 }
    guard deed.stands else { return .stands }
    for line in own where !line.isRemoved {
      lines[line.id]?.cancelled = max(line.cancelled, line.ordered - line.shipped)
      trim(line.id)
    }
    if !isShipped { orders[order.id]?.state = "cancelled" }
    orders[order.id]?.holds = []
    orders[order.id]?.cancelledAt = deed.occurredAt
    orders[order.id]?.cancelledVersion = deed.version
    closeIfDone(order.id)
    return .done(partly: isShipped)
  }

  /// Everything ordered is delivered or cancelled.
  func closeIfDone(_ id: RecordID) {
    guard let order = orders[id], order.state == "accepted", !order.holds.contains("CONFIRM_LINE")
    else { return }
    let own = linesInOrder(of: order)
    guard own.contains(where: { $0.delivered > 0 }),
      own.allSatisfy({ $0.delivered >= max($0.isRemoved ? 0 : $0.ordered - $0.cancelled, $0.shipped) })
    else { return }
    orders[id]?.state = "closed"
    orders[id]?.holds = []
  }

  func hasDoubtfulGoods(_ order: ModelOrder) -> Bool {
    !doubtful.isDisjoint(with: linesInOrder(of: order).map(\.sku))
  }

  func checkOrders(_ centre: ModelRows) throws {
    for row in centre.orders {
      let id = RecordID(sql: row["id"])
      guard let order = orders[id] else {
        throw Finding("model", "the centre has order \(row["number"] as String), the model has none")
      }
      let name = "\(order.number)"
      try compare("state", name, order.state, row["state"] as String)
      try compare("agent", name, order.agent, row["agent"] as String?)
      try compare("territory", name, order.territory, row["territory"] as String?)
      try compare("warehouse", name, order.warehouse, row["warehouse"] as String)
      try compare("deleted", name, order.isDeleted, row["is_deleted"] as Bool)
      let holds = (row["holds"] as String).split(separator: " ").map(String.init).sorted()
      if !hasDoubtfulGoods(order) { try compare("holds", name, order.holds.sorted(), holds) }
      count("orders")
    }
    try compare("orders", "the centre", orders.count, centre.orders.count)
    for row in centre.lines { try check(row) }
    try compare("lines", "the centre", lines.count, centre.lines.count)
    try checkPromises(centre)
  }
}
