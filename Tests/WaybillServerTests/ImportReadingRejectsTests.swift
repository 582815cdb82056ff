import Foundation
import Testing
import TradeRules

@testable import WaybillServer

@Suite("Refused rows come back in a file that can be corrected")
struct ImportReadingRejectsTests {
  private let folder: ImportReadingFolder
  private var path: String { folder.path + "/rejects.csv" }

  init() throws { folder = try ImportReadingFolder() }

  private func written() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test("the file's columns and the reason stand side by side")
  func columns() throws {
    var writer = try RejectsWriter(path: path, header: ["sku", "name"])
    try writer.write(raw: ["A1", "3\" pipe, best"], error: "unknown unit")
    try writer.write(
      RowError(row: 2, line: 3, raw: ["A2"], fault: .fieldCount(expected: 2, found: 1)))
    try writer.flush()
    #expect(writer.rowsWritten == 2)
    #expect(
      try written() == """
        sku,name,error\r
        A1,"3"" pipe, best",unknown unit\r
        A2,,"ROW_FIELD_COUNT: expected 2 fields as in the header, found 1; quote fields that hold the \
        delimiter or a line break"\r\n
        """)
  }

  @Test("a row with too many fields loses none, and is refused again until it is corrected")
  func surplus() throws {
    var writer = try RejectsWriter(path: path, header: ["a", "b"], delimiter: .semicolon)
    try writer.write(raw: ["1", "2", "3"], error: "too many; by one")
    try writer.flush()
    #expect(try written() == "a;b;error\r\n1;2;\"too many; by one\";3\r\n")
    let again = try reading(try written())
    #expect(again.refused.map(\.fault) == [.fieldCount(expected: 3, found: 4)])
  }

  @Test("rejects of a rejects file have one column for the reason, the latest one")
  func again() throws {
    var writer = try RejectsWriter(path: path, header: ["sku", "Error", "name"])
    try writer.write(raw: ["A1", "old", "Chai"], error: "new")
    try writer.write(raw: ["A2"], error: "short")
    try writer.flush()
    #expect(try written() == "sku,Error,name\r\nA1,new,Chai\r\nA2,short,\r\n")
  }

  @Test("thousands of refused rows are all there")
  func many() throws {
    var writer = try RejectsWriter(path: path, header: ["sku"])
    for number in 0..<20_000 { try writer.write(raw: ["SKU-\(number)"], error: "no") }
    try writer.flush()
    let rows = try reading(try written()).rows
    #expect(rows.count == 20_000)
    #expect(rows.last == ["SKU-19999", "no"])
  }

  @Test("a place that cannot be written to, and a full disk, are told")
  func unwritable() throws {
    let error = #expect(throws: RejectsError.self) {
      _ = try RejectsWriter(path: "/no/such/rejects.csv", header: ["sku"])
    }
    #expect(error?.reason == "No such file or directory")
    var writer = try RejectsWriter(path: "/dev/full", header: ["sku"])
    do {
      try writer.flush()
      Issue.record("written to a full disk")
    } catch {
      #expect(error.code == "REJECTS_CANNOT_WRITE")
    }
  }

  @Test("a text that a spreadsheet would run is shown instead")
  func spreadsheet() {
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=\u{301}x"] {
      #expect(CSVField.escapedForSpreadsheet(text) == "'" + text)
    }
    for text in ["", "A1", "1-1", "'=1", " =1"] {
      #expect(CSVField.escapedForSpreadsheet(text) == text)
    }
  }
}
