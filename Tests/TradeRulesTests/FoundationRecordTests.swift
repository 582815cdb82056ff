import Testing

@testable import TradeRules

@Suite("Ids, keys, tables, prices, dates")
struct FoundationRecordTests {
  @Test("an id's text reads back as the id, in either case, and nothing else reads as one")
  func recordIDs() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let id = RecordID(high: random.next(), low: random.next())
      #expect(RecordID(id.description) == id)
      #expect(RecordID(id.description.uppercased()) == id)
      #expect(RecordID(bytes: id.bytes) == id)
      #expect(id.description.utf8.count == 36)
    }
    let good = "0190163d-8694-739b-aea5-966c26f8ad91"
    #expect(RecordID(good)?.description == good)
    for bad in [
      "", "x", String(good.dropLast()), good + "0", good.replacing("-", with: ""),
      good.replacing("0190163d-", with: "0190163-d"), good.replacing("d", with: "g"),
      "{" + good.dropFirst(), good.replacing("9", with: "９"),
    ] {
      #expect(RecordID(bad) == nil, "\(bad)")
    }
    #expect(RecordID(bytes: [UInt8](repeating: 0, count: 15)) == nil)
  }

  @Test("ids carry their version and variant, and those of a device their time (RFC 9562)")
  func versions() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<100 {
      let made = RecordID(milliseconds: 1_795_132_800_000, random: (random.next(), random.next()))
      #expect(made.high >> 12 & 0xF == 7)
      #expect(made.low >> 62 == 2)
      #expect(made.high >> 16 == 1_795_132_800_000)
      let derived = RecordID(derivedFrom: mixed(made.bytes))
      #expect(derived.high >> 12 & 0xF == 8)
      #expect(derived.low >> 62 == 2)
    }
  }

  @Test("keys in bytes have the order of their columns in SQL")
  func keyOrder() throws {
    let texts = ["", "A", "A-1", "AB", "B", "a", "é", "漢"]
    let numbers: [Int64] = [.min, -1_000, -1, 0, 1, 255, 256, .max]
    let tuples = texts.flatMap { text in numbers.map { (text, $0) } }
    for (index, one) in tuples.enumerated() {
      for (other, two) in tuples.enumerated() {
        let first = RowKey(NoticeKey.self, one.0, one.1)
        let second = RowKey(NoticeKey.self, two.0, two.1)
        #expect((first < second) == (index < other))
      }
    }
  }

  /// A table of a text and a number, only for its keys.
  private struct NoticeKey: TableColumns {
    static let columns = Self()
    static let number: TableNumber = 254
    static let name = "notice_key"
    static let reach = Reach<Self>.centreOnly
  }

  @Test("a key's cells are read back from its bytes, and damaged bytes are no key")
  func keyValues() {
    let table = TableDescription.of(FieldStampColumns.self)
    let key = RowKey(FieldStampColumns.self, Int64(8), Int64(4), [UInt8]([1, 0, 2]))
    #expect(table.keyValues(of: key) == [.integer(8), .integer(4), .blob([1, 0, 2])])
    let stock = TableDescription.of(StockColumns.self)
    let full = RowKey(StockColumns.self, "W1", "MAIN", "CHAI", "", Condition.good)
    #expect(stock.keyValues(of: full)?.last == .text("good"))
    for cut in 0..<full.bytes.count {
      let damaged = RowKey(table: StockColumns.number, bytes: Array(full.bytes[..<cut]))
      #expect(stock.keyValues(of: damaged) == nil)
    }
    #expect(stock.keyValues(of: RowKey(table: StockColumns.number, bytes: full.bytes + [1])) == nil)
  }

  @Test("tables and columns have numbers of their own, keys come first and indexes name columns")
  func tables() {
    let all = TableDescription.all
    #expect(Set(all.map(\.number)).count == all.count)
    #expect(Set(all.map(\.name)).count == all.count)
    for table in all {
      let numbers = table.columns.map(\.number)
      #expect(Set(numbers).count == numbers.count, "\(table.name)")
      #expect(numbers.allSatisfy { (1...63).contains($0) })
      #expect(Set(table.columns.map(\.sqlName)).count == numbers.count)
      #expect(!table.keyColumns.isEmpty)
      #expect(table.keyColumns.map(\.number) == Array(1...table.keyColumns.count))
      #expect(table.keyColumns.allSatisfy { !$0.isOptional && $0.kind != .personal })
      for index in table.indexes {
        #expect(index.columns.allSatisfy { table.column(named: $0) != nil }, "\(index.name)")
      }
      #expect(TableDescription.numbered(table.number)?.name == table.name)
    }
    let indexes = all.flatMap { $0.indexes.map(\.name) }
    #expect(Set(indexes).count == indexes.count)
  }

  @Test("names in SQL are names in Swift, in snake case")
  func snakeCase() {
    #expect(snakeCased("unitPrice") == "unit_price")
    #expect(snakeCased("sku") == "sku")
    #expect(snakeCased("isCompanyList") == "is_company_list")
  }

  @Test("a record reads what was written to it, and another kind of cell as empty")
  func records() {
    var product = Product()
    #expect(product.sku == "")
    product.sku = "CHAI"
    product.weightGrams = 500
    #expect(product.sku == "CHAI")
    #expect(product.key == RowKey(ProductColumns.self, "CHAI"))
    var damaged = product.row
    damaged.values[ProductColumns.columns.weightGrams.number - 1] = .text("heavy")
    #expect(Product(damaged).weightGrams == 0)
  }

  @Test("a line's amount is rounded half away from zero to its currency")
  func amounts() {
    func amount(_ price: Int64, _ thousandths: Int64, _ exponent: Int64) -> Int64? {
      UnitPrice(tenThousandths: price).amountMinor(
        for: Quantity(thousandths: thousandths), exponent: exponent)
    }
    #expect(amount(125_000, 12_000, 2) == 15_000)
    #expect(amount(1_250, 1_000, 2) == 13)
    #expect(amount(1_249, 1_000, 2) == 12)
    #expect(amount(-1_250, 1_000, 2) == -13)
    #expect(amount(1_250, -1_000, 2) == -13)
    #expect(amount(10_000, 500, 0) == 1)
    #expect(amount(10_000, 499, 0) == 0)
    #expect(amount(12_345, 1_000, 4) == 12_345)
    #expect(amount(12_345, 1_000, 3) == 1_235)
    #expect(amount(.max, Quantity.max.thousandths, 4) == nil)
  }

  @Test("an amount equals the exact fraction rounded by hand", arguments: 0...4)
  func amountsExactly(exponent: Int) {
    var random = SeededGenerator(seed: UInt64(exponent))
    var divisor: Int64 = 1
    for _ in 0..<(7 - exponent) { divisor *= 10 }
    for _ in 0..<500 {
      let price = Int64.random(in: -1_000_000...1_000_000, using: &random)
      let quantity = Int64.random(in: -1_000_000...1_000_000, using: &random)
      let product = price * quantity
      let (whole, rest) = product.quotientAndRemainder(dividingBy: divisor)
      let up: Int64 = rest.magnitude * 2 >= divisor.magnitude ? product.signum() : 0
      let amount = UnitPrice(tenThousandths: price).amountMinor(
        for: Quantity(thousandths: quantity), exponent: Int64(exponent))
      #expect(amount == whole + up)
    }
  }

  @Test("days become dates of the calendar, before 1970 and in leap years too")
  func civilDates() {
    for (days, text) in [
      (Int64(0), "1970-1-1"), (-1, "1969-12-31"), (59, "1970-3-1"), (11_016, "2000-2-29"),
      (11_017, "2000-3-1"), (-25_508, "1900-3-1"), (-25_509, "1900-2-28"), (20_777, "2026-11-20"),
      (-719_468, "0-3-1"),
    ] {
      let date = CivilDate(daysSince1970: days)
      #expect("\(date.year)-\(date.month)-\(date.day)" == text)
    }
    #expect(CivilDate(Instant(milliseconds: -1)) == CivilDate(daysSince1970: -1))
    #expect(CivilDate(Instant.day(hour: 23, 59, 59)).monthText == "2026-11")
    #expect(CivilDate(Instant(milliseconds: .max)).year > 0)
    #expect(CivilDate(Instant(milliseconds: .min)).year < 0)
  }

  @Test("every day of 800 years follows the one before")
  func consecutiveDays() {
    var date = CivilDate(daysSince1970: -146_097)
    var faults = 0
    for days in Int64(-146_096)...146_097 {
      let next = CivilDate(daysSince1970: days)
      var expected = date
      expected.day += 1
      if expected.day > CivilDate.days(in: date.month, of: date.year) {
        (expected.day, expected.month) = (1, date.month + 1)
      }
      if expected.month > 12 { (expected.month, expected.year) = (1, date.year + 1) }
      if next != expected { faults += 1 }
      date = next
    }
    #expect(faults == 0)
  }

  @Test("a date's text is a day that exists")
  func dateTexts() {
    #expect(CivilDate("2028-02-29") != nil)
    for bad in ["2027-02-29", "2027-00-10", "2027-1-1", "2027-01-32", "2027/01/01", "", "2027-01-0a"] {
      #expect(CivilDate(bad) == nil, "\(bad)")
    }
  }

  @Test("times saturate instead of overflowing")
  func instants() {
    let last = Instant(milliseconds: .max)
    let first = Instant(milliseconds: .min)
    #expect(last.advanced(byMilliseconds: 1) == last)
    #expect(first.advanced(byMilliseconds: -1) == first)
    #expect(last.milliseconds(since: first) == .max)
    #expect(first.milliseconds(since: last) == .min)
  }

  @Test("every code in the book has a sentence, and is there once")
  func codes() {
    let codes = CodeBook.entries.map(\.code)
    #expect(Set(codes).count == codes.count)
    for entry in CodeBook.entries {
      #expect(entry.sentence.hasSuffix("."), "\(entry.code)")
      #expect(entry.code.rawValue == entry.code.rawValue.uppercased())
    }
    #expect(CodeBook.entry(for: "NEWER_THAN_US").sentence.contains("NEWER_THAN_US"))
  }
}
