import Foundation
import GRDB
import Testing
import TradeRules
import TradeTables

@testable import CentralStore
@testable import ReplicaStore
@testable import Simulator

@Suite("Damage where it hurts")
struct DamagedReplicaTests {
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
  @discardableResult
  private func goOn(_ shop: Shop, _ scratch: Scratch, unreadable number: Int64) throws -> RebuildReport {
    try shop.pia.device.store.write { db in
      try db.execute(
        sql: "UPDATE outbox SET bytes = zeroblob(length(bytes)) WHERE number = ?", arguments: [number])
    }
    try shop.switchOff(shop.pia)
    let (store, mending) = try ReplicaFile(scratch.file).openSound(at: shop.world.now) {
      [UInt8](repeating: 9, count: $0)
    }
    try shop.switchOn("P1", store)
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

  @Test("G23 an unsent operation that rotted is not sent: the centre would take it for a copy's")
  func rottenWork() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    for quantity in 1...3 { try shop.pia.receives(Quantity(Int64(quantity))) }
    let store = shop.pia.device.store
    try store.write { db in
      try db.execute(sql: "UPDATE outbox SET bytes = zeroblob(length(bytes)) WHERE number = 2")
    }
    let damage = #expect(throws: ReplicaDamage.self) {
      try store.batch(after: 0, limit: 3, bytesMax: 10_000)
    }
    #expect(damage?.part == .outbox)
    try goOn(shop, scratch, unreadable: 2)
    try shop.settle()
    #expect(try shop.world.store.session(of: "P1")?.isForked == false)
    #expect(try shop.centre.onHand() == 100 + 1 + 3)
    try shop.expectAllIsWell()
  }

  /// Bytes of a file's header: its magic, its read and write version, our format's number and name.
  @Test(
    "G23 a replica whose first bytes rotted is made anew, and nothing is missing",
    arguments: [0, 18, 60, 68], [0, 0x41] as [UInt8])
  func rottenHeader(offset: Int, with byte: UInt8) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    try shop.switchOff(shop.pia)
    var bytes = try Data(contentsOf: URL(filePath: scratch.file))
    bytes.replaceSubrange(offset..<offset + 4, with: [UInt8](repeating: byte, count: 4))
    try bytes.write(to: URL(filePath: scratch.file))
    let (store, mending) = try ReplicaFile(scratch.file).openSound(at: shop.world.now) {
      [UInt8](repeating: 9, count: $0)
    }
    guard case .rebuilt(let report) = mending else {
      Issue.record("\(mending)")
      return
    }
    #expect(report.kept == 1 && report.lost.isEmpty)
    try shop.switchOn("P1", store)
    try shop.settle()
    #expect(try shop.centre.onHand() == 104)
    try shop.expectAllIsWell()
  }

  @Test("a file that is no replica stays what it is", arguments: [[], [UInt8]("a shopping list".utf8)])
  func otherFile(bytes: [UInt8]) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    try Data(bytes).write(to: URL(filePath: scratch.file))
    let fault = #expect(throws: StoreFault.self) {
      try ReplicaFile(scratch.file).openSound(at: .at(1)) { [UInt8](repeating: 9, count: $0) }
    }
    #expect(fault?.reason == (bytes.isEmpty ? .missing : .notAStore))
    #expect(try Data(contentsOf: URL(filePath: scratch.file)) == Data(bytes))
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

  @Test(
    "G23 what a replica knows of itself is there twice: when one place rots, nothing is lost",
    arguments: ["meta", "meta_copy"])
  func damagedIdentity(table: String) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1", "A1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    let unsent = try shop.pia.receives(4)
    try shop.pia.device.store.write { db in
      try db.execute(sql: "UPDATE \(table) SET value = randomblob(16) WHERE name = 'incarnation'")
    }
    try shop.switchOff(shop.pia)
    let (store, mending) = try ReplicaFile(scratch.file).openSound(at: shop.world.now) {
      [UInt8](repeating: 9, count: $0)
    }
    guard case .rebuilt(let report) = mending else {
      Issue.record("\(mending)")
      return
    }
    #expect(report.kept == 1 && report.lost.isEmpty)
    #expect(try store.read { try ReplicaState.fetch(from: .copy, in: $0) } == store.state())
    try shop.switchOn("P1", store)
    try shop.settle()
    #expect(try shop.centre.answer(to: unsent.id)?.outcome == .applied)
    #expect(try shop.centre.onHand() == 104)
    try shop.expectAllIsWell()
  }

  @Test(
    "G23 a replica that cannot say any more whose it is stops, names its unsent work and stays where it is")
  func lostIdentity() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1"], files: ["P1": scratch.file])
    try shop.cutOff(shop.pia)
    try shop.pia.receives(4)
    try shop.pia.device.store.write { db in
      for table in ["meta", "meta_copy"] {
        try db.execute(sql: "UPDATE \(table) SET value = randomblob(16) WHERE name = 'incarnation'")
      }
    }
    try shop.pia.device.store.close()
    let damage = #expect(throws: ReplicaDamage.self) {
      try ReplicaFile(scratch.file).openSound(at: shop.world.now) { [UInt8](repeating: 9, count: $0) }
    }
    let told = damage.map { ReplicaFault.explanation(of: $0) }
    #expect(told?.code == .replicaLost)
    #expect(told?.detail.contains("1 stock.receive") == true, "\(told?.detail ?? "")")
    let files = try FileManager.default.contentsOfDirectory(
      atPath: URL(filePath: scratch.file).deletingLastPathComponent().path)
    #expect(files.filter { $0.contains("damaged") || $0.contains("rebuilding") } == [])
  }

  @Test("a newer program's file is not a damaged one: it stays what it is")
  func newerFile() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let shop = try Shop(staffed: ["P1"], files: ["P1": scratch.file])
    try shop.pia.device.store.write { db in
      try db.execute(sql: "CREATE TABLE season (code TEXT NOT NULL PRIMARY KEY) STRICT")
      try db.execute(sql: "PRAGMA user_version = 2")
    }
    try shop.switchOff(shop.pia)
    let fault = #expect(throws: StoreFault.self) {
      try ReplicaFile(scratch.file).openSound(at: shop.world.now) { [UInt8](repeating: 9, count: $0) }
    }
    #expect(fault?.reason == .newer(version: 2, known: 1))
  }
}
