import CentralStore
import TradeRules

/// What the rows of one file must not say against each other. A file that says two things of one record would
/// change it at every import.
struct FileConsistency {
  private let kind: ImportKind
  /// By external id: the line that named it first, and what it said.
  private var seen: [String: (line: Int, content: Int)] = [:]
  private var currencies: [String: (line: Int, currency: String)] = [:]

  init(of kind: ImportKind) { self.kind = kind }

  enum Finding: Equatable {
    case first
    /// The same row was there before: nothing new is asked.
    case repeated
  }

  /// Takes in a completed row.
  ///
  /// - Throws: `Refusal` with `CODE_TAKEN` when an earlier row says something else of the same record, with
  ///   `BAD_VALUE` when it gives a price list another currency.
  mutating func take(_ row: Form, line: Int) throws(Refusal) -> Finding {
    if kind == .prices { try checkCurrency(of: Filled(row), line: line) }
    let identity = kind.identity(of: row)
    guard let earlier = seen[identity] else {
      seen[identity] = (line, row.hashValue)
      return .first
    }
    guard earlier.content == row.hashValue else {
      throw Refusal(.codeTaken, "line \(earlier.line) of the file says something else of it")
    }
    return .repeated
  }

  private mutating func checkCurrency(of price: Filled<PriceEntry>, line: Int) throws(Refusal) {
    let known = currencies[price.list] ?? (line, price.currency)
    currencies[price.list] = known
    guard known.currency == price.currency else {
      throw Refusal(.badValue, "currency: \(price.list) is in \(known.currency) on line \(known.line)")
    }
  }
}
