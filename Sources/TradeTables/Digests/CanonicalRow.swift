import SyncProtocol
public import TradeRules

/// The bytes that stand for a row in digests and hashes: equal rows have equal bytes, different rows of a table
/// different ones, on every device and in every release.
///
/// A row is, in this order:
///
///     table     1 byte     the table's number
///     key       varint     how many bytes follow
///               bytes      `RowKey.bytes`
///     version   varint     zigzag
///     cells                in ascending order of column numbers, each once
///
/// A cell is a field of the protobuf wire format, so that a program can pass over cells it does not know:
///
///     integer   varint `number · 8`,      then the integer as zigzag varint
///     other     varint `number · 8 + 2`,  then a varint count and as many bytes: UTF-8 of a text, a blob as
///               it is, the 16 bytes of an id most significant first
///
/// Varints are base 128, least significant group first, as short as possible. Key columns have no cell. A cell
/// that holds what an absent cell means (`TableDescription.emptyValues`: null where the column may be null, else
/// 0, no bytes, or the id of nothing) is left out, so that a column added later changes no older row's bytes.
/// Cells of columns that only a newer program knows (`Row.unknown`, a sequence of such cells) stand in their
/// place by number, so that an older replica agrees with the centre.
public enum CanonicalRow {
  /// What stands for a text about a person.
  public enum Flavour: Sendable {
    /// The text itself: bucket digests, which centre and replica compare.
    case text
    /// Its commitment: the effects hash, which must still hold when the text was erased (G28).
    case commitment
  }

  /// Appends the canonical bytes of a row to `bytes`.
  public static func append(
    _ row: Row, of table: TableDescription, as flavour: Flavour, to bytes: inout [UInt8]
  ) {
    append(row, at: table.key(of: row), of: table, as: flavour, to: &bytes)
  }

  /// The same where the key is at hand.
  static func append(
    _ row: Row, at key: RowKey, of table: TableDescription, as flavour: Flavour, to bytes: inout [UInt8]
  ) {
    bytes.append(table.number)
    bytes.appendCounted(key.bytes)
    bytes.appendVarint(row.version.zigZag)
    appendCells(of: row, table, as: flavour, to: &bytes)
  }

  public static func bytes(of row: Row, in table: TableDescription, as flavour: Flavour) -> [UInt8] {
    var bytes: [UInt8] = []
    append(row, of: table, as: flavour, to: &bytes)
    return bytes
  }

  /// Appends the cells that are not part of the key.
  static func appendCells(
    of row: Row, _ table: TableDescription, as flavour: Flavour, to bytes: inout [UInt8]
  ) {
    var unknown = CellReader(row.unknown)
    for column in table.columns where !column.isKey {
      if !row.unknown.isEmpty {
        while let number = unknown.nextNumber, number < column.number { unknown.copyCell(to: &bytes) }
      }
      let value = row.values[column.number - 1]
      if !value.isEmpty(in: column, as: flavour) { append(value, column.number, as: flavour, to: &bytes) }
    }
    unknown.copyRest(to: &bytes)
  }

  /// Appends the canonical bytes of a row of a received batch, with texts.
  static func append(_ row: Int, of batch: RowBatchReader, to bytes: inout [UInt8]) {
    bytes.append(batch.table.number)
    bytes.appendCounted(batch.key(row: row))
    bytes.appendVarint(batch.versions[row].zigZag)
    var unknown = CellReader(batch.unknown(row: row))
    for (place, column) in batch.table.columns.enumerated() where !column.isKey {
      while let number = unknown.nextNumber, number < column.number { unknown.copyCell(to: &bytes) }
      append(batch.cell(place, row: row), column, of: batch, to: &bytes)
    }
    unknown.copyRest(to: &bytes)
  }

  private static func append(
    _ cell: RowBatchReader.Cell, _ column: ColumnDescription, of batch: RowBatchReader,
    to bytes: inout [UInt8]
  ) {
    switch cell {
    case .null: return
    case .integer(let integer):
      if integer != 0 || column.isOptional { append(.integer(integer), column.number, as: .text, to: &bytes) }
    case .id(let id):
      if id != .none || column.isOptional { append(.id(id), column.number, as: .text, to: &bytes) }
    case .text(let range), .blob(let range):
      if range.isEmpty, !column.isOptional { return }
      bytes.appendVarint(UInt64(column.number) << 3 | 2)
      bytes.appendVarint(UInt64(range.count))
      bytes.append(contentsOf: batch.bytes[range])
    }
  }

  private static func append(_ value: Value, _ number: Int, as flavour: Flavour, to bytes: inout [UInt8]) {
    if case .integer(let integer) = value {
      bytes.appendVarint(UInt64(number) << 3)
      bytes.appendVarint(integer.zigZag)
      return
    }
    bytes.appendVarint(UInt64(number) << 3 | 2)
    switch value {
    case .text(let text): bytes.appendCounted(text)
    case .personal(let personal) where flavour == .text: bytes.appendCounted(personal.text)
    case .personal(let personal): bytes.appendCounted(personal.commitment)
    case .blob(let blob): bytes.appendCounted(blob)
    case .id(let id):
      bytes.append(16)
      bytes.appendBigEndian(id.high)
      bytes.appendBigEndian(id.low)
    case .null, .integer: break
    }
  }
}

extension Value {
  /// Whether the cell is what an absent one means.
  fileprivate func isEmpty(in column: ColumnDescription, as flavour: CanonicalRow.Flavour) -> Bool {
    switch self {
    case .null: true
    case _ where column.isOptional: false
    case .integer(let number): number == 0
    case .text(let text): text.isEmpty
    case .blob(let blob): blob.isEmpty
    case .id(let id): id == .none
    case .personal(let personal): flavour == .text ? personal.text.isEmpty : personal.commitment.isEmpty
    }
  }
}

extension RowBatchReader {
  /// `RowKey.bytes` of a row.
  fileprivate func key(row: Int) -> [UInt8] {
    var values = table.emptyValues
    for (place, column) in table.columns.enumerated() where column.isKey {
      values[column.number - 1] =
        switch cell(place, row: row) {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .id(let id): .id(id)
        case .text(let range): .text(text(range))
        case .blob(let range): .blob(Array(bytes[range]))
        }
    }
    return table.key(of: Row(values: values)).bytes
  }
}

extension [UInt8] {
  fileprivate mutating func appendCounted(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      appendVarint(UInt64(utf8.count))
      append(contentsOf: utf8)
    }
  }

  mutating func appendCounted(_ blob: [UInt8]) {
    appendVarint(UInt64(blob.count))
    append(contentsOf: blob)
  }

  fileprivate mutating func appendBigEndian(_ word: UInt64) {
    Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
  }
}
