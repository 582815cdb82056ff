import CentralStore
import GRDB
import GRDBSQLite
import ReplicaStore
import SyncProtocol

import struct Foundation.Data

/// What the conversation takes: a few pages at a time, an end to every exchange, and nothing that stays when
/// everybody has hung up (G10, G26).
struct FlowChecks {
  /// So many messages to and from a device with nothing to show for them are a quarrel without end.
  static let messagesInVainMax = 200

  /// What a device has got so far.
  private struct Standing: Equatable {
    let checkpoint: Int64
    let sent: Int
    let received: Int
    let staged: Int64
    /// How far the pages of a download have come, where they say nothing new as well.
    let cursor: Data
  }

  /// On each link how many pages the replica has stored, and the bytes of those that were said since.
  private var inFlight: [UInt64: (stored: Int64, bytes: [Int])] = [:]
  private var messages: [String: (count: Int, standing: Standing?)] = [:]

  // MARK: While it goes on

  /// The centre says something.
  mutating func said(_ message: Message, on link: UInt64, in world: World, _ tally: Tally) throws {
    guard case .page(let page) = message else { return }
    tally.add("pages in flight")
    let before = inFlight[link]?.bytes ?? []
    inFlight[link, default: (0, [])].bytes.append(page.body.bytes.count)
    let isTooFar =
      before.count >= world.limits.pagesInFlightMax || before.reduce(0, +) > world.limits.pageBytesInFlightMax
    guard !isTooFar else {
      throw Finding(
        "pages in flight",
        "\(world.network.device(of: link)) was sent \(before.count + 1) pages before it had stored one")
    }
  }

  mutating func arrived(_ delivery: Network.Delivery, in world: World, _ tally: Tally) throws {
    if case .centre = delivery.end, delivery.bytes.count < 100,
      case .stored(let stored)? = try? Message.decode(delivery.bytes)
    {
      var flow = inFlight[delivery.link] ?? (0, [])
      // Of a link that was there before anybody looked some pages were not seen.
      flow.bytes.removeFirst(min(flow.bytes.count, max(0, Int(stored.pages - flow.stored))))
      flow.stored = stored.pages
      inFlight[delivery.link] = flow
    }
    try checkProgress(of: world.network.device(of: delivery.link), in: world, tally)
  }

  private mutating func checkProgress(of name: String, in world: World, _ tally: Tally) throws {
    var talk = messages[name] ?? (0, nil)
    defer { messages[name] = talk }
    talk.count += 1
    guard talk.count >= FlowChecks.messagesInVainMax, let device = world.devices[name] else { return }
    talk.count = 0
    tally.add("progress")
    let standing = try FlowChecks.standing(of: device)
    guard standing != talk.standing else {
      throw Finding(
        "progress", "\(FlowChecks.messagesInVainMax) messages to and from \(name), and nothing came of them",
        kind: .liveness)
    }
    talk.standing = standing
  }

  private static func standing(of device: SimulatedDevice) throws -> Standing {
    let progress = device.host.progress
    return try device.store.read { db in
      Standing(
        checkpoint: progress.checkpoint, sent: progress.sent, received: progress.received,
        staged: try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM staged") ?? 0,
        cursor: try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'load_cursor'") ?? Data())
    }
  }

  // MARK: At the end

  /// When everybody has hung up, the centre keeps nothing for anybody, and no program has left a statement
  /// open or pages lying about.
  static func checkLeftovers(in world: World, _ tally: Tally) throws {
    tally.add("leftovers")
    let kept = world.centre.keptForConnections
    guard kept.isEmpty else {
      throw Finding("leftovers", "nobody is connected, and the centre keeps \(kept.joined(separator: ", "))")
    }
    try world.store.read { db in try checkStatements("the centre", db) }
    for code in world.devices.keys.sorted() {
      guard let device = world.devices[code] else { continue }
      try device.store.read { db in
        try checkStatements(code, db)
        guard !device.isOutOfUse, !device.isUnknown else { return }
        let staged = try Int.fetchOne(db, sql: "SELECT count(*) FROM staged") ?? 0
        guard staged == 0 else { throw Finding("leftovers", "\(code) is current and keeps \(staged) pages") }
      }
    }
  }

  /// A statement that is never finished holds its snapshot, and the log grows for ever.
  private static func checkStatements(_ who: String, _ db: Database) throws {
    var statement = sqlite3_next_stmt(db.sqliteConnection, nil)
    while let open = statement {
      guard sqlite3_stmt_busy(open) == 0 else {
        let text = sqlite3_sql(open).map { String(cString: $0) } ?? "?"
        throw Finding("leftovers", "\(who) never finished \(text)")
      }
      statement = sqlite3_next_stmt(db.sqliteConnection, open)
    }
  }
}
