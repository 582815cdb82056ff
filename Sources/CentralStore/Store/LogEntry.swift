import SyncProtocol
import SyncSession
public import TradeRules

/// One decided or held group of operations: the unit of the centre's append-only log.
public struct LogEntry: Hashable, Sendable {
  public enum Kind: String, Sendable { case decided, held }

  /// Global, without gaps, from 1.
  public var version: Int64
  public var kind: Kind
  public var device: String
  public var numbers: ClosedRange<Int64>
  public var receivedAt: Instant
  public var rulesVersion: Int64
  public var verdicts: [Verdict]
  /// What was learned from personal texts.
  public var observed: [Bool]
  public var effectsHash: [UInt8]
  /// SHA-256 over the previous entry's hash and everything above.
  public var hash: [UInt8]
}

/// One operation as it arrived: the bytes that count, and what was read from them.
public struct ReceivedOperation: Sendable {
  public var id: OperationID
  public var group: Int64
  public var bytes: [UInt8]
  public var personal: [PersonalPiece]
  /// The device's chain after this operation.
  public var chainHash: [UInt8]
  /// Nil when the bytes are well chained and signed and still are no operation (#70).
  public var operation: Operation?
  /// Its author has given it up: it is answered and not decided (#67).
  public var isGivenUp = false
}

extension [ReceivedOperation] {
  /// The group of an entry as it was when it came in: that its author had given it up shows by the answer, and
  /// what could not be read then cannot be now, though a text that made it so was erased since (G28).
  func asReceived(before entry: LogEntry) -> Self {
    guard count == entry.verdicts.count else { return self }
    return zip(self, entry.verdicts).map { operation, verdict in
      var operation = operation
      operation.isGivenUp = verdict.codes == [.withdrawn]
      let isErased = operation.personal.contains { $0.text == nil }
      if verdict.codes == [.malformed], isErased { operation.operation = nil }
      return operation
    }
  }
}

/// A text about a person that came with an operation, and what stands for it in the chain.
public struct PersonalPiece: Hashable, Sendable {
  public var commitment: [UInt8]
  /// Nil once erased.
  public var salt: [UInt8]?
  public var text: String?
}

extension PersonalPiece {
  init(_ note: PersonalNote) {
    self.init(commitment: Hashing.commitment(note), salt: note.salt, text: note.text)
  }
}

/// Where the log ends.
public struct LogEnd: Hashable, Sendable {
  public var version: Int64
  public var hash: [UInt8]
  public var receivedAt: Instant

  public static let empty = LogEnd(
    version: 0, hash: [UInt8](repeating: 0, count: 32), receivedAt: Instant(milliseconds: .min))
}

extension LogEntry {
  /// The hash that chains this entry to the one before (G21).
  ///
  /// - Parameter operations: the chain hashes of the entry's operations, in order.
  func chained(after previous: [UInt8], operations: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = [1]
    bytes += previous
    for number in [version, receivedAt.milliseconds, rulesVersion, numbers.lowerBound, numbers.upperBound] {
      bytes.appendVarint(number.zigZag)
    }
    bytes.append(kind == .held ? 1 : 0)
    bytes.appendChunk(Array(device.utf8))
    for hash in operations { bytes.appendChunk(hash) }
    bytes.appendChunk(VerdictCoding.encode(verdicts))
    bytes.appendChunk(observed.map { $0 ? 1 : 0 })
    bytes += effectsHash
    return Hashing.sha256(bytes)
  }
}

extension [UInt8] {
  mutating func appendChunk(_ chunk: [UInt8]) {
    appendVarint(UInt64(chunk.count))
    append(contentsOf: chunk)
  }
}

/// Verdicts as bytes: for each its outcome, codes, record and conflicts, length-prefixed.
enum VerdictCoding {
  static func encode(_ verdicts: [Verdict]) -> [UInt8] {
    var bytes: [UInt8] = []
    for verdict in verdicts {
      let conflicts = verdict.conflicts.map(\.description).joined(separator: " ")
      let codes = verdict.codes.map(\.rawValue).joined(separator: " ")
      for text in [verdict.outcome.rawValue, codes, verdict.record, conflicts] {
        bytes.appendChunk(Array(text.utf8))
      }
    }
    return bytes
  }

  /// Nil for bytes that no centre wrote.
  static func decode(_ bytes: [UInt8]) -> [Verdict]? {
    var texts: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let text = takeChunk(&rest) else { return nil }
      texts.append(text)
    }
    guard texts.count % 4 == 0 else { return nil }
    let verdicts = stride(from: 0, to: texts.count, by: 4).map { start -> Verdict in
      let codes = texts[start + 1].split(separator: " ").map { Code(rawValue: String($0)) }
      let conflicts = texts[start + 3].split(separator: " ").compactMap { RecordID($0) }
      return Verdict(Outcome(rawValue: texts[start]), codes, record: texts[start + 2], conflicts: conflicts)
    }
    // What says the same in another way was changed all the same (G21).
    return encode(verdicts) == bytes ? verdicts : nil
  }

  private static func takeChunk(_ rest: inout ArraySlice<UInt8>) -> String? {
    var length = 0
    var shift = 0
    while let byte = rest.popFirst() {
      length |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 {
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return String(decoding: rest.prefix(length), as: UTF8.self)
      }
      guard shift < 35 else { return nil }
    }
    return nil
  }
}
