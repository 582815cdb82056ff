import CentralStore
import SyncSession
import TradeRules

/// What is known of a backup without opening it: two lines of JSON beside its file, the facts and the centre's
/// signature over them.
struct BackupManifest: Equatable {
  static let format = "waybill-backup"
  static let version: Int64 = 1

  /// Its name: when it was made and the version of the log's last entry, `20261121T094500Z-1234`.
  var id: String
  var createdAt: Instant
  var epoch: RecordID
  var head: Int64
  var headHash: [UInt8]
  var schemaVersion: Int64
  var bytes: Int64
  var sha256: [UInt8]

  init(of facts: BackupFacts, bytes: Int64, sha256: [UInt8], at now: Instant) {
    let time = now.timestamp.prefix(19).filter { $0 != "-" && $0 != ":" }
    id = "\(time)Z-\(facts.head.version)"
    createdAt = now
    epoch = facts.epoch
    head = facts.head.version
    headHash = facts.head.hash
    schemaVersion = Int64(facts.schemaVersion)
    self.bytes = bytes
    self.sha256 = sha256
  }

  private var document: JSONValue {
    [
      "format": .string(BackupManifest.format), "version": .integer(BackupManifest.version),
      "id": .string(id), "createdAt": .instant(createdAt), "epoch": .string(epoch.description),
      "head": .integer(head), "headHash": .string(Base64.text(headHash)), "schema": .integer(schemaVersion),
      "bytes": .integer(bytes), "sha256": .string(Base64.text(sha256)),
    ]
  }

  func text(signedBy key: SigningKey) throws -> String {
    let facts = document.text + "\n"
    let signature = try key.sign(BackupManifest.transcript(of: facts))
    return facts + (["signature": .string(Base64.text(signature))] as JSONValue).text + "\n"
  }

  /// Reads the text of a manifest.
  ///
  /// - Parameter publicKey: the centre's; nil = who signed it is not looked at.
  /// - Throws: `Failure` with `BACKUP_UNUSABLE`.
  init(parsing text: String, signedBy publicKey: [UInt8]?) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 3, let facts = try? JSONValue(parsing: Array(lines[0].utf8)),
      let end = try? JSONValue(parsing: Array(lines[1].utf8)),
      let signature = end["signature"]?.string.flatMap(Base64.bytes)
    else { throw Failure(.backupUnusable, "its manifest cannot be read") }
    guard facts["format"]?.string == BackupManifest.format,
      facts["version"]?.integer == BackupManifest.version
    else { throw Failure(.backupUnusable, "its manifest is of a form this program does not know") }
    if let publicKey {
      let transcript = BackupManifest.transcript(of: lines[0] + "\n")
      guard SigningKey.isValid(signature, over: transcript, by: publicKey) else {
        throw Failure(.backupUnusable, "its manifest was not signed by this centre's key, or was changed")
      }
    }
    guard let id = facts["id"]?.string, !id.isEmpty, !id.contains("/"), !id.hasPrefix("."),
      let createdAt = facts["createdAt"]?.string.flatMap({ Instant(timestamp: $0) }),
      let epoch = facts["epoch"]?.string.flatMap({ RecordID($0) }), let head = facts["head"]?.integer,
      let headHash = facts["headHash"]?.string.flatMap(Base64.bytes),
      let schemaVersion = facts["schema"]?.integer, let bytes = facts["bytes"]?.integer,
      let sha256 = facts["sha256"]?.string.flatMap(Base64.bytes)
    else { throw Failure(.backupUnusable, "its manifest lacks something") }
    (self.id, self.createdAt, self.epoch, self.head) = (id, createdAt, epoch, head)
    (self.headHash, self.schemaVersion, self.bytes, self.sha256) = (headHash, schemaVersion, bytes, sha256)
  }

  private static func transcript(of facts: String) -> [UInt8] {
    Array("waybill/backup/v1".utf8) + Hashing.sha256(Array(facts.utf8))
  }
}

extension BackupManifest {
  var json: JSONValue {
    [
      "id": .string(id), "createdAt": .instant(createdAt), "epoch": .string(epoch.description),
      "head": .integer(head), "bytes": .integer(bytes),
    ]
  }
}
