import GRDB
import SyncProtocol
import TradeRules
import TradeTables

import struct Foundation.Data

/// Holds all that the centre says to a device against what the device may see at that moment; no row at all
/// goes to one that is not in use (G15, G17).
struct ScopeTaint {
  private let device: Device
  private let grants: Grants
  private let db: Database

  /// - Parameter name: of who is at the other end, whether or not the centre knows it by then.
  static func check(_ message: Message, to name: String, in world: World, _ tally: Tally) throws {
    let receiver = world.devices[name]
    let code = receiver?.isCopy == true ? try receiver?.store.state()?.device ?? name : name
    try world.store.read { db in
      let known = try TradeTables.row(RowKey(DeviceColumns.self, code), in: db).map { Device($0) }
      var unknown = Device()
      unknown.code = code
      let device = known ?? unknown
      let taint = ScopeTaint(
        device: device, grants: device.state == .active ? device.grants : .nothing, db: db)
      tally.add("scope")
      try taint.check(message, tally)
    }
  }

  private func check(_ message: Message, _ tally: Tally) throws {
    switch message {
    // Chance, and the centre's key: the same for everybody.
    case .challenge: break
    case .enrolled(let enrolled):
      guard (enrolled.device, enrolled.role, enrolled.name) == (device.code, device.role, device.name) else {
        throw finding("is enrolled as another device")
      }
    case .welcome(let welcome): try check(welcome)
    case .refused(let refused): try ScopeTaint.checkReason(refused.code.rawValue)
    case .settled(let settled): try checkOwn(settled.through)
    case .page(let page): try check(page, tally)
    case .checkpoint(let checkpoint): try check(checkpoint)
    case .summary(let summary): try checkGranted(summary.bucket, "a summary")
    // Its hashes are what the device itself has said.
    case .surplus(let surplus): try checkGranted(surplus.bucket, "a surplus")
    case .wipe(let wipe):
      guard device.state == .lost else { throw finding("is \(device.state) and told to wipe itself") }
      try checkOwn(wipe.through)
    case .enrol, .hello, .push, .stored, .fetch, .compare, .mend, .wiped:
      throw finding("was sent what only devices say")
    }
  }

  /// Why somebody is turned away, or a connection closed, is a code, or one of a few sentences about the
  /// connection itself: never a text that has something of a row.
  static func checkReason(_ reason: String) throws {
    let sentences = ["no proof of identity in time", "the device connected again"]
    guard sentences.contains(reason) || CodeBook.entries.contains(where: { $0.code.rawValue == reason })
    else { throw Finding("scope", "somebody was turned away with a text of its own: \(reason)") }
  }

  // MARK: Kinds

  private func check(_ welcome: Welcome) throws {
    guard welcome.grants == grants else { throw finding("is welcomed to another scope than it has") }
    for bucket in welcome.wholeBuckets { try checkGranted(bucket, "the name") }
    try checkOwn(welcome.appliedThrough)
  }

  private func check(_ checkpoint: Checkpoint) throws {
    guard device.state == .active else {
      throw Finding("revocation", "\(device.code) is \(device.state) and was sent a checkpoint")
    }
    try checkOwn(checkpoint.appliedThrough)
    for digest in checkpoint.digests {
      try checkGranted(digest.bucket, "the digest")
      let own = try GRDB.Row.fetchOne(
        db, sql: "SELECT version, digest FROM bucket WHERE name = ?", arguments: [digest.bucket.name])
      // It may have changed since this was written.
      guard let own, own["version"] <= checkpoint.version else { continue }
      guard Array(own["digest"] as Data) == digest.bytes else {
        throw finding("was sent a digest as that of \(digest.bucket) which it is not")
      }
    }
  }

  private func check(_ page: Page, _ tally: Tally) throws {
    guard device.state == .active else {
      throw Finding("revocation", "\(device.code) is \(device.state) and was sent rows")
    }
    try checkGranted(page.bucket, "a page")
    try checkCursor(page.cursor)
    let content = try PageContent(page.body.content())
    var hasher = RowHasher()
    for batch in content.batches {
      for row in batch.rows() { try check(row, of: batch.table, in: page.bucket, &hasher) }
      tally.add("rows sent", batch.rowCount)
    }
    for key in content.left { try checkLeft(key, page.bucket) }
  }

  /// The row is in scope and in the bucket, and it is the centre's to the last text.
  private func check(
    _ row: TradeRules.Row, of table: TableDescription, in bucket: Bucket, _ hasher: inout RowHasher
  ) throws {
    let buckets = table.buckets(of: row)
    guard !table.isCentreOnly, grants.meet(buckets), bucket.name == "*" || buckets.contains(bucket) else {
      throw finding("was sent a row of \(table.name) in \(bucket)")
    }
    // It may have changed since this was read.
    let own = try TradeTables.row(table.key(of: row), in: db)
    guard let own, own.version >= row.version else {
      throw finding("was sent a row of \(table.name) that the centre has not got")
    }
    guard own.version > row.version || hasher.hash(own, of: table) == hasher.hash(row, of: table) else {
      throw finding("was sent another row of \(table.name) than the centre has")
    }
  }

  /// Only what was in the bucket can have left it; what left long ago may be forgotten by now.
  private func checkLeft(_ key: RowKey, _ bucket: Bucket) throws {
    let isListed = try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM member WHERE bucket = ?1 AND table_no = ?2 AND key = ?3)
          OR EXISTS (SELECT 1 FROM bucket WHERE name = ?1 AND horizon > 0)
        """, arguments: [bucket.name, Int(key.table), Data(key.bytes)])
    guard isListed == true else { throw finding("was told of a row that left \(bucket) and never was in it") }
  }

  // MARK: Parts

  private func checkGranted(_ bucket: Bucket, _ what: String) throws {
    guard grants.contains(bucket) else { throw finding("was sent \(what) of \(bucket)") }
  }

  /// A count of operations is that of the device's own.
  private func checkOwn(_ through: Int64) throws {
    let own = try Int64.fetchOne(
      db, sql: "SELECT applied_through FROM device_session WHERE device = ?", arguments: [device.code])
    guard through <= own ?? 0 else { throw finding("was told of \(through) operations, it has \(own ?? 0)") }
  }

  /// A cursor names the buckets of a download: by turns how many bytes a name has of the one before, a chunk of the
  /// others, and a chunk of a place; each chunk behind its length.
  private func checkCursor(_ cursor: [UInt8]) throws {
    var rest = cursor[...]
    var name: [UInt8] = []
    func chunk() -> ArraySlice<UInt8> {
      var (length, shift) = (0, 0)
      while let byte = rest.popFirst() {
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 || shift > 28 { break }
      }
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }
    while let shared = rest.popFirst() {
      name = Array(name.prefix(Int(shared)) + chunk())
      try checkGranted(Bucket(String(decoding: name, as: UTF8.self)), "a cursor")
      _ = chunk()
    }
  }

  private func finding(_ what: String) -> Finding { Finding("scope", "\(device.code) \(what)") }
}
