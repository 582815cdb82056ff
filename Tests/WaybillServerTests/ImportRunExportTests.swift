import Testing
import TradeRules

@testable import WaybillServer

@Suite("Exports are read by spreadsheets, programs and imports")
struct ImportRunExportTests {
  private func written(_ kind: ExportKind, _ format: ExportFormat, _ rows: [JSONValue]) -> String {
    final class Output { var bytes: [UInt8] = [] }
    let output = Output()
    var writer = ExportWriter(kind, format) { output.bytes += $0 }
    writer.begin()
    for row in rows { writer.add([row]) }
    writer.end()
    return String(decoding: output.bytes, as: UTF8.self)
  }

  @Test("a text that a spreadsheet would run is shown instead; numbers keep their sign")
  func formulas() {
    let row: JSONValue = [
      "warehouse": "W1", "sku": "=1+1", "qty": .quantity(-2), "bin": "@home", "lot": "", "expiry": "",
      "condition": "good",
    ]
    #expect(written(.stock, .csv, [row]).hasSuffix("\r\nW1,'=1+1,-2,'@home,,,good,\r\n"))
  }

  @Test("an import takes off what an export put before such a text, and nothing else")
  func unescaped() {
    let values = RowValues(["a": "'+49 30 1", "b": "'quoted'", "c": "'", "d": " 'x "])
    #expect(values.text("a") == "+49 30 1")
    #expect(values.text("b") == "'quoted'")
    #expect(values.text("c") == "'")
    #expect(values.text("d") == "'x")
  }

  @Test("no rows are an empty list, a header, or nothing")
  func empty() {
    #expect(written(.warehouses, .json, []) == "[]\n")
    #expect(written(.warehouses, .csv, []) == "code,name,country\r\n")
    #expect(written(.warehouses, .ndjson, []) == "")
  }

  @Test("an order is one object with its lines, or one record for each line")
  func orders() throws {
    let order: JSONValue = [
      "number": "SO-1", "state": "accepted", "customer": "C-1", "agent": nil, "warehouse": "W1",
      "currency": "EUR", "orderedAt": "2026-11-03T09:10:00.000Z",
      "lines": [
        ["line": 1, "sku": "CHAI", "qty": 4, "unitPrice": "12.5000"],
        ["line": 2, "sku": "MATE", "qty": .number("0.5"), "unitPrice": "3.3333"],
      ],
    ]
    #expect(
      written(.orders, .csv, [order]).split(separator: "\r\n") == [
        "number,state,customer,agent,warehouse,currency,ordered_at,line,sku,qty,unit_price,pack",
        "SO-1,accepted,C-1,,W1,EUR,2026-11-03T09:10:00.000Z,1,CHAI,4,12.5000,",
        "SO-1,accepted,C-1,,W1,EUR,2026-11-03T09:10:00.000Z,2,MATE,0.5,3.3333,",
      ])
    #expect(try JSONValue(parsing: written(.orders, .json, [order, order])) == [order, order])
  }
}
