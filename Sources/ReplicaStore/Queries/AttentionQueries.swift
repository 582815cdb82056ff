import Foundation
import GRDB
public import TradeRules
import TradeTables

/// What waits for a person, counted.
public struct AttentionCounts: Hashable, Sendable {
  public let rejected: Int64
  public let conflicts: Int64
  public let held: Int64
  public var total: Int64 { rejected + conflicts + held }
}

/// Something that went wrong with the replica itself and was mended.
public struct Incident: Hashable, Sendable {
  public let at: Instant
  public let code: Code
  public let detail: String
}

extension ReplicaView {
  public func attention() throws -> AttentionCounts {
    let work = try openWork()
    let conflicts = try Int64.fetchOne(db, sql: "SELECT count(*) FROM conflict WHERE state = 'open'") ?? 0
    return AttentionCounts(
      rejected: Int64(work.count { $0.state == .rejected }), conflicts: conflicts,
      held: Int64(work.count { $0.state == .held }))
  }

  /// How many operations are not sent, and when the oldest of them was recorded.
  public func unsent() throws -> (count: Int64, oldest: Instant?) {
    let row = try GRDB.Row.fetchOne(
      db, sql: "SELECT count(*) AS count, min(recorded_at) AS oldest FROM outbox WHERE state = 'unsent'")
    let oldest: Int64? = row?["oldest"]
    return (row?["count"] ?? 0, oldest.map { Instant(milliseconds: $0) })
  }

  /// Conflicts in sight, oldest first; all of them, or the open ones.
  public func conflicts(openOnly: Bool) throws -> [Conflict] {
    try all(ConflictColumns.self).filter { !openOnly || $0.state == .open }
      .sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
  }

  /// Tasks in sight, the most urgent first; all of them, or the open ones.
  public func tasks(openOnly: Bool) throws -> [TradeTask] {
    try all(TaskColumns.self).filter { !openOnly || $0.isOpen }
      .sorted { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }
  }

  /// The last incidents of the replica, newest first.
  public func incidents(limit: Int) throws -> [Incident] {
    try GRDB.Row.fetchAll(
      db, sql: "SELECT at, code, detail FROM incident ORDER BY sequence DESC LIMIT ?", arguments: [limit]
    ).map {
      try Incident(
        at: Instant(milliseconds: $0.cell("at", .file)), code: Code(rawValue: $0.cell("code", .file)),
        detail: $0.cell("detail", .file))
    }
  }

  /// How many incidents there were, all of them or those of one code.
  public func incidentCount(_ code: Code? = nil) throws -> Int64 {
    try Int64.fetchOne(
      db, sql: "SELECT count(*) FROM incident WHERE :code IS NULL OR code = :code",
      arguments: ["code": code?.rawValue]) ?? 0
  }

  /// How many bytes of the disk the replica's rows take.
  public func storeBytes() throws -> Int64 {
    let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    return pages * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
  }
}
