/// A row's table and primary key, in bytes whose order is the order of the key's columns in SQL.
///
/// Integers are 8 bytes big-endian with the sign flipped, ids their 16 bytes, texts UTF-8 ended by a zero
/// byte (a control character no text of ours may have).
public struct RowKey: Hashable, Comparable, Sendable {
  public let table: TableNumber
  public let bytes: [UInt8]

  public init(table: TableNumber, bytes: [UInt8]) {
    self.table = table
    self.bytes = bytes
  }

  public init<C: TableColumns>(_ columns: C.Type, _ parts: any ColumnValue...) {
    self.init(columns, parts: parts)
  }

  /// - Parameter parts: the key's cells in order of its columns.
  public init<C: TableColumns>(_: C.Type, parts: [any ColumnValue]) {
    table = C.number
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for part in parts { RowKey.append(part.value, to: &bytes) }
    self.bytes = bytes
  }

  /// The bytes at once: an array would hash them one by one.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(table)
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  public static func == (one: RowKey, other: RowKey) -> Bool {
    guard one.table == other.table else { return false }
    return one.bytes.withUnsafeBytes { mine in other.bytes.withUnsafeBytes { mine.holdsSame(as: $0) } }
  }

  public static func < (one: RowKey, other: RowKey) -> Bool {
    if one.table != other.table { return one.table < other.table }
    return one.bytes.withUnsafeBytes { mine in other.bytes.withUnsafeBytes { mine.comes(before: $0) } }
  }

  /// The table and the first 15 bytes as a number: keys with different ones are in the order of theirs.
  var head: UInt128 {
    var head = UInt128(table)
    for place in 0..<15 { head = head << 8 | UInt128(place < bytes.count ? bytes[place] : 0) }
    return head
  }

  static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .integer(let number): append(UInt64(bitPattern: number) ^ 1 << 63, to: &bytes)
    case .text(let text):
      bytes.append(contentsOf: text.utf8)
      bytes.append(0)
    case .id(let id):
      append(id.high, to: &bytes)
      append(id.low, to: &bytes)
    case .blob(let blob): bytes.append(contentsOf: blob)
    case .null, .personal: preconditionFailure("no key has a null or personal part")
    }
  }

  private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Equality, a word at a time: keys are compared more often than anything else.
  func holdsSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    var place = 0
    while place + 8 <= count {
      guard word(at: place) == other.word(at: place) else { return false }
      place += 8
    }
    while place < count {
      guard self[place] == other[place] else { return false }
      place += 1
    }
    return true
  }

  /// Whether these bytes come first in lexicographical order.
  func comes(before other: UnsafeRawBufferPointer) -> Bool {
    let shorter = Swift.min(count, other.count)
    var place = 0
    while place + 8 <= shorter {
      let (mine, theirs) = (word(at: place), other.word(at: place))
      if mine != theirs { return mine.bigEndian < theirs.bigEndian }
      place += 8
    }
    while place < shorter {
      if self[place] != other[place] { return self[place] < other[place] }
      place += 1
    }
    return count < other.count
  }

  /// The eight bytes from a place on, as they lie in memory.
  func word(at place: Int) -> UInt64 { loadUnaligned(fromByteOffset: place, as: UInt64.self) }
}
