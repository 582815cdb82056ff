import Foundation
import SyncSession
public import TradeRules

/// Work of a device as a file that proves itself (docs/OUTBOX_EXPORT.md): JSON lines, signed by the device.
extension ReplicaView {
  /// - Parameters:
  ///   - work: operations of this device, in order.
  ///   - now: when the file is made.
  /// - Returns: the lines, each ended by a line feed; the last one is the signature.
  /// - Throws: `Refusal` with `DEVICE_WIPED` where no key is left to sign with.
  public func export(_ work: [OwnWork], at now: Instant) throws -> String {
    guard !state.isWiped else { throw Refusal(.deviceWiped) }
    let key = try SigningKey(seed: state.keySeed)
    let header: JSONValue = [
      "format": "waybill-outbox", "version": 1, "device": .string(state.device),
      "publicKey": .string(base64(key.publicKey)), "epoch": .string(state.epoch.description),
      "exportedAt": .instant(now), "refusedWith": .text(state.refusedWith.isEmpty ? nil : state.refusedWith),
      "operations": .integer(work.count),
    ]
    var text = header.text + "\n"
    for item in work { text += try line(of: item).text + "\n" }
    let transcript = Array("waybill/outbox-export/v1".utf8) + Hashing.sha256(Array(text.utf8))
    let signature: JSONValue = ["signature": .string(base64(try key.sign(transcript)))]
    return text + signature.text + "\n"
  }

  private func line(of work: OwnWork) throws -> JSONValue {
    let before = work.id.number - 1
    let kept = before == state.appliedThrough ? state.appliedHash : []
    let previous = before == 0 ? OperationChain.start : try Outbox.find(before, in: db)?.chainHash ?? kept
    return [
      "id": .string(work.id.description), "group": .string(work.group.description),
      "kind": .string(work.item.kind.rawValue), "record": .string(work.item.record),
      "recordedAt": .instant(work.item.recordedAt), "state": .string(work.state.rawValue),
      "code": .text(work.code?.rawValue), "previousHash": .string(base64(previous)),
      "hash": .string(base64(work.item.chainHash)), "bytes": .string(base64(work.item.bytes)),
      "personal": .array(
        work.item.personal.map { ["salt": .string(base64($0.salt)), "text": .string($0.text)] }),
    ]
  }

  private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
