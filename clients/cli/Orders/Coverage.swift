import ReplicaStore
import TradeRules

/// What of an order this device's quotas cover: said before it is placed, since inside a quota the goods are
/// promised for certain and outside it the centre may have given them to somebody else.
struct Coverage {
  struct Line {
    let sku: String
    let asked: Quantity
    let covered: Quantity
  }

  let lines: [Line]
  /// Whether this is what a submission claims, or what one would claim now.
  let isClaimed: Bool

  init(_ wants: [QuotaClaims.Want], _ covers: [Filled<QuotaCover>], isClaimed: Bool) {
    lines = wants.filter { $0.quantity > .zero }.map { want in
      let covered = covers.reduce(Quantity.zero) { $1.line == want.line ? $0 + $1.quantity : $0 }
      return Line(sku: want.sku, asked: want.quantity, covered: covered)
    }
    self.isClaimed = isClaimed
  }

  /// Nothing is left to chance.
  var isWhole: Bool { !lines.isEmpty && lines.allSatisfy { $0.covered >= $0.asked } }

  var json: JSONValue {
    .array(
      lines.map { line in
        [
          "sku": .string(line.sku), "ordered": .quantity(line.asked), "covered": .quantity(line.covered),
          "provisional": .bool(line.covered < line.asked),
        ]
      })
  }

  var sentences: [String] {
    // With nothing set aside all is provisional, as of every order that is not answered.
    guard lines.contains(where: { $0.covered > .zero }) || !isClaimed && !lines.isEmpty else { return [] }
    let verb = isClaimed ? "" : "submitted now: "
    if isWhole { return ["  \(verb)all of it is set aside for this device: promised for certain"] }
    let open = lines.filter { $0.covered < $0.asked }.map { line in
      let (missing, asked) = ((line.asked - line.covered).decimalText, line.asked.decimalText)
      return line.covered == .zero
        ? "\(asked) of \(line.sku)" : "\(missing) of the \(asked) of \(line.sku)"
    }
    return ["  \(verb)outside this device's quota, so provisional: \(open.joined(separator: ", "))"]
  }
}

extension ReplicaView {
  /// What submitting a draft now would claim; nil for an order that is no draft.
  func coverage(ofDraft reading: OrderReading) throws -> Coverage? {
    guard reading.order.state == .draft else { return nil }
    let wants = try wants(of: reading.order, lines: reading.lines)
    return Coverage(wants, try covers(for: wants), isClaimed: false)
  }

  /// What raising a line of a submitted order, or adding one, claims; nothing for a draft's.
  func covers(raising want: QuotaClaims.Want, of order: Order) throws -> [Filled<QuotaCover>] {
    guard order.state == .submitted || order.state == .accepted else { return [] }
    return try covers(for: [want])
  }
}
