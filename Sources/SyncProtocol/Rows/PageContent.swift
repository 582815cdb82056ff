public import TradeRules

/// What a page says: rows to put in the place of older ones, then keys that left the bucket.
///
/// The message `PageRows`. Reading checks all of it.
public struct PageContent: Sendable {
  /// Upserts; a table may come in several batches.
  public let batches: [RowBatchReader]
  /// After the upserts: a row stays when it meets another grant.
  public let left: [RowKey]

  /// - Parameter bytes: what `PageBody.content()` gave.
  public init(_ bytes: [UInt8]) throws(ProtocolViolation) {
    var fields = BatchFields(bytes, 0..<bytes.count, of: "page rows")
    var batches: [RowBatchReader] = []
    var left: [RowKey] = []
    while let range = try fields.item(1) { batches.append(try RowBatchReader(bytes, range)) }
    while let range = try fields.item(2) { try PageContent.readKeys(bytes, range, into: &left) }
    try fields.finish()
    self.batches = batches
    self.left = left
  }

  /// The message `PageRows`, for `PageBody`.
  ///
  /// - Parameters:
  ///   - batches: what `RowBatchWriter.encode()` gave.
  ///   - left: of tables that leave the centre.
  public static func encode(batches: [[UInt8]], left: [RowKey] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batches.reduce(64 + left.count * 32) { $0 + $1.count + 8 })
    for batch in batches { bytes.appendBytesField(1, batch) }
    var rest = left[...]
    while let table = rest.first?.table {
      var keys: [UInt8] = []
      keys.appendVarintField(1, UInt64(table))
      while let key = rest.first, key.table == table {
        keys.appendBytesField(2, key.bytes)
        rest.removeFirst()
      }
      bytes.appendBytesField(2, keys)
    }
    return bytes
  }

  /// The message `PageRows` of rows by table.
  public static func encode(
    rows: [(table: TableDescription, rows: [Row])], left: [RowKey] = []
  ) -> [UInt8] {
    encode(batches: rows.map { RowBatch.encode($0.rows, of: $0.table) }, left: left)
  }

  /// Rows by table and keys that left as the messages `PageRows` of as many pages as they take, each begun
  /// when the last one reached `WireLimits.pageBytesTarget`.
  public static func encodePages(
    rows: [(table: TableDescription, rows: [Row])], left: [RowKey] = []
  ) -> [[UInt8]] {
    var pages = PageSplitter()
    for (table, rows) in rows {
      var writer = RowBatchWriter(table)
      for row in rows {
        writer.append(row)
        guard writer.isFull || pages.openBytes + writer.byteCount >= WireLimits.pageBytesTarget else {
          continue
        }
        pages.append(writer)
        writer = RowBatchWriter(table)
      }
      pages.append(writer)
    }
    for key in left { pages.append(key) }
    return pages.finish()
  }

  private static func readKeys(
    _ bytes: [UInt8], _ range: Range<Int>, into left: inout [RowKey]
  ) throws(ProtocolViolation) {
    var fields = BatchFields(bytes, range, of: "left rows")
    let number = TableNumber(try fields.varint(1, "table", 1...255))
    guard let table = TableDescription.numbered(number), !table.isCentreOnly else {
      throw ProtocolViolation(
        expected: "keys of a table of this schema version", found: "table \(number)",
        closeCode: .upgradeRequired)
    }
    while let item = try fields.item(2) {
      let key = RowKey(table: number, bytes: Array(bytes[item]))
      guard table.keyValues(of: key) != nil else {
        throw ProtocolViolation(expected: "a key of \(table.name)", found: "\(item.count) other bytes")
      }
      left.append(key)
    }
    try fields.finish()
  }
}

/// Cuts batches and keys into pages.
private struct PageSplitter {
  private var pages: [[UInt8]] = []
  private var batches: [[UInt8]] = []
  private var left: [RowKey] = []
  /// Of the page that is being filled.
  private(set) var openBytes = 0

  mutating func append(_ writer: RowBatchWriter) {
    guard writer.rowCount > 0 else { return }
    let batch = writer.encode()
    batches.append(batch)
    spend(batch.count)
  }

  mutating func append(_ key: RowKey) {
    left.append(key)
    spend(key.bytes.count + 8)
  }

  mutating func finish() -> [[UInt8]] {
    closePage()
    return pages
  }

  private mutating func spend(_ bytes: Int) {
    openBytes += bytes
    if openBytes >= WireLimits.pageBytesTarget { closePage() }
  }

  private mutating func closePage() {
    guard !batches.isEmpty || !left.isEmpty else { return }
    pages.append(PageContent.encode(batches: batches, left: left))
    (batches, left, openBytes) = ([], [], 0)
  }
}
