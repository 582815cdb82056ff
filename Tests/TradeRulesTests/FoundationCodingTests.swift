import Testing

@testable import TradeRules

@Suite("Forms as bytes")
struct FoundationCodingTests {
  @Test("every form of every kind reads back as it was written", arguments: RuleBook.all.map(\.kind))
  func roundTrips(kind: OperationKind) throws {
    let rule = try #require(RuleBook.rule(kind))
    var random = SeededGenerator(seed: kind.rawValue.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    for _ in 0..<40 {
      let form = RandomForm.make(rule.form, &random)
      let bytes = rule.form.encode(form)
      let texts = rule.form.personalTexts(of: form)
      #expect(try rule.form.decode(bytes, personal: texts) == form)
      // Equal forms have equal bytes: what is hashed is what is meant.
      #expect(rule.form.encode(try rule.form.decode(bytes, personal: texts)) == bytes)
    }
  }

  @Test("bytes cut short, grown or with one bit changed never crash, and never pass as two meanings")
  func damagedBytes() throws {
    var random = SeededGenerator(seed: 7)
    for rule in RuleBook.all {
      for _ in 0..<4 {
        let form = RandomForm.make(rule.form, &random)
        let bytes = rule.form.encode(form)
        let texts = rule.form.personalTexts(of: form)
        for cut in 0..<bytes.count {
          expectHonest(rule.form, Array(bytes[..<cut]), texts)
        }
        for bit in 0..<min(bytes.count * 8, 2_000) {
          var damaged = bytes
          damaged[bit / 8] ^= 1 << UInt8(bit % 8)
          expectHonest(rule.form, damaged, texts)
        }
        expectHonest(rule.form, bytes + [UInt8.random(in: 0...255, using: &random)], texts)
        expectHonest(rule.form, bytes + bytes, texts + texts)
      }
    }
  }

  /// Whatever decodes says the same when it is written and read again.
  private func expectHonest(_ description: FormDescription, _ bytes: [UInt8], _ texts: [PersonalText]) {
    guard let form = try? description.decode(bytes, personal: texts) else { return }
    let again = description.encode(form)
    #expect((try? description.decode(again, personal: texts)) == form, "\(description.message) \(bytes)")
  }

  @Test("random bytes never crash")
  func noise() {
    var random = SeededGenerator(seed: 11)
    for rule in RuleBook.all {
      for length in 0..<60 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        expectHonest(rule.form, bytes, [])
      }
    }
  }

  @Test("a field only a newer program knows is skipped")
  func unknownFields() throws {
    let description = FormDescription(ChangeSetting.self)
    let form = Filled<ChangeSetting> {
      $0.name = "x"
      $0.amount = -7
    }.form
    let bytes = description.encode(form)
    var newer = bytes
    newer.appendVarint(60 << 3 | 2)
    newer += [3, 1, 2, 3]
    newer.appendVarint(61 << 3)
    newer += [0xFF, 0x01]
    #expect(try description.decode(newer) == form)
    #expect(throws: MalformedForm.self) { try description.decode(bytes + [60 << 3 & 0x7F | 3]) }
  }

  @Test("fields out of order, missing, twice or of another type are malformed, with the reason")
  func malformed() {
    let description = FormDescription(ChangeSetting.self)
    let name: [UInt8] = [1 << 3 | 2, 1, UInt8(ascii: "x")]
    let amount: [UInt8] = [2 << 3, 2]
    func reason(_ bytes: [UInt8], _ texts: [PersonalText] = []) -> MalformedForm? {
      do throws(MalformedForm) {
        _ = try description.decode(bytes, personal: texts)
        return nil
      } catch { return error }
    }
    #expect(reason(name + amount) == nil)
    #expect(reason(amount + name) == .outOfOrder)
    #expect(reason(name + name + amount) == .outOfOrder)
    #expect(reason(name) == .missing("amount"))
    #expect(reason([1 << 3, 1] + amount) == .wrongType("name"))
    #expect(reason([1 << 3 | 2, 1, 0x0A] + amount) == .badText("name"))
    #expect(reason([1 << 3 | 2, 1, 0xFF] + amount) == .badText("name"))
    #expect(reason(name + [2 << 3]) == .truncated)
    #expect(reason(name + [2 << 3] + [UInt8](repeating: 0xFF, count: 10)) == .badTag)
    #expect(reason([1 << 3 | 2, 200, 1]) == .truncated)
    #expect(reason(name + amount, [PersonalText("x")]) == .personalTexts)
  }

  @Test("a text about a person may have lines; with another control character it is malformed")
  func personalControls() {
    func isRead(_ text: String) -> Bool {
      let form = Filled<CreateCustomer> { ($0.id, $0.code, $0.name) = (.none, "C-1", PersonalText(text)) }
        .form
      let description = FormDescription(CreateCustomer.self)
      return (try? description.decode(description.encode(form), personal: [PersonalText(text)])) != nil
    }
    for text in ["", "Café\nTokyo 東京"] { #expect(isRead(text)) }
    for text in ["1\u{0}2", "\u{1B}[2J", "a\tb", "\u{7F}"] { #expect(!isRead(text)) }
  }

  @Test("a personal text is never among the bytes (G28)")
  func personalMarks() throws {
    let description = FormDescription(CreateCustomer.self)
    let form = Filled<CreateCustomer> {
      $0.id = RecordID(high: 1, low: 2)
      $0.code = "C-1"
      $0.name = PersonalText("Margarete", commitment: [1])
      $0.taxId = PersonalText("DE123456789", commitment: [2])
    }.form
    let bytes = description.encode(form)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("Margarete"))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("DE123456789"))
    #expect(description.personalTexts(of: form).map(\.text) == ["Margarete", "DE123456789"])
    #expect(throws: MalformedForm.personalTexts) {
      try description.decode(bytes, personal: [PersonalText("only one")])
    }
  }

  @Test("integers of any size and sign survive", arguments: [0, 1, -1, 63, -64, 64, .max, .min])
  func integers(number: Int64) throws {
    #expect(Int64(zigZag: number.zigZag) == number)
    let description = FormDescription(ChangeSetting.self)
    let form = Filled<ChangeSetting> {
      $0.name = ""
      $0.amount = number
    }
    let read = try description.decode(description.encode(form.form))
    #expect(Filled<ChangeSetting>(read).amount == number)
  }

  @Test("every kind of operation has its own name and message, and its fields their own numbers")
  func uniqueNames() {
    #expect(Set(RuleBook.all.map(\.kind)).count == RuleBook.all.count)
    #expect(Set(RuleBook.all.map(\.form.message)).count == RuleBook.all.count)
    for rule in RuleBook.all {
      let numbers = rule.form.fields.map(\.number)
      #expect(Set(numbers).count == numbers.count, "\(rule.kind)")
      #expect(numbers.allSatisfy { (1...63).contains($0) })
    }
  }

  @Test("an edit form's fields have their columns' numbers, and the values seen those plus 32")
  func editForms() {
    func check(_ form: FormDescription, _ table: TableDescription) {
      for column in table.columns where column.isMergeable {
        guard let field = form.field(column.number) else { continue }
        #expect(field.name == column.name)
        #expect(field.kind == column.kind)
        #expect(field.isOptional)
        #expect(form.field(column.number + FieldMerge.seenOffset)?.name == column.name + "Seen")
      }
    }
    check(FormDescription(EditProduct.self), .of(ProductColumns.self))
    check(FormDescription(EditCustomer.self), .of(CustomerColumns.self))
    check(FormDescription(EditOrder.self), .of(OrderColumns.self))
  }

  @Test("a creation form's fields have their columns' numbers: imports update by them")
  func creationForms() {
    for (form, table) in [
      (FormDescription(CreateProduct.self), TableDescription.of(ProductColumns.self)),
      (FormDescription(CreateCustomer.self), TableDescription.of(CustomerColumns.self)),
      (FormDescription(WarehouseEntry.self), TableDescription.of(WarehouseColumns.self)),
    ] {
      // Columns behind the form's are decided, and no file has them.
      let columns = table.columns.prefix(form.fields.count)
      #expect(form.fields.map(\.number) == columns.map(\.number))
      #expect(form.fields.map(\.name) == columns.map(\.name))
    }
  }
}
