import GRDB
import SyncProtocol
import SyncSession
import TradeRules

import struct Foundation.Data

/// Reads the log. Every function runs inside the caller's transaction.
enum LogStore {
  static func head(in db: Database) throws -> LogEnd {
    let last = try GRDB.Row.fetchOne(
      db, sql: "SELECT version, hash, received_at FROM log_entry ORDER BY version DESC LIMIT 1")
    guard let last else { return .empty }
    return try LogEnd(
      version: last.cell("version"), hash: bytes(last.cell("hash")),
      receivedAt: Instant(milliseconds: last.cell("received_at")))
  }

  /// Entries from a version on, oldest first.
  static func entries(from version: Int64, limit: Int, in db: Database) throws -> [LogEntry] {
    try GRDB.Row.fetchAll(
      db, sql: "SELECT * FROM log_entry WHERE version >= ? ORDER BY version LIMIT ?",
      arguments: [version, limit]
    ).map(entry)
  }

  static func entry(_ version: Int64, in db: Database) throws -> LogEntry? {
    try GRDB.Row.fetchOne(db, sql: "SELECT * FROM log_entry WHERE version = ?", arguments: [version]).map(
      entry)
  }

  /// The last entry received at or before a time; nil when there is none.
  static func lastVersion(receivedBy time: Instant, in db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql:
          "SELECT version FROM log_entry WHERE received_at <= ? ORDER BY received_at DESC, version DESC LIMIT 1"
      ),
      arguments: [time.milliseconds])
  }

  static func receivedAt(version: Int64, in db: Database) throws -> Instant? {
    let statement = try db.cachedStatement(sql: "SELECT received_at FROM log_entry WHERE version = ?")
    return try Int64.fetchOne(statement, arguments: [version]).map(Instant.init(milliseconds:))
  }

  /// The operations of an entry, in order of their numbers.
  static func operations(of entry: LogEntry, in db: Database) throws -> [ReceivedOperation] {
    try operations(device: entry.device, entry.numbers, in: db)
  }

  static func operations(
    device: String, _ numbers: ClosedRange<Int64>, in db: Database
  ) throws -> [ReceivedOperation] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT number, bytes, chain_hash FROM log_operation WHERE device = ? AND number BETWEEN ? AND ?
        ORDER BY number
        """)
    let rows = try GRDB.Row.fetchAll(
      statement, arguments: [device, numbers.lowerBound, numbers.upperBound])
    return try rows.map { row in
      try received(
        OperationID(device: device, number: row.cell("number")), bytes(row.cell("bytes")),
        bytes(row.cell("chain_hash")), in: db)
    }
  }

  /// The stored chain hash of an operation; nil when the log does not have it.
  static func chainHash(of id: OperationID, in db: Database) throws -> [UInt8]? {
    let statement = try db.cachedStatement(
      sql: "SELECT chain_hash FROM log_operation WHERE device = ? AND number = ?")
    return try GRDB.Row.fetchOne(statement, arguments: [id.device, id.number]).map {
      bytes(try $0.cell("chain_hash"))
    }
  }

  private static func received(
    _ id: OperationID, _ bytes: [UInt8], _ chainHash: [UInt8], in db: Database
  ) throws -> ReceivedOperation {
    let statement = try db.cachedStatement(
      sql: """
        SELECT commitment, salt, text FROM personal WHERE device = ? AND number = ? ORDER BY ordinal
        """)
    let personal = try GRDB.Row.fetchAll(statement, arguments: [id.device, id.number]).map { row in
      try PersonalPiece(
        commitment: Self.bytes(row.cell("commitment")), salt: (row.cell("salt") as Data?).map { Array($0) },
        text: row.cell("text"))
    }
    return ReceivedOperation(id: id, bytes: bytes, personal: personal, chainHash: chainHash)
  }

  static func entry(_ row: GRDB.Row) throws -> LogEntry {
    let version: Int64 = try row.cell("version")
    let observed = bytes(try row.cell("observed"))
    guard let kind = LogEntry.Kind(rawValue: try row.cell("kind")), observed.allSatisfy({ $0 < 2 }),
      let verdicts = VerdictCoding.decode(bytes(try row.cell("verdicts")))
    else { throw LogDamage(version: version) }
    let first: Int64 = try row.cell("first_number")
    return try LogEntry(
      version: version, kind: kind, device: row.cell("device"),
      numbers: first...max(first, row.cell("last_number")),
      receivedAt: Instant(milliseconds: row.cell("received_at")), rulesVersion: row.cell("rules_version"),
      verdicts: verdicts, observed: observed.map { $0 == 1 },
      effectsHash: bytes(row.cell("effects_hash")), hash: bytes(row.cell("hash")))
  }

  static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
  static func bytes(_ data: Data) -> [UInt8] { Array(data) }
}

/// An entry of the log that cannot be what the centre wrote.
public struct LogDamage: Error, Hashable, Sendable {
  public let version: Int64
}

extension ReceivedOperation {
  /// Reads what bytes mean. Bytes that mean nothing keep their place in the log (#70).
  init(id: OperationID, bytes: [UInt8], personal: [PersonalPiece], chainHash: [UInt8]) {
    let texts = personal.map { PersonalText($0.text ?? "", commitment: $0.commitment) }
    let operation = try? OperationCoding.decode(bytes, personal: texts)
    let isOwn = operation?.id == id
    // A form that cannot be read, of a newer program perhaps, takes nothing out of its group (G3): the envelope
    // says which that is.
    let heading = operation ?? (try? OperationCoding.envelope(of: bytes))?.heading
    let group = heading.flatMap { $0.id == id ? $0.group : nil }
    self.init(
      id: id, group: group ?? id.number, bytes: bytes, personal: personal, chainHash: chainHash,
      operation: isOwn ? operation : nil)
  }
}
