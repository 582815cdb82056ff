import GRDB
import TradeRules

@testable import Simulator

/// What a story came to, in words: everything of business and nothing of when, so that two tellings of one
/// story can be compared.
struct Outcome: Equatable {
  private(set) var sentences: [String] = []

  init(_ shop: Shop) throws {
    let books = shop.centre
    sentences += ["the log ends at \(shop.world.store.head.version)"]
    sentences += try books.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT device || ' ' || first_number || '-' || last_number || ' ' || kind FROM log_entry
          WHERE device <> 'centre' ORDER BY version
          """)
    }
    sentences += try books.all(OrderColumns.self).map {
      "\($0.number) \($0.state) \($0.holds) \($0.totalMinor) to \($0.deliveryAddress.text)"
    }
    sentences += try books.all(OrderLineColumns.self).map {
      """
      line \($0.line) \($0.sku) \($0.ordered) allocated \($0.allocated) waits \($0.backordered) \
      picked \($0.picked) shipped \($0.shipped) cancelled \($0.cancelled)
      """
    }
    sentences += try books.all(StockColumns.self).map { "\($0.bin) \($0.sku) \($0.onHand)" }
    sentences += try books.all(StockLevelColumns.self).map { "\($0.sku) \($0.onHand) \($0.allocated)" }
    sentences += try books.all(MovementColumns.self).map {
      "\($0.device)/\($0.operation) \($0.kind) \($0.quantity) \($0.sku) \($0.fromBin)>\($0.toBin)"
    }.sorted()
    sentences += try books.all(CountAdjustmentColumns.self).map { "adjusted \($0.quantity)" }
    sentences += try books.all(TaskColumns.self).map { "\($0.kind) \($0.quantity) \($0.isOpen)" }.sorted()
    sentences += try books.all(CustomerColumns.self).map { "\($0.code) \($0.phone.text)" }
    sentences += try books.all(AnswerColumns.self).map {
      "\($0.device)/\($0.number) \($0.kind) \($0.outcome) \($0.codes)"
    }
  }
}
