import TradeRules

/// Numbers that are random enough for a test and the same each time (SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }

  mutating func integer() -> Int64 {
    switch roll(5) {
    case 0: 0
    case 1: Int64.random(in: -100...100, using: &self)
    case 2: Bool.random(using: &self) ? .max : .min
    default: Int64(bitPattern: next())
    }
  }

  mutating func moment() -> Instant { Instant(milliseconds: integer()).clamped }

  mutating func text() -> String {
    let letters = Array("abcdefghij ÄÖéñ中文字🍎🍐")
    return String((0..<roll(12)).map { _ in letters[roll(letters.count)] })
  }

  mutating func value(_ kind: ValueKind) -> Value {
    switch kind {
    case .integer: .integer(integer())
    case .text: .text(text())
    case .blob: .blob((0..<roll(20)).map { _ in UInt8(truncatingIfNeeded: next()) })
    case .id: .id(roll(4) == 0 ? .none : RecordID(high: next(), low: next()))
    case .personal: .personal(PersonalText(text()))
    }
  }

  /// A row of any table with cells of the right kinds, null and empty ones included.
  mutating func row(of table: TableDescription) -> Row {
    var values = table.emptyValues
    for column in table.columns {
      if column.isOptional, roll(3) == 0 { continue }
      if roll(4) > 0 { values[column.number - 1] = value(column.kind) }
    }
    return Row(values: values, version: Int64.random(in: 1...Int64.max, using: &self))
  }

  /// A form with every field that must be there and some of the others.
  mutating func form(of description: FormDescription) -> Form {
    var form = Form()
    for field in description.fields {
      if let list = field.list {
        form[field.number] = .list((0..<roll(4)).map { _ in self.form(of: list) })
      } else if !field.isOptional || roll(2) == 0 {
        form[field.number] = .value(value(field.kind).within(field.bounds))
      }
    }
    return form
  }
}

extension Value {
  /// The nearest integer that a field may hold.
  func within(_ numbers: ClosedRange<Int64>) -> Value {
    guard case .integer(let number) = self else { return self }
    return .integer(min(max(number, numbers.lowerBound), numbers.upperBound))
  }
}
