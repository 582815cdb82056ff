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
    "G23 64 bits of a replica's files flip: nothing differs unnoticed, no unsent work is lost unnamed, and the next sync heals it",
    arguments: Files.tried)
  func sixtyFourBits(_ files: Files) throws {
    let tally = try flip(64, in: files, rounds: Self.rounds, seed: 0)
    // Healing is the rule; only a part without which nothing can be made out stops a replica.
    if Self.rounds >= 100 { #expect(tally["stopped", default: 0] < Self.rounds / 2) }
  }

  @Test("G23 one bit flips, anywhere: the same", arguments: [1, 3], Files.tried)
  func fewBits(bits: Int, _ files: Files) throws {
    let tally = try flip(bits, in: files, rounds: Self.rounds / 2, seed: 10_000)
    // Most of a file is empty; what is hit elsewhere is found.
    if Self.rounds >= 100 { #expect(tally["mended", default: 0] + tally["rebuilt", default: 0] > 0) }
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
    var tally: [String: Int] = [:]
    for round in 0..<rounds {
      let scratch = try Scratch()
      defer { scratch.remove() }
      let victim = try Victim(in: scratch, files, "round \(round)")
      try victim.flip(bits, seed: seed + UInt64(round))
      tally[try victim.expectNothingSilent(), default: 0] += 1
    }
    let told = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("BitRotTests: \(bits) bits of \(files.rawValue), \(rounds) times: \(told)")
    return tally
  }
}

/// Pia's tablet with unsent work, switched off, in a shop that goes on.
private struct Victim {
  let shop: Shop
  /// Where the replica lies.
  let file: String
  /// The names of its files, as far as bits flip in them.
  let files: [String]
  let checkpoint: Int64
  let rows: [RowKey: RowHash]
  let buckets: [RowKey: [Bucket]]
  let unsent: [OutboxItem]
  let round: Comment

  /// How much she received unsent, each into a bin of its own.
  private static let received: ClosedRange<Int64> = 1...8

  init(in scratch: Scratch, _ kind: BitRotTests.Files, _ round: Comment) throws {
    (file, self.round) = (scratch.file, round)
    shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.decide(Filled<ImportProducts> { $0.rows = (1...300).map { Shop.product("P-\($0)") } })
    try shop.settle()
    for quantity in 1...6 {
      try shop.pia.receives(Quantity(Int64(quantity)), bin: "B-\(quantity)")
      try shop.ana.orders(("CHAI", Quantity(Int64(quantity))))
      try shop.settle()
    }
    if kind == .open {
      // The first load is whole and closed long since; the log has what came after.
      try shop.switchOff(shop.pia)
      try shop.switchOn("P1", ReplicaStore.open(at: file, create: false))
      try shop.pia.receives(9, bin: "B-9")
      try shop.ana.orders(("CHAI", 7))
      try shop.settle()
    }
    try shop.cutOff(shop.pia)
    for quantity in Victim.received { try shop.pia.receives(Quantity(quantity), bin: "C-\(quantity)") }
    let store = shop.pia.device.store
    (rows, buckets) = try Victim.confirmed(store)
    unsent = try Victim.unsent(in: store)
    checkpoint = try #require(try store.state()).checkpoint
    files = kind == .closed ? [file] : [file, file + "-wal"]
    // The last connection to close empties the log into the file: both are put back as they were before.
    let kept = try files.map { try Data(contentsOf: URL(filePath: $0)) }
    try shop.switchOff(shop.pia)
    if kind == .open { for (name, bytes) in zip(files, kept) { try bytes.write(to: URL(filePath: name)) } }
  }

  /// Flips bits anywhere in the files.
  func flip(_ bits: Int, seed: UInt64) throws {
    var damaged = try files.map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
    let all = UInt64(damaged.reduce(0) { $0 + $1.count })
    let chance = RandomSource(seed: seed, "rot")
    for _ in 0..<bits {
      var place = Int(chance.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % (all * 8))
      for number in damaged.indices {
        guard place >= damaged[number].count * 8 else {
          damaged[number][place / 8] ^= 1 << UInt8(place % 8)
          break
        }
        place -= damaged[number].count * 8
      }
    }
    for (name, bytes) in zip(files, damaged) { try Data(bytes).write(to: URL(filePath: name)) }
  }

  private static func confirmed(_ store: ReplicaStore) throws -> ([RowKey: RowHash], [RowKey: [Bucket]]) {
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

  private static func unsent(in store: ReplicaStore) throws -> [OutboxItem] {
    try store.read { try Outbox.items(after: 0, limit: .max, in: $0) }.filter { $0.state != .answered }
  }

  /// What became of the files: every row that differs is in a bucket that is known to, every unsent operation
  /// is there or named; and the next sync puts right what can be.
  ///
  /// - Returns: in a word.
  func expectNothingSilent() throws -> String {
    let store: ReplicaStore
    let mending: Mending
    do {
      (store, mending) = try ReplicaFile(file).openSound(at: shop.world.now) {
        [UInt8](repeating: 9, count: $0)
      }
    } catch {
      // Stopped: what for is said, and the file is as it was.
      let refusal = ReplicaFault.explanation(of: error)
      #expect(refusal.code != .unexpected, "\(round): \(error)")
      return "stopped"
    }
    try expectRowsOrSuspicion(in: store, mending)
    let kept = try expectWorkOrItsName(in: store, mending)
    // Another look finds nothing new.
    let again = try store.scrub(at: .at(13))
    #expect(again.isSound, "\(round): \(again)")
    try shop.switchOn("P1", store)
    let isRefused = try expectHealing(keeping: kept, mending)
    let end = isRefused ? ", another branch" : ""
    switch mending {
    case .sound: return "unaffected" + end
    case .refetching: return "mended" + end
    case .rebuilt: return "rebuilt" + end
    }
  }

  private func expectRowsOrSuspicion(in store: ReplicaStore, _ mending: Mending) throws {
    let (found, foundBuckets) = try Victim.confirmed(store)
    let suspects = Set(try store.read(Suspects.fetch))
    // What a log lost behind its damage leaves an older checkpoint, whole; the next sync goes on from there.
    let isOlder = try #require(try store.state()).checkpoint < checkpoint
    #expect(!isOlder || mending.mayLackMore, "\(round): an older state and nobody says so")
    for key in Set(rows.keys).union(found.keys) where !isOlder && rows[key] != found[key] {
      let touched = (buckets[key] ?? []) + (foundBuckets[key] ?? [])
      let isKnown = touched.contains { suspects.contains($0) }
      #expect(isKnown, "\(round): a row of table \(key.table) differs and nobody knows")
    }
  }

  /// - Returns: the places in `unsent` of what is still to be sent, also under new numbers.
  private func expectWorkOrItsName(in store: ReplicaStore, _ mending: Mending) throws -> Set<Int64> {
    let items = try Victim.unsent(in: store)
    var kept = Set(
      unsent.filter { was in items.contains { $0.number == was.number && $0.bytes == was.bytes } }.map(
        \.number))
    var accounted = kept
    if case .rebuilt(let report) = mending {
      kept.formUnion(report.renumbered.map(\.was.number))
      accounted.formUnion(kept)
      accounted.formUnion(report.lost.map(\.id.number))
      if report.mayLackMore { accounted.formUnion(unsent.map(\.number)) }
    }
    #expect(accounted.isSuperset(of: unsent.map(\.number)), "\(round): work is gone and nobody says so")
    return kept
  }

  /// With the next sync the replica has the centre's rows, and what was kept is done, once. One that lost what it
  /// had sent already is told so, as a restored copy is.
  ///
  /// - Returns: whether it was told so.
  private func expectHealing(keeping kept: Set<Int64>, _ mending: Mending) throws -> Bool {
    let device = shop.pia.device
    let end = shop.world.now.advanced(byMilliseconds: Simulation.patience)
    while shop.world.now < end, device.host.progress.refusedWith == nil,
      try !device.isCurrent(with: shop.world.store.head.version)
    {
      try shop.world.run(milliseconds: 250)
    }
    if let code = device.host.progress.refusedWith {
      #expect(code == .replicaForked && mending.mayLackMore, "\(round): \(code) after \(mending)")
      return true
    }
    #expect(try device.isCurrent(with: shop.world.store.head.version), "\(round): \(device.host.progress)")
    try shop.settle()
    try shop.expectSameRows(shop.pia)
    try shop.expectSameDigests(shop.pia)
    for (item, quantity) in zip(unsent, Victim.received) {
      let onHand = try shop.centre.onHand(bin: "C-\(quantity)")
      let wanted = kept.contains(item.number) ? [Quantity(quantity)] : [.zero, Quantity(quantity)]
      #expect(wanted.contains(onHand), "\(round): \(onHand) of \(quantity) received")
    }
    #expect(try shop.pia.device.store.scrub(at: .at(14)).isSound, "\(round)")
    return false
  }
}

extension Mending {
  /// Whether it says that work may be missing.
  fileprivate var mayLackMore: Bool {
    if case .rebuilt(let report) = self { report.mayLackMore } else { false }
  }
}
