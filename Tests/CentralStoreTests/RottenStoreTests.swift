import Foundation
import GRDB
import Testing
import TradeRules

@testable import CentralStore

@Suite("A centre's disk that forgets")
struct RottenStoreTests {
  /// How many damaged files; the seed of each is its number. `make rot` takes 200.
  private static let rounds = Int(ProcessInfo.processInfo.environment["WAYBILL_ROT_ROUNDS"] ?? "") ?? 30

  /// The same sequence for the same seed.
  private struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  @Test(
    "G23 bits of the centre's file flip, one or many: it says so and goes on, or nothing that was written differs",
    arguments: [1, 8, 64])
  func flippedBits(bits: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("centre.db")
    let centre = try TestCentre()
    try centre.day()
    try centre.store.database.writeWithoutTransaction { db in
      try db.execute(sql: "VACUUM INTO ?", arguments: [file.path])
    }
    let sound = try Data(contentsOf: file)
    let wanted = try contents(of: centre.store)
    var found = 0
    for round in 0..<Self.rounds {
      for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
      var chance = Chance(state: UInt64(round * 100 + bits))
      var bytes = [UInt8](sound)
      for _ in 0..<bits {
        let place = Int.random(in: 0..<bytes.count * 8, using: &chance)
        bytes[place / 8] ^= 1 << UInt8(place % 8)
      }
      try Data(bytes).write(to: file)
      if try isNoticed(at: file.path, wanted, "round \(round), \(bits) bits") { found += 1 }
    }
    print("RottenStoreTests: \(bits) bits, \(Self.rounds) times: \(found) found")
    // Most of so small a file is empty: one bit alone seldom hits anything.
    if bits > 1 { #expect(found > 0) }
  }

  /// Opens and checks a store as a server and `verify` do. That the program is still there is half of the claim.
  private func isNoticed(at path: String, _ wanted: [String], _ what: Comment) throws -> Bool {
    let store: CentralStore
    do { store = try CentralStore.open(at: path, create: false) } catch { return true }
    defer { try? store.close() }
    do {
      guard try store.queries.verify(deep: true).allSatisfy(\.isOK) else { return true }
    } catch { return true }
    #expect(try contents(of: store) == wanted, what)
    return false
  }

  /// Every row, entry and operation, as text.
  private func contents(of store: CentralStore) throws -> [String] {
    try store.read { db in
      let tables = try String.fetchAll(
        db,
        sql: """
          SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name <> 'device_session' ORDER BY name
          """)
      return try tables.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0)" }.sorted()
      }
    }
  }
}
