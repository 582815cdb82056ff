import ArgumentParser
import TradeRules

struct BackupCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies of the store that it can be brought back from.",
    subcommands: [BackupCreate.self, BackupList.self, BackupVerify.self, BackupDrillCommand.self])
}

struct BackupCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes a backup, while the centre works.",
    discussion: """
      Examples:
        waybill-server backup create
        waybill-server backup create --to /mnt/other-disk/waybill

      The copy is one moment of the store. It is read back and checked before it counts. The centre's key is not in
      it: keep a copy of centre.key at another place.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "The folder to put it in; by default backups in the centre's.", completion: .directory)
  var to: String?

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try desk.ask(.createBackup(to: to.map(AbsolutePath.of)))
    desk.console.show(
      document,
      "Made backup \(document["id"]?.plain ?? ""): version \(document["head"]?.plain ?? ""), "
        + "\(Sizes.text(document["bytes"]?.integer ?? 0)), \(document["file"]?.plain ?? "")")
    return .done
  }
}

struct BackupList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The backups in the centre's folder, oldest first.",
    discussion: """
      Examples:
        waybill-server backup list

      Needs the centre's key and no store.
      """)
  @OptionGroup var global: GlobalOptions

  func run(at desk: Desk) throws -> ExitStatus {
    let document = try BackupList.document(at: desk)
    desk.console.show(document, text(of: document["backups"]?.array ?? []))
    return .done
  }

  /// Read from the folder, with the centre's key: they are wanted most when there is no store to ask.
  static func document(at desk: Desk) throws -> JSONValue {
    let publicKey = try desk.folder.presentKey().publicKey
    let backups = try BackupFolder.of(desk.folder).list(signedBy: publicKey)
    return ["backups": .array(backups.map(Documents.backup))]
  }

  private func text(of backups: [JSONValue]) -> String {
    guard !backups.isEmpty else { return "No backups. Make one: waybill-server backup create" }
    var table = TextTable([.left("BACKUP"), .left("MADE"), .right("VERSION"), .right("SIZE")])
    for backup in backups {
      table.add(
        backup["id"]?.plain ?? "", backup["createdAt"]?.plain ?? "", backup["head"]?.plain ?? "",
        Sizes.text(backup["bytes"]?.integer ?? 0))
    }
    return table.text
  }
}

struct BackupVerify: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Reads a backup and checks every part of it.",
    discussion: """
      Examples:
        waybill-server backup verify 20261121T020000Z-1234
        waybill-server backup verify /mnt/other-disk/waybill/20261121T020000Z-1234.db
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its name, or its file.") var backup: String

  func run(at desk: Desk) throws -> ExitStatus {
    let found = try desk.backup(backup)
    return desk.show(try found.verify())
  }
}

struct BackupDrillCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "drill", abstract: "Restores a backup to a scratch place, decides its log again, compares.",
    discussion: """
      Examples:
        waybill-server backup drill 20261121T020000Z-1234

      Changes nothing. A backup that was never restored is a hope.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Its name, or its file.") var backup: String

  func run(at desk: Desk) throws -> ExitStatus {
    let found = try desk.backup(backup)
    let drill = BackupDrill(folder: desk.folder, key: try desk.folder.presentKey())
    return desk.show(try drill.run(found, at: SystemClock.now))
  }
}

struct Restore: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Puts a backup in the place of the store; the server must not run.",
    discussion: """
      Examples:
        waybill-server restore 20261121T020000Z-1234
        waybill-server restore /mnt/other-disk/waybill/20261121T020000Z-1234.db

      The present store is kept aside. The restored one begins a new epoch: every device takes the rows anew and
      sends again what the backup does not have.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A backup's name, or its file.", completion: .file()) var backup: String

  func run(at desk: Desk) throws -> ExitStatus {
    let key = try desk.folder.presentKey()
    guard let lock = try FolderLock(desk.folder) else {
      throw Failure(.storeBusy, desk.folder.path, hint: "Stop the server first.")
    }
    // A restore that a crash cut short is finished first.
    try Restoring.finish(desk.folder)
    let found = try desk.backup(backup)
    let outcome = try withExtendedLifetime(lock) {
      try Restoring(folder: desk.folder, key: key).restore(found, at: SystemClock.now)
    }
    desk.console.show(
      [
        "id": .string(outcome.id), "epoch": .string(outcome.epoch.description),
        "head": .integer(outcome.head), "aside": .text(outcome.aside),
      ],
      """
      Restored \(outcome.id): the log goes on at version \(outcome.head) under epoch \(outcome.epoch).
        \(outcome.aside.map { "The store before lies in \($0)." } ?? "There was no store before.")
        next: waybill-server verify, then waybill-server serve
      """)
    return .done
  }
}

extension Desk {
  /// A backup by its name or file.
  ///
  /// - Throws: `Failure` with `UNKNOWN_BACKUP`, `BACKUP_UNUSABLE`, or when the centre's key is not here.
  fileprivate func backup(_ text: String) throws -> Backup {
    let publicKey = try folder.presentKey().publicKey
    return try BackupFolder.of(folder).find(text, signedBy: publicKey)
  }

  fileprivate func show(_ checks: [BackupCheck]) -> ExitStatus {
    var table = TextTable([.left("CHECK"), .left(""), .left("")])
    for check in checks { table.add(check.name, check.isOK ? "ok" : "FAILED", check.detail) }
    console.show(BackupCheck.json(checks), table.text)
    return checks.allSatisfy(\.isOK) ? .done : CodeBook.entry(for: .verifyFailed).status
  }
}
