import GRDB
import SyncProtocol
import TradeRules

import struct Foundation.Data

/// One operation of the log: what its author said, and what the centre answered.
struct ModelDeed {
  let id: OperationID
  /// Nil for bytes that are no operation.
  let operation: Operation?
  let outcome: String
  let codes: [String]
  let version: Int64
  let receivedAt: Int64
  /// When it was recorded: the device's word, between what it had seen and the receipt.
  var recordedAt: Int64 = 0
  /// When it happened: as a person said, at most the receipt.
  var occurredAt: Int64 = 0
  /// What its author had seen.
  var basedOn: Int64 = 0

  /// Whether anything of it was done.
  var stands: Bool { outcome == "applied" || outcome == "partly" }

  func form<F: OperationForm>(_: F.Type) -> Filled<F>? {
    guard let operation, operation.kind == F.kind else { return nil }
    return Filled<F>(operation.form)
  }
}

/// One entry of the log, read straight from its tables.
struct ModelEntry {
  let version: Int64
  let isHeld: Bool
  let device: String
  let receivedAt: Int64
  let hash: [UInt8]
  let deeds: [ModelDeed]

  static func read(after version: Int64, in db: Database) throws -> [ModelEntry] {
    let rows = try GRDB.Row.fetchAll(
      db, sql: "SELECT * FROM log_entry WHERE version > ? ORDER BY version", arguments: [version])
    return try rows.map { try ModelEntry($0, in: db) }
  }

  private init(_ row: GRDB.Row, in db: Database) throws {
    version = row["version"]
    isHeld = row["kind"] as String == "held"
    device = row["device"]
    receivedAt = row["received_at"]
    hash = Array(row["hash"] as Data)
    let verdicts = ModelEntry.texts(in: Array(row["verdicts"] as Data))
    let (first, last) = (row["first_number"] as Int64, row["last_number"] as Int64)
    guard isHeld ? verdicts.isEmpty : verdicts.count == 4 * Int(last - first + 1) else {
      throw Finding(
        "model", "entry \(version) has \(verdicts.count / 4) answers to \(last - first + 1) operations")
    }
    var deeds: [ModelDeed] = []
    for number in first...last {
      let place = 4 * Int(number - first)
      let codes = isHeld ? [] : verdicts[place + 1].split(separator: " ").map(String.init)
      deeds.append(
        ModelDeed(
          id: OperationID(device: device, number: number),
          operation: try ModelEntry.operation(device, number, in: db),
          outcome: isHeld ? "held" : verdicts[place], codes: codes, version: version, receivedAt: receivedAt))
    }
    self.deeds = deeds
  }

  private static func operation(_ device: String, _ number: Int64, in db: Database) throws -> Operation? {
    let statement = try db.cachedStatement(
      sql: "SELECT bytes FROM log_operation WHERE device = ? AND number = ?")
    guard let bytes = try Data.fetchOne(statement, arguments: [device, number]) else {
      throw Finding("model", "\(device)/\(number) has an entry in the log and no bytes")
    }
    let texts = try db.cachedStatement(
      sql: "SELECT text FROM personal WHERE device = ? AND number = ? ORDER BY ordinal")
    let personal = try Optional<String>.fetchAll(texts, arguments: [device, number])
    return try? OperationCoding.decode(Array(bytes), personal: personal.map { PersonalText($0 ?? "") })
  }

  /// Length-prefixed texts, one after the other.
  private static func texts(in bytes: [UInt8]) -> [String] {
    var texts: [String] = []
    var place = 0
    while place < bytes.count {
      var (length, shift) = (0, 0)
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      let end = min(bytes.count, place + length)
      texts.append(String(decoding: bytes[place..<end], as: UTF8.self))
      place = end
    }
    return texts
  }
}
