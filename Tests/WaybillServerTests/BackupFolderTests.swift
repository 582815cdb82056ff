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

  /// How many names the store's file has.
  private func names(of folder: DataFolder) -> Int {
    var status = stat()
    return stat(folder.storePath, &status) == 0 ? Int(status.st_nlink) : 0
  }

  @Test("a restore that comes to nothing leaves the store with its one name")
  func failedRestore() throws {
    let (folder, name) = try shop()
    let (place, head) = (folder.folder, try folder.head)
    // Something has the name that the restored file must have.
    try FileManager.default.createDirectory(atPath: place.restoredPath, withIntermediateDirectories: false)
    let key = try place.key()
    let backup = try BackupFolder.of(place).find(name, signedBy: key.publicKey)
    let restoring = Restoring(folder: place, key: key)
    #expect(failureCode { _ = try restoring.restore(backup, at: SystemClock.now) } == .ioFailed)
    try FileManager.default.removeItem(atPath: place.restoredPath)
    #expect(try folder.head == head)
    #expect(names(of: place) == 1)
    #expect(try DurableFile.names(in: place.asidePath).isEmpty)
    #expect(try !DurableFile.exists(place.restoringPath))
  }

  @Test("what a killed restore had begun is gone when the store is next opened")
  func restoreKilledBefore() throws {
    let (folder, _) = try shop()
    let (place, head) = (folder.folder, try folder.head)
    let kept = place.asidePath + "/.20261121T094500Z"
    try DurableFile.makeFolder(kept)
    try DurableFile.link(place.storePath, to: kept + "/centre.db")
    for suffix in ["", "-wal", "-shm"] { try DurableFile.makeEmpty(place.restoringPath + suffix) }
    #expect(names(of: place) == 2)
    #expect(try folder.head == head)
    #expect(names(of: place) == 1)
    #expect(try DurableFile.names(in: place.asidePath).isEmpty)
    let left = try DurableFile.names(in: place.path).filter { $0.contains("restor") }
    #expect(left.isEmpty)
  }

  @Test("a restore that was killed when all was prepared is finished, and keeps the store before it aside")
  func restoreKilledAfter() throws {
    let (folder, _) = try shop()
    let (place, head) = (folder.folder, try folder.head)
    try DurableFile.copy(place.storePath, to: place.restoredPath)
    let kept = place.asidePath + "/.20261121T094500Z"
    try DurableFile.makeFolder(kept)
    try DurableFile.link(place.storePath, to: kept + "/centre.db")
    // For each time the store is opened after that.
    for _ in 1...2 {
      #expect(try folder.head == head)
      #expect(names(of: place) == 1)
      #expect(try DurableFile.names(in: place.asidePath) == ["20261121T094500Z"])
      #expect(try DurableFile.exists(place.asidePath + "/20261121T094500Z/centre.db"))
      #expect(try !DurableFile.exists(place.restoredPath))
    }
  }

  @Test("a file that never became a backup is removed after a day, and nobody else's")
  func leftOver() throws {
    let (folder, backup) = try shop()
    let backups = BackupFolder.of(folder.folder)
    let others = ["diary.db", "20261121T094500Z-7.db.txt", "\(backup).db", "\(backup).json"]
    for name in ["20261121T094500Z-7.db", "20261122T094500Z-8.db"] + others.prefix(2) {
      try DurableFile.makeEmpty(backups.path + "/" + name)
    }
    let old = ["20261121T094500Z-7.db"] + others
    for name in old {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -2 * 86_400)],
        ofItemAtPath: backups.path + "/" + name)
    }
    _ = try folder.ask(.changeSetting(name: "priceFloorPerMille", amount: 850))
    let newer = try #require(try folder.ask(.createBackup(to: nil))["id"]?.string)
    let expected = ["20261122T094500Z-8.db", "\(newer).db", "\(newer).json"] + others
    #expect(try DurableFile.names(in: backups.path) == expected.sorted())
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
