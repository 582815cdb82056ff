import GRDB
public import TradeRules
import TradeTables

/// One replica as an administrator sees it.
public struct DeviceOverview: Sendable {
  public var device: Device
  /// Nil for a device that never enrolled.
  public var session: DeviceSession?
  /// Of its operations: those refused, and conflicts open that they had a part in.
  public var rejected: Int64
  public var conflicts: Int64
  public var held: Int64
  /// Versions that its last confirmed checkpoint is behind the head.
  public var behindVersions: Int64
  /// When the centre received the first entry the replica does not have; nil when it has all.
  public var behindSince: Instant?
}

extension CentralQueries {
  /// All devices in order of their codes.
  public func devices() throws -> [DeviceOverview] {
    try database.read { db in
      let head = try LogStore.head(in: db)
      return try TradeTables.scan(TableDescription.of(DeviceColumns.self), limit: .max, in: db)
        .map { try overview(Device($0), head: head, in: db) }
    }
  }

  /// One device; nil when no device has the code.
  public func device(_ code: String) throws -> DeviceOverview? {
    try database.read { db in
      try TradeTables.row(RowKey(DeviceColumns.self, code), in: db)
        .map { try overview(Device($0), head: try LogStore.head(in: db), in: db) }
    }
  }

  private func overview(_ device: Device, head: LogEnd, in db: Database) throws -> DeviceOverview {
    let session = try DeviceSessions.fetch(device.code, in: db)
    func count(_ sql: String) throws -> Int64 {
      try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: ["device": device.code]) ?? 0
    }
    return DeviceOverview(
      device: device, session: session,
      rejected: try count("SELECT count(*) FROM answer WHERE device = :device AND outcome = 'rejected'"),
      conflicts: try count(
        """
        SELECT count(*) FROM conflict
        WHERE state = 'open' AND (device = :device OR their_device = :device)
        """),
      held: try count("SELECT count(*) FROM held WHERE device = :device AND waiting_for <> ''"),
      behindVersions: session.map { max(0, head.version - $0.checkpoint) } ?? head.version,
      behindSince: try LogStore.receivedAt(version: (session?.checkpoint ?? 0) + 1, in: db))
  }

  /// The first code of a letter and a number, `A1`, `A2` …, after the highest one ever given.
  public func nextDeviceCode(_ letter: String) throws -> String {
    let codes = try database.read { db in
      try String.fetchAll(
        db, sql: "SELECT code FROM device WHERE substr(code, 1, length(?)) = ?", arguments: [letter, letter])
    }
    let highest = codes.compactMap { Int64($0.dropFirst(letter.count)) }.max() ?? 0
    return "\(letter)\(highest + 1)"
  }
}
