import GRDB
import SyncSession
import TradeRules
import TradeTables

/// Appends to the log. Valid inside the transaction that made it.
struct LogWriter {
  private let entries: RawStatement
  private let operations: RawStatement
  private let personal: RawStatement
  private let decisions: RawStatement

  init(in db: Database) throws {
    entries = try RawStatement(
      """
      INSERT INTO log_entry (version, kind, device, first_number, last_number, received_at, rules_version,
        verdicts, observed, effects_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, in: db)
    operations = try RawStatement(
      "INSERT INTO log_operation (device, number, version, bytes, chain_hash) VALUES (?, ?, ?, ?, ?)", in: db)
    personal = try RawStatement(
      "INSERT INTO personal (device, number, ordinal, commitment, salt, text) VALUES (?, ?, ?, ?, ?, ?)",
      in: db)
    decisions = try RawStatement(
      "UPDATE log_operation SET version = ? WHERE device = ? AND number = ?", in: db)
  }

  /// - Parameter isNew: false for operations that the log has as held: this entry decides them.
  func append(_ entry: LogEntry, _ group: [ReceivedOperation], isNew: Bool) throws {
    try append(entry)
    for operation in group {
      if isNew { try append(operation, entry.version) } else { try decide(operation.id, entry.version) }
    }
  }

  private func append(_ entry: LogEntry) throws {
    let numbers = [
      entry.numbers.lowerBound, entry.numbers.upperBound, entry.receivedAt.milliseconds, entry.rulesVersion,
    ]
    try entries.bind(entry.version, at: 0)
    try entries.bindText(copying: entry.kind.rawValue, at: 1)
    try entries.bindText(copying: entry.device, at: 2)
    for (place, number) in numbers.enumerated() { try entries.bind(number, at: 3 + place) }
    try entries.bindBlob(copying: VerdictCoding.encode(entry.verdicts), at: 7)
    try entries.bindBlob(copying: entry.observed.map { $0 ? 1 : 0 }, at: 8)
    try entries.bindBlob(copying: entry.effectsHash, at: 9)
    try entries.bindBlob(copying: entry.hash, at: 10)
    try entries.run()
  }

  private func append(_ operation: ReceivedOperation, _ version: Int64) throws {
    try operations.bindText(copying: operation.id.device, at: 0)
    try operations.bind(operation.id.number, at: 1)
    try operations.bind(version, at: 2)
    try operations.bindBlob(copying: operation.bytes, at: 3)
    try operations.bindBlob(copying: operation.chainHash, at: 4)
    try operations.run()
    for (ordinal, piece) in operation.personal.enumerated() {
      try personal.bindText(copying: operation.id.device, at: 0)
      try personal.bind(operation.id.number, at: 1)
      try personal.bind(Int64(ordinal), at: 2)
      try personal.bindBlob(copying: piece.commitment, at: 3)
      if let salt = piece.salt {
        try personal.bindBlob(copying: salt, at: 4)
      } else {
        try personal.bindNull(at: 4)
      }
      try personal.bind(piece.text.value, at: 5)
      try personal.run()
    }
  }

  private func decide(_ id: OperationID, _ version: Int64) throws {
    try decisions.bind(version, at: 0)
    try decisions.bindText(copying: id.device, at: 1)
    try decisions.bind(id.number, at: 2)
    try decisions.run()
  }
}
