import GRDB
import TradeRules
import TradeTables

/// The stock that the facts come to, reckoned in the plainest way: facts in the order in which they happened,
/// a count sets the balance, a movement changes it (P2, #3, #4, #7, #8).
struct StockModel {
  private struct Place: Comparable {
    let isOpening: Bool
    let at: Instant
    let operation: OperationID

    static func < (one: Place, other: Place) -> Bool {
      if one.isOpening != other.isOpening { return one.isOpening }
      return one.at != other.at ? one.at < other.at : one.operation < other.operation
    }
  }

  private enum Fact {
    case moved(Quantity)
    case counted(Quantity, RecordID)
  }

  /// Per stock key: the balance, and what each count was off by.
  private(set) var balances: [StockKey: Quantity] = [:]
  private(set) var adjustments: [RecordID: Quantity] = [:]

  init(_ db: Database) throws {
    var facts: [StockKey: [(place: Place, fact: Fact)]] = [:]
    try TradeTables.visit(.of(MovementColumns.self), in: db) { row in
      let movement = Movement(row)
      let place = Place(
        isOpening: movement.kind == .opening, at: movement.occurredAt,
        operation: OperationID(device: movement.device, number: movement.operation))
      for (bin, moved) in [(movement.fromBin, -movement.quantity), (movement.toBin, movement.quantity)]
      where !bin.isEmpty {
        let key = StockKey(
          warehouse: movement.warehouse, bin: bin, sku: movement.sku, lot: movement.lot,
          condition: movement.condition)
        facts[key, default: []].append((place, .moved(moved)))
      }
    }
    try TradeTables.visit(.of(ObservationColumns.self), in: db) { row in
      let seen = Observation(row)
      let place = Place(
        isOpening: false, at: seen.occurredAt,
        operation: OperationID(device: seen.device, number: seen.operation))
      let key = StockKey(
        warehouse: seen.warehouse, bin: seen.bin, sku: seen.sku, lot: seen.lot, condition: seen.condition)
      facts[key, default: []].append((place, .counted(seen.quantity, seen.id)))
    }
    for (key, facts) in facts {
      var balance = Quantity.zero
      for (_, fact) in facts.sorted(by: { $0.place < $1.place }) {
        switch fact {
        case .moved(let quantity): balance += quantity
        case .counted(let quantity, let id):
          adjustments[id] = quantity - balance
          balance = quantity
        }
      }
      balances[key] = balance
    }
  }

  /// Whether balances, levels and adjustments are what the facts come to (G12).
  func check(_ db: Database) throws {
    var levels: [String: (onHand: Quantity, unavailable: Quantity)] = [:]
    var rest = balances
    try TradeTables.visit(.of(StockColumns.self), in: db) { row in
      let stock = Stock(row)
      let key = StockKey(
        warehouse: stock.warehouse, bin: stock.bin, sku: stock.sku, lot: stock.lot, condition: stock.condition
      )
      guard stock.onHand == rest.removeValue(forKey: key) ?? .zero else {
        throw Finding(
          "ledger", "\(key): \(stock.onHand) on hand, the facts come to \(balances[key] ?? .zero)")
      }
      levels["\(key.warehouse) \(key.sku)", default: (.zero, .zero)].onHand += stock.onHand
      if key.condition != .good {
        levels["\(key.warehouse) \(key.sku)", default: (.zero, .zero)].unavailable += stock.onHand
      }
    }
    if let (key, quantity) = rest.filter({ $0.value != .zero }).min(by: { "\($0.key)" < "\($1.key)" }) {
      throw Finding("ledger", "\(key) has no balance, the facts come to \(quantity)")
    }
    try TradeTables.visit(.of(StockLevelColumns.self), in: db) { row in
      let level = StockLevel(row)
      let sum = levels.removeValue(forKey: "\(level.warehouse) \(level.sku)") ?? (.zero, .zero)
      guard (level.onHand, level.unavailable) == sum else {
        throw Finding(
          "levels", "\(level.warehouse) \(level.sku): \(level.onHand) on hand, its bins have \(sum)")
      }
    }
    if let (name, sum) = levels.filter({ $0.value.onHand != .zero }).min(by: { $0.key < $1.key }) {
      throw Finding("levels", "\(name) has no level, its bins have \(sum)")
    }
    var unbooked = adjustments
    try TradeTables.visit(.of(CountAdjustmentColumns.self), in: db) { row in
      let booked = CountAdjustment(row)
      guard booked.quantity == unbooked.removeValue(forKey: booked.observation) else {
        throw Finding(
          "counts",
          "count \(booked.observation) is booked as \(booked.quantity) and was off by "
            + "\(adjustments[booked.observation].map { "\($0)" } ?? "nothing known")")
      }
    }
    if let id = unbooked.keys.min() { throw Finding("counts", "count \(id) has no adjustment") }
  }
}
