import GRDB
public import SyncProtocol
import SyncSession
public import TradeRules

import struct Foundation.Data

/// One operation recorded here.
public struct OutboxItem: Sendable {
  public enum State: String, Sendable {
    case unsent, held, answered, withdrawn
    /// The centre has it from a device that is out of use, and will not answer here.
    case setAside = "set_aside"
  }

  public var number: Int64
  public var group: Int64
  public var kind: OperationKind
  public var record: String
  public var recordedAt: Instant
  public var bytes: [UInt8]
  public var personal: [PersonalNote]
  public var chainHash: [UInt8]
  public var state: State
  /// What the replica expects of it: an outcome and codes, or empty.
  public var predicted: String
}

/// The work of this device that has no answer yet, and what was answered before.
enum Outbox {
  static func append(_ item: OutboxItem, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox (number, group_number, kind, record, recorded_at, bytes, personal, chain_hash,
          state, predicted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      item.number, item.group, item.kind.rawValue, item.record, item.recordedAt.milliseconds,
      Data(item.bytes), Data(PersonalNotes.encode(item.personal)), Data(item.chainHash),
      item.state.rawValue, item.predicted,
    ])
  }

  /// Notes apart from the outbox how far it goes, so that a damaged one shows what it lacks.
  static func noteEnd(_ number: Int64, in db: Database) throws {
    let text = Array(String(number).utf8)
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('recorded_through', ?)")
      .execute(arguments: [Data(Hashing.sha256(text).prefix(8) + text)])
  }

  /// - Returns: nil when nothing was noted, or the note is damaged too.
  static func notedEnd(in db: Database) throws -> Int64? {
    let row = try GRDB.Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'recorded_through'")
    guard let note = try row.map({ Array(try $0.cell("value", .outbox, as: Data.self)) }), note.count > 8,
      note[..<8] == Hashing.sha256(Array(note[8...]))[..<8]
    else { return nil }
    return Int64(String(decoding: note[8...], as: UTF8.self))
  }

  /// The last operation that is kept; nil when none is.
  static func last(in db: Database) throws -> OutboxItem? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM outbox ORDER BY number DESC LIMIT 1")
    return try GRDB.Row.fetchOne(statement).map(item)
  }

  static func find(_ number: Int64, in db: Database) throws -> OutboxItem? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM outbox WHERE number = ?")
    return try GRDB.Row.fetchOne(statement, arguments: [number]).map(item)
  }

  /// Operations after a number, in order, whatever their state.
  static func items(after number: Int64, limit: Int, in db: Database) throws -> [OutboxItem] {
    let statement = try db.cachedStatement(
      sql: "SELECT * FROM outbox WHERE number > ? ORDER BY number LIMIT ?")
    return try GRDB.Row.fetchAll(statement, arguments: [number, limit]).map(item)
  }

  /// Operations of one kind, in order, whatever their state.
  static func items(ofKind kind: OperationKind, in db: Database) throws -> [OutboxItem] {
    let statement = try db.cachedStatement(sql: "SELECT * FROM outbox WHERE kind = ? ORDER BY number")
    return try GRDB.Row.fetchAll(statement, arguments: [kind.rawValue]).map(item)
  }

  /// Operations by their numbers, in order.
  static func items(_ numbers: ClosedRange<Int64>, in db: Database) throws -> [OutboxItem] {
    let statement = try db.cachedStatement(
      sql: "SELECT * FROM outbox WHERE number BETWEEN ? AND ? ORDER BY number")
    return try GRDB.Row.fetchAll(statement, arguments: [numbers.lowerBound, numbers.upperBound]).map(item)
  }

  /// The operations of a group, in order: they follow one another from its number on.
  static func group(_ group: Int64, in db: Database) throws -> [OutboxItem] {
    let statement = try db.cachedStatement(sql: "SELECT * FROM outbox WHERE number >= ? ORDER BY number")
    let rows = try GRDB.Row.fetchCursor(statement, arguments: [group])
    var items: [OutboxItem] = []
    while let item = try rows.next().map(item), item.group == group { items.append(item) }
    return items
  }

  /// A group that still shapes the rows here: unsent or held.
  struct Pending {
    let group: Int64
    var last: Int64
    /// What its decision here looked at and changed; nil when that is not known.
    let footprint: Footprint?
  }

  /// The groups that still shape the rows here, in order.
  static func pendingGroups(in db: Database) throws -> [Pending] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT number, group_number, footprint FROM outbox WHERE state IN ('unsent', 'held') ORDER BY number
        """)
    var groups: [Pending] = []
    let rows = try GRDB.Row.fetchCursor(statement)
    while let row = try rows.next() {
      let (number, group): (Int64, Int64) = try (
        row.cell("number", .outbox), row.cell("group_number", .outbox)
      )
      if groups.last?.group == group {
        groups[groups.count - 1].last = number
      } else {
        let footprint = try row.cell("footprint", .outbox, as: Data?.self).flatMap {
          Footprint(bytes: Array($0))
        }
        groups.append(Pending(group: group, last: number, footprint: footprint))
      }
    }
    return groups
  }

  /// After this all pending work is decided again with the next checkpoint.
  static func forgetFootprints(in db: Database) throws {
    try db.execute(sql: "UPDATE outbox SET footprint = NULL WHERE footprint IS NOT NULL")
  }

  /// Keeps what the decision of a group looked at and changed.
  static func keep(_ footprint: Footprint, of group: Int64, in db: Database) throws {
    try db.cachedStatement(sql: "UPDATE outbox SET footprint = ? WHERE number = ?")
      .execute(arguments: [Data(footprint.bytes), group])
  }

  static func counts(in db: Database) throws -> (unsent: Int64, held: Int64) {
    let row = try GRDB.Row.fetchOne(
      db,
      sql: """
        SELECT count(*) FILTER (WHERE state = 'unsent') AS unsent,
          count(*) FILTER (WHERE state = 'held') AS held
        FROM outbox WHERE state IN ('unsent', 'held')
        """)
    return (row?["unsent"] ?? 0, row?["held"] ?? 0)
  }

  /// Marks what a checkpoint settled: everything up to `through` has its answer, except what is held.
  ///
  /// After a restore the centre may know less than before: what it has not seen is unsent again, and a device
  /// that had been retired may be in use, with work that was set aside. What was given up stays so, unless it was
  /// under way already and something came of it.
  ///
  /// - Parameter device: whose outbox it is.
  static func settle(through number: Int64, held: [Int64], of device: String, in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE outbox SET state = 'answered' WHERE number <= ? AND state IN ('unsent', 'held')"
    ).execute(arguments: [number])
    try db.cachedStatement(
      sql: "UPDATE outbox SET state = 'answered' WHERE number <= ? AND state = 'set_aside'"
    ).execute(arguments: [number])
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET state = 'unsent'
        WHERE number > ? AND state IN ('answered', 'held', 'set_aside')
        """
    ).execute(arguments: [number])
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET state = 'answered' WHERE state = 'withdrawn' AND EXISTS (
          SELECT 1 FROM answer WHERE answer.device = ? AND answer.number = outbox.number
            AND answer.outcome IN ('applied', 'partly'))
        """
    ).execute(arguments: [device])
    let statement = try db.cachedStatement(sql: "UPDATE outbox SET state = 'held' WHERE number = ?")
    for number in held { try statement.execute(arguments: [number]) }
  }

  /// Marks work that the centre took from a device that is out of use.
  static func handOver(through number: Int64, in db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE outbox SET state = 'set_aside' WHERE number <= ? AND state IN ('unsent', 'held')"
    ).execute(arguments: [number])
  }

  /// - Throws: `ReplicaDamage` for what nobody can have recorded.
  static func item(_ row: GRDB.Row) throws -> OutboxItem {
    func blob(_ name: String) throws -> [UInt8] { Array(try row.cell(name, .outbox, as: Data.self)) }
    guard let personal = PersonalNotes.decode(try blob("personal")),
      let state = OutboxItem.State(rawValue: try row.cell("state", .outbox))
    else { throw ReplicaDamage(.outbox, "an operation cannot be read") }
    return OutboxItem(
      number: try row.cell("number", .outbox), group: try row.cell("group_number", .outbox),
      kind: OperationKind(rawValue: try row.cell("kind", .outbox)), record: try row.cell("record", .outbox),
      recordedAt: Instant(milliseconds: try row.cell("recorded_at", .outbox)), bytes: try blob("bytes"),
      personal: personal, chainHash: try blob("chain_hash"), state: state,
      predicted: try row.cell("predicted", .outbox))
  }
}

/// Salts and texts as bytes, length-prefixed.
enum PersonalNotes {
  static func encode(_ notes: [PersonalNote]) -> [UInt8] {
    var bytes: [UInt8] = []
    for note in notes {
      for part in [note.salt, Array(note.text.utf8)] {
        bytes.appendVarint(UInt64(part.count))
        bytes += part
      }
    }
    return bytes
  }

  /// Nil for bytes that no replica wrote.
  static func decode(_ bytes: [UInt8]) -> [PersonalNote]? {
    var rest = bytes[...]
    var parts: [[UInt8]] = []
    while !rest.isEmpty {
      var length = 0
      var shift = 0
      while let byte = rest.popFirst() {
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
        guard shift < 35 else { return nil }
      }
      guard length <= rest.count else { return nil }
      parts.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    guard parts.count % 2 == 0 else { return nil }
    return stride(from: 0, to: parts.count, by: 2).map {
      PersonalNote(salt: parts[$0], text: String(decoding: parts[$0 + 1], as: UTF8.self))
    }
  }
}

extension OutboxItem {
  /// As it is sent.
  var recorded: RecordedOperation {
    RecordedOperation(bytes: bytes, personal: personal, isGivenUp: state == .withdrawn)
  }

  /// The operation, with the commitments left out: guesses are not hashed.
  var operation: Operation? {
    try? OperationCoding.decode(bytes, personal: personal.map { PersonalText($0.text) })
  }
}
