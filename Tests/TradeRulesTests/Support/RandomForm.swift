@testable import TradeRules

/// Forms with random values in random fields, as a program might fill them in.
enum RandomForm {
  static func make(_ description: FormDescription, _ random: inout SeededGenerator) -> Form {
    var form = Form()
    for field in description.fields where !field.isOptional || Bool.random(using: &random) {
      if let list = field.list {
        let count = Int.random(in: 0...3, using: &random)
        form[field.number] = .list((0..<count).map { _ in make(list, &random) })
      } else {
        form[field.number] = .value(value(field, &random))
      }
    }
    return form
  }

  private static func value(_ field: FieldDescription, _ random: inout SeededGenerator) -> Value {
    switch field.kind {
    case .integer:
      let shift = Int64.random(in: 0...63, using: &random)
      let number = Int64.random(in: .min ... .max, using: &random) >> shift
      return .integer(min(max(number, field.bounds.lowerBound), field.bounds.upperBound))
    case .text: return .text(text(&random))
    case .blob: return .blob((0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) })
    case .id:
      return .id(RecordID(high: random.next(), low: random.next()))
    case .personal: return .personal(PersonalText(text(&random), commitment: [1, 2]))
    }
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let letters: [Character] = ["a", "Z", "0", " ", "é", "ß", "漢", "🍵", "/", "\u{301}"]
    let count = Int.random(in: 0...12, using: &random)
    return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
  }
}
