import GRDB
import ReplicaStore
import TradeRules
import TradeTables

import struct Foundation.Data

/// What must hold of a replica.
enum ReplicaChecks {
  /// The confirmed rows of a replica that is at the centre's head are the centre's rows of its scope, no more
  /// and no less, byte by byte; its digests are those of its rows, and the centre's (G8, G15).
  static func checkConvergence(of device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    tally.add("convergence")
    guard let state = try device.store.state() else {
      throw Finding("convergence", "\(device.code) is not enrolled")
    }
    guard let scope = try world.store.find(DeviceColumns.self, state.device)?.grants, scope == state.grants
    else { throw Finding("convergence", "\(device.code) goes by another scope than the centre") }
    let wanted = try world.store.read { db in try hashes(of: scope, in: db) }
    let (found, digests, kept) = try device.store.read { db in
      var hasher = RowHasher()
      var found: [RowKey: RowHash] = [:]
      for table in TableDescription.all where !table.isCentreOnly {
        try BaseImages.visitConfirmed(table, in: db) { row in
          found[table.key(of: row)] = hasher.hash(row, of: table)
        }
      }
      let kept = try GRDB.Row.fetchAll(db, sql: "SELECT name, digest FROM bucket")
      return (found, try BaseImages.confirmedDigests(in: db), kept)
    }
    let differing = Set(wanted.keys).union(found.keys).filter { wanted[$0] != found[$0] }.sorted()
    if let key = differing.first {
      let table = TableDescription.numbered(key.table)?.name ?? "?"
      let what =
        wanted[key] == nil ? "has a row too many" : found[key] == nil ? "lacks a row" : "has another row"
      throw Finding("convergence", "\(device.code) \(what) of \(table), \(differing.count) rows in all")
    }
    try device.store.read { db in try checkSearch(on: device.code, in: db) }
    for row in kept {
      let bucket = Bucket(row["name"])
      let actual = bucket.name == "*" ? digests.all : digests[bucket]
      guard Array(row["digest"] as Data) == actual.bytes else {
        throw Finding("digests", "\(device.code) keeps another digest of \(bucket) than its rows have")
      }
    }
  }

  /// What products are searched by is what their rows say.
  private static func checkSearch(on device: String, in db: Database) throws {
    let tables = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'product_text')"
    guard try Bool.fetchOne(db, sql: tables) == true else { return }
    let wanted = try GRDB.Row.fetchAll(db, sql: "SELECT * FROM product_source ORDER BY sku")
    let found = try GRDB.Row.fetchAll(
      db, sql: "SELECT sku, name, names, codes FROM product_text ORDER BY sku")
    guard wanted == found else {
      throw Finding("search", "\(device) searches other texts than its rows have")
    }
  }

  private static func hashes(of grants: Grants, in db: Database) throws -> [RowKey: RowHash] {
    var hasher = RowHasher()
    var hashes: [RowKey: RowHash] = [:]
    for table in TableDescription.all where !table.isCentreOnly {
      try TradeTables.visit(table, in: db) { row in
        guard grants.meet(table.buckets(of: row)) else { return }
        hashes[table.key(of: row)] = hasher.hash(row, of: table)
      }
    }
    return hashes
  }

  /// What a device takes for answered was decided or held: it is never taken for granted (G4, G9).
  static func checkAnswered(on device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    tally.add("answered")
    let last = try device.store.read { db in
      try Int64.fetchOne(db, sql: "SELECT max(number) FROM outbox WHERE state IN ('answered', 'held')")
    }
    guard let last else { return }
    let decided = try world.store.read { db in
      try Int64.fetchOne(
        db, sql: "SELECT max(number) FROM log_operation WHERE device = ?", arguments: [device.code])
    }
    guard last <= decided ?? 0 else {
      throw Finding("answered", "\(device.code)/\(last) counts as answered, and the centre has not got it")
    }
  }

  /// No disk rots but one: whatever else had to be mended was spoilt by a program.
  static func checkIncidents(_ device: SimulatedDevice) throws {
    if device.hasRotted { return }
    let incident = try device.store.read { db in
      try String.fetchOne(
        db, sql: "SELECT code || ' ' || detail FROM incident WHERE code <> 'BEHIND_HORIZON' LIMIT 1")
    }
    if let incident { throw Finding("incidents", "\(device.code) had to mend itself: \(incident)") }
  }

  /// Nothing came of what was given up, whatever the centre had forgotten meanwhile (G27).
  private static func checkGivenUp(_ id: OperationID, in world: World) throws {
    let outcome = try world.store.find(AnswerColumns.self, id.device, id.number)?.outcome
    guard outcome == .rejected || outcome == .quarantined else {
      throw Finding("given up", "\(id) was given up, and is \(outcome?.rawValue ?? "not answered")")
    }
  }

  /// When nothing waits any more, nothing is guessed any more, and the outbox says of each operation what the
  /// centre says (G5, G14).
  static func checkSettled(_ device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    tally.add("settled")
    try checkIncidents(device)
    let (states, guesses) = try device.store.read { db in
      (
        try GRDB.Row.fetchAll(db, sql: "SELECT number, state FROM outbox ORDER BY number"),
        try Int.fetchOne(db, sql: "SELECT count(*) FROM base") ?? 0
      )
    }
    var isHolding = false
    for row in states {
      let (number, state) = (row["number"] as Int64, row["state"] as String)
      let waits = try world.store.find(HeldColumns.self, device.code, number)?.waitingFor.isEmpty == false
      if state == "withdrawn", !waits {
        try checkGivenUp(OperationID(device: device.code, number: number), in: world)
        continue
      }
      guard state == (waits ? "held" : "answered") else {
        throw Finding("settled", "\(device.code)/\(number) is \(state) on its device, held: \(waits)")
      }
      if waits { isHolding = true }
    }
    guard isHolding || guesses == 0 else {
      throw Finding("settled", "\(device.code) still guesses \(guesses) rows with nothing left to guess")
    }
  }
}
