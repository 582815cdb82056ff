import GRDB
public import TradeRules

import struct Foundation.Data

/// The histories a store has had, each with the first entry that belongs to it alone. The last is the present
/// one; an older one ended where the next began, at the restore of a backup (#67).
public struct Epochs: Hashable, Sendable {
  struct Span: Hashable, Sendable {
    let id: RecordID
    let firstVersion: Int64
  }

  private(set) var spans: [Span] = []

  /// The present history; `none` before the store is founded.
  public var current: RecordID { spans.last?.id ?? .none }

  mutating func begin(_ id: RecordID, at version: Int64) {
    spans.append(Span(id: id, firstVersion: version))
  }

  /// The newest version of this history that somebody at a version of some history can have seen.
  ///
  /// What an older history had beyond its end here is lost, and so is everything that a history never heard of
  /// had beyond the last restore.
  ///
  /// - Returns: nil when nothing can be said: an unknown history, and nothing was ever restored.
  func version(seenAt version: Int64, of epoch: RecordID) -> Int64? {
    guard let place = spans.lastIndex(where: { $0.id == epoch }) else {
      return spans.count > 1 ? min(version, (spans.last?.firstVersion ?? 1) - 1) : nil
    }
    guard place + 1 < spans.count else { return version }
    return min(version, spans[place + 1].firstVersion - 1)
  }

  /// Whether this store has had that history.
  func knows(_ epoch: RecordID) -> Bool { spans.contains { $0.id == epoch } }

  /// Whether this log still has an entry of some history, or should have it: entries beyond the end of an older
  /// history are lost and known to be.
  func covers(_ version: Int64, of epoch: RecordID) -> Bool {
    guard let place = spans.lastIndex(where: { $0.id == epoch }) else { return false }
    return place + 1 == spans.count || version < spans[place + 1].firstVersion
  }
}

extension Epochs {
  static func fetch(in db: Database) throws -> Epochs {
    let rows = try GRDB.Row.fetchAll(db, sql: "SELECT id, first_version FROM epoch ORDER BY first_version")
    return Epochs(
      spans: try rows.map { row in
        try Span(
          id: RecordID(bytes: LogStore.bytes(row.cell("id"))) ?? .none,
          firstVersion: row.cell("first_version"))
      })
  }

  static func append(_ id: RecordID, at version: Int64, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO epoch (id, first_version) VALUES (?, ?)", arguments: [Data(id.bytes), version])
  }
}
