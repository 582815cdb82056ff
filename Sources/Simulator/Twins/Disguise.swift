import TradeRules

/// What people in the second of two worlds say in the place of what the observed device must not see.
///
/// Texts are alike in the second world exactly when they are in the first, also where rules compare them
/// without regard to capitals and blanks (`MatchKey`), and no rule compares the numbers with others: so every
/// decision is the same.
struct Disguise {
  /// What was said in the first world and was in no row that the device might see.
  let texts: Set<String>
  /// Ids of the records that the device might see at any time.
  let visible: Set<RecordID>
  /// Whether the device might see what was paid for an order that it sees.
  let seesMoney: Bool
  /// Whether texts are also longer than in the first world.
  let isLonger: Bool

  func text(_ text: String) -> String {
    guard texts.contains(text) else { return text }
    let other = String(String.UnicodeScalarView(text.unicodeScalars.map(Disguise.turned)))
    return isLonger ? other + other : other
  }

  /// Money that is not of the order's currency, for which there is no rate: nothing is reckoned with it.
  func amount(_ minor: Int64, for order: RecordID) -> Int64 {
    seesMoney && visible.contains(order) ? minor : turned(minor)
  }

  func weight(_ grams: Int64, for order: RecordID) -> Int64 {
    visible.contains(order) ? grams : turned(grams)
  }

  /// As long as before, and never zero.
  private func turned(_ number: Int64) -> Int64 { number < 2 ? number : number ^ 1 }

  /// Each letter and each digit for another of its kind.
  private static func turned(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "a"..."z": turned(scalar, first: "a", count: 26)
    case "A"..."Z": turned(scalar, first: "A", count: 26)
    case "0"..."9": turned(scalar, first: "0", count: 10)
    default: scalar
    }
  }

  private static func turned(
    _ scalar: Unicode.Scalar, first: Unicode.Scalar, count: UInt32
  ) -> Unicode.Scalar {
    let number = (scalar.value - first.value + count / 2) % count
    return Unicode.Scalar(UInt8(first.value + number))
  }
}
