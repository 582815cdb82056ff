import SyncProtocol
import TradeRules

extension Page {
  /// The rows of one read, packed once for everybody who gets them.
  init(
    of bucket: Bucket, rows: [(table: TableDescription, rows: [Row])], left: [RowKey], cursor: [UInt8] = [],
    isSnapshot: Bool = false, isLast: Bool = false
  ) {
    let batches = rows.map { table, rows in
      var writer = RowBatchWriter(table)
      for row in rows { writer.append(row) }
      return writer.encode()
    }
    let content = PageContent.encode(batches: batches, left: left.sorted())
    self.init(
      bucket: bucket, cursor: cursor, isSnapshot: isSnapshot, isLast: isLast,
      body: PageBody(content, compressing: true))
  }
}
