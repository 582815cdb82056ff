import GRDB
public import TradeRules
import TradeTables

/// One replica as an administrator sees it.
public struct DeviceOverview: Sendable {
  public var device: Device
  /// Nil for a device that never enrolled.
  public var session: DeviceSession?
  /// Of its operations: those refused so far, and conflicts open that they had a part in.
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
      let overviews = try Overviews(db)
      return try TradeTables.scan(TableDescription.of(DeviceColumns.self), limit: .max, in: db)
        .map { try overviews.overview(of: Device($0), in: db) }
    }
  }

  /// One device; nil when no device has the code.
  public func device(_ code: String) throws -> DeviceOverview? {
    try database.read { db in
      let row = try TradeTables.row(RowKey(DeviceColumns.self, code), in: db)
      return try row.map { try Overviews(db).overview(of: Device($0), in: db) }
    }
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

/// What is counted once for all devices.
private struct Overviews {
  private let head: LogEnd
  private let rejected: [String: Int64]
  private let held: [String: Int64]
  private let conflicts: [String: Int64]

  init(_ db: Database) throws {
    func counts(_ sql: String) throws -> [String: Int64] {
      let rows = try GRDB.Row.fetchAll(db, sql: sql)
      return Dictionary(
        try rows.map { (try $0.cell("device"), try $0.cell("count")) }, uniquingKeysWith: +)
    }
    head = try LogStore.head(in: db)
    rejected = try counts(
      "SELECT device, count(*) AS count FROM answer WHERE outcome = 'rejected' GROUP BY device")
    held = try counts("SELECT device, count(*) AS count FROM held WHERE waiting_for <> '' GROUP BY device")
    conflicts = try counts(
      """
      SELECT device, count(*) AS count FROM (
        SELECT device FROM conflict WHERE state = 'open'
        UNION ALL
        SELECT their_device FROM conflict WHERE state = 'open' AND their_device <> device
      ) GROUP BY device
      """)
  }

  func overview(of device: Device, in db: Database) throws -> DeviceOverview {
    let session = try DeviceSessions.fetch(device.code, in: db)
    return DeviceOverview(
      device: device, session: session, rejected: rejected[device.code] ?? 0,
      conflicts: conflicts[device.code] ?? 0, held: held[device.code] ?? 0,
      behindVersions: session.map { max(0, head.version - $0.checkpoint) } ?? head.version,
      behindSince: try LogStore.receivedAt(version: (session?.checkpoint ?? 0) + 1, in: db))
  }
}
