/// What decisions looked at and what they changed, each row and range as a number that stands for it: enough to
/// tell which of them a change elsewhere concerns, without deciding again.
///
/// Two keys may have one number; then something is decided again for nothing.
public struct Footprint: Sendable {
  /// Numbers of rows and ranges that were looked at, whether anything was there or not.
  public private(set) var seen: Set<UInt64> = []
  /// Numbers of rows that were changed, and of ranges they came into or left.
  public private(set) var changed: Set<UInt64> = []

  public init() {}

  mutating func see(_ number: UInt64) { seen.insert(number) }
  mutating func change(_ number: UInt64) { changed.insert(number) }

  public mutating func formUnion(_ other: Footprint) {
    seen.formUnion(other.seen)
    changed.formUnion(other.changed)
  }

  // MARK: Numbers

  public static func number(of key: RowKey) -> UInt64 {
    key.bytes.withUnsafeBytes { KeyNumbers.hash($0, UInt64(key.table)) }
  }

  /// The numbers of the ranges that a change of a row concerns: those it comes into or leaves, or changes its
  /// place in. `nil` stands for no row.
  public static func ranges(from old: Row?, to new: Row?, in table: TableDescription) -> [UInt64] {
    var numbers: [UInt64] = []
    var scratch: [UInt8] = []
    for ordinal in table.indexes.indices where !table.isAlike(old, new, in: ordinal) {
      for row in [old, new] {
        guard let row else { continue }
        RangeMembers.spell(table, ordinal, row, to: &scratch)
        numbers.append(number(ofRange: scratch, in: table.number))
      }
    }
    return numbers
  }

  static func number(ofRange spelled: [UInt8], in table: TableNumber) -> UInt64 {
    spelled.withUnsafeBytes { KeyNumbers.hash($0, 0x100 + UInt64(table)) }
  }

  // MARK: Bytes

  /// As bytes, with the version of the rules: what others looked at says nothing of what these would.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (seen.count + changed.count) + 12)
    bytes.appendVarint(UInt64(bitPattern: Rules.version))
    for numbers in [seen, changed] {
      bytes.appendVarint(UInt64(numbers.count))
      for number in numbers.sorted() {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// Nil for bytes of other rules, or of none.
  public init?(bytes: [UInt8]) {
    var reader = WireReader(bytes)
    guard (try? reader.varint()) == UInt64(bitPattern: Rules.version) else { return nil }
    guard let seen = Footprint.numbers(&reader), let changed = Footprint.numbers(&reader), reader.isAtEnd
    else { return nil }
    (self.seen, self.changed) = (seen, changed)
  }

  private static func numbers(_ reader: inout WireReader) -> Set<UInt64>? {
    guard let count = try? reader.varint() else { return nil }
    var numbers = Set<UInt64>()
    for _ in 0..<count {
      guard let number = try? reader.word() else { return nil }
      numbers.insert(number)
    }
    return numbers
  }
}
