import GRDB
import TradeRules
import TradeTables

import struct Foundation.Data

/// What may never change once it was there, remembered outside of the centre and held against it after every
/// commit: log entries, answers, facts, and what was shipped (G2, G4, P1, P5).
struct History {
  private var entries: [Int64: [UInt8]] = [:]
  private var receivedAt: [Int64: Instant] = [:]
  private var head: Int64 = 0
  private var facts: [RowKey: TradeRules.Row] = [:]
  private var shipped: [RowKey: Quantity] = [:]
  private var acceptedOrders: Set<RowKey> = []
  private var closedOrders: Set<RowKey> = []
  /// How often the centre answered with which outcome and code.
  private(set) var answers: [String: Int] = [:]

  /// Looks at what changed since it was last called.
  mutating func follow(_ world: World, _ tally: Tally) throws {
    let now = world.store.head.version
    guard now != head else { return }
    tally.add("history", Int(now - head))
    guard now > head else { throw Finding("history", "the log went from \(head) back to \(now)") }
    let since = head
    head = now
    try world.store.read { db in
      try readEntries(since: since, in: db)
      for table in [AnswerColumns.number, MovementColumns.number, ObservationColumns.number] {
        try readFacts(table, since: since, in: db)
      }
      try readLines(since: since, in: db)
      try readOrders(since: since, in: db)
    }
  }

  private mutating func readEntries(since: Int64, in db: Database) throws {
    let rows = try GRDB.Row.fetchAll(
      db, sql: "SELECT version, hash, received_at FROM log_entry WHERE version > ? ORDER BY version",
      arguments: [since])
    guard rows.map({ $0["version"] as Int64 }) == Array(since + 1..<head + 1) else {
      throw Finding("history", "the log has gaps after \(since)")
    }
    for row in rows {
      entries[row["version"]] = Array(row["hash"] as Data)
      receivedAt[row["version"]] = Instant(milliseconds: row["received_at"])
    }
  }

  private mutating func readFacts(_ number: TableNumber, since: Int64, in db: Database) throws {
    guard let table = TableDescription.numbered(number) else { return }
    for row in try TradeTables.scan(table, versionsAfter: since, through: .max, limit: .max, in: db) {
      let key = table.key(of: row)
      guard facts.updateValue(row, forKey: key) == nil else {
        throw Finding("history", "a row of \(table.name) was changed: \(row.values)")
      }
      guard number == AnswerColumns.number else {
        try checkTime(of: row, in: number)
        continue
      }
      let answer = Answer(row)
      for word in [answer.outcome.rawValue] + answer.codes.words { answers[word, default: 0] += 1 }
    }
  }

  /// Nothing happened after the centre heard of it, whatever a device's clock says (G25).
  private func checkTime(of row: TradeRules.Row, in number: TableNumber) throws {
    let at = number == MovementColumns.number ? Movement(row).occurredAt : Observation(row).occurredAt
    guard let heard = receivedAt[row.version], at <= heard else {
      throw Finding("history", "a fact of \(at) is in entry \(row.version), which came before it")
    }
  }

  private mutating func readLines(since: Int64, in db: Database) throws {
    let table = TableDescription.of(OrderLineColumns.self)
    for row in try TradeTables.scan(table, versionsAfter: since, through: .max, limit: .max, in: db) {
      let line = OrderLine(row)
      guard line.shipped >= shipped[line.key] ?? .zero else {
        throw Finding("history", "what line \(line.id) had shipped was taken back")
      }
      shipped[line.key] = line.shipped
    }
  }

  private mutating func readOrders(since: Int64, in db: Database) throws {
    let table = TableDescription.of(OrderColumns.self)
    for row in try TradeTables.scan(table, versionsAfter: since, through: .max, limit: .max, in: db) {
      let order = Order(row)
      if order.state == .accepted { acceptedOrders.insert(order.key) }
      if order.state == .closed { closedOrders.insert(order.key) }
      guard !acceptedOrders.contains(order.key) || [.accepted, .cancelled, .closed].contains(order.state)
      else {
        throw Finding("history", "order \(order.number) was accepted and is \(order.state) again")
      }
      // A shipment from before a cancellation of what was left opens it again (#33).
      let mayOpen = order.state == .accepted && order.cancelledAt != nil
      guard !closedOrders.contains(order.key) || order.state == .closed || mayOpen else {
        throw Finding("history", "order \(order.number) was closed and is \(order.state) again")
      }
    }
  }

  /// The end of the log that a device remembers is an entry of this log: whoever showed it another one would be
  /// found out by it (G21).
  mutating func checkHead(knownTo device: SimulatedDevice, in world: World, _ tally: Tally) throws {
    guard let state = try device.store.state(), state.headVersion > 0,
      state.checkpointEpoch == world.store.epoch
    else { return }
    // It may have heard of it from a centre that crashed before it could say so to all.
    try follow(world, tally)
    tally.add("remembered heads")
    guard entries[state.headVersion] == state.headHash else {
      throw Finding(
        "remembered heads", "\(device.code) remembers another entry \(state.headVersion) than the log has")
    }
  }

  /// Holds everything remembered against the store as it is.
  func check(_ world: World, _ tally: Tally) throws {
    tally.add("history", entries.count + facts.count)
    try world.store.read { db in
      let rows = try GRDB.Row.fetchAll(db, sql: "SELECT version, hash FROM log_entry ORDER BY version")
      guard rows.count == entries.count else {
        throw Finding("history", "the log has \(rows.count) entries, \(entries.count) were seen")
      }
      for row in rows {
        let version: Int64 = row["version"]
        guard entries[version] == Array(row["hash"] as Data) else {
          throw Finding("history", "entry \(version) is not what it was")
        }
      }
      let found = try TradeTables.rows(Array(facts.keys), in: db)
      for key in facts.keys.sorted() where found[key] != facts[key] {
        throw Finding(
          "history", "a row of table \(key.table) is not what it was: \(facts[key]?.values ?? [])")
      }
    }
  }
}
