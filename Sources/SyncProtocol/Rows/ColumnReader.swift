import TradeRules

/// The cells of one column of a received batch, checked whole when it is made, then read by row.
struct ColumnReader: Sendable {
  let number: Int
  let kind: WireCells.Kind
  /// A bit a row, lowest first; empty when no cell is absent.
  private let absent: Range<Int>
  /// By row, absent ones 0; of integers only.
  private(set) var integers: [Int64] = []
  /// By row where its bytes begin, and one more for the end; of all others.
  private(set) var starts: [Int32] = []

  func isAbsent(_ row: Int, in bytes: [UInt8]) -> Bool {
    !absent.isEmpty && bytes[absent.lowerBound + row >> 3] & 1 << UInt8(row & 7) != 0
  }

  func range(_ row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }
}

extension ColumnReader {
  /// Reads the message `Cells` in `range` of a batch of `rowCount` rows.
  init(_ bytes: [UInt8], _ range: Range<Int>, rowCount: Int) throws(ProtocolViolation) {
    var fields = BatchFields(bytes, range, of: "cells")
    number = Int(try fields.varint(1, "number", 1...63))
    let kind = try fields.varint(2, "kind", 1...5)
    self.kind = WireCells.Kind(rawValue: Int(kind)) ?? .unspecified
    absent = try fields.chunk(3, "absent")
    let integers = try fields.chunk(4, "integers")
    let lengths = try fields.chunk(5, "lengths")
    let data = try fields.chunk(6, "data")
    try fields.finish()
    try checkAbsent(bytes, rowCount)
    switch self.kind {
    case .integer:
      try expect(lengths.isEmpty && data.isEmpty, "nothing but integers")
      try readIntegers(bytes, integers, rowCount)
    case .id:
      try expect(integers.isEmpty && lengths.isEmpty, "nothing but ids")
      try placeIDs(bytes, data, rowCount)
    default:
      try expect(integers.isEmpty, "no integers")
      try placeChunks(bytes, lengths, data, rowCount)
      if self.kind != .blob { try checkText(bytes, data) }
    }
  }

  private func expect(_ holds: Bool, _ expected: String) throws(ProtocolViolation) {
    guard holds else {
      throw ProtocolViolation(expected: "cells of column \(number): \(expected)", found: "something else")
    }
  }

  private func checkAbsent(_ bytes: [UInt8], _ rowCount: Int) throws(ProtocolViolation) {
    if absent.isEmpty { return }
    try expect(absent.count == (rowCount + 7) / 8, "a bit for each of \(rowCount) rows")
    let unused = UInt8(truncatingIfNeeded: 0xFF00 >> (absent.count * 8 - rowCount))
    try expect(bytes[absent.upperBound - 1] & unused == 0, "no bits beyond \(rowCount) rows")
  }

  private mutating func readIntegers(
    _ bytes: [UInt8], _ range: Range<Int>, _ rowCount: Int
  ) throws(ProtocolViolation) {
    var cursor = ByteCursor(bytes, range)
    var last: Int64 = 0
    integers.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      if isAbsent(row, in: bytes) {
        integers.append(0)
        continue
      }
      guard let difference = cursor.varint() else {
        return try expect(false, "an integer for each present row")
      }
      last &+= Int64(zigZag: difference)
      integers.append(last)
    }
    try expect(cursor.isAtEnd, "no more integers than present rows")
  }

  private mutating func placeIDs(
    _ bytes: [UInt8], _ data: Range<Int>, _ rowCount: Int
  ) throws(ProtocolViolation) {
    var next = data.lowerBound
    starts.reserveCapacity(rowCount + 1)
    for row in 0..<rowCount {
      starts.append(Int32(next))
      if !isAbsent(row, in: bytes) { next += 16 }
    }
    starts.append(Int32(next))
    try expect(next == data.upperBound, "16 bytes of id for each present row")
  }

  private mutating func placeChunks(
    _ bytes: [UInt8], _ lengths: Range<Int>, _ data: Range<Int>, _ rowCount: Int
  ) throws(ProtocolViolation) {
    var cursor = ByteCursor(bytes, lengths)
    var next = data.lowerBound
    starts.reserveCapacity(rowCount + 1)
    for row in 0..<rowCount {
      starts.append(Int32(next))
      if isAbsent(row, in: bytes) { continue }
      guard let length = cursor.varint(), length <= UInt64(data.upperBound - next) else {
        return try expect(false, "a length within the data for each present row")
      }
      next += Int(length)
    }
    starts.append(Int32(next))
    try expect(cursor.isAtEnd && next == data.upperBound, "data and lengths of the present rows alone")
  }

  /// Each text is UTF-8 without NUL, which ends a text in a key.
  private func checkText(_ bytes: [UInt8], _ data: Range<Int>) throws(ProtocolViolation) {
    let isText = bytes.withUnsafeBufferPointer { all in
      let text = UnsafeBufferPointer(rebasing: all[data])
      var zeros = 0
      for byte in text { zeros &+= byte == 0 ? 1 : 0 }
      return zeros == 0 && (try? UTF8Span(validating: text.span)) != nil
    }
    try expect(isText, "UTF-8 without NUL")
    for start in starts where start < data.upperBound {
      try expect(bytes[Int(start)] & 0xC0 != 0x80, "texts that begin with a whole character")
    }
  }
}
