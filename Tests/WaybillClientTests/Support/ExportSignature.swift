import Foundation
import SyncSession
import TradeRules

/// Checks a file of work as a reader of docs/OUTBOX_EXPORT.md would.
enum ExportSignature {
  static func isValid(_ text: String) -> Bool {
    let lines = text.split(separator: "\n")
    guard let first = lines.first, let last = lines.last,
      let header = try? JSONValue(parsing: String(first)), let end = try? JSONValue(parsing: String(last)),
      let key = bytes(header["publicKey"]), let signature = bytes(end["signature"])
    else { return false }
    let signed = lines.dropLast().map { $0 + "\n" }.joined()
    let transcript = Array("waybill/outbox-export/v1".utf8) + Hashing.sha256(Array(signed.utf8))
    return SigningKey.isValid(signature, over: transcript, by: key)
  }

  private static func bytes(_ value: JSONValue?) -> [UInt8]? {
    value?.string.flatMap { Data(base64Encoded: $0) }.map(Array.init)
  }
}
