import SyncProtocol
import TradeRules

extension Page {
  /// The rows of one read of a bucket.
  init(_ piece: Download.Piece, cursor: [UInt8]) throws(PageTooLarge) {
    let body: PageBody
    if let made = piece.body {
      body = made
    } else {
      let content = PageContent.encode(rows: piece.rows, left: piece.left.sorted())
      body = try PageBody(content, compressing: true)
    }
    self.init(
      bucket: piece.bucket, cursor: cursor, isSnapshot: piece.isSnapshot, isLast: piece.isLast, body: body)
  }
}
