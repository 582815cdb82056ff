import CentralStore
import TradeRules

/// The currencies that a file of prices gives its lists: one each, or every import would change them.
struct ListCurrencies {
  private let kind: ImportKind
  private var known: [String: (line: Int, currency: String)] = [:]

  init(of kind: ImportKind) { self.kind = kind }

  /// Takes in a completed row.
  ///
  /// - Throws: `Refusal` with `BAD_VALUE` when the row gives a price list another currency than an earlier one.
  mutating func take(_ row: Form, line: Int) throws(Refusal) {
    guard kind == .prices else { return }
    let price = Filled<PriceEntry>(row)
    let first = known[price.list] ?? (line, price.currency)
    known[price.list] = first
    guard first.currency == price.currency else {
      throw Refusal(.badValue, "currency: \(price.list) is in \(first.currency) on line \(first.line)")
    }
  }
}

/// Rows of one file that name a record which an earlier row named.
struct RowMeetings {
  /// The same row was there before: nothing new is asked.
  var repeated = RowBits()
  /// Rows that say something else of a record than an earlier line, in the file's order.
  var contradicting: [(row: Int, line: Int)] = []
}

/// One bit for each row of a file, from 0.
struct RowBits {
  private var words: [UInt64] = []

  mutating func insert(_ row: Int) {
    while words.count <= row / 64 { words.append(0) }
    words[row / 64] |= 1 << UInt64(row % 64)
  }

  func contains(_ row: Int) -> Bool {
    row / 64 < words.count && words[row / 64] & 1 << UInt64(row % 64) != 0
  }
}
