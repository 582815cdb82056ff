/// Reads the protobuf wire format from a stretch of bytes without copying. Every method gives nil for bytes
/// that are cut off or malformed; the caller says what that means.
struct ByteCursor {
  let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  /// - Parameter range: within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position == end }

  mutating func varint() -> UInt64? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }

  /// A length and where that many bytes are.
  mutating func chunk() -> Range<Int>? {
    guard let length = varint(), length <= UInt64(end - position) else { return nil }
    defer { position += Int(length) }
    return position..<position + Int(length)
  }

  /// A tag: the field's number and how it is written.
  mutating func tag() -> (field: Int, wireType: UInt64)? {
    guard let tag = varint(), let field = Int(exactly: tag >> 3), (1..<1 << 29).contains(field) else {
      return nil
    }
    return (field, tag & 7)
  }

  /// Passes over a field that only a newer program knows.
  mutating func skip(wireType: UInt64) -> Void? {
    switch wireType {
    case 0: return varint().map { _ in }
    case 1: return advance(8)
    case 2: return chunk().map { _ in }
    case 5: return advance(4)
    default: return nil
    }
  }

  private mutating func advance(_ count: Int) -> Void? {
    guard end - position >= count else { return nil }
    position += count
    return ()
  }
}

extension [UInt8] {
  /// Appends a tag and a varint.
  mutating func appendVarintField(_ number: Int, _ value: UInt64) {
    appendVarint(UInt64(number) << 3)
    appendVarint(value)
  }

  /// Appends a tag, a length and bytes.
  mutating func appendBytesField(_ number: Int, _ content: some Collection<UInt8>) {
    appendVarint(UInt64(number) << 3 | 2)
    appendVarint(UInt64(content.count))
    append(contentsOf: content)
  }
}
