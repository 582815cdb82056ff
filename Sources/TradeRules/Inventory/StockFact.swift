/// A fact's place in the history of a stock key: when it happened, ties going to the operation's id.
///
/// An opening lies before everything else, whenever it was imported: a count always knows better than the
/// books somebody started with.
struct FactPlace: Comparable {
  var isOpening: Bool
  var occurredAt: Instant
  var operation: OperationID

  init(_ movement: Movement) {
    isOpening = movement.kind == .opening
    occurredAt = movement.occurredAt
    operation = OperationID(device: movement.device, number: movement.operation)
  }

  init(_ observation: Observation) {
    isOpening = false
    occurredAt = observation.occurredAt
    operation = OperationID(device: observation.device, number: observation.operation)
  }

  init(of trade: Trade) {
    isOpening = false
    occurredAt = trade.occurredAt
    operation = trade.operation.id
  }

  static func < (one: FactPlace, other: FactPlace) -> Bool {
    if one.isOpening != other.isOpening { return one.isOpening }
    if one.occurredAt != other.occurredAt { return one.occurredAt < other.occurredAt }
    return one.operation < other.operation
  }
}

extension Record where Columns == MovementColumns {
  func key(at bin: String) -> StockKey {
    StockKey(
      warehouse: self.warehouse, bin: bin, sku: self.sku, lot: self.lot, condition: self.condition)
  }

  /// What the movement added to a bin of its own warehouse, SKU, lot and condition.
  func effect(on bin: String) -> Quantity {
    var effect = Quantity.zero
    if self.toBin == bin { effect += self.quantity }
    if self.fromBin == bin { effect -= self.quantity }
    return effect
  }
}

extension Record where Columns == ObservationColumns {
  var stockKey: StockKey {
    StockKey(
      warehouse: self.warehouse, bin: self.bin, sku: self.sku, lot: self.lot, condition: self.condition)
  }
}

extension StockKey {
  private var columns: [any ColumnValue] { [warehouse, bin, sku, lot, condition] }

  /// The observations of this key that happened at a time or later, all of them when it is nil.
  func observations(from: Instant?) -> RowRange {
    RowRange(ObservationColumns.self, "observation_of_stock", columns, from: from)
  }

  /// The movements out of this key's bin and into it, from a time on.
  func movements(from: Instant) -> [RowRange] {
    ["movement_from", "movement_to"].map { RowRange(MovementColumns.self, $0, columns, from: from) }
  }

  /// The key's balance and its bin.
  var needs: [Need] {
    [
      .row(RowKey(BinColumns.self, warehouse, bin)),
      .row(RowKey(StockColumns.self, warehouse, bin, sku, lot, condition)),
    ]
  }
}

extension Trade {
  func observations(of key: StockKey, from: Instant?) throws(Interruption) -> [Observation] {
    try all(key.observations(from: from)).map { Observation($0) }
  }

  func movements(of key: StockKey, from: Instant) throws(Interruption) -> [Movement] {
    let ranges = key.movements(from: from)
    try prepare(ranges.map(Need.range))
    var movements: [Movement] = []
    for range in ranges { movements += try all(range).map { Movement($0) } }
    return movements
  }
}
