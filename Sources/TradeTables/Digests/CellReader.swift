import TradeRules

/// Walks over cells in canonical form (`CanonicalRow`). Bytes that are none end the walk and are kept as the
/// rest, so that what a damaged file holds is still hashed and never lost.
struct CellReader {
  private let bytes: [UInt8]
  private var position = 0

  /// The column number of the next cell; nil at the end, or where no cell begins.
  private(set) var nextNumber: Int?
  private var isInteger = false
  /// Where the next cell's content and the cell itself end.
  private var contentStart = 0
  private var end = 0

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    position = start
    look()
  }

  /// Whether all bytes were cells in ascending order.
  var isAtEnd: Bool { position == bytes.count }

  /// Appends the next cell as it is and goes past it.
  mutating func copyCell(to target: inout [UInt8]) {
    guard nextNumber != nil else { return }
    target.append(contentsOf: bytes[position..<end])
    position = end
    look()
  }

  /// Appends everything from the next cell on.
  mutating func copyRest(to target: inout [UInt8]) {
    if position < bytes.count { target.append(contentsOf: bytes[position...]) }
    position = bytes.count
    nextNumber = nil
  }

  /// The next cell as a value of a column's kind, going past it; nil when it is none of that kind.
  mutating func takeValue(_ kind: ValueKind) -> Value? {
    guard nextNumber != nil, isInteger == (kind == .integer) else { return nil }
    defer {
      position = end
      look()
    }
    let content = bytes[contentStart..<end]
    switch kind {
    case .integer:
      var place = contentStart
      return bytes.varint(at: &place).map { .integer(Int64(zigZag: $0)) }
    case .text: return .text(String(decoding: content, as: UTF8.self))
    case .personal: return .personal(PersonalText(String(decoding: content, as: UTF8.self)))
    case .blob: return .blob(Array(content))
    case .id: return RecordID(bytes: content).map(Value.id)
    }
  }

  private mutating func look() {
    let previous = nextNumber ?? 0
    nextNumber = nil
    var place = position
    guard let tag = bytes.varint(at: &place), let number = Int(exactly: tag >> 3), number > previous
    else { return }
    contentStart = place
    switch tag & 7 {
    case 0:
      guard bytes.varint(at: &place) != nil else { return }
    case 2:
      guard let count = bytes.varint(at: &place), count <= UInt64(bytes.count - place) else { return }
      contentStart = place
      place += Int(count)
    default: return
    }
    isInteger = tag & 7 == 0
    end = place
    nextNumber = number
  }
}

extension [UInt8] {
  /// The varint that starts at `place`, which then is past it; nil when the bytes end inside it or it does not
  /// fit 64 bits.
  func varint(at place: inout Int) -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard place < count else { return nil }
      let byte = self[place]
      place += 1
      if shift == 63, byte > 1 { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }
}
