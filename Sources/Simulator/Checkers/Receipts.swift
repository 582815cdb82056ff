import GRDB
import SyncSession
import TradeRules

import struct Foundation.Data

/// What people were told, kept outside of every program: an operation that was acknowledged to somebody at a
/// device, an answer that the centre gave (G1, G2, G4).
final class Receipts {
  /// Each acknowledged operation and its device's chain after it: nothing else may stand in its place.
  private(set) var acknowledged: [OperationID: [UInt8]] = [:]

  /// Takes note of a group that a device has just acknowledged.
  func recorded(_ first: OperationID, on device: SimulatedDevice) throws {
    let rows = try device.store.read { db in
      try GRDB.Row.fetchAll(
        db, sql: "SELECT number, chain_hash FROM outbox WHERE group_number = ?", arguments: [first.number])
    }
    guard !rows.isEmpty else { throw Finding("outbox", "\(first) was acknowledged and not recorded") }
    for row in rows {
      acknowledged[OperationID(device: first.device, number: row["number"])] = Array(
        row["chain_hash"] as Data)
    }
  }

  /// Every acknowledged operation is in its device's outbox, whatever crashed since (G1).
  func checkOutbox(of device: SimulatedDevice, _ tally: Tally) throws {
    tally.add("outbox")
    let rows = try device.store.read { db in
      try GRDB.Row.fetchAll(db, sql: "SELECT number, chain_hash FROM outbox ORDER BY number")
    }
    var kept: [Int64: [UInt8]] = [:]
    for (position, row) in rows.enumerated() {
      let number: Int64 = row["number"]
      guard number == Int64(position) + 1 else {
        throw Finding("outbox", "\(device.code) has no operation \(position + 1)")
      }
      kept[number] = Array(row["chain_hash"] as Data)
    }
    for id in acknowledged.keys.sorted() where id.device == device.code && kept[id.number] != acknowledged[id]
    {
      throw Finding("outbox", "\(id) was acknowledged and is not on its device any more")
    }
  }

  /// Every acknowledged operation is in the log once, as it was recorded, and has one answer or is held (G4,
  /// G5).
  func checkLog(of world: World, _ tally: Tally) throws {
    tally.add("acknowledged work", acknowledged.count)
    try world.store.read { db in
      for id in acknowledged.keys.sorted() where world.devices[id.device]?.isUnknown != true {
        let arguments: StatementArguments = [id.device, id.number]
        let hash = try GRDB.Row.fetchOne(
          db, sql: "SELECT chain_hash FROM log_operation WHERE device = ? AND number = ?",
          arguments: arguments
        ).map { Array($0["chain_hash"] as Data) }
        guard hash == acknowledged[id] else {
          throw Finding("acknowledged work", "\(id) was acknowledged and the log has it not, or another")
        }
        let decided = try Int.fetchOne(
          db,
          sql: """
            SELECT count(*) FROM log_entry
            WHERE kind = 'decided' AND device = ? AND ? BETWEEN first_number AND last_number
            """, arguments: arguments)
        let answers = try Int.fetchOne(
          db, sql: "SELECT count(*) FROM answer WHERE device = ? AND number = ?", arguments: arguments)
        let held = try Int.fetchOne(
          db, sql: "SELECT count(*) FROM held WHERE device = ? AND number = ? AND waiting_for <> ''",
          arguments: arguments)
        let isDecided = decided == 1 && answers == 1 && held == 0
        let isHeld = decided == 0 && answers == 0 && held == 1
        guard isDecided || isHeld else {
          throw Finding(
            "exactly once",
            "\(id) is decided by \(decided ?? 0) entries, has \(answers ?? 0) answers and is held \(held ?? 0) times"
          )
        }
      }
    }
  }
}
