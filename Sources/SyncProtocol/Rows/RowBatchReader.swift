public import TradeRules

/// Rows of one table as they arrived, checked whole, read cell by cell without making a `Row` or a `String`.
///
/// Texts, blobs and ids are given as ranges of `bytes`, so that a store can bind them where they lie.
public struct RowBatchReader: Sendable {
  public let table: TableDescription
  /// The buffer all ranges point into: the whole page, not copied.
  public let bytes: [UInt8]
  /// By row; at least one.
  public let versions: [Int64]
  /// By place in `table.columns`; nil where every cell is absent.
  private let columns: [ColumnReader?]
  /// Of columns that only a newer centre knows, ascending.
  private let unknownColumns: [ColumnReader]

  public var rowCount: Int { versions.count }

  /// A cell without its bytes.
  public enum Cell: Hashable, Sendable {
    case null
    case integer(Int64)
    case id(RecordID)
    /// UTF-8 of a text or of a personal text, in `bytes`; checked.
    case text(Range<Int>)
    case blob(Range<Int>)
  }

  /// Reads one message `RowBatch`.
  public init(_ bytes: [UInt8]) throws(ProtocolViolation) { try self.init(bytes, 0..<bytes.count) }

  init(_ bytes: [UInt8], _ range: Range<Int>) throws(ProtocolViolation) {
    var fields = BatchFields(bytes, range, of: "row batch")
    let number = TableNumber(try fields.varint(1, "table", 1...255))
    let rowCount = Int(try fields.varint(2, "row_count", 1...UInt64(WireLimits.batchRowsMax)))
    let versions = try fields.chunk(3, "versions")
    table = try RowBatchReader.table(number)
    self.bytes = bytes
    self.versions = try RowBatchReader.versions(bytes, versions, rowCount)
    var known = [ColumnReader?](repeating: nil, count: table.columns.count)
    var unknown: [ColumnReader] = []
    var last = 0
    while let cells = try fields.item(4) {
      let column = try ColumnReader(bytes, cells, rowCount: rowCount)
      guard column.number > last else {
        throw ProtocolViolation(expected: "columns ascending", found: "\(column.number) after \(last)")
      }
      last = column.number
      guard let place = table.columns.firstIndex(where: { $0.number == last }) else {
        unknown.append(column)
        continue
      }
      guard column.kind == WireCells.Kind(table.columns[place].kind) else {
        throw ProtocolViolation(
          expected:
            "cells of kind \(table.columns[place].kind) in \(table.name).\(table.columns[place].name)",
          found: "kind \(column.kind.rawValue)")
      }
      known[place] = column
    }
    try fields.finish()
    columns = known
    unknownColumns = unknown
  }

  /// The cell of a column; an absent one is what `TableDescription.emptyValues` says.
  ///
  /// - Parameter column: the place in `table.columns`.
  public func cell(_ column: Int, row: Int) -> Cell {
    guard let cells = columns[column], !cells.isAbsent(row, in: bytes) else {
      return emptyCell(table.columns[column])
    }
    switch cells.kind {
    case .integer: return .integer(cells.integers[row])
    case .id: return .id(RecordID(at: cells.range(row).lowerBound, in: bytes))
    case .blob: return .blob(cells.range(row))
    default: return .text(cells.range(row))
    }
  }

  /// `Row.unknown` of a row: the cells of columns that only a newer centre knows, in canonical form.
  public func unknown(row: Int) -> [UInt8] {
    var cells: [UInt8] = []
    for column in unknownColumns where !column.isAbsent(row, in: bytes) {
      if column.kind == .integer {
        cells.appendVarintField(column.number, column.integers[row].zigZag)
      } else {
        cells.appendBytesField(column.number, bytes[column.range(row)])
      }
    }
    return cells
  }

  public func row(_ row: Int) -> Row {
    var values = table.emptyValues
    for (place, column) in table.columns.enumerated() {
      guard let cells = columns[place], !cells.isAbsent(row, in: bytes) else { continue }
      values[column.number - 1] =
        switch column.kind {
        case .integer: .integer(cells.integers[row])
        case .id: .id(RecordID(at: cells.range(row).lowerBound, in: bytes))
        case .blob: .blob(Array(bytes[cells.range(row)]))
        case .text: .text(text(cells.range(row)))
        case .personal: .personal(PersonalText(text(cells.range(row))))
        }
    }
    return Row(values: values, version: versions[row], unknown: unknown(row: row))
  }

  public func rows() -> [Row] { (0..<rowCount).map(row) }

  /// The text of a `.text` cell.
  public func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func emptyCell(_ column: ColumnDescription) -> Cell {
    if column.isOptional { return .null }
    return switch column.kind {
    case .integer: .integer(0)
    case .id: .id(.none)
    case .blob: .blob(0..<0)
    case .text, .personal: .text(0..<0)
    }
  }

  private static func table(_ number: TableNumber) throws(ProtocolViolation) -> TableDescription {
    // A new table comes with a new schema version, which the centre knows from the hello.
    guard let table = TableDescription.numbered(number), !table.isCentreOnly else {
      throw ProtocolViolation(
        expected: "rows of a table of this schema version", found: "table \(number)",
        closeCode: .upgradeRequired)
    }
    return table
  }

  private static func versions(
    _ bytes: [UInt8], _ range: Range<Int>, _ rowCount: Int
  ) throws(ProtocolViolation) -> [Int64] {
    var cursor = ByteCursor(bytes, range)
    var versions: [Int64] = []
    // Each takes a byte at least: what is not there is not reserved.
    versions.reserveCapacity(min(rowCount, range.count))
    var last: Int64 = 0
    while versions.count < rowCount, let difference = cursor.varint() {
      last &+= Int64(zigZag: difference)
      guard last > 0 else { throw ProtocolViolation(expected: "versions from 1 on", found: "\(last)") }
      versions.append(last)
    }
    guard versions.count == rowCount, cursor.isAtEnd else {
      throw ProtocolViolation(expected: "\(rowCount) versions", found: "others")
    }
    return versions
  }
}

extension RecordID {
  /// The id of the 16 bytes from `place` on.
  fileprivate init(at place: Int, in bytes: [UInt8]) {
    let words = bytes.withUnsafeBytes {
      (
        $0.loadUnaligned(fromByteOffset: place, as: UInt64.self),
        $0.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
      )
    }
    self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
  }
}
