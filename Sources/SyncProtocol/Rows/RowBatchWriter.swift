public import TradeRules

/// Collects rows of one table, column by column, into the bytes of one message `RowBatch`.
///
/// Rows come whole (`append`), or cell by cell straight from a statement: one call for each column, then
/// `endRow`. Personal columns take the text; a commitment is never sent.
public struct RowBatchWriter: Sendable {
  public let table: TableDescription
  public private(set) var rowCount = 0
  private var versions: [UInt8] = []
  private var lastVersion: Int64 = 0
  private var columns: [ColumnWriter]

  public init(_ table: TableDescription) {
    precondition(!table.isCentreOnly, "rows of \(table.name) never leave the centre")
    self.table = table
    columns = table.columns.map(ColumnWriter.init)
  }

  /// About how many bytes the batch has; the sender ends a page at `WireLimits.pageBytesTarget`.
  public var byteCount: Int { columns.reduce(32 + versions.count) { $0 + $1.byteCount } }
  /// Whether another batch has to begin.
  public var isFull: Bool { rowCount == WireLimits.batchRowsMax }

  /// Appends a row of the table.
  public mutating func append(_ row: Row) {
    for position in columns.indices {
      columns[position].append(row.values[columns[position].number - 1], row: rowCount)
    }
    endRow(version: row.version)
  }

  /// - Parameter column: the place in `table.columns`; for all `append…`.
  public mutating func appendNull(column: Int) { columns[column].appendNull(row: rowCount) }

  public mutating func append(integer: Int64, column: Int) {
    columns[column].append(integer: integer, row: rowCount)
  }

  /// Appends a text's UTF-8 or a blob.
  public mutating func append(bytes: UnsafeBufferPointer<UInt8>, column: Int) {
    columns[column].append(bytes: bytes, row: rowCount)
  }

  public mutating func append(id: RecordID, column: Int) {
    columns[column].append(id: id, row: rowCount)
  }

  /// Ends the row whose cells were appended one by one.
  public mutating func endRow(version: Int64) {
    precondition(rowCount < WireLimits.batchRowsMax, "a batch has at most \(WireLimits.batchRowsMax) rows")
    versions.appendVarint((version &- lastVersion).zigZag)
    lastVersion = version
    rowCount += 1
  }

  /// The message `RowBatch`, for `PageContent.encode`.
  public func encode() -> [UInt8] {
    var batch: [UInt8] = []
    batch.reserveCapacity(byteCount + 64)
    batch.appendVarintField(1, UInt64(table.number))
    batch.appendVarintField(2, UInt64(rowCount))
    batch.appendBytesField(3, versions)
    for column in columns { column.encode(to: &batch, rowCount: rowCount) }
    return batch
  }
}

/// Rows of one table as one message `RowBatch`.
public enum RowBatch {
  /// - Parameter rows: 1 … 65,536.
  public static func encode(_ rows: some Collection<Row>, of table: TableDescription) -> [UInt8] {
    var writer = RowBatchWriter(table)
    for row in rows { writer.append(row) }
    return writer.encode()
  }

  public static func decode(
    _ bytes: [UInt8]
  ) throws(ProtocolViolation) -> (table: TableDescription, rows: [Row]) {
    let reader = try RowBatchReader(bytes)
    return (reader.table, reader.rows())
  }
}
