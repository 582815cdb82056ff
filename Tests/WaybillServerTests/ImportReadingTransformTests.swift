import Testing

@testable import WaybillServer

@Suite("Values are put into our form")
struct ImportReadingTransformTests {
  private func date(_ format: String, _ value: String) throws -> String? {
    try #require(DatePattern(format)).isoDate(of: value)
  }

  private func outcome(_ transform: ValueTransform, _ value: String) -> String? {
    try? transform.applied(to: value, column: "c")
  }

  @Test("dates of other countries and programs become ISO dates")
  func dates() throws {
    #expect(try date("yyyy-MM-dd HH:mm:ss", "2022-05-30 00:00:00") == "2022-05-30")
    #expect(try date("yyyy-MM-dd HH:mm:ss.SSS", "2025-02-07 10:01:36.827") == "2025-02-07")
    #expect(try date("dd.MM.yyyy", "01.02.2024") == "2024-02-01")
    #expect(try date("M/d/yyyy", "1/31/2024") == "2024-01-31")
    #expect(try date("M/d/yyyy", "12/1/2024") == "2024-12-01")
    #expect(try date("yyyyMMdd", "20240229") == "2024-02-29")
    #expect(try date("yyyy-MM-dd'T'HH:mm:ss'Z'", "1996-07-04T23:59:60Z") == "1996-07-04")
    #expect(try date("H:mm d.M.yyyy", "7:05 3.4.0987") == "0987-04-03")
  }

  @Test(
    "a day that does not exist, or one in another format, is refused",
    arguments: [
      "2023-02-29", "1900-02-29", "2024-00-10", "2024-13-10", "2024-04-31", "2024-01-00",
      "0000-01-01", "24-01-01", "2024-1-01", "2024-01-01 ", " 2024-01-01", "2024-01-01T00:00",
      "2024/01/01", "２０２４-01-01", "", "x",
    ])
  func noDates(value: String) throws {
    #expect(try date("yyyy-MM-dd", value) == nil)
  }

  @Test("times that do not exist are refused")
  func noTimes() throws {
    for time in ["24:00:00", "12:60:00", "12:00:61", "1:00:00", "12:00"] {
      #expect(try date("yyyy-MM-dd HH:mm:ss", "2024-01-01 " + time) == nil)
    }
  }

  @Test(
    "a format that could not be followed is refused at once",
    arguments: [
      "", "yyyy-MM", "dd.MM.yy", "yyyy-MM-dd EEE", "yyyy-MM-dd dd", "yyyy-MMM-dd", "yyyy-MM-dd'T",
      "YYYY-MM-DD",
    ])
  func noFormats(format: String) {
    #expect(DatePattern(format) == nil)
  }

  @Test("prices with a decimal comma keep their value")
  func decimals() {
    let numbers = [
      "12,50": "12.50", "12": "12", "1.234,50": "1234.50", "1.234.567": "1234567",
      "1 234,5": "1234.5", "1\u{A0}234,5": "1234.5", "1\u{202F}234,5": "1234.5",
      "1'234,5": "1234.5", "-0,05": "-0.05", "+3,1": "3.1", " 7,0 ": "7.0", "": "",
    ]
    for (value, number) in numbers { #expect(outcome(.decimalComma, value) == number) }
  }

  @Test(
    "a number that could mean something else is refused, not guessed",
    arguments: [
      "12.50", "1,2,3", "1.23,4", "1.2345,6", ",5", "5,", "1..234", "1.234 567", "--1", "- 1", "1e3",
      "EUR 5", "٣", ".123", "-", "1,23 4",
    ])
  func noDecimals(value: String) {
    #expect(throws: RowFault.notADecimal(column: "c", value: value)) {
      try ValueTransform.decimalComma.applied(to: value, column: "c")
    }
  }

  @Test("the small steps do what their names say")
  func smallSteps() {
    #expect(outcome(.trim, "\u{A0} Chai \t") == "Chai")
    #expect(outcome(.trim, " ") == "")
    #expect(outcome(.upper, "größe") == "GRÖSSE")
    #expect(outcome(.lower, "ÉCLAIR") == "éclair")
    #expect(outcome(.prefix("NW-"), "7") == "NW-7")
    #expect(outcome(.split(by: " ", take: 0), "Maria Anna Anders") == "Maria")
    #expect(outcome(.split(by: " ", take: 2), "Maria Anna Anders") == "Anders")
    #expect(outcome(.split(by: " ", take: 3), "Maria Anna Anders") == "")
    #expect(outcome(.split(by: "--", take: 1), "a----b") == "")
    #expect(outcome(.map(["0": "active"]), "0") == "active")
  }

  @Test("nothing stays nothing: no code is made out of a prefix alone")
  func empty() throws {
    let pattern = try #require(DatePattern("yyyy-MM-dd"))
    let steps: [ValueTransform] = [
      .trim, .upper, .lower, .date(pattern), .decimalComma, .split(by: " ", take: 0),
      .prefix("NW-"), .map(["0": "active"]),
    ]
    for step in steps { #expect(outcome(step, "") == "") }
    #expect(outcome(.map(["": "active"]), "") == "active", "but a map may say what nothing means")
  }

  @Test("a value that a map does not list is refused by name")
  func notInMap() {
    #expect(throws: RowFault.notInMap(column: "country", value: "Narnia")) {
      try ValueTransform.map(["UK": "GB"]).applied(to: "Narnia", column: "country")
    }
  }
}
