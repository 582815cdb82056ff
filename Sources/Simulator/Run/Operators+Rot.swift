import GRDB
import ReplicaStore
import TradeRules
import TradeTables

/// What a disk does to a replica behind its program's back.
extension Operators {
  /// When all is quiet the disk of one device changes rows. Its person works on; the next sync has to notice, and
  /// to mend it (G23).
  func rot(within patience: Int64) throws {
    guard let code = rotting, let device = world.devices[code], !device.isOutOfUse, !device.isUnknown
    else { return }
    // Whatever it had to mend before was not the disk's doing.
    try ReplicaChecks.checkSettled(device, in: world, inspector.tally)
    try world.setOnline(code, false)
    var random = Random(seed: world.seed, "rot")
    var keys: Set<RowKey> = []
    for _ in 0..<random.number(1...5) { try spoil(device, sparing: &keys, &random) }
    let spoilt = keys.count
    guard spoilt > 0 else { return try world.setOnline(code, true) }
    device.hasRotted = true
    say("the disk of \(code) changes \(spoilt) rows")
    if random.chance(700) { try work(at: device) }
    guard try !device.restartReading(at: world.now) else {
      throw Finding("rot", "\(code) did not notice that \(spoilt) of its rows changed")
    }
    try world.setOnline(code, true)
    // It is at the centre's head all the while: what its rows are shows only when the centre has told their digests.
    try world.run(milliseconds: 60_000)
    guard try world.settle(within: patience) else {
      throw Finding("liveness", "\(code) does not mend its rows", kind: .liveness)
    }
  }

  /// Changes some row that is still what it was, or loses it.
  private func spoil(
    _ device: SimulatedDevice, sparing keys: inout Set<RowKey>, _ random: inout Random
  ) throws {
    var rest = TableDescription.all.filter { !$0.isCentreOnly }
    while let table = random.pick(rest) {
      rest.removeAll { $0.number == table.number }
      let rows = try device.store.read { db in try TradeTables.scan(table, limit: .max, in: db) }
      guard let row = random.pick(rows), keys.insert(table.key(of: row)).inserted else { continue }
      return try spoil(row, of: table, on: device, &random)
    }
  }

  private func spoil(
    _ row: TradeRules.Row, of table: TableDescription, on device: SimulatedDevice, _ random: inout Random
  ) throws {
    let key = table.key(of: row)
    var rotted = row
    let cells = table.columns.filter { !$0.isKey }.map { $0.number - 1 }
      .filter { Operators.rotted(row.values[$0]) != nil }
    if random.chance(700), let cell = random.pick(cells), let value = Operators.rotted(row.values[cell]) {
      rotted.values[cell] = value
      do {
        return try device.store.write { db in try TradeTables.write([(key: key, row: rotted)], in: db) }
      } catch is DatabaseError {
        // The schema's checks do not have it: then the row is gone.
      }
    }
    _ = try device.store.write { db in try TradeTables.delete(key, in: db) }
  }

  /// Another value; nil for one that stays.
  private static func rotted(_ value: Value) -> Value? {
    switch value {
    case .integer(let number): .integer(number ^ 1)
    case .text(let text) where !text.isEmpty: .text(text + "!")
    default: nil
    }
  }

  /// Goods come in, whatever the device shows.
  private func work(at device: SimulatedDevice) throws {
    let warehouse = try world.store.find(DeviceColumns.self, device.code)?.warehouses.words.first
    let form = Filled<ReceiveStock> {
      ($0.warehouse, $0.sku, $0.quantity) = (warehouse ?? "W1", Shop.hotProducts[0], 3)
    }
    do {
      let recorded = try device.record(form, in: world)
      try inspector.receipts.recorded(recorded.id, on: device)
    } catch is Refusal {
      // Not everybody takes goods in.
    }
  }
}
