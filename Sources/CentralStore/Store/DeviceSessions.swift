import GRDB
public import TradeRules

import struct Foundation.Data

/// What the centre remembers of one device's conversations.
public struct DeviceSession: Hashable, Sendable {
  public var device: String
  /// The token the device shows next time; the previous one until it has shown this (#66).
  public var incarnation: RecordID
  public var previousIncarnation: RecordID?
  /// The last of its operations that is decided or held.
  public var appliedThrough: Int64 = 0
  /// Its chain after that operation.
  public var chainHash: [UInt8]
  /// The version of the last checkpoint it confirmed.
  public var checkpoint: Int64 = 0
  /// Operations it had not sent, as it last said.
  public var unsent: Int64 = 0
  public var lastSeenAt: Instant?
  public var lastSyncAt: Instant?
  /// Centre − device, milliseconds.
  public var clockOffsetMilliseconds: Int64 = 0
  public var appVersion = ""
  public var isForked = false
  /// How often its rows differed from the centre's and were mended, and when last.
  public var mends: Int64 = 0
  public var lastMendAt: Instant?
}

enum DeviceSessions {
  static func fetch(_ device: String, in db: Database) throws -> DeviceSession? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM device_session WHERE device = ?")
    return try GRDB.Row.fetchOne(statement, arguments: [device]).map(session)
  }

  static func fetchAll(in db: Database) throws -> [DeviceSession] {
    try GRDB.Row.fetchAll(db, sql: "SELECT * FROM device_session ORDER BY device").map(session)
  }

  static func store(_ session: DeviceSession, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO device_session (device, incarnation, previous_incarnation, applied_through,
          chain_hash, checkpoint, unsent, last_seen_at, last_sync_at, clock_offset_ms, app_version, is_forked,
          mends, last_mend_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      session.device, Data(session.incarnation.bytes), session.previousIncarnation.map { Data($0.bytes) },
      session.appliedThrough, Data(session.chainHash), session.checkpoint, session.unsent,
      session.lastSeenAt?.milliseconds, session.lastSyncAt?.milliseconds, session.clockOffsetMilliseconds,
      session.appVersion, session.isForked, session.mends, session.lastMendAt?.milliseconds,
    ])
  }

  /// Forgets which life of a replica's file is the present one: a backup knows an older one of many.
  static func forgetIncarnations(in db: Database) throws {
    try db.execute(
      sql: "UPDATE device_session SET incarnation = ?, previous_incarnation = NULL",
      arguments: [Data(RecordID.none.bytes)])
  }

  private static func session(_ row: GRDB.Row) throws -> DeviceSession {
    try DeviceSession(
      device: row.cell("device"), incarnation: id(row.cell("incarnation")) ?? .none,
      previousIncarnation: (row.cell("previous_incarnation") as Data?).flatMap(id),
      appliedThrough: row.cell("applied_through"), chainHash: Array(row.cell("chain_hash") as Data),
      checkpoint: row.cell("checkpoint"), unsent: row.cell("unsent"),
      lastSeenAt: (row.cell("last_seen_at") as Int64?).map(Instant.init(milliseconds:)),
      lastSyncAt: (row.cell("last_sync_at") as Int64?).map(Instant.init(milliseconds:)),
      clockOffsetMilliseconds: row.cell("clock_offset_ms"), appVersion: row.cell("app_version"),
      isForked: row.cell("is_forked"), mends: row.cell("mends"),
      lastMendAt: (row.cell("last_mend_at") as Int64?).map(Instant.init(milliseconds:)))
  }

  private static func id(_ data: Data) -> RecordID? { RecordID(bytes: Array(data)) }
}
