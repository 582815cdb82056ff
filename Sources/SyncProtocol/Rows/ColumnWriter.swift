import TradeRules

/// The cells of one column as they are collected; see the message `Cells`.
struct ColumnWriter {
  let number: Int
  let kind: WireCells.Kind
  private let isOptional: Bool
  /// A bit a row, lowest first; as long as the last absent cell needs.
  private var absent: [UInt8] = []
  private var presentCount = 0
  private var lastInteger: Int64 = 0
  private var integers: [UInt8] = []
  private var lengths: [UInt8] = []
  private var data: [UInt8] = []

  init(_ column: ColumnDescription) {
    number = column.number
    kind = WireCells.Kind(column.kind)
    isOptional = column.isOptional
  }

  /// About what `encode` will append.
  var byteCount: Int { 16 + absent.count + integers.count + lengths.count + data.count }

  mutating func append(_ value: Value, row: Int) {
    switch value {
    case .null: appendNull(row: row)
    case .integer(let number): append(integer: number, row: row)
    case .text(let text): append(text, row: row)
    case .personal(let personal): append(personal.text, row: row)
    case .blob(let blob): blob.withUnsafeBufferPointer { append(bytes: $0, row: row) }
    case .id(let id): append(id: id, row: row)
    }
  }

  mutating func appendNull(row: Int) { markAbsent(row) }

  mutating func append(integer: Int64, row: Int) {
    precondition(kind == .integer, "column \(number) holds no integers")
    if integer == 0, !isOptional { return markAbsent(row) }
    presentCount += 1
    integers.appendVarint((integer &- lastInteger).zigZag)
    lastInteger = integer
  }

  /// A text's UTF-8 or a blob.
  mutating func append(bytes: UnsafeBufferPointer<UInt8>, row: Int) {
    precondition(
      kind == .text || kind == .blob || kind == .personal, "column \(number) holds no texts or blobs")
    if bytes.isEmpty, !isOptional { return markAbsent(row) }
    presentCount += 1
    lengths.appendVarint(UInt64(bytes.count))
    data.append(contentsOf: bytes)
  }

  mutating func append(id: RecordID, row: Int) {
    precondition(kind == .id, "column \(number) holds no ids")
    if id == .none, !isOptional { return markAbsent(row) }
    presentCount += 1
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { data.append(contentsOf: $0) }
  }

  /// Appends the message `Cells` as field 4 of a `RowBatch`; nothing when all cells are absent.
  func encode(to batch: inout [UInt8], rowCount: Int) {
    guard presentCount > 0 else { return }
    var cells: [UInt8] = []
    cells.reserveCapacity(byteCount + 16)
    cells.appendVarintField(1, UInt64(number))
    cells.appendVarintField(2, UInt64(kind.rawValue))
    if presentCount < rowCount {
      let padding = (rowCount + 7) / 8 - absent.count
      cells.appendBytesField(3, absent + [UInt8](repeating: 0, count: padding))
    }
    if !integers.isEmpty { cells.appendBytesField(4, integers) }
    if !lengths.isEmpty { cells.appendBytesField(5, lengths) }
    if !data.isEmpty { cells.appendBytesField(6, data) }
    batch.appendBytesField(4, cells)
  }

  private mutating func append(_ text: String, row: Int) {
    var text = text
    text.withUTF8 { append(bytes: $0, row: row) }
  }

  private mutating func markAbsent(_ row: Int) {
    let place = row >> 3
    while absent.count <= place { absent.append(0) }
    absent[place] |= 1 << UInt8(row & 7)
  }
}

extension WireCells.Kind {
  init(_ kind: ValueKind) {
    self =
      switch kind {
      case .integer: .integer
      case .text: .text
      case .blob: .blob
      case .id: .id
      case .personal: .personal
      }
  }
}
