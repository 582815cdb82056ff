import Foundation
import Logging
import Testing
import TradeRules

@testable import WaybillServer

@Suite("The files of the centre's folder")
struct FolderFilesTests {
  /// Something in a file's place that cannot be read as a file.
  enum Obstacle: CaseIterable {
    case folder, linkToItself, linkToNothing

    func put(at path: String) throws {
      let files = FileManager.default
      switch self {
      case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      case .linkToItself: try files.createSymbolicLink(atPath: path, withDestinationPath: path)
      case .linkToNothing: try files.createSymbolicLink(atPath: path, withDestinationPath: path + ".away")
      }
    }

    /// Whether it is still there as it was put.
    func isLeft(at path: String) -> Bool {
      var status = stat()
      guard lstat(path, &status) == 0 else { return false }
      return status.st_mode & S_IFMT == (self == .folder ? S_IFDIR : S_IFLNK)
    }
  }

  @Test("a key that is there and cannot be read is not replaced by a new one", arguments: Obstacle.allCases)
  func unreadableKey(obstacle: Obstacle) throws {
    let folder = try TestFolder()
    try folder.folder.create()
    try obstacle.put(at: folder.folder.keyPath)
    let failure = #expect(throws: Failure.self) { _ = try folder.ask(.status) }
    let code: Code = obstacle == .linkToNothing ? .fileUnusable : .ioFailed
    #expect(failure?.code == code)
    #expect(failure?.detail.contains("centre.key") == true)
    #expect(failure?.hint?.isEmpty == false, "it says what to do")
    #expect(obstacle.isLeft(at: folder.folder.keyPath))
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.folder.path)
    #expect(Set(left) == ["centre.key", "lock"], "no key and no store was made")
  }

  @Test("a new file never takes the place of one that came in between")
  func newFiles() throws {
    let folder = try TestFolder()
    let path = try folder.file("centre.key", "somebody's")
    #expect(failureCode { try DurableFile.writeNew([1, 2, 3], to: path) } == .ioFailed)
    #expect(try folder.contents("centre.key") == "somebody's")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names == ["centre.key"], "no working name is left")
    try DurableFile.write(Array("another".utf8), to: path)
    #expect(try folder.contents("centre.key") == "another")
  }

  @Test(
    "what root makes in the folder is its owner's, whose server can go on with all of it",
    .enabled(if: geteuid() == 0))
  func madeByRoot() throws {
    let folder = try TestFolder()
    try folder.folder.create()
    #expect(chown(folder.folder.path, 65_534, 65_534) == 0)
    try folder.openForTrade()
    let backup = try #require(try folder.ask(.createBackup(to: nil))["id"]?.string)
    _ = try folder.ask(.createBackup(to: folder.folder.path + "/far/away"))
    for words in [["backup", "drill", backup], ["restore", backup]] {
      let command = try #require(try ServerProgram.parseAsRoot(words) as? any WaybillServer.Command)
      #expect(try command.run(at: Desk(console: TestFolder.console, folder: folder.folder)) == .done)
    }
    try ClockMark(folder.folder).set()
    try DamageMark(folder.folder).set()
    #expect(ReserveFile(folder.folder).take())
    // While it is open there is more.
    let centre = try #require(try OpenCentre.open(folder.folder, creating: false))
    let control = try ControlSocket(
      folder.folder, queries: centre.store.queries, inbox: HostInbox { _ in },
      log: Logger(label: "test") { _ in LineLog(level: .critical) })
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.folder.path)
    let expected: Set = [
      "lock", "centre.key", "centre.db", "centre.db-wal", "centre.db-shm", "control.sock", "reserve",
      "clock-jumped", "store-damaged", "aside", "backups/\(backup).db", "backups/\(backup).json", "far/away",
    ]
    #expect(expected.isSubset(of: paths), "\(expected.subtracting(paths).sorted())")
    for path in paths {
      var status = stat()
      #expect(lstat(folder.folder.path + "/" + path, &status) == 0)
      #expect(status.st_uid == 65_534 && status.st_gid == 65_534, "\(path)")
    }
    control.stop()
    try centre.close()
  }

  @Test("a store whose disk is not there is not begun anew on another one")
  func storeElsewhere() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    let elsewhere = folder.url.appending(path: "other disk.db")
    try FileManager.default.moveItem(atPath: folder.folder.storePath, toPath: elsewhere.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.folder.storePath, withDestinationPath: elsewhere.path)
    let head = try folder.head
    #expect(head > 1)
    let away = folder.url.appending(path: "unmounted.db")
    try FileManager.default.moveItem(at: elsewhere, to: away)
    #expect(failureCode { _ = try folder.ask(.status) } == .fileUnusable)
    #expect(!FileManager.default.fileExists(atPath: elsewhere.path))
    try FileManager.default.moveItem(at: away, to: elsewhere)
    #expect(try folder.head == head)
  }

  @Test("a folder with backups and without their key is given no new key")
  func backupsWithoutKey() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    _ = try folder.ask(.createBackup(to: nil))
    for name in ["centre.key", "centre.db"] {
      try FileManager.default.removeItem(atPath: folder.folder.path + "/" + name)
    }
    let failure = #expect(throws: Failure.self) { _ = try folder.ask(.status) }
    #expect(failure?.code == .fileUnusable)
    #expect(!FileManager.default.fileExists(atPath: folder.folder.keyPath))
  }

  @Test("G23 whether the store was found damaged, and whether the clock jumped, is not guessed")
  func unreadableMarks() throws {
    for name in ["store-damaged", "clock-jumped"] {
      let folder = try TestFolder()
      try folder.openForTrade()
      try Obstacle.linkToItself.put(at: folder.folder.path + "/" + name)
      let changing = AdminRequest.changeSetting(name: "priceFloorPerMille", amount: 850)
      #expect(failureCode { _ = try folder.ask(changing) } == .ioFailed, "\(name)")
    }
  }

  @Test("backups that cannot be looked at are not taken for none")
  func unreadableBackups() throws {
    let folder = try TestFolder()
    try folder.openForTrade()
    _ = try folder.file("centre/backups", "in the way")
    let backups = BackupFolder.of(folder.folder)
    #expect(failureCode { _ = try backups.list(signedBy: try folder.folder.key().publicKey) } == .ioFailed)
    let status = try folder.ask(.status)
    #expect(status["lastBackup"]?.isNull == true)
    #expect(status["backupsUnreadable"]?.string?.contains("backups") == true)
    #expect(Status.text(of: status).contains("cannot list"))
    try FileManager.default.removeItem(atPath: backups.path)
    #expect(try folder.ask(.status)["backupsUnreadable"]?.isNull == true)
  }
}
