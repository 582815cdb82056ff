import Foundation
import Testing
import TradeRules

@testable import WaybillServer

@Suite("Backups in the centre's folder")
struct BackupFolderTests {
  /// What can become of a store's file.
  enum Loss: CaseIterable {
    case gone, empty, damaged

    func strike(_ folder: DataFolder) throws {
      switch self {
      case .gone: try FileManager.default.removeItem(atPath: folder.storePath)
      case .empty: try Data().write(to: URL(fileURLWithPath: folder.storePath))
      case .damaged:
        try Data(repeating: 0xAA, count: 50_000).write(to: URL(fileURLWithPath: folder.storePath))
      }
    }
  }

  private func shop() throws -> (folder: TestFolder, backup: String) {
    let folder = try TestFolder()
    try folder.openForTrade()
    return (folder, try #require(try folder.ask(.createBackup(to: nil))["id"]?.string))
  }

  @Test(
    "backups are listed by the folder and the centre's key, whatever became of the store",
    arguments: Loss.allCases)
  func listedWithoutStore(loss: Loss) throws {
    let (folder, backup) = try shop()
    try loss.strike(folder.folder)
    let desk = Desk(console: TestFolder.console, folder: folder.folder)
    let listed = try BackupList.document(at: desk)["backups"]?.array ?? []
    #expect(listed.map { $0["id"]?.string } == [backup])
    #expect(listed.first?["file"]?.string == folder.folder.path + "/backups/\(backup).db")
  }

  @Test(
    "a lost store is not begun anew beside its backups; one of them brings it back",
    arguments: [Loss.gone, .empty])
  func notBegunAnew(loss: Loss) throws {
    let (folder, backup) = try shop()
    let head = try folder.head
    try loss.strike(folder.folder)
    let failure = #expect(throws: Failure.self) { _ = try folder.ask(.status) }
    #expect(failure?.code == .noStore)
    #expect(failure?.hint?.contains("waybill-server restore \(backup)") == true)
    #expect(failure?.hint?.contains("move \(folder.folder.path)/backups away") == true)
    #expect(try !folder.folder.hasStore)
    let other = #expect(throws: Failure.self) { _ = try folder.link(creating: false) }
    #expect(other == failure, "whether or not the command could make a store")
    let command = try #require(
      try ServerProgram.parseAsRoot(["restore", backup]) as? any WaybillServer.Command)
    _ = try command.run(at: Desk(console: TestFolder.console, folder: folder.folder))
    #expect(try folder.head == head + 1)
  }

  @Test("a centre begins anew where somebody moved the backups away, and beside those of another centre")
  func begunAnew() throws {
    let (folder, _) = try shop()
    try FileManager.default.removeItem(atPath: folder.folder.storePath)
    try FileManager.default.moveItem(
      atPath: folder.folder.path + "/backups", toPath: folder.folder.path + "/backups before")
    #expect(try folder.head == 1)

    let other = try TestFolder()
    try other.folder.create()
    _ = try other.folder.key()
    _ = try folder.ask(.createBackup(to: other.folder.path + "/backups"))
    #expect(try other.head == 1)
  }
}
