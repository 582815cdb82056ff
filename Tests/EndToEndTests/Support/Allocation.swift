import Foundation

/// Who gets what, worked out by hand: one pool for each SKU, first come, first served.
struct Allocation {
  struct Line {
    let sku: String
    let ordered: Int
    let granted: Int
    /// What waits for stock; nothing of a product that is not sold any more.
    let waiting: Int
    let price: Decimal
  }

  private(set) var left: [String: Int]
  private let archived: Set<String>

  init(stock: [String: Int], archived: Set<String>) {
    left = stock
    self.archived = archived
  }

  mutating func take(_ lines: [(sku: String, quantity: Int, price: Decimal)]) -> [Line] {
    lines.map { sku, quantity, price in
      let granted = min(quantity, left[sku, default: 0])
      left[sku, default: 0] -= granted
      let rest = archived.contains(sku) ? 0 : quantity - granted
      return Line(sku: sku, ordered: quantity, granted: granted, waiting: rest, price: price)
    }
  }
}
