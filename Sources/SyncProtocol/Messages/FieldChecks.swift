import SwiftProtobuf
import TradeRules

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Checks the fields of one message as it arrives; every complaint names the field.
struct FieldChecks {
  let message: String

  init(of message: String) { self.message = message }

  func bytes(_ data: Data, _ field: String, _ lengths: ClosedRange<Int>) throws(ProtocolViolation) -> [UInt8]
  {
    guard lengths.contains(data.count) else {
      let length =
        lengths.count == 1 ? "\(lengths.lowerBound)" : "\(lengths.lowerBound) … \(lengths.upperBound)"
      throw ProtocolViolation(expected: "\(message).\(field) of \(length) bytes", found: "\(data.count)")
    }
    return Array(data)
  }

  func bytes(_ data: Data, _ field: String, _ length: Int) throws(ProtocolViolation) -> [UInt8] {
    try bytes(data, field, length...length)
  }

  func id(_ data: Data, _ field: String) throws(ProtocolViolation) -> RecordID {
    guard let id = RecordID(bytes: data) else {
      throw ProtocolViolation(expected: "\(message).\(field) of 16 bytes", found: "\(data.count)")
    }
    return id
  }

  /// A name: 1 … `most` bytes without control characters.
  func name(_ text: String, _ field: String, _ most: Int) throws(ProtocolViolation) -> String {
    guard (1...most).contains(text.utf8.count) else {
      throw ProtocolViolation(
        expected: "\(message).\(field) of 1 … \(most) bytes", found: "\(text.utf8.count)")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw ProtocolViolation(expected: "\(message).\(field) without control characters", found: "one")
    }
    return text
  }

  func buckets(
    _ names: [String], _ field: String, _ counts: ClosedRange<Int> = 0...WireLimits.bucketsMax
  ) throws(ProtocolViolation) -> [Bucket] {
    _ = try count(names.count, field, counts)
    var buckets: [Bucket] = []
    buckets.reserveCapacity(names.count)
    for name in names { buckets.append(Bucket(try self.name(name, field, WireLimits.bucketBytesMax))) }
    return buckets
  }

  func count(_ count: Int, _ field: String, _ counts: ClosedRange<Int>) throws(ProtocolViolation) -> Int {
    guard counts.contains(count) else {
      throw ProtocolViolation(
        expected: "\(message).\(field) to have \(counts.lowerBound) … \(counts.upperBound) items",
        found: "\(count)")
    }
    return count
  }

  func number(
    _ number: UInt64, _ field: String, _ bounds: ClosedRange<Int64> = 0...Int64.max
  ) throws(ProtocolViolation) -> Int64 {
    guard let checked = Int64(exactly: number), bounds.contains(checked) else {
      throw ProtocolViolation(
        expected: "\(message).\(field) in \(bounds.lowerBound) … \(bounds.upperBound)", found: "\(number)")
    }
    return checked
  }

  func size(_ number: UInt32, _ field: String, _ bounds: ClosedRange<Int>) throws(ProtocolViolation) -> Int {
    let bounds = Int64(bounds.lowerBound)...Int64(bounds.upperBound)
    return Int(try self.number(UInt64(number), field, bounds))
  }

  func that(_ holds: Bool, _ expected: String, found: String) throws(ProtocolViolation) {
    guard holds else { throw ProtocolViolation(expected: "\(message): \(expected)", found: found) }
  }
}

extension Data {
  /// As generated messages keep bytes.
  static func of(_ bytes: [UInt8]) -> Data { Data(bytes) }
  static func of(_ id: RecordID) -> Data { Data(id.bytes) }
}
