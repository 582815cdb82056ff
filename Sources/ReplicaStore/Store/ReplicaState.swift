import GRDB
import SyncProtocol
import SyncSession
public import TradeRules

import struct Foundation.Data

/// What a replica knows of itself and of its centre.
public struct ReplicaState: Hashable, Sendable {
  public var device: String
  public var role: Role
  public var name: String
  /// Where the centre is: `wss://host:port/sync`.
  public var url: String
  /// A file of certificates that vouch for the centre; empty = the system's.
  public var caFile: String
  /// The centre's Ed25519 key, pinned at enrolment.
  public var centreKey: [UInt8]
  /// The seed of the device's own key.
  public var keySeed: [UInt8]
  /// Names the history of the centre that this replica follows.
  public var epoch: RecordID
  /// The history that the checkpoint is of: another after the centre was restored, until the rows of the new
  /// one are complete.
  public var checkpointEpoch: RecordID = .none
  /// The histories that it followed before, the last ones: a centre that shows one of them is an older file.
  public internal(set) var leftEpochs: [RecordID] = []
  /// Names this life of the file; shown at each connection (#66).
  public var incarnation: RecordID
  /// The version whose rows this replica holds; 0 before the first.
  public var checkpoint: Int64 = 0
  /// The last own operation whose effects the checkpoint has.
  public var appliedThrough: Int64 = 0
  /// The device's chain after that operation; what a damaged outbox is held to. Empty before the first answer.
  public var appliedHash: [UInt8] = []
  /// What the rows at the checkpoint are: the scope as this replica shows it.
  public var grants: Grants
  /// What the centre grants now: `grants` from the next checkpoint on.
  public var granted: Grants = .nothing
  /// Rows are here that came under other grants than those of now: at the next checkpoint all are looked
  /// through and their digests reckoned anew.
  public var hasNewGrants = false
  /// Centre − device at the last connection, milliseconds, and how far off that may be.
  public var clockOffsetMilliseconds: Int64 = 0
  public var clockUncertaintyMilliseconds: Int64 = 0
  /// The boot id and boot time when that offset was measured, and the centre's time then.
  public var anchorBootID: RecordID = .none
  public var anchorBootTime: Int64 = 0
  public var anchorCentreTime: Instant = Instant(milliseconds: 0)
  public var lastSyncAt: Instant?
  /// The end of the centre's log as last seen: version and hash (G21).
  public var headVersion: Int64 = 0
  public var headHash: [UInt8] = []
  /// The code with which the centre last refused this replica; empty when it did not.
  public var refusedWith = ""
}

extension ReplicaState {
  /// Whether the device was reported lost and nothing of the replica is left but its name.
  public var isWiped: Bool { keySeed.isEmpty }

  /// Takes note of what the centre grants now.
  mutating func take(_ granted: Grants) {
    guard granted != self.granted else { return }
    if self.granted != .nothing { hasNewGrants = true }
    self.granted = granted
  }

  /// Histories that are remembered after a restore ended them.
  static let leftEpochsMax = 64

  /// Goes on with a history of the centre.
  mutating func follow(_ epoch: RecordID) {
    guard epoch != self.epoch else { return }
    if self.epoch != .none { leftEpochs = (leftEpochs + [self.epoch]).suffix(ReplicaState.leftEpochsMax) }
    self.epoch = epoch
  }

  /// The checkpoint as far as it means something to the centre; 0 while the rows are of another history.
  var checkpointInEpoch: Int64 { checkpointEpoch == epoch ? checkpoint : 0 }

  /// The tables that say it.
  enum Table: String, CaseIterable {
    case meta
    /// The same once more, for when a page rots.
    case copy = "meta_copy"
  }

  /// The state of a replica; nil when none is enrolled in the file.
  ///
  /// - Throws: `ReplicaDamage` when it is not what was stored.
  static func fetch(in db: Database) throws -> ReplicaState? { try fetch(from: .meta, in: db) }

  static func fetch(from table: Table, in db: Database) throws -> ReplicaState? {
    let rows = try GRDB.Row.fetchAll(db.cachedStatement(sql: "SELECT name, value FROM \(table.rawValue)"))
    var values: [String: [UInt8]] = [:]
    for row in rows {
      values[try row.cell("name", .identity)] = Array(try row.cell("value", .identity, as: Data.self))
    }
    return try state(of: values)
  }

  /// The state that a damaged file still says, in one place or the other.
  ///
  /// - Throws: `ReplicaDamage` when both rotted; a disk that cannot be read just now says nothing of the file.
  static func salvage(from db: Database) throws -> ReplicaState {
    var damage: (any Error)?
    for table in Table.allCases {
      do {
        if let state = try fetch(from: table, in: db) { return state }
      } catch  where ReplicaDamage.explains(error) { damage = damage ?? error }
    }
    throw ReplicaDamage(.whole, damage.map { "\($0)" } ?? "nothing in it says whose replica it is")
  }

  private static func state(of values: [String: [UInt8]]) throws -> ReplicaState? {
    guard let device = values["device"] else {
      // An enrolled replica always has a seal: without its name it lost a part.
      guard values["seal"] == nil else { throw ReplicaDamage(.identity, "its device's code is gone") }
      return nil
    }
    guard values["seal"] == seal(values) else {
      throw ReplicaDamage(.identity, "what it knows of itself was changed")
    }
    func text(_ name: String) -> String { String(decoding: values[name] ?? [], as: UTF8.self) }
    func number(_ name: String) -> Int64 { Int64(text(name)) ?? 0 }
    func id(_ name: String) -> RecordID { values[name].flatMap { RecordID(bytes: $0) } ?? .none }
    func ids(_ name: String) -> [RecordID] {
      let bytes = values[name] ?? []
      return stride(from: 0, to: bytes.count, by: 16).compactMap { RecordID(bytes: bytes[$0...].prefix(16)) }
    }
    func list(_ name: String) -> [String] { text(name).split(separator: "\n").map(String.init) }
    func grants(_ name: String) -> Grants {
      Grants(
        exact: list(name).map(Bucket.init), prefixes: list(name + "_prefixes"),
        everything: number(name + "_everything") != 0)
    }
    var state = ReplicaState(
      device: String(decoding: device, as: UTF8.self), role: Role(rawValue: text("role")),
      name: text("name"), url: text("url"), caFile: text("ca_file"),
      centreKey: values["centre_key"] ?? [], keySeed: values["key_seed"] ?? [], epoch: id("epoch"),
      incarnation: id("incarnation"),
      grants: grants("grants"))
    state.granted = grants("granted")
    state.hasNewGrants = number("has_new_grants") != 0
    state.checkpointEpoch = id("checkpoint_epoch")
    state.leftEpochs = ids("left_epochs")
    state.checkpoint = number("checkpoint")
    state.appliedThrough = number("applied_through")
    state.appliedHash = values["applied_hash"] ?? []
    state.clockOffsetMilliseconds = number("clock_offset")
    state.clockUncertaintyMilliseconds = number("clock_uncertainty")
    state.anchorBootID = id("anchor_boot_id")
    state.anchorBootTime = number("anchor_boot_time")
    state.anchorCentreTime = Instant(milliseconds: number("anchor_centre_time"))
    state.lastSyncAt = values["last_sync_at"] == nil ? nil : Instant(milliseconds: number("last_sync_at"))
    state.headVersion = number("head_version")
    state.headHash = values["head_hash"] ?? []
    state.refusedWith = text("refused_with")
    return state
  }

  func store(in db: Database) throws {
    var values: [(String, [UInt8])] = [
      ("device", Array(device.utf8)), ("role", Array(role.rawValue.utf8)), ("name", Array(name.utf8)),
      ("url", Array(url.utf8)), ("ca_file", Array(caFile.utf8)), ("centre_key", centreKey),
      ("key_seed", keySeed), ("epoch", epoch.bytes), ("checkpoint_epoch", checkpointEpoch.bytes),
      ("incarnation", incarnation.bytes),
      ("anchor_boot_id", anchorBootID.bytes), ("head_hash", headHash), ("applied_hash", appliedHash),
      ("refused_with", Array(refusedWith.utf8)),
    ]
    for (name, grants) in [("grants", grants), ("granted", granted)] {
      values.append((name, Array(grants.exact.map(\.name).joined(separator: "\n").utf8)))
      values.append((name + "_prefixes", Array(grants.prefixes.joined(separator: "\n").utf8)))
      values.append((name + "_everything", Array((grants.everything ? "1" : "0").utf8)))
    }
    let numbers: [(String, Int64)] = [
      ("has_new_grants", hasNewGrants ? 1 : 0), ("checkpoint", checkpoint),
      ("applied_through", appliedThrough), ("clock_offset", clockOffsetMilliseconds),
      ("clock_uncertainty", clockUncertaintyMilliseconds), ("anchor_boot_time", anchorBootTime),
      ("anchor_centre_time", anchorCentreTime.milliseconds), ("head_version", headVersion),
    ]
    values += numbers.map { ($0, Array(String($1).utf8)) }
    if !leftEpochs.isEmpty { values.append(("left_epochs", leftEpochs.flatMap(\.bytes))) }
    if let lastSyncAt { values.append(("last_sync_at", Array(String(lastSyncAt.milliseconds).utf8))) }
    values.append(("seal", ReplicaState.seal(Dictionary(values, uniquingKeysWith: { $1 }))))
    for table in Table.allCases {
      let statement = try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO \(table.rawValue) (name, value) VALUES (?, ?)")
      for (name, value) in values { try statement.execute(arguments: [name, Data(value)]) }
    }
  }

  /// The parts of the state that are sealed.
  private static let sealed = [
    "device", "role", "name", "url", "ca_file", "centre_key", "key_seed", "epoch", "checkpoint_epoch",
    "incarnation", "grants", "grants_prefixes", "grants_everything", "granted", "granted_prefixes",
    "granted_everything", "has_new_grants", "anchor_boot_id", "head_hash", "applied_hash", "refused_with",
    "checkpoint", "applied_through", "clock_offset", "clock_uncertainty",
    "anchor_boot_time", "anchor_centre_time", "head_version", "last_sync_at",
    "left_epochs",
  ]

  /// A hash over the state: a bit that the disk changed in a key or a checkpoint would otherwise show as
  /// something else, as a copied replica or a device nobody knows.
  private static func seal(_ values: [String: [UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for name in sealed {
      guard let value = values[name] else { continue }
      bytes += Array(name.utf8)
      bytes.appendVarint(UInt64(value.count))
      bytes += value
    }
    return Hashing.sha256(bytes)
  }
}
