import SyncProtocol
import SyncSession
public import TradeRules

import struct Foundation.Data

/// What `outbox export` wrote, read and checked (docs/OUTBOX_EXPORT.md).
public struct OutboxFile: Sendable {
  /// One command of the device, still to be decided.
  struct Group: Sendable {
    let operations: [Operation]
    /// By which the centre knows it.
    let work: BroughtWork
  }

  public let device: String
  /// Why the centre refused the device; nil when it did not.
  public let refusedWith: Code?
  /// Commands that the centre has not decided, in order: unsent or held when the file was made, or answered by a
  /// centre that does not know the device any more.
  let groups: [Group]
  /// Whether numbers that the device made may have been given to other records as well.
  var mayRepeatNumbers: Bool { refusedWith == .replicaForked || isUnknown }
  private let isUnknown: Bool

  /// - Throws: `Refusal` with `FILE_UNUSABLE` for a file of another form, or one that was changed.
  public init(parsing text: String) throws {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.popLast() == "", let end = lines.popLast(), lines.count > 0,
      let header = OutboxFile.json(lines[0]), header["format"]?.string == "waybill-outbox"
    else { throw OutboxFile.unusable("it is no file of an outbox") }
    guard header["version"]?.integer == 1 else { throw OutboxFile.unusable("its form is of a newer program") }
    guard let device = header["device"]?.string, let key = OutboxFile.bytes(header["publicKey"]),
      let signature = OutboxFile.bytes(OutboxFile.json(end)?["signature"]),
      header["operations"]?.integer == Int64(lines.count - 1)
    else { throw OutboxFile.unusable("something is missing") }
    let signed = lines.map { $0 + "\n" }.joined()
    let transcript = Array("waybill/outbox-export/v1".utf8) + Hashing.sha256(Array(signed.utf8))
    guard SigningKey.isValid(signature, over: transcript, by: key) else {
      throw OutboxFile.unusable("it was changed after it was made")
    }
    self.device = device
    refusedWith = header["refusedWith"]?.string.map(Code.init(rawValue:))
    isUnknown = refusedWith == .notAuthorised
    let undecided: [OwnWork.State] = isUnknown ? [.unsent, .held, .answered, .rejected] : [.unsent, .held]
    let open = try lines.dropFirst().map { try OutboxFile.Line($0, device: device) }
      .filter { undecided.contains($0.state) }
    groups = open.grouped(by: \.operation.group).compactMap { group -> Group? in
      guard let last = group.last else { return nil }
      return Group(
        operations: group.map(\.operation),
        work: BroughtWork(device: device, number: last.operation.id.number, hash: last.hash))
    }
  }

  /// One operation.
  private struct Line {
    let operation: Operation
    let hash: [UInt8]
    let state: OwnWork.State

    init(_ text: Substring, device: String) throws {
      guard let line = OutboxFile.json(text), let id = line["id"]?.string.flatMap({ OperationID($0) }),
        let previous = OutboxFile.bytes(line["previousHash"]), let hash = OutboxFile.bytes(line["hash"]),
        let bytes = OutboxFile.bytes(line["bytes"]), let notes = line["personal"]?.array,
        let state = line["state"]?.string.flatMap(OwnWork.State.init(rawValue:)), id.device == device
      else { throw OutboxFile.unusable("an operation lacks something") }
      let personal = try notes.map { note in
        guard let salt = OutboxFile.bytes(note["salt"]), let text = note["text"]?.string else {
          throw OutboxFile.unusable("a text of \(id) lacks something")
        }
        return PersonalNote(salt: salt, text: text)
      }
      let next = OperationChain.next(
        after: previous, bytes: bytes, commitments: personal.map(Hashing.commitment))
      guard next == hash else { throw OutboxFile.unusable("\(id) was changed") }
      guard
        let operation = try? OperationCoding.decode(bytes, personal: personal.map { PersonalText($0.text) }),
        operation.id == id
      else { throw OutboxFile.unusable("\(id) cannot be read") }
      (self.operation, self.hash, self.state) = (operation, hash, state)
    }
  }

  private static func json(_ line: Substring) -> JSONValue? { try? JSONValue(parsing: Array(line.utf8)) }

  private static func bytes(_ value: JSONValue?) -> [UInt8]? {
    value?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }

  private static func unusable(_ why: String) -> Refusal { Refusal(.fileUnusable, why) }
}
