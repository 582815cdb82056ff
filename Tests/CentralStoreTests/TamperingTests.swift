import GRDB
import SyncProtocol
import SyncSession
import Testing
import TradeRules

import struct Foundation.Data

@testable import CentralStore

@Suite("Somebody changes the log in the centre's file")
struct TamperingTests {
  /// What the log consists of.
  static let tables = ["log_entry", "log_operation", "personal"]

  /// The device A1's.
  private static func key() throws -> SigningKey { try SigningKey(seed: [UInt8](repeating: 3, count: 32)) }

  /// A log of few entries with a bit of everything: the centre's own work, an edit, a conflict, an edit that waits
  /// for its customer and is decided later.
  ///
  /// - Parameter onEach: told after each commit since everybody is enrolled.
  private func smallLog(_ onEach: @escaping (TestCentre) throws -> Void = { _ in }) throws -> TestCentre {
    let centre = try TestCentre()
    try centre.importRows(.customers, [.customer("C-1", "Ana's shop", agent: "ANA")])
    try centre.addDevice("A1", .agent, agent: "ANA", key: Self.key())
    try centre.addDevice("A2", .agent, agent: "ANA")
    try onEach(centre)
    centre.afterCommit = { [unowned centre] in try onEach(centre) }
    #expect(try centre.phone("A1", "+49 30 1").outcome == .applied)
    #expect(try !centre.phone("A2", "+49 30 2").conflicts.isEmpty)
    try centre.editLater()
    centre.afterCommit = nil
    #expect(!isFound(byVerify: centre.store) && !isFound(byScrub: centre.store))
    let entries = try centre.store.read { try LogStore.entries(from: 1, limit: .max, in: $0) }
    #expect(entries.contains { $0.kind == .held } && entries.contains { !$0.observed.isEmpty })
    return centre
  }

  // MARK: Looking

  private func isFound(byVerify store: CentralStore) -> Bool {
    // An entry that cannot be what the centre wrote ends it.
    do { return try !store.queries.verify(deep: false).allSatisfy(\.isOK) } catch {
      return error is LogDamage
    }
  }

  private func isFound(byScrub store: CentralStore) -> Bool {
    do { return try store.queries.scrub() != nil } catch { return error is LogDamage }
  }

  /// What a device is told that has seen an end of the centre's log, when it connects and another store lies there.
  ///
  /// - Returns: the refusal; nil when it is welcomed.
  private func refusal(
    of store: CentralStore, having seen: LogEnd, at centre: TestCentre
  ) throws -> Code? {
    let host = CentralHost(store: store, key: centre.host.key) { [UInt8](repeating: 5, count: $0) }
    let known = try #require(try centre.store.session(of: "A1"))
    let clock = DeviceClock(wall: centre.now, bootID: .none, bootTimeMilliseconds: 0)
    let hello = Hello(
      schemaVersion: 1, device: "A1", nonce: [], incarnation: known.incarnation, epoch: centre.store.epoch,
      firstUnsent: known.appliedThrough + 1, lastRecorded: known.appliedThrough,
      chainNumber: known.appliedThrough, chainHash: known.chainHash, clock: clock, appVersion: "test",
      knownHead: LogHead(epoch: centre.store.epoch, version: seen.version, hash: seen.hash))
    var session = ReplicaSession(
      resumingFrom: .init(device: "A1", key: try Self.key(), centreKey: host.publicKey, hello: hello))
    let challenge = try #require(try said(host.handle([.connected(1)], at: centre.now)).first)
    let answered = try session.received(
      challenge, nonce: [UInt8](repeating: 9, count: 32), at: ClockReading(wall: centre.now))
    guard case .send(let message) = answered else { throw Unexpected() }
    switch try said(host.handle([.received(1, message.encode())], at: centre.now)).first {
    case .welcome: return nil
    case .refused(let refused): return refused.code
    default: throw Unexpected()
    }
  }

  private struct Unexpected: Error {}

  private func said(_ orders: [CentralHost.Order]) throws -> [Message] {
    try orders.compactMap { order in
      guard case .send(let bytes, _) = order else { return nil }
      return try Message.decode(bytes)
    }
  }

  // MARK: Changing

  /// Does something to a file that no program of ours would: keys may point nowhere, cells may hold anything.
  private func spoil(_ store: CentralStore, _ body: (Database) throws -> Void) throws {
    try store.database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
      let before = db.totalChangesCount
      try body(db)
      #expect(db.totalChangesCount > before, "something was changed")
      try db.execute(sql: "PRAGMA ignore_check_constraints = OFF; PRAGMA foreign_keys = ON")
    }
  }

  /// One row of the log, by its key.
  private struct Place {
    let table: String
    let keyColumns: [String]
    let row: GRDB.Row

    var condition: String { keyColumns.map { "\($0) = ?" }.joined(separator: " AND ") }
    var key: [DatabaseValue] { keyColumns.map { row[$0] } }
    var description: String { "\(table) \(key.map(\.description).joined(separator: " "))" }
  }

  private func places(in table: String, of store: CentralStore) throws -> [Place] {
    try store.read { db in
      let keyColumns = try db.primaryKey(table).columns
      let order = keyColumns.joined(separator: ", ")
      return try GRDB.Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(order)")
        .map { Place(table: table, keyColumns: keyColumns, row: $0) }
    }
  }

  /// What else could stand in a cell: one bit of its first or last byte changed, another number, more, nothing.
  private func others(than value: DatabaseValue, isKey: Bool, mayLack: Bool) -> [DatabaseValue] {
    let nothing: [DatabaseValue] = mayLack ? [.null] : []
    switch value.storage {
    case .null, .double: return []
    case .int64(let number):
      // The numbers beside a key are other rows'.
      let numbers = isKey ? [number ^ 1 << 40] : [number ^ 1 << 40, number + 1, number - 2]
      return numbers.map { $0.databaseValue }
    case .string(let text):
      return flipped(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self).databaseValue } + nothing
    case .blob(let data):
      return flipped(Array(data)).map { Data($0).databaseValue } + nothing
    }
  }

  /// A letter is another one then, and one that is large or small.
  private func flipped(_ bytes: [UInt8]) -> [[UInt8]] {
    guard !bytes.isEmpty else { return [[1]] }
    var (first, last) = (bytes, bytes)
    first[0] ^= 0x01
    last[bytes.count - 1] ^= 0x20
    return [first, last]
  }

  // MARK: Claims

  @Test(
    "G21 whichever cell of the log is changed, by one bit of one byte, verify and the daily scrub find it",
    arguments: tables)
  func cell(of table: String) throws {
    let centre = try smallLog()
    let store = try centre.copyOfStore()
    var verified: Set<String> = []
    for place in try places(in: table, of: store) {
      for column in try store.read({ try $0.columns(in: table) }) {
        let isKey = place.keyColumns.contains(column.name)
        for other in others(than: place.row[column.name], isKey: isKey, mayLack: !column.isNotNull) {
          try centre.store.copy(to: store)
          let arguments = [other] + place.key
          try spoil(store) { db in
            try db.execute(
              sql: "UPDATE \(table) SET \(column.name) = ? WHERE \(place.condition)",
              arguments: StatementArguments(arguments))
          }
          let what = "\(column.name) of \(place.description) is \(other)"
          #expect(isFound(byScrub: store), "\(what)")
          // It has all the checks of the scrub: once for each column shows that it says so.
          guard verified.insert(column.name).inserted else { continue }
          #expect(isFound(byVerify: store), "\(what)")
        }
      }
    }
  }

  @Test("G21 an answer that says the same in other bytes is none that the centre wrote")
  func otherBytes() throws {
    let conflict = RecordID(high: 0xABCD_EF01_2345_6789, low: 0xFEDC_BA98_7654_3210)
    let bytes = VerdictCoding.encode([Verdict(.partly, [.fieldConflict], conflicts: [conflict])])
    #expect(VerdictCoding.decode(bytes)?.map(\.conflicts) == [[conflict]])
    let name = Array(conflict.description.utf8)
    #expect(bytes.suffix(name.count) == name[...])
    let other = bytes.dropLast(name.count) + Array(conflict.description.uppercased().utf8)
    #expect(RecordID(conflict.description.uppercased()) == conflict)
    #expect(VerdictCoding.decode(Array(other)) == nil)
  }

  @Test("G21 whichever row of the log is taken out, verify and the daily scrub find it", arguments: tables)
  func deletion(from table: String) throws {
    let centre = try smallLog()
    let store = try centre.copyOfStore()
    for place in try places(in: table, of: store) {
      try centre.store.copy(to: store)
      try spoil(store) { db in
        try db.execute(
          sql: "DELETE FROM \(table) WHERE \(place.condition)", arguments: StatementArguments(place.key))
      }
      #expect(isFound(byVerify: store) && isFound(byScrub: store), "\(place.description)")
    }
  }

  @Test("G21 whichever two entries change places, verify and the daily scrub find it")
  func swap() throws {
    let centre = try smallLog()
    let store = try centre.copyOfStore()
    let last = centre.store.head.version
    for one in 1..<last {
      for other in one + 1...last {
        try centre.store.copy(to: store)
        try spoil(store) { db in
          for (old, new) in [(one, last + 1), (other, one), (last + 1, other)] {
            for table in ["log_entry", "log_operation"] {
              try db.execute(sql: "UPDATE \(table) SET version = ? WHERE version = ?", arguments: [new, old])
            }
          }
        }
        #expect(isFound(byScrub: store), "\(one) and \(other)")
      }
    }
    #expect(isFound(byVerify: store))
  }

  @Test(
    "G21 however much is cut off the log's end, and however carefully, verify, the daily scrub and whoever saw the end find it"
  )
  func truncation() throws {
    var devicesAreKnownFrom: Int64?
    let centre = try smallLog { devicesAreKnownFrom = devicesAreKnownFrom ?? $0.store.head.version }
    let first = try #require(devicesAreKnownFrom)
    let seen = centre.store.head
    let store = try centre.copyOfStore()
    for end in first..<seen.version {
      try centre.store.copy(to: store)
      try spoil(store) { db in try TamperingTests.cut(db, behind: end) }
      #expect(isFound(byVerify: store) && isFound(byScrub: store), "behind \(end)")
      let found = try store.reopened()
      #expect(found.head.version == end)
      #expect(try refusal(of: found, having: seen, at: centre) == .historyDiffers, "behind \(end)")
    }
  }

  /// Takes out what came after an entry, and what the centre remembers of it.
  private static func cut(_ db: Database, behind version: Int64) throws {
    try db.execute(
      sql: """
        DELETE FROM log_entry WHERE version > \(version);
        DELETE FROM personal WHERE EXISTS (SELECT 1 FROM log_operation AS operation
          WHERE operation.device = personal.device AND operation.number = personal.number
            AND operation.version > \(version));
        DELETE FROM log_operation WHERE version > \(version);
        UPDATE device_session SET
          applied_through = coalesce((SELECT max(number) FROM log_operation AS operation
            WHERE operation.device = device_session.device), 0),
          chain_hash = coalesce((SELECT chain_hash FROM log_operation AS operation
            WHERE operation.device = device_session.device ORDER BY number DESC LIMIT 1), zeroblob(32));
        """)
  }

  @Test("G21 an older file is sound in itself; whoever saw the log's end is not taken in by it")
  func olderFile() throws {
    var older: [CentralStore] = []
    let centre = try smallLog { older.append(try $0.copyOfStore()) }
    let present = try #require(older.last)
    older.removeLast()
    #expect(!older.isEmpty)
    for store in older {
      #expect(!isFound(byVerify: store))
      let told = try refusal(of: store, having: centre.store.head, at: centre)
      #expect(told == .historyDiffers, "of \(store.head.version)")
    }
    #expect(try refusal(of: present, having: centre.store.head, at: centre) == nil)
  }

  @Test(
    "G21 an entry that is changed with its hash and all hashes behind it is sound in itself; whoever saw it, or any behind it, is not taken in, whichever it is"
  )
  func rewritten() throws {
    let centre = try smallLog()
    let entries = try centre.store.read { try LogStore.entries(from: 1, limit: .max, in: $0) }
    for entry in entries {
      let store = try centre.copyOfStore()
      try spoil(store) { db in try TamperingTests.rewrite(entry.version, in: db) }
      #expect(!isFound(byVerify: store) && !isFound(byScrub: store))
      for seen in entries {
        let end = LogEnd(version: seen.version, hash: seen.hash, receivedAt: seen.receivedAt)
        let told = try refusal(of: try store.reopened(), having: end, at: centre)
        let wanted: Code? = seen.version < entry.version ? nil : .historyDiffers
        #expect(told == wanted, "\(entry.version) was changed, \(seen.version) was seen")
      }
    }
  }

  /// Has an entry say something else, and makes all hashes anew.
  private static func rewrite(_ version: Int64, in db: Database) throws {
    var previous = try LogStore.entry(version - 1, in: db)?.hash ?? LogEnd.empty.hash
    for var entry in try LogStore.entries(from: version, limit: .max, in: db) {
      if entry.version == version { entry.rulesVersion += 1 }
      let operations = try LogStore.operations(of: entry, in: db)
      entry.hash = entry.chained(after: previous, operations: operations.map(\.chainHash))
      try db.execute(
        sql: "UPDATE log_entry SET rules_version = ?, hash = ? WHERE version = ?",
        arguments: [entry.rulesVersion, LogStore.blob(entry.hash), entry.version])
      previous = entry.hash
    }
  }
}
