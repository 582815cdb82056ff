/// Counts among movements: which adjustment each of them booked, and how late facts change it.
///
/// Per stock key, in order of `FactPlace`: adjustmentₖ = countedₖ − (countedₖ₋₁ or opening, + movements
/// between). So a fact that falls before a count is absorbed by it, whenever it arrives.
enum CountLedger {
  /// Writes an observation and its adjustment, and mends the adjustment of the count after it.
  ///
  /// - Precondition: place, product and quantity are checked.
  static func observe(
    _ counted: Quantity, of key: StockKey, in trade: Trade
  ) throws(Interruption) {
    let place = FactPlace(of: trade)
    let window = try window(in: trade)
    let from = try nearest(in: trade)
    try trade.prepare(
      key.needs + (key.movements(from: from) + [key.observations(from: from)]).map(Need.range))
    let observations = try trade.observations(of: key, from: from)
    let movements = try trade.movements(of: key, from: from)
    let before = try balance(of: key, before: place, observations, movements, in: trade)
    let observation = makeObservation(counted, of: key, in: trade)
    let adjustment = counted - before
    let change = try absorb(adjustment, of: key, at: place, into: observations, in: trade)
    trade.put(observation)
    var booked = CountAdjustment()
    booked.observation = observation.id
    booked.warehouse = key.warehouse
    put(booked, adjustment, in: trade)
    try StockLedger.raiseStock(of: key, by: change, in: trade)
    try StockLedger.raiseLevel(of: key, by: change, in: trade)
    for movement in movements where isTooNear(observation, to: movement, within: window, in: trade) {
      try StockExceptions.nearCount(key, in: trade)
      break
    }
  }

  /// Takes an effect at a place in time into the adjustment of the next count, if there is one.
  ///
  /// - Parameter observations: of the key, at least all that happened at that time or later.
  /// - Returns: what the effect changes in the balance: nothing when a later count absorbs it.
  static func absorb(
    _ effect: Quantity, of key: StockKey, at place: FactPlace, into observations: [Observation],
    in trade: Trade
  ) throws(Interruption) -> Quantity {
    let later = observations.filter { place < FactPlace($0) }
    guard let next = later.min(by: { FactPlace($0) < FactPlace($1) }) else { return effect }
    guard effect != .zero else { return .zero }
    let booked = try adjustment(of: next, in: trade)
    if !PlantedBug.isPlanted(.countNotRevised) { put(booked, booked.quantity - effect, in: trade) }
    return .zero
  }

  /// How near a count and a movement may be before somebody has to count again, in milliseconds.
  static func window(in trade: Trade) throws(Interruption) -> Int64 {
    let window = Instant(milliseconds: try trade.setting(.nearCountMilliseconds))
    let uncertainty = max(0, trade.operation.clock.uncertaintyMilliseconds)
    // A day is more than any clock's honest uncertainty, and keeps the range short.
    return min(86_400_000, max(0, window.advanced(byMilliseconds: uncertainty).milliseconds))
  }

  /// The earliest time at which a fact can be too near to this operation.
  static func nearest(in trade: Trade) throws(Interruption) -> Instant {
    trade.occurredAt.advanced(byMilliseconds: -(try window(in: trade)))
  }

  /// Whether the clocks are too inexact to say which of two came first (#5).
  ///
  /// What one device recorded one after the other has an order that no clock decides, unless a person
  /// stated the time.
  static func isTooNear(
    _ observation: Observation, to movement: Movement, within window: Int64, in trade: Trade
  ) -> Bool {
    guard movement.kind != .opening else { return false }
    let distance = observation.occurredAt.milliseconds(since: movement.occurredAt)
    guard distance.magnitude <= window.magnitude else { return false }
    let isStated = trade.operation.statedAt != nil || movement.occurredAt != movement.recordedAt
    return observation.device != movement.device || isStated
  }

  /// The balance just before a place in time: the present one without what came after.
  private static func balance(
    of key: StockKey, before place: FactPlace, _ observations: [Observation], _ movements: [Movement],
    in trade: Trade
  ) throws(Interruption) -> Quantity {
    var balance = try trade.stock(of: key).onHand
    for movement in movements where place < FactPlace(movement) {
      balance -= movement.effect(on: key.bin)
    }
    let later = observations.filter { place < FactPlace($0) }
    try trade.prepare(later.map { RowKey(CountAdjustmentColumns.self, $0.id) })
    for observation in later { balance -= try adjustment(of: observation, in: trade).quantity }
    return balance
  }

  private static func adjustment(
    of observation: Observation, in trade: Trade
  ) throws(Interruption) -> CountAdjustment {
    // A replica that holds the count but not its adjustment cannot tell.
    guard let booked = try trade.find(CountAdjustmentColumns.self, observation.id) else {
      throw .unknown
    }
    return booked
  }

  private static func makeObservation(
    _ counted: Quantity, of key: StockKey, in trade: Trade
  ) -> Observation {
    var observation = Observation()
    observation.id = trade.derivedID("observation")
    observation.warehouse = key.warehouse
    observation.bin = key.bin
    observation.sku = key.sku
    observation.lot = key.lot
    observation.condition = key.condition
    observation.quantity = counted
    observation.occurredAt = trade.occurredAt
    observation.device = trade.operation.id.device
    observation.operation = trade.operation.id.number
    observation.actor = trade.operation.actor
    return observation
  }

  /// Writes the next revision of an adjustment; every revision is kept.
  private static func put(_ booked: CountAdjustment, _ quantity: Quantity, in trade: Trade) {
    var booked = booked
    booked.quantity = quantity
    booked.revision += 1
    trade.put(booked)
    var revision = AdjustmentRevision()
    revision.observation = booked.observation
    revision.revision = booked.revision
    revision.warehouse = booked.warehouse
    revision.quantity = quantity
    revision.because = trade.operation.id.description
    trade.put(revision)
  }
}
