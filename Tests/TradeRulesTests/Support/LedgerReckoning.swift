@testable import TradeRules

/// The books reckoned anew from facts alone, the slow and obvious way: what rules keep up to date step by
/// step must equal it.
extension RuleBench {
  /// Current adjustments in order of their observations' ids.
  var adjustments: [Quantity] { all(CountAdjustmentColumns.self).map(\.quantity) }
  var revisions: [Quantity] { all(AdjustmentRevisionColumns.self).map(\.quantity) }

  private enum Fact {
    case moved(Quantity)
    case counted(Quantity)
  }

  /// On hand of every stock key that any fact names.
  func reckonedStock() -> [StockKey: Quantity] {
    var facts: [StockKey: [(order: (Int, Int64, String, Int64), fact: Fact)]] = [:]
    for movement in all(MovementColumns.self) {
      let order = (
        movement.kind == .opening ? 0 : 1, movement.occurredAt.milliseconds, movement.device,
        movement.operation
      )
      for (bin, effect) in [(movement.fromBin, -movement.quantity), (movement.toBin, movement.quantity)]
      where !bin.isEmpty {
        let key = StockKey(
          warehouse: movement.warehouse, bin: bin, sku: movement.sku, lot: movement.lot,
          condition: movement.condition)
        facts[key, default: []].append((order, .moved(effect)))
      }
    }
    for seen in all(ObservationColumns.self) {
      let key = StockKey(
        warehouse: seen.warehouse, bin: seen.bin, sku: seen.sku, lot: seen.lot, condition: seen.condition)
      let order = (1, seen.occurredAt.milliseconds, seen.device, seen.operation)
      facts[key, default: []].append((order, .counted(seen.quantity)))
    }
    return facts.mapValues { facts in
      facts.sorted { $0.order < $1.order }.reduce(Quantity.zero) { balance, entry in
        switch entry.fact {
        case .moved(let effect): balance + effect
        case .counted(let quantity): quantity
        }
      }
    }
  }

  /// Each count's adjustment reckoned anew: what was counted less what the books said just before.
  func reckonedAdjustments() -> [RecordID: Quantity] {
    var adjustments: [RecordID: Quantity] = [:]
    for seen in all(ObservationColumns.self) {
      let place = (1, seen.occurredAt.milliseconds, seen.device, seen.operation)
      let earlier = all(ObservationColumns.self).filter {
        $0.warehouse == seen.warehouse && $0.bin == seen.bin && $0.sku == seen.sku && $0.lot == seen.lot
          && $0.condition == seen.condition
          && (1, $0.occurredAt.milliseconds, $0.device, $0.operation) < place
      }
      let last = earlier.max {
        ($0.occurredAt.milliseconds, $0.device, $0.operation)
          < ($1.occurredAt.milliseconds, $1.device, $1.operation)
      }
      let start = last.map { (1, $0.occurredAt.milliseconds, $0.device, $0.operation) }
      var said = last?.quantity ?? .zero
      for movement in all(MovementColumns.self)
      where movement.warehouse == seen.warehouse && movement.sku == seen.sku
        && movement.lot == seen.lot && movement.condition == seen.condition
      {
        let order = (
          movement.kind == .opening ? 0 : 1, movement.occurredAt.milliseconds, movement.device,
          movement.operation
        )
        guard order < place, start.map({ $0 < order }) ?? true else { continue }
        if movement.toBin == seen.bin { said += movement.quantity }
        if movement.fromBin == seen.bin { said -= movement.quantity }
      }
      adjustments[seen.id] = seen.quantity - said
    }
    return adjustments
  }

  /// What of the books does not follow from the facts; empty when all does.
  func ledgerFaults() -> [String] {
    var faults: [String] = []
    let reckoned = reckonedStock()
    for stock in all(StockColumns.self) {
      let key = StockKey(
        warehouse: stock.warehouse, bin: stock.bin, sku: stock.sku, lot: stock.lot,
        condition: stock.condition)
      let should = reckoned[key] ?? .zero
      if stock.onHand != should { faults.append("\(key): \(stock.onHand), should be \(should)") }
    }
    for (key, quantity) in reckoned where quantity != .zero {
      if find(StockColumns.self, key.warehouse, key.bin, key.sku, key.lot, key.condition) == nil {
        faults.append("\(key): no balance")
      }
    }
    for level in all(StockLevelColumns.self) {
      let own = reckoned.filter { $0.key.warehouse == level.warehouse && $0.key.sku == level.sku }
      let onHand = own.values.reduce(Quantity.zero, +)
      let unavailable = own.filter { $0.key.condition != .good }.values.reduce(Quantity.zero, +)
      if level.onHand != onHand || level.unavailable != unavailable {
        faults.append("\(level.warehouse) \(level.sku): \(level.onHand), should be \(onHand)")
      }
    }
    let adjustments = reckonedAdjustments()
    for booked in all(CountAdjustmentColumns.self)
    where adjustments[booked.observation] != booked.quantity {
      faults.append("adjustment of \(booked.observation): \(booked.quantity)")
    }
    return faults
  }
}
