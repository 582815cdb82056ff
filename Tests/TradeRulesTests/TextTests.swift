import Testing

@testable import TradeRules

@Suite("Numbers, times and documents are read and written exactly")
struct TextTests {
  @Test(
    "a quantity is read and written without loss",
    arguments: [
      ("2.5", 2_500), ("-3", -3_000), ("0", 0), ("0.001", 1), ("12.3400", 12_340), (".5", 500),
      ("9223372036854775.807", Int64.max),
    ] as [(String, Int64)])
  func quantities(text: String, thousandths: Int64) throws {
    let quantity = try #require(Quantity(decimal: text))
    #expect(quantity.thousandths == thousandths)
    #expect(Quantity(decimal: quantity.decimalText) == quantity)
  }

  @Test(
    "what is no number is not taken for one",
    arguments: [
      "", "-", ".", "1.", "1.2.3", "1,5", "1e3", "+1", " 1", "1 ", "0.0001", "٣", "9223372036854775.808",
      "--1",
    ])
  func noQuantity(text: String) { #expect(Quantity(decimal: text) == nil) }

  @Test("a unit price always shows four decimals, a quantity only those it has")
  func shownDecimals() {
    #expect(UnitPrice(tenThousandths: 125_000).decimalText == "12.5000")
    #expect(UnitPrice(tenThousandths: -1).decimalText == "-0.0001")
    #expect(Quantity(thousandths: 2_500).decimalText == "2.5")
    #expect(Quantity(3).decimalText == "3")
    #expect(Decimals.text(Int64.min, decimals: 3) == "-9223372036854775.808")
  }

  @Test(
    "a moment is written in UTC and read back",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    ] as [(Int64, String)])
  func timestamps(milliseconds: Int64, text: String) {
    #expect(Instant(milliseconds: milliseconds).timestamp == text)
    #expect(Instant(timestamp: text) == Instant(milliseconds: milliseconds))
  }

  @Test("a moment that no calendar has is shown as the nearest that one has, and cannot be typed")
  func farMoments() {
    let (first, last) = ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
    #expect(Instant(timestamp: first) == Instant.range.lowerBound)
    #expect(Instant(timestamp: last) == Instant.range.upperBound)
    let early: [Int64] = [.min, .min + 1, Instant.range.lowerBound.milliseconds - 1]
    for milliseconds in early {
      #expect(Instant(milliseconds: milliseconds).timestamp == first)
      #expect(Instant(milliseconds: milliseconds).dateText == "0001-01-01")
    }
    let late: [Int64] = [.max, .max - 1, Instant.range.upperBound.milliseconds + 1]
    for milliseconds in late {
      #expect(Instant(milliseconds: milliseconds).timestamp == last)
    }
    #expect(Instant(timestamp: "0000-12-31") == nil)
    #expect(Instant(timestamp: "0001-01-01T00:00:00+01:00") == nil)
    #expect(Instant(timestamp: "9999-12-31T23:59:59-01:00") == nil)
  }

  @Test("every day of four centuries is counted the same in both directions")
  func days() {
    for day in Int64(-100_000)...50_000 where CivilDate(daysSince1970: day).daysSince1970 != day {
      Issue.record("day \(day)")
    }
  }

  @Test("offsets, fractions and plain dates are understood")
  func timestampForms() {
    let noon = Instant(timestamp: "2026-11-03T12:00:00Z")
    #expect(Instant(timestamp: "2026-11-03T14:00:00+02:00") == noon)
    #expect(Instant(timestamp: "2026-11-03 06:30:00.0004-05:30") == noon)
    #expect(Instant(timestamp: "2026-11-03T00:30:00+01:00") == Instant(timestamp: "2026-11-02T23:30:00Z"))
    #expect(Instant(timestamp: "2026-11-03")?.timestamp == "2026-11-03T00:00:00.000Z")
    #expect(Instant(timestamp: "2026-06-30T23:59:60Z") == Instant(timestamp: "2026-07-01"))
  }

  @Test(
    "what is no moment is refused",
    arguments: [
      "", "2026-02-30", "2026-13-01", "2026-11-03T", "2026-11-03T25:00:00Z", "2026-11-03T12:00:00",
      "2026-11-03T12:00:00.Z", "2026-11-03T12:00:00+2:00", "yesterday",
    ])
  func noTimestamp(text: String) { #expect(Instant(timestamp: text) == nil) }

  @Test("a document keeps the order of its members and survives being read")
  func document() throws {
    let document: JSONValue = [
      "z": 1, "a": [true, nil, "line\nbreak \"quoted\" \\ \u{1}"],
      "q": .quantity(Quantity(thousandths: 2_500)),
      "empty": [:], "none": [],
    ]
    let text = document.text
    #expect(
      text
        == #"{"z":1,"a":[true,null,"line\nbreak \"quoted\" \\ \u0001"],"q":2.5,"empty":{},"none":[]}"#)
    #expect(try JSONValue(parsing: text) == document)
    #expect(try JSONValue(parsing: " [ \"\\u00e9\\ud83d\\ude00\" ] ") == ["é😀"])
    #expect(document["q"] == .number("2.5"))
    #expect(document["z"]?.integer == 1)
  }

  @Test(
    "what is no document is refused",
    arguments: [
      "", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "01", "1.", "nul", "\"\\x\"", "\"\\ud800\"", "\"open", "1 2",
      "\"tab\there\"", "-",
    ])
  func noDocument(text: String) {
    #expect(throws: MalformedJSON.self) { try JSONValue(parsing: text) }
  }

  @Test("nesting without end is refused instead of exhausting the stack")
  func depth() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: MalformedJSON.self) { try JSONValue(parsing: deep) }
    let deepest =
      String(repeating: "[", count: JSONValue.depthMax) + String(repeating: "]", count: JSONValue.depthMax)
    #expect(try JSONValue(parsing: deepest).array != nil)
  }
}
