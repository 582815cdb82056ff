import Testing
import TradeRules

@Suite("A report as people and spreadsheets read it")
struct ReportTextTests {
  private let document: JSONValue = [
    "report": "sales",
    "rows": [
      [
        "sku": "CHAI", "name": "Chai aus den Bergen, lose, 1 kg", "orders": 2, "lines": 3,
        "quantity": .number("2.5"),
        "amount": ["amountMinor": 8_000, "currency": "EUR", "decimal": "80.00"],
      ],
      [
        "sku": "=RICE", "name": "Rice, \"long\"", "orders": 1, "lines": 1, "quantity": 1,
        "amount": ["amountMinor": 1_000, "currency": "EUR", "decimal": "10.00"],
      ],
      [
        "sku": "TEA", "name": "茶", "orders": 1, "lines": 1, "quantity": 4,
        "amount": ["amountMinor": 500, "currency": "JPY", "decimal": "500"],
      ],
    ],
    "totals": [
      ["amountMinor": 9_000, "currency": "EUR", "decimal": "90.00"],
      ["amountMinor": 500, "currency": "JPY", "decimal": "500"],
    ], "more": true,
  ]
  private let text: ReportText

  init() { text = ReportText(document, columns: ReportRequest(.sales, by: .product).columns) }

  @Test("a file has the amount and its currency apart, and runs in no spreadsheet")
  func csv() {
    #expect(
      text.csv.split(separator: "\r\n") == [
        "sku,name,orders,lines,quantity,amount,currency",
        "CHAI,\"Chai aus den Bergen, lose, 1 kg\",2,3,2.5,80.00,EUR",
        "'=RICE,\"Rice, \"\"long\"\"\",1,1,1,10.00,EUR", "TEA,茶,1,1,4,500,JPY",
      ])
  }

  @Test("a table into a pipe is whole and has no bars; it says the sums and that there is more")
  func piped() {
    #expect(
      text.table(width: nil) == """
        SKU    NAME                             ORDERS  LINES  QTY     AMOUNT
        CHAI   Chai aus den Bergen, lose, 1 kg       2      3  2.5  80.00 EUR
        =RICE  Rice, "long"                          1      1    1  10.00 EUR
        TEA    茶                                    1      1    4    500 JPY

        Total  90.00 EUR · 500 JPY
        There is more than these 3 rows: --limit, or a narrower question.
        """)
  }

  @Test("on a terminal no line is longer than it is wide, and a bar is as long as its share of its currency")
  func terminal() {
    let lines = text.table(width: 80).split(separator: "\n")
    #expect(lines.dropLast().allSatisfy { TextTable.width(of: String($0)) <= 80 })
    #expect(lines[1].hasSuffix("80.00 EUR  ██████████"))
    // An eighth of 10 cells: one whole and a quarter of one.
    #expect(lines[2].hasSuffix("10.00 EUR  █▎"))
    #expect(lines[3].hasSuffix("500 JPY  ██████████"))
    for line in text.table(width: 60).split(separator: "\n").dropLast() {
      #expect(TextTable.width(of: String(line)) <= 60, "\(line)")
    }
    #expect(text.table(width: 60).contains("Chai aus de…"))
  }

  @Test("columns that say nothing are not there; those that say little go first where a terminal is narrow")
  func narrow() {
    let row: JSONValue = [
      "warehouse": "MAD", "sku": "TEA-SENCHA", "name": "Sencha aus Kagoshima", "onHand": 5, "unavailable": 0,
      "allocated": 5, "setAside": 0, "available": 0, "minimum": 12, "below": 12, "unit": "EA",
    ]
    let text = ReportText(["rows": [row]], columns: ReportRequest(.stock).columns)
    #expect(
      text.table(width: nil).hasPrefix("WAREHOUSE  SKU         NAME                  ON HAND  ALLOC.  AVAIL.")
    )
    #expect(text.table(width: nil).contains("UNIT"))
    let narrow = text.table(width: 66)
    #expect(!narrow.contains("UNIT") && !narrow.contains("NAME") && narrow.contains("MINIMUM"))
    for line in narrow.split(separator: "\n") { #expect(TextTable.width(of: String(line)) <= 66) }
  }

  @Test("a report without rows says so")
  func nothing() {
    let empty = ReportText(["rows": []], columns: ReportRequest(.stock).columns)
    #expect(empty.table(width: 80) == "Nothing to report.")
  }

  @Test("a question that a report cannot answer is refused with what it takes")
  func questions() {
    var period = ReportRequest(.stock)
    period.from = "2026-11-01"
    var filter = ReportRequest(.movements)
    filter.agent = "ANA"
    var limit = ReportRequest(.sales)
    limit.limit = 0
    for request in [ReportRequest(.sales, by: .kind), ReportRequest(.sync, by: .day), period, filter, limit] {
      let refusal = #expect(throws: Refusal.self) { try request.check() }
      #expect(refusal?.code == .usage)
    }
    #expect(throws: Never.self) { try ReportRequest(.sales, by: .country).check() }
  }
}
