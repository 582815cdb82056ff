/// Which of a working set's rows have which index prefix: how ranges are answered from memory.
///
/// A list only grows as rows come to have its prefix; rows that lost it, or came twice, are taken out when the
/// list is next read. Rows are named by their places in the working set.
struct RangeMembers {
  private struct Members {
    enum Loaded {
      /// Only rows changed here are known.
      case nothing
      /// All rows, those whose ordering column is at least this where a bound is given.
      case rows(from: Value?)
    }

    var loaded = Loaded.nothing
    var places: [Int] = []
    /// Whether `places` are exactly the rows with the prefix, each once, in the index's order.
    var isTidy = true
  }

  private var numbers = KeyNumbers()
  private var members: [Members] = []
  /// How many places all lists have together.
  private(set) var count = 0

  // MARK: Ranges

  /// The number of a range's prefix, which is made when it is new.
  mutating func number(of range: RowRange, _ scratch: inout [UInt8]) -> Int {
    RangeMembers.spell(range, to: &scratch)
    return number(spelled: &scratch, in: range.table.number)
  }

  /// The number of a range's prefix when all rows of the range are known; else nil.
  func loaded(_ range: RowRange, _ scratch: inout [UInt8]) -> Int? {
    RangeMembers.spell(range, to: &scratch)
    let number = scratch.withUnsafeBytes { numbers.number(of: $0, in: range.table.number) }
    guard let number, case .rows(let from) = members[number].loaded else { return nil }
    guard let from else { return number }
    return range.from.map { !$0.precedes(from) } ?? false ? number : nil
  }

  /// All stored rows of a range are in the list.
  mutating func markLoaded(_ number: Int, from: Value?) { members[number].loaded = .rows(from: from) }

  /// The rows with a prefix.
  func places(at number: Int) -> [Int] { members[number].places }

  /// Makes a list fit to be read.
  ///
  /// - Parameter mend: takes out the rows that do not have the prefix and sorts the rest.
  mutating func tidy(_ number: Int, _ mend: (inout [Int]) -> Void) {
    if members[number].isTidy { return }
    let before = members[number].places.count
    mend(&members[number].places)
    var last: Int?
    members[number].places.removeAll { place in
      defer { last = place }
      return place == last
    }
    members[number].isTidy = true
    count -= before - members[number].places.count
  }

  // MARK: Rows

  mutating func put(_ place: Int, at number: Int) {
    members[number].places.append(place)
    members[number].isTidy = false
    count += 1
  }

  /// A row comes to have the prefix of an index that its cells say.
  mutating func enter(
    _ place: Int, _ table: TableDescription, _ ordinal: Int, _ row: Row, _ scratch: inout [UInt8]
  ) {
    RangeMembers.spell(table, ordinal, row, to: &scratch)
    put(place, at: number(spelled: &scratch, in: table.number))
  }

  /// A row is about to lose the prefix that its cells say, or its place among those that have it.
  mutating func leave(_ table: TableDescription, _ ordinal: Int, _ row: Row, _ scratch: inout [UInt8]) {
    RangeMembers.spell(table, ordinal, row, to: &scratch)
    let known = scratch.withUnsafeBytes { numbers.number(of: $0, in: table.number) }
    if let known { members[known].isTidy = false }
  }

  // MARK: Prefixes

  private mutating func number(spelled scratch: inout [UInt8], in table: TableNumber) -> Int {
    if let known = scratch.withUnsafeBytes({ numbers.number(of: $0, in: table) }) { return known }
    members.append(Members())
    return numbers.add(Array(scratch), in: table)
  }

  static func spell(_ range: RowRange, to scratch: inout [UInt8]) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(UInt8(truncatingIfNeeded: range.ordinal))
    for value in range.equal { spell(value, to: &scratch) }
  }

  static func spell(
    _ table: TableDescription, _ ordinal: Int, _ row: Row, to scratch: inout [UInt8]
  ) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(UInt8(truncatingIfNeeded: ordinal))
    let cells = table.indexCells[ordinal]
    for place in 0..<table.indexes[ordinal].equalCount { spell(row.values[cells[place]], to: &scratch) }
  }

  /// Different cells in a row give different bytes.
  private static func spell(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .blob(let blob):
      bytes.append(1)
      bytes.appendVarint(UInt64(blob.count))
      bytes.append(contentsOf: blob)
    case .personal: spell(value.indexed, to: &bytes)
    case .integer, .text, .id:
      bytes.append(1)
      RowKey.append(value, to: &bytes)
    }
  }
}
