import SyncProtocol
import TradeRules

extension Page {
  /// The rows of one read of a bucket.
  init(_ piece: Download.Piece, cursor: [UInt8]) {
    self.init(
      bucket: piece.bucket, cursor: cursor, isSnapshot: piece.isSnapshot, isLast: piece.isLast,
      body: piece.body
        ?? PageBody(PageContent.encode(rows: piece.rows, left: piece.left.sorted()), compressing: true))
  }
}
