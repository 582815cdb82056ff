import Foundation
import SyncSession
import Testing
import TradeRules

@testable import ReplicaStore

@Suite("Where an enrolment goes on")
struct BegunEnrolmentTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "waybill-enrolment-\(UUID().uuidString)")

  private var file: ReplicaFile { ReplicaFile(folder.appending(path: "replica.db").path) }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  /// A code as somebody types it, of a centre's.
  private func code(_ number: UInt8) -> String {
    EnrolmentCode(
      secret: [UInt8](repeating: number, count: EnrolmentCode.secretBytes),
      centreKey: [UInt8](repeating: 1, count: 32)
    ).text
  }

  /// Begins an enrolment that is cut off once the device has its name.
  private func begin(_ device: String, with code: String) throws {
    let store = try file.openToEnrol(typed: code).store
    try store.keep(
      ReplicaState(
        device: device, role: .agent, name: "Mira", url: "ws://127.0.0.1:1/sync", caFile: "", centreKey: [],
        keySeed: [UInt8](repeating: 2, count: 32), epoch: .none, incarnation: .none, grants: .nothing))
    try store.close()
  }

  /// The device whose enrolment a code goes on with, and what is set aside for it.
  private func device(of code: String) throws -> (name: String?, aside: [EnrolmentAside]) {
    let (store, aside) = try file.openToEnrol(typed: code)
    defer { try? store.close() }
    return (try store.state()?.device, aside)
  }

  @Test("each code goes on with what it began, however often codes are changed")
  func codesApart() throws {
    defer { cleanUp() }
    try file.makeFolder()
    try begin("A1", with: code(1))
    let other = try device(of: code(2))
    #expect(other.name == nil)
    #expect(other.aside.map(\.isDamaged) == [false])
    #expect(other.aside.allSatisfy { ReplicaFile($0.path).exists })
    try begin("A2", with: code(2))
    #expect(try device(of: code(1)).name == "A1")
    #expect(try device(of: code(2)).name == "A2")
    let again = try device(of: code(2).lowercased())
    #expect(again.name == "A2")
    #expect(again.aside.isEmpty)
    #expect(try device(of: code(3)).name == nil)
    #expect(try device(of: code(1)).name == "A1")
  }

  @Test("a text that is no code sets nothing aside")
  func noCode() throws {
    defer { cleanUp() }
    try file.makeFolder()
    try begin("A1", with: code(1))
    let refusal = #expect(throws: Refusal.self) { _ = try file.openToEnrol(typed: "WB1-7K3QD") }
    #expect(refusal?.code == .codeInvalid)
    #expect(file.partial.exists)
    #expect(try device(of: code(1)).name == "A1")
  }

  @Test("the code itself is not kept")
  func secret() throws {
    defer { cleanUp() }
    try file.makeFolder()
    try begin("A1", with: code(7))
    let bytes = try Data(contentsOf: URL(filePath: file.partial.path))
    let secret = [UInt8](repeating: 7, count: EnrolmentCode.secretBytes)
    #expect(bytes.range(of: Data(Hashing.sha256(secret))) != nil)
    #expect(bytes.range(of: Data(secret)) == nil)
    #expect(bytes.range(of: Data(code(7).utf8)) == nil)
  }

  @Test("G23 of what is damaged every piece is kept, and it keeps nobody out")
  func damaged() throws {
    defer { cleanUp() }
    try file.makeFolder()
    for count in 1...2 {
      try begin("A\(count)", with: code(1))
      var bytes = try Data(contentsOf: URL(filePath: file.partial.path))
      bytes.replaceSubrange(0..<100, with: Data(repeating: UInt8(count), count: 100))
      try bytes.write(to: URL(filePath: file.partial.path))
      let found = try device(of: code(1))
      #expect(found.name == nil)
      #expect(found.aside.map(\.isDamaged) == [true])
      let kept = try #require(found.aside.first)
      #expect(try Data(contentsOf: URL(filePath: kept.path)) == bytes)
    }
  }

  @Test("what is no centre's store and no replica's is set aside as well")
  func foreign() throws {
    defer { cleanUp() }
    try file.makeFolder()
    let text =
      "not a database, and longer than a header of a hundred bytes would be, by a few words and then some more, to be sure"
    try text.write(toFile: file.partial.path, atomically: true, encoding: .utf8)
    let found = try device(of: code(1))
    #expect(found.aside.map(\.isDamaged) == [true])
    #expect(try found.aside.map { try String(contentsOfFile: $0.path, encoding: .utf8) } == [text])
  }
}
