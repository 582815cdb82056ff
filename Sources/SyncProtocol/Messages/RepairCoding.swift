import SwiftProtobuf
import TradeRules

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Compare {
  init(_ wire: WireCompare) throws(ProtocolViolation) {
    let check = FieldChecks(of: "compare")
    bucket = Bucket(try check.name(wire.bucket, "bucket", WireLimits.bucketBytesMax))
    bits = try check.bits(wire.bits, in: [8, 12, 16])
    ranges = try check.ranges(wire.ranges, bits: bits - 4)
    try check.that(
      ranges.isEmpty == (bits == 8), "ranges unless all are asked for", found: "\(ranges.count)")
  }

  var wire: WireCompare {
    .with {
      $0.bucket = bucket.name
      $0.bits = UInt32(bits)
      $0.ranges = ranges.differences
    }
  }
}

extension Summary {
  init(_ wire: WireSummary) throws(ProtocolViolation) {
    let check = FieldChecks(of: "summary")
    bucket = Bucket(try check.name(wire.bucket, "bucket", WireLimits.bucketBytesMax))
    bits = try check.bits(wire.bits, in: [8, 12, 16])
    rows = try check.number(wire.rows, "rows")
    digests = try check.words(wire.digests, "digests", most: 1 << bits)
  }

  var wire: WireSummary {
    .with {
      $0.bucket = bucket.name
      $0.bits = UInt32(bits)
      $0.rows = UInt64(bitPattern: rows)
      $0.digests = .of(words: digests)
    }
  }
}

extension Mend {
  init(_ wire: WireMend) throws(ProtocolViolation) {
    let check = FieldChecks(of: "mend")
    _ = try check.count(wire.buckets.count, "buckets", 1...WireLimits.bucketsMax)
    buckets = []
    for bucket in wire.buckets {
      let rows = try RangeRows(bucket)
      try check.that(
        buckets.last.map { $0.bucket < rows.bucket } ?? true, "buckets ascending", found: "not so")
      buckets.append(rows)
    }
    try check.that(
      rowCount <= WireLimits.mendRowsMax, "at most \(WireLimits.mendRowsMax) rows", found: "\(rowCount)")
  }

  var wire: WireMend { .with { $0.buckets = buckets.map(\.wire) } }
}

extension RangeRows {
  init(_ wire: WireRangeRows) throws(ProtocolViolation) {
    let check = FieldChecks(of: "mend.buckets")
    bucket = Bucket(try check.name(wire.bucket, "bucket", WireLimits.bucketBytesMax))
    bits = try check.bits(wire.bits, in: [0, 8, 12, 16])
    let numbers = try check.ranges(wire.ranges, bits: bits)
    try check.that(
      wire.counts.count == numbers.count, "a count for each range", found: "\(wire.counts.count)")
    let hashes = try check.words(wire.hashes, "hashes", most: WireLimits.mendRowsMax)
    let sum = wire.counts.reduce(UInt64(0)) { $0 + UInt64($1) }
    try check.that(sum == UInt64(hashes.count), "as many hashes as counted", found: "\(hashes.count)")
    ranges = []
    var place = 0
    for (number, count) in zip(numbers, wire.counts) {
      ranges.append(Range(number: number, hashes: Array(hashes[place..<place + Int(count)])))
      place += Int(count)
    }
  }

  var wire: WireRangeRows {
    .with {
      $0.bucket = bucket.name
      $0.bits = UInt32(bits)
      $0.ranges = ranges.map(\.number).differences
      $0.counts = ranges.map { UInt32($0.hashes.count) }
      $0.hashes = .of(words: ranges.flatMap(\.hashes))
    }
  }
}

extension Surplus {
  init(_ wire: WireSurplus) throws(ProtocolViolation) {
    let check = FieldChecks(of: "surplus")
    bucket = Bucket(try check.name(wire.bucket, "bucket", WireLimits.bucketBytesMax))
    hashes = try check.words(wire.hashes, "hashes", most: WireLimits.mendRowsMax)
  }

  var wire: WireSurplus {
    .with {
      $0.bucket = bucket.name
      $0.hashes = .of(words: hashes)
    }
  }
}

extension FieldChecks {
  fileprivate func bits(_ bits: UInt32, in allowed: [Int]) throws(ProtocolViolation) -> Int {
    guard allowed.contains(Int(bits)) else {
      throw ProtocolViolation(expected: "\(message).bits one of \(allowed)", found: "\(bits)")
    }
    return Int(bits)
  }

  /// Numbers of ranges, sent as differences: ascending, each once.
  fileprivate func ranges(_ differences: [UInt32], bits: Int) throws(ProtocolViolation) -> [UInt32] {
    _ = try count(differences.count, "ranges", 0...1 << bits)
    var numbers: [UInt32] = []
    numbers.reserveCapacity(differences.count)
    for difference in differences {
      let number = UInt64(numbers.last ?? 0) + UInt64(difference)
      guard number < 1 << UInt64(bits), numbers.isEmpty || difference > 0 else {
        throw ProtocolViolation(
          expected: "\(message).ranges ascending below \(1 << bits)", found: "\(number)")
      }
      numbers.append(UInt32(number))
    }
    return numbers
  }

  /// 8 bytes each, most significant first.
  fileprivate func words(_ data: Data, _ field: String, most: Int) throws(ProtocolViolation) -> [UInt64] {
    guard data.count % 8 == 0, data.count / 8 <= most else {
      throw ProtocolViolation(
        expected: "\(message).\(field) of at most \(most) times 8 bytes", found: "\(data.count)")
    }
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
  }
}

extension [UInt32] {
  /// Each less the one before it.
  fileprivate var differences: [UInt32] {
    indices.map { $0 == 0 ? self[0] : self[$0] - self[$0 - 1] }
  }
}

extension Data {
  fileprivate static func of(words: [UInt64]) -> Data {
    words.map(\.bigEndian).withUnsafeBytes { Data($0) }
  }
}
