import Foundation
import GRDB
import Testing
import TradeRules
import TradeTables

@testable import ReplicaStore
@testable import Simulator

@Suite("A disk that forgets")
struct BitRotTests {
  /// How many damaged files; the seed of each is its number. `make rot` takes 200.
  static let rounds = Int(ProcessInfo.processInfo.environment["WAYBILL_ROT_ROUNDS"] ?? "") ?? 10

  @Test(
    "G23 64 bits of a replica's files flip: nothing differs unnoticed, no unsent work is lost unnamed",
    arguments: Files.tried)
  func sixtyFourBits(_ files: Files) throws {
    let tally = try flip(64, in: files, rounds: Self.rounds, seed: 0)
    // Healing is the rule; only a part without which nothing can be made out stops a replica.
    if Self.rounds >= 100 { #expect(tally["stopped", default: 0] < Self.rounds / 2) }
  }

  @Test("G23 one bit flips, anywhere: the same", arguments: [1, 3], Files.tried)
  func fewBits(bits: Int, _ files: Files) throws {
    let tally = try flip(bits, in: files, rounds: Self.rounds / 2, seed: 10_000)
    // Of three bad bits one hits the log nearly always, and then the file is made anew.
    if Self.rounds >= 100, bits == 1 || files == .closed { #expect(tally["mended", default: 0] > 0) }
  }

  /// What lies on the disk of a replica: its file alone after it was closed; a log beside it while it is open.
  enum Files: String, CaseIterable, Sendable {
    case closed = "file"
    case open = "file and log"

    /// Those with a log are for `make rot`: most of them have to be made anew, which takes its time.
    static let tried = rounds < 100 ? [closed] : allCases
  }

  /// - Returns: how often it came to what.
  private func flip(_ bits: Int, in files: Files, rounds: Int, seed: UInt64) throws -> [String: Int] {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let sound = try Original(in: scratch, files)
    var tally: [String: Int] = [:]
    for round in 0..<rounds {
      let file = scratch.file + "-\(round)"
      defer {
        for end in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: file + end) }
      }
      try sound.copy(to: file, flipping: bits, seed: seed + UInt64(round))
      tally[try sound.expectNothingSilent(in: file, round), default: 0] += 1
    }
    let told = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("BitRotTests: \(bits) bits of \(files.rawValue), \(rounds) times: \(told)")
    return tally
  }

  /// A replica as it should be, with unsent work.
  private struct Original {
    /// By what their names end in.
    let files: [(end: String, bytes: [UInt8])]
    let checkpoint: Int64
    let rows: [RowKey: RowHash]
    let buckets: [RowKey: [Bucket]]
    let unsent: [OutboxItem]

    init(in scratch: Scratch, _ kind: Files) throws {
      let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
      for number in 1...300 { try shop.world.decide(Shop.product("P-\(number)")) }
      try shop.settle()
      for quantity in 1...6 {
        try shop.pia.receives(Quantity(Int64(quantity)), bin: "B-\(quantity)")
        try shop.ana.orders(("CHAI", Quantity(Int64(quantity))))
        try shop.settle()
      }
      if kind == .open {
        // The first load is whole and closed long since; the log has what came after.
        try shop.cutOff(shop.pia)
        try shop.pia.device.store.close()
        try shop.world.remove("P1")
        let store = try ReplicaStore.open(at: scratch.file, create: false)
        shop.world.add(try SimulatedDevice("P1", seed: 5, store: store, at: shop.world.now))
        try shop.settle()
        try shop.pia.receives(9, bin: "B-9")
        try shop.ana.orders(("CHAI", 7))
        try shop.settle()
      }
      try shop.cutOff(shop.pia)
      for quantity in 1...8 { try shop.pia.receives(Quantity(Int64(quantity)), bin: "C-\(quantity)") }
      let store = shop.pia.device.store
      (rows, buckets) = try Original.confirmed(store)
      unsent = try store.read { try Outbox.items(after: 0, limit: .max, in: $0) }.filter {
        $0.state != .answered
      }
      checkpoint = try #require(try store.state()).checkpoint
      if kind == .closed { try store.close() }
      files = try (kind == .closed ? [""] : ["", "-wal"]).map { end in
        (end, Array(try Data(contentsOf: URL(filePath: scratch.file + end))))
      }
      if kind == .open { try store.close() }
    }

    func copy(to file: String, flipping bits: Int, seed: UInt64) throws {
      var damaged = files
      let chance = RandomSource(seed: seed, "rot")
      for _ in 0..<bits {
        let all = UInt64(files.reduce(0) { $0 + $1.bytes.count })
        var place = Int(chance.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % (all * 8))
        for (number, original) in files.enumerated() {
          guard place >= original.bytes.count * 8 else {
            damaged[number].bytes[place / 8] ^= 1 << UInt8(place % 8)
            break
          }
          place -= original.bytes.count * 8
        }
      }
      for (end, bytes) in damaged { try Data(bytes).write(to: URL(filePath: file + end)) }
    }

    static func confirmed(_ store: ReplicaStore) throws -> ([RowKey: RowHash], [RowKey: [Bucket]]) {
      var (rows, buckets): ([RowKey: RowHash], [RowKey: [Bucket]]) = ([:], [:])
      var hasher = RowHasher()
      try store.read { db in
        for table in TableDescription.all where !table.isCentreOnly {
          try BaseImages.visitConfirmed(table, in: db) { row in
            rows[table.key(of: row)] = hasher.hash(row, of: table)
            buckets[table.key(of: row)] = table.buckets(of: row)
          }
        }
      }
      return (rows, buckets)
    }

    /// What became of a damaged file: every row that differs is in a bucket that is known to, every unsent
    /// operation is there or named.
    func expectNothingSilent(in file: String, _ round: Int) throws -> String {
      let store: ReplicaStore
      let mending: Mending
      do {
        (store, mending) = try ReplicaFile(file).openSound(at: .at(12)) { [UInt8](repeating: 9, count: $0) }
      } catch {
        // Stopped: what for is said, and the file is as it was.
        let refusal = ReplicaFault.explanation(of: error)
        #expect(refusal.code != .unexpected, "round \(round): \(error)")
        return "stopped"
      }
      defer { try? store.close() }
      let (found, foundBuckets) = try Original.confirmed(store)
      let suspects = Set(try store.read(Suspects.fetch))
      let state = try #require(try store.state())
      // What a log lost behind its damage leaves an older checkpoint, whole; the next sync goes on from there.
      let isOlder = state.checkpoint < checkpoint
      #expect(!isOlder || mending.isTold, "round \(round): an older state and nobody says so")
      for key in Set(rows.keys).union(found.keys) where !isOlder && rows[key] != found[key] {
        let touched = (buckets[key] ?? []) + (foundBuckets[key] ?? [])
        let isKnown = touched.contains { suspects.contains($0) }
        #expect(isKnown, "round \(round): a row of table \(key.table) differs and nobody knows")
      }
      let items = try store.read { try Outbox.items(after: 0, limit: .max, in: $0) }.filter {
        $0.state != .answered
      }
      var accounted = Set(
        items.filter { item in unsent.contains { $0.bytes == item.bytes && $0.number == item.number } }.map(
          \.number))
      if case .rebuilt(let report) = mending {
        if report.mayLackMore { accounted.formUnion(unsent.map(\.number)) }
        accounted.formUnion(report.lost.map(\.id.number))
        accounted.formUnion(report.renumbered.map(\.was.number))
      }
      #expect(
        accounted.isSuperset(of: unsent.map(\.number)), "round \(round): work is gone and nobody says so")
      // Another look finds nothing new.
      let again = try store.scrub(at: .at(13))
      #expect(again.isSound, "round \(round): \(again)")
      switch mending {
      case .sound: return "unaffected"
      case .refetching: return "mended"
      case .rebuilt: return "rebuilt"
      }
    }
  }

  // MARK: Damage where it hurts

  @Test("G23 damaged rows are fetched again with the next sync, and unsent work is not touched")
  func rowsComeBack() throws {
    let shop = try Shop()
    try shop.cutOff(shop.pia)
    let unsent = try shop.pia.receives(4)
    let store = shop.pia.device.store
    try store.write { db in
      try db.execute(sql: "UPDATE product SET name = 'rot' WHERE sku = 'MATE'")
      try db.execute(sql: "UPDATE stock SET warehouse = 'WX' WHERE sku = 'CHAI'")
      try db.execute(sql: "DELETE FROM price WHERE sku = 'CHAI'")
    }
    let result = try store.scrub(at: shop.world.now)
    // The balance was under unsent work: what it was before is kept beside it.
    #expect(result.suspects == [.catalog])
    #expect(result.strays == 1)
    let checks = try store.view { try $0.verify() }
    #expect(
      checks.first { $0.name == "digests" }?.isOK == false, "until they are mended, nobody calls them sound")
    try shop.reconnect(shop.pia)
    #expect(try store.read(Suspects.fetch).isEmpty)
    #expect(try shop.centre.answer(to: unsent.id)?.outcome == .applied)
    #expect(try store.scrub(at: shop.world.now).isSound)
    try shop.expectAllIsWell()
  }

  /// Spoils one of Pia's operations, and lets her go on with the file made anew.
  private func goOn(_ shop: Shop, _ scratch: Scratch, unreadable number: Int64) throws -> RebuildReport {
    try shop.pia.device.store.write { db in
      try db.execute(
        sql: "UPDATE outbox SET bytes = zeroblob(length(bytes)) WHERE number = ?", arguments: [number])
    }
    try shop.pia.device.store.close()
    let (store, mending) = try ReplicaFile(scratch.file).openSound(at: shop.world.now) {
      [UInt8](repeating: 9, count: $0)
    }
    try shop.world.remove("P1")
    shop.world.add(try SimulatedDevice("P1", seed: 5, store: store, at: shop.world.now))
    guard case .rebuilt(let report) = mending else {
      Issue.record("\(mending)")
      return RebuildReport()
    }
    return report
  }

  @Test("G23 an unsent operation that cannot be read is named; those behind it are kept under new numbers")
  func unreadableOperation() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.pia.receives(1)
    try shop.settle()
    try shop.cutOff(shop.pia)
    for quantity in 2...5 { try shop.pia.receives(Quantity(Int64(quantity))) }
    let report = try goOn(shop, scratch, unreadable: 3)
    #expect(report.lost.map(\.id.description) == ["P1/3"])
    #expect(report.lost.map(\.kind) == ["stock.receive"])
    #expect(report.renumbered.map(\.was.number) == [4, 5])
    #expect(report.renumbered.map(\.now.number) == [3, 4])
    #expect(FileManager.default.fileExists(atPath: report.aside))
    #expect(try shop.pia.device.store.view { try $0.verify() }.allSatisfy(\.isOK))
    try shop.settle()
    // 1 and 2, 4 and 5 arrived; 3 did not.
    #expect(try shop.centre.onHand() == Quantity(100 + 1 + 2 + 4 + 5))
    try shop.expectAllIsWell()
  }

  @Test("G23 the last answered operation cannot be read: the device goes on where its chain stood")
  func unreadableAnswered() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.pia.receives(1)
    try shop.settle()
    try shop.cutOff(shop.pia)
    _ = try goOn(shop, scratch, unreadable: 1)
    try shop.settle()
    try shop.pia.receives(2)
    try shop.settle()
    try shop.cutOff(shop.pia)
    try shop.reconnect(shop.pia)
    #expect(try shop.centre.onHand() == 103)
    #expect(try shop.pia.device.store.view { try $0.verify() }.allSatisfy(\.isOK))
  }

  @Test("a replica whose own record of itself is damaged stops and says so; its file stays where it is")
  func damagedIdentity() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1"], files: ["P1": scratch.file])
    try shop.pia.device.store.write { db in
      try db.execute(sql: "UPDATE meta SET value = randomblob(16) WHERE name = 'incarnation'")
    }
    try shop.pia.device.store.close()
    let damage = #expect(throws: ReplicaDamage.self) {
      try ReplicaFile(scratch.file).openSound(at: shop.world.now) { [UInt8](repeating: 9, count: $0) }
    }
    #expect(damage.map { ReplicaFault.explanation(of: $0).code } == .replicaLost)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: URL(filePath: scratch.file).deletingLastPathComponent().path)
    #expect(files.filter { $0.contains("damaged") || $0.contains("rebuilding") } == [])
  }
}

extension Mending {
  /// Whether it says that work may be missing.
  fileprivate var isTold: Bool { if case .rebuilt(let report) = self { report.mayLackMore } else { false } }
}
