import TradeRules

/// Works out from the facts alone what the balances must be, in the plainest way there is.
struct Reckoning {
  private struct Fact {
    let isOpening: Bool
    let at: Instant
    let operation: OperationID
    /// What a movement adds; nil for a count.
    let added: Quantity?
    let counted: Quantity
  }

  private struct Level: Hashable {
    let warehouse: String
    let sku: String
  }

  private let books: Books

  init(_ books: Books) { self.books = books }

  /// What does not add up, in words.
  ///
  /// - Parameter promises: whether all promises of stock are to be seen here.
  func faults(promises: Bool = true) throws -> [String] {
    let facts = try facts()
    var faults: [String] = []
    var levels: [Level: (onHand: Quantity, unavailable: Quantity)] = [:]
    for stock in try books.all(StockColumns.self) {
      let key = StockKey(
        warehouse: stock.warehouse, bin: stock.bin, sku: stock.sku, lot: stock.lot,
        condition: stock.condition)
      let balance = Reckoning.balance(facts[key] ?? [])
      if balance != stock.onHand { faults.append("\(key): \(stock.onHand) is not \(balance)") }
      let level = Level(warehouse: key.warehouse, sku: key.sku)
      levels[level, default: (.zero, .zero)].onHand += balance
      if key.condition != .good { levels[level, default: (.zero, .zero)].unavailable += balance }
    }
    let allocations = try books.all(AllocationColumns.self)
    let quotas = try books.all(QuotaColumns.self)
    for level in try books.all(StockLevelColumns.self) {
      let wanted = levels[Level(warehouse: level.warehouse, sku: level.sku)] ?? (.zero, .zero)
      if level.onHand != wanted.onHand || level.unavailable != wanted.unavailable {
        faults.append("\(level.warehouse) \(level.sku): \(level.onHand) is not \(wanted.onHand)")
      }
      let promised = allocations.filter { $0.openAt == level.warehouse && $0.sku == level.sku }
        .reduce(Quantity.zero) { $0 + $1.quantity }
      let unspent = quotas.filter { $0.warehouse == level.warehouse && $0.sku == level.sku }
        .reduce(Quantity.zero) { $0 + $1.granted - $1.spent - $1.returned - $1.writtenOff }
      if promises, unspent != level.setAside {
        faults.append("\(level.warehouse) \(level.sku): \(level.setAside) set aside is not \(unspent)")
      }
      if promises, promised != level.allocated {
        faults.append("\(level.warehouse) \(level.sku): \(level.allocated) promised is not \(promised)")
      }
    }
    return faults
  }

  private func facts() throws -> [StockKey: [Fact]] {
    var facts: [StockKey: [Fact]] = [:]
    for movement in try books.all(MovementColumns.self) {
      let operation = OperationID(device: movement.device, number: movement.operation)
      let effects = [(movement.fromBin, -movement.quantity), (movement.toBin, movement.quantity)]
      for (bin, added) in effects where !bin.isEmpty {
        let key = StockKey(
          warehouse: movement.warehouse, bin: bin, sku: movement.sku, lot: movement.lot,
          condition: movement.condition)
        facts[key, default: []].append(
          Fact(
            isOpening: movement.kind == .opening, at: movement.occurredAt, operation: operation, added: added,
            counted: .zero))
      }
    }
    for observation in try books.all(ObservationColumns.self) {
      let key = StockKey(
        warehouse: observation.warehouse, bin: observation.bin, sku: observation.sku, lot: observation.lot,
        condition: observation.condition)
      facts[key, default: []].append(
        Fact(
          isOpening: false, at: observation.occurredAt,
          operation: OperationID(device: observation.device, number: observation.operation), added: nil,
          counted: observation.quantity))
    }
    return facts
  }

  /// Walks through the facts in the order in which they happened: a count sets the balance, a movement
  /// changes it.
  private static func balance(_ facts: [Fact]) -> Quantity {
    let inOrder = facts.sorted { one, other in
      if one.isOpening != other.isOpening { return one.isOpening }
      return one.at != other.at ? one.at < other.at : one.operation < other.operation
    }
    return inOrder.reduce(.zero) { balance, fact in fact.added.map { balance + $0 } ?? fact.counted }
  }
}
