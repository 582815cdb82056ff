import GRDB
import ReplicaStore
import TradeRules
import TradeTables

/// What must hold of a device that is out of use: retired, or lost and wiped.
enum DismissedChecks {
  static func check(
    _ device: SimulatedDevice, _ receipts: Receipts, wipedUnheard: Bool, in world: World, _ tally: Tally
  ) throws {
    tally.add("out of use")
    guard let record = try world.store.find(DeviceColumns.self, device.code) else {
      throw Finding("out of use", "the centre does not know \(device.code)")
    }
    if let since = device.outOfUseSince { try checkQuarantine(of: device.code, since: since, in: world) }
    if try device.isWiped { return try checkWiped(device, record, unheard: wipedUnheard) }
    try ReplicaChecks.checkIncidents(device)
    guard record.state == .retired else {
      throw Finding("out of use", "\(device.code) is \(record.state) and has its rows")
    }
    try receipts.checkOutbox(of: device, tally)
    let open = try openWork(of: device)
    guard open == 0 else {
      throw Finding("out of use", "\(device.code) is retired and counts \(open) operations as open")
    }
  }

  /// The centre does not know the device any more: it is told so, and keeps its work until somebody takes it out.
  static func checkUnknown(_ device: SimulatedDevice) throws {
    guard device.host.progress.refusedWith == .notAuthorised, device.link == nil else {
      throw Finding("unknown devices", "\(device.code) was not turned away")
    }
  }

  /// Whether its disk changed rows, and it found out when it compared them with the centre's.
  static func isMended(_ device: SimulatedDevice) throws -> Bool {
    guard device.hasRotted else { return false }
    return try device.store.read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM incident WHERE code = 'DIGEST_MISMATCH')")
        ?? false
    }
  }

  /// Operations that the device believes to be on their way.
  static func openWork(of device: SimulatedDevice) throws -> Int {
    try device.store.read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox WHERE state IN ('unsent', 'held')") ?? 0
    }
  }

  /// Whatever of it was decided after the device was put out of use is set aside, and nothing before (G17).
  private static func checkQuarantine(of device: String, since: Int64, in world: World) throws {
    try world.store.read { db in
      let stray = try GRDB.Row.fetchOne(
        db,
        sql: """
          SELECT number, outcome FROM answer
          WHERE device = ? AND codes <> 'WITHDRAWN' AND (version > ?) <> (outcome = 'quarantined') LIMIT 1
          """, arguments: [device, since])
      guard let stray else { return }
      let (number, outcome) = (stray["number"] as Int64, stray["outcome"] as String)
      throw Finding("quarantine", "\(device)/\(number) is \(outcome), out of use since \(since)")
    }
  }

  /// No row and no work is left on it, and the centre knows, unless the device stopped before it could say so
  /// (G20).
  private static func checkWiped(_ device: SimulatedDevice, _ record: Device, unheard: Bool) throws {
    guard record.state == .wiped || (unheard && record.state == .lost) else {
      throw Finding("wiped", "\(device.code) wiped itself and is \(record.state) at the centre")
    }
    let tables = TableDescription.all.map(\.name) + ["base", "outbox", "staged", "bucket", "incident"]
    try device.store.read { db in
      for table in tables {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
        guard count == 0 else { throw Finding("wiped", "\(device.code) has \(count) rows of \(table) left") }
      }
    }
    if let text = device.storage.disk?.firstTrace(of: ["Product ", "Customer ", "address of "]) {
      throw Finding("wiped", "the disk of \(device.code) still says \(text)")
    }
  }
}
