import CentralStore
import Foundation
import SyncSession
import TradeRules

/// Where a centre's backups lie: for each a store's file `ID.db` and, once that is whole and checked, its
/// manifest `ID.json`. A file without a manifest is no backup.
struct BackupFolder: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// The backups beside a centre's store.
  static func of(_ folder: DataFolder) -> BackupFolder { BackupFolder(folder.path + "/backups") }

  /// Copies the store while it works, reads the copy back, and only then calls it a backup.
  ///
  /// - Throws: `Failure`; nothing is left then that looks like a backup.
  func create(of queries: CentralQueries, signedBy key: SigningKey, at now: Instant) throws -> Backup {
    try DurableFile.makeFolder(path)
    try sweep()
    try DurableFile.requireRoom(try queries.status(at: now).storeBytes + BackupFolder.spareBytes, in: path)
    let draft = path + "/" + BackupFolder.draftPrefix + UUID().uuidString + ".db"
    do {
      try DurableFile.makeEmpty(draft)
      try queries.copy(to: draft)
      try DurableFile.sync(draft)
      let facts = try BackupFolder.soundFacts(of: draft)
      let (hash, bytes) = try DurableFile.measure(draft)
      let manifest = BackupManifest(of: facts, bytes: bytes, sha256: hash, at: now)
      let backup = Backup(manifest: manifest, path: path + "/\(manifest.id).db")
      guard try !DurableFile.exists(backup.manifestPath) else {
        // Made within the same second of the same log: it is the same.
        unlink(draft)
        return try find(manifest.id, signedBy: key.publicKey)
      }
      let text = try manifest.text(signedBy: key)
      try DurableFile.rename(draft, to: backup.path)
      do { try DurableFile.write(Array(text.utf8), to: backup.manifestPath) } catch {
        // Without a manifest it is no backup, and only takes room.
        unlink(backup.path)
        throw error
      }
      return backup
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// All backups, oldest first. Manifests of somebody else, or that have lost their file, are passed over.
  ///
  /// - Throws: `Failure` when something there cannot be read: it may be a backup.
  func list(signedBy publicKey: [UInt8]) throws -> [Backup] {
    var backups: [Backup] = []
    for name in try DurableFile.names(in: path) where name.hasSuffix(BackupFolder.manifestSuffix) {
      let file = path + "/" + name.dropLast(BackupFolder.manifestSuffix.count) + ".db"
      guard try DurableFile.exists(file) else { continue }
      do { backups.append(try Backup(at: file, signedBy: publicKey)) } catch {
        guard Failure(error).code == .backupUnusable else { throw error }
      }
    }
    return backups.sorted {
      ($0.manifest.createdAt, $0.manifest.head) < ($1.manifest.createdAt, $1.manifest.head)
    }
  }

  /// Whether there are manifests, whoever signed them.
  ///
  /// - Throws: `Failure` when that cannot be told.
  var hasManifests: Bool {
    get throws { try DurableFile.names(in: path).contains { $0.hasSuffix(BackupFolder.manifestSuffix) } }
  }

  /// The backup of a name, or of a file anywhere that has its manifest beside it.
  ///
  /// - Throws: `Failure` with `UNKNOWN_BACKUP` or `BACKUP_UNUSABLE`.
  func find(_ text: String, signedBy publicKey: [UInt8]) throws -> Backup {
    let isPath = try text.contains("/") || DurableFile.exists(text)
    let file = isPath ? text : "\(path)/\(text).db"
    guard try DurableFile.exists(file) else { throw Failure(.unknownBackup, text) }
    return try Backup(at: file, signedBy: publicKey)
  }

  // MARK: Details

  private static let draftPrefix = ".draft-"
  fileprivate static let manifestSuffix = ".json"
  /// Room to leave for the store itself while a copy is made.
  private static let spareBytes: Int64 = 16 << 20

  /// Removes what an interrupted backup left, its draft or a file without its manifest; another one may be under way.
  private func sweep() throws {
    let names = try DurableFile.names(in: path)
    let all = Set(names)
    for name in names where DurableFile.isLeft(path + "/" + name) {
      let isDraft = name.hasPrefix(BackupFolder.draftPrefix)
      // Somebody else's files may lie here as well.
      let isBackup = name.wholeMatch(of: /\d{8}T\d{6}Z-\d+\.db/) != nil
      if isDraft || (isBackup && !all.contains(Backup.manifestPath(of: name))) { unlink(path + "/" + name) }
    }
  }

  /// - Throws: `Failure` with `STORE_CORRUPT` when a copy does not hold together: then the store does not.
  private static func soundFacts(of draft: String) throws -> BackupFacts {
    let copy = try CentralQueries.reading(draft)
    if let wrong = try copy.verify(deep: false).first(where: { !$0.isOK }) {
      throw Failure(.storeCorrupt, "\(wrong.name): \(wrong.detail)")
    }
    return try copy.facts()
  }
}

extension DataFolder {
  /// The newest backup in the folder; nil when there is none, or no key to know it by.
  ///
  /// - Throws: `Failure` when that cannot be told.
  func lastBackup() throws -> Backup? {
    guard let key = try? presentKey() else { return nil }
    return try BackupFolder.of(self).list(signedBy: key.publicKey).last
  }

  /// That there is no store here, and which backup brings it back.
  func missingStore() throws -> Failure {
    guard let last = try lastBackup()?.manifest.id else { return Failure(.noStore, path) }
    return Failure(
      .noStore, "\(path), but there are backups of it",
      hint:
        "waybill-server restore \(last). To begin anew on purpose, move \(BackupFolder.of(self).path) away.",
      details: ["backup": .string(last)])
  }
}

/// One backup.
struct Backup {
  let manifest: BackupManifest
  /// Of the store's file.
  let path: String

  var manifestPath: String { Backup.manifestPath(of: path) }

  static func manifestPath(of path: String) -> String {
    (path.hasSuffix(".db") ? String(path.dropLast(3)) : path) + BackupFolder.manifestSuffix
  }

  init(manifest: BackupManifest, path: String) {
    self.manifest = manifest
    self.path = path
  }

  /// - Throws: `Failure` with `BACKUP_UNUSABLE` when there is no manifest of this centre beside the file; another when
  ///   there is one that cannot be read.
  init(at path: String, signedBy publicKey: [UInt8]) throws {
    let manifestPath = Backup.manifestPath(of: path)
    guard let text = try DurableFile.contents(manifestPath) else {
      throw Failure(.backupUnusable, "there is no manifest \(manifestPath) beside it")
    }
    self.init(
      manifest: try BackupManifest(parsing: String(decoding: text, as: UTF8.self), signedBy: publicKey),
      path: path)
  }

  /// Holds the file against its manifest, and what is in it against itself.
  func verify() throws -> [BackupCheck] {
    let (hash, bytes) = try DurableFile.measure(path)
    let isSame = hash == manifest.sha256 && bytes == manifest.bytes
    let file = BackupCheck(
      name: "bytes", isOK: isSame,
      detail: isSame ? "\(bytes) bytes are those of the manifest" : "the file is not the one that was made")
    guard isSame else { return [file] }
    let queries = try CentralQueries.reading(path)
    let facts = try queries.facts()
    let isTold =
      facts.epoch == manifest.epoch && facts.head.version == manifest.head
      && facts.head.hash == manifest.headHash && Int64(facts.schemaVersion) == manifest.schemaVersion
    let log = BackupCheck(
      name: "log", isOK: isTold,
      detail: isTold
        ? "it ends at version \(manifest.head), as the manifest says"
        : "its log does not end as the manifest says")
    return [file, log] + (try queries.verify(deep: false)).map(BackupCheck.init)
  }

  /// - Throws: `Failure` with `BACKUP_UNUSABLE`, naming what is wrong.
  func requireSound() throws {
    guard manifest.schemaVersion <= Int64(CentralStore.schemaVersion) else {
      throw Failure(.upgradeRequired, "the backup was made by a newer program")
    }
    let checks: [BackupCheck]
    do { checks = try verify() } catch {
      throw Failure(.backupUnusable, Failure(error).message)
    }
    if let wrong = checks.first(where: { !$0.isOK }) {
      throw Failure(.backupUnusable, "\(wrong.name): \(wrong.detail)")
    }
  }
}

/// One thing that was looked at, and how it was found.
struct BackupCheck {
  let name: String
  let isOK: Bool
  let detail: String

  init(name: String, isOK: Bool, detail: String) {
    self.name = name
    self.isOK = isOK
    self.detail = detail
  }

  init(_ result: CheckResult) { self.init(name: result.name, isOK: result.isOK, detail: result.detail) }

  static func json(_ checks: [BackupCheck]) -> JSONValue {
    [
      "ok": .bool(checks.allSatisfy(\.isOK)),
      "checks": .array(
        checks.map { ["name": .string($0.name), "ok": .bool($0.isOK), "detail": .string($0.detail)] }),
    ]
  }
}
